// The network meetings of a citizen, and convening one: what it could be about is suggested by what is open, what overlaps
// and what is due; the citizen is asked before anybody else sees it.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { copenhagenDay } from '../../../clock.ts';
import type { DashboardContext } from '../../context.ts';
import { dayField, readFilters, readForm } from '../../input.ts';
import type { Pages, Speech } from '../../render.ts';
import { type At, Refused, registerPart } from './frame.ts';
import {
  agendaOf,
  choicesOf,
  formats,
  isPast,
  type NetworkMeeting,
  participantsOf,
  recipientsOf,
  rows,
  type Suggested,
  whenFields,
  whenOf,
} from './meetings-view.ts';
import { meetingsPart } from './parts.ts';
import { sourcesView } from './plan-view.ts';
import type { ShownPlan } from './shown.ts';

const form = z.object({ title: z.string().max(500), ...whenFields, key: z.uuid() });
const [inDays, dayMs] = [14, 86_400_000];

/** In two weeks; not on a Saturday or Sunday. */
const laterDay = (now: Date): string => {
  const day = copenhagenDay(new Date(now.getTime() + inDays * dayMs));
  const noon = new Date(`${day}T12:00:00Z`);
  const over = noon.getUTCDay() === 6 ? 2 : noon.getUTCDay() === 0 ? 1 : 0;
  return new Date(noon.getTime() + over * dayMs).toISOString().slice(0, 10);
};

export const mayConvene = ({ viewer }: At): boolean =>
  viewer.actor.kind === 'professional' && viewer.actor.scopes.includes('comments.write');

/** The whole of what is wrong with a form of a meeting. */
export const faultsOf = (
  faults: Readonly<Record<string, string>>,
  people: number,
): Readonly<Record<string, string>> => ({
  ...faults,
  ...(people === 0 ? { 'name-0': 'missing' } : {}),
});

/** What a form of a meeting on that day can be filled in from. */
export const readChoices = async (
  at: At,
  context: DashboardContext,
  { f }: Speech,
  { day, already = [] }: { readonly day: string; readonly already?: NetworkMeeting['points'] },
) => {
  const [plan, { points }] = await Promise.all([
    at.get<ShownPlan>('/plan?fields=citizen(name,age),contacts(name,role)'),
    at.get<{ readonly points: readonly Suggested[] }>(`/meetings/agenda?at=${day}`),
  ]);
  const { titles } = sourcesView(plan.sources);
  const texts = Map.groupBy(points, ({ text }) => text);
  // The same line from two systems is told apart by where it comes from; what ends says when in its own words.
  const noteOf = ({ text, what, due, sources }: Suggested): string | undefined => {
    if ((texts.get(text)?.length ?? 0) > 1) return sources.map((source) => titles[source] ?? source).join(', ');
    return due === undefined || what === 'ending' || what === 'overlap'
      ? undefined
      : f.day(due).replaceAll(' ', '\u00a0');
  };
  return {
    citizen: plan.citizen,
    day,
    suggested: choicesOf(points, already, noteOf),
    names: [...new Set((plan.contacts ?? []).flatMap(({ name }) => name ?? []))],
    recipients: recipientsOf(context.practice),
  };
};

export const registerMeetings = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  registerPart(app, context, pages, meetingsPart, {
    get: async (at) => {
      const now = context.clock.now();
      const { meetings } = await at.get<{ readonly meetings: readonly NetworkMeeting[] }>('/meetings');
      return at.show(
        'meetings',
        { title: pages.speech(at.request).t('meetings.title') },
        {
          coming: meetings.filter((one) => !isPast(one, now)),
          past: meetings.filter((one) => isPast(one, now)).toReversed(),
          convenes: mayConvene(at),
          answers: at.own || at.viewer.actor.kind === 'representative',
        },
      );
    },
  });

  const showForm = async (at: At, faults?: Readonly<Record<string, string>>): Promise<FastifyReply> => {
    const given = (at.request.body ?? {}) as Readonly<Record<string, unknown>>;
    const read = dayField.safeParse(given['day']);
    const asked = read.data ?? readFilters(at.request, { day: dayField }).day;
    const day = asked ?? laterDay(context.clock.now());
    const speech = pages.speech(at.request);
    const { t } = speech;
    const choices = await readChoices(at, context, speech, { day });
    const { citizen } = choices;
    return at.show(
      'meeting-new',
      { title: t('meetings.convene'), ...(faults === undefined ? {} : { status: 422 }) },
      {
        ...choices,
        today: copenhagenDay(context.clock.now()),
        given:
          at.request.body === undefined || at.request.body === null
            ? { 'name-0': citizen.name ?? '', 'role-0': t('meetings.citizen'), 'name-1': at.viewer.name }
            : given,
        chosen: [given['point'] ?? []].flat(),
        rows,
        formats,
        faults,
        key: randomUUID(),
      },
    );
  };

  registerPart(app, context, pages, meetingsPart, {
    below: '/new',
    get: async (at) => (mayConvene(at) ? showForm(at) : pages.missing(at.request, at.reply)),
    post: async (at) => {
      const body = (at.request.body ?? {}) as Readonly<Record<string, unknown>>;
      const participants = participantsOf(body);
      const read = readForm(at.request, form);
      if (!read.ok || participants.length === 0)
        return showForm(at, faultsOf(read.ok ? {} : read.faults, participants.length));
      const { key, title } = read.data;
      const agenda = agendaOf(body);
      try {
        const meeting = { title, ...whenOf(read.data), participants, agenda };
        const { id } = await at.post<{ readonly id: string }>(`/v1/citizens/${at.id}/meetings`, meeting, key);
        return at.reply.redirect(`${at.base}/meetings/${id}?done=meeting.convened`, 303);
      } catch (thrown) {
        if (!(thrown instanceof Refused) || thrown.status !== 400) throw thrown;
        const field = /"path":"(\w+)/.exec(thrown.answer.text)?.[1] ?? '';
        return showForm(at, field === 'start' || field === 'end' ? { day: 'toCome' } : { form: 'invalid' });
      }
    },
  });
};
