// Changing what a network meeting is about and who takes part, moving it, calling it off, and saying that it was held.
// Called off cannot be taken back: two steps.
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { copenhagenDay, copenhagenTime } from '../../../clock.ts';
import type { DashboardContext } from '../../context.ts';
import { onceOf, readForm } from '../../input.ts';
import type { Pages } from '../../render.ts';
import { type At, registerPart } from './frame.ts';
import { meetingBelow, meetingOf, readMeeting, said } from './meeting.ts';
import { faultsOf, readChoices } from './meetings.ts';
import { agendaOf, formats, givenOf, participantsOf, rows, whenFields, whenOf } from './meetings-view.ts';
import { meetingsPart } from './parts.ts';

type Body = Readonly<Record<string, unknown>>;
const changeForm = z.object({ title: z.string().max(500), key: z.uuid() });
const moveForm = z.object({ ...whenFields, key: z.uuid() });

export const registerMeetingChange = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  const path = (at: At): string => `/v1/citizens/${at.id}/meetings/${meetingOf(at)}`;
  const here = (at: At, done: string): FastifyReply =>
    at.reply.redirect(`${at.base}/meetings/${meetingOf(at)}?done=meeting.${done}`, 303);
  const keyOf = (at: At): string => onceOf(at.request, 'key');

  const showMove = async (at: At, faults?: Readonly<Record<string, string>>): Promise<FastifyReply> => {
    const meeting = await readMeeting(at);
    if (meeting === undefined) return pages.missing(at.request, at.reply);
    const [start, end] = [new Date(meeting.start), new Date(meeting.end ?? meeting.start)];
    const { t } = pages.speech(at.request);
    return at.show(
      'meeting-move',
      { title: t('meetings.move'), ...(faults === undefined ? {} : { status: 422 }) },
      {
        meeting,
        formats,
        today: copenhagenDay(context.clock.now()),
        given:
          faults === undefined
            ? {
                day: copenhagenDay(start),
                from: copenhagenTime(start),
                to: copenhagenTime(end),
                format: meeting.format,
                location: meeting.location,
              }
            : (at.request.body ?? {}),
        faults,
        key: randomUUID(),
      },
    );
  };

  registerPart(app, context, pages, meetingsPart, {
    below: `${meetingBelow}/move`,
    get: (at) => showMove(at),
    post: async (at) => {
      const read = readForm(at.request, moveForm);
      if (!read.ok) return showMove(at, read.faults);
      const { key, ...when } = read.data;
      if (!(await said(() => at.post(path(at), whenOf(when), key)))) return showMove(at, { day: 'toCome' });
      return here(at, 'moved');
    },
  });

  const showChange = async (at: At, faults?: Readonly<Record<string, string>>): Promise<FastifyReply> => {
    const meeting = await readMeeting(at);
    if (meeting === undefined) return pages.missing(at.request, at.reply);
    const speech = pages.speech(at.request);
    const day = copenhagenDay(new Date(meeting.start));
    const given: Body = faults === undefined ? givenOf(meeting) : ((at.request.body ?? {}) as Body);
    return at.show(
      'meeting-change',
      { title: speech.t('meetings.change'), ...(faults === undefined ? {} : { status: 422 }) },
      {
        ...(await readChoices(at, context, speech, { day, already: meeting.points })),
        meeting,
        given,
        chosen: [given['point'] ?? []].flat(),
        rows: Math.max(rows, (meeting.participants?.length ?? 0) + 2),
        faults,
        key: randomUUID(),
      },
    );
  };

  registerPart(app, context, pages, meetingsPart, {
    below: `${meetingBelow}/change`,
    get: (at) => showChange(at),
    post: async (at) => {
      const read = readForm(at.request, changeForm);
      const body = (at.request.body ?? {}) as Body;
      const wanted = { participants: participantsOf(body), agenda: agendaOf(body) };
      if (!read.ok || wanted.participants.length === 0)
        return showChange(at, faultsOf(read.ok ? {} : read.faults, wanted.participants.length));
      const meeting = await readMeeting(at);
      if (meeting === undefined) return pages.missing(at.request, at.reply);
      const { key, title } = read.data;
      const before = givenOf(meeting);
      const was = { title: meeting.title, participants: participantsOf(before), agenda: agendaOf(before) };
      // What is as it was is not said again: the citizen is asked about what is new.
      const changes = Object.fromEntries(
        Object.entries({ title, ...wanted }).filter(
          ([name, value]) => !isDeepStrictEqual(value, was[name as keyof typeof was]),
        ),
      );
      if (Object.keys(changes).length > 0 && !(await said(() => at.post(path(at), changes, key))))
        return showChange(at, { form: 'invalid' });
      return here(at, 'changed');
    },
  });

  registerPart(app, context, pages, meetingsPart, {
    below: `${meetingBelow}/cancel`,
    get: async (at) => {
      const meeting = await readMeeting(at);
      if (meeting === undefined) return pages.missing(at.request, at.reply);
      const title = pages.speech(at.request).t('meetings.cancelTitle');
      return at.show('meeting-cancel', { title }, { meeting, key: randomUUID() });
    },
    post: async (at) => {
      await at.post(path(at), { status: 'cancelled' }, keyOf(at));
      return here(at, 'cancelled');
    },
  });

  registerPart(app, context, pages, meetingsPart, {
    below: `${meetingBelow}/held`,
    post: async (at) => {
      await at.post(path(at), { status: 'completed' }, keyOf(at));
      return here(at, 'held');
    },
  });
};
