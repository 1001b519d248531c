// Moving a network meeting, calling it off, and saying that it was held. Called off cannot be taken back: two steps.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { copenhagenDay, copenhagenTime } from '../../../clock.ts';
import type { DashboardContext } from '../../context.ts';
import { onceOf, readForm } from '../../input.ts';
import type { Pages } from '../../render.ts';
import { type At, registerPart } from './frame.ts';
import { meetingBelow, meetingOf, readMeeting, said } from './meeting.ts';
import { formats, whenFields, whenOf } from './meetings-view.ts';
import { meetingsPart } from './parts.ts';

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
