// GET …/calendar and …/calendar.ics: the appointments the caller may see, across systems, as meetings, and busy time
// where only that is granted. Both are decided and logged like the plan.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { copenhagenDay, copenhagenInstant, daysAfter } from '../clock.ts';
import { visibleRecords } from '../consent/decide.ts';
import { plausibleDay } from '../model/values.ts';
import { recordTexts } from '../store/record-texts.ts';
import { icsOf } from './calendar-ics.ts';
import { registerCalendarLinks } from './calendar-links.ts';
import { type Appointment, type Busy, busyOf, endOf, type Meeting, meetingsOf } from './calendar-meetings.ts';
import type { FeedContext, PlanContext } from './context.ts';
import { callerOf } from './disclosure.ts';
import { type SourceState, sourcesHeader, stateKey } from './freshness.ts';
import { invalid } from './input.ts';
import { sameTag } from './plan-answer.ts';
import { discloseShown, readShown, recordsOf } from './shown-plan.ts';

const dayMs = 86_400_000;
/** What is shown when nothing is asked for, and the most that can be: days. */
const [daysBack, daysAhead, mostDays] = [90, 730, 1830];

interface Window {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

const dayIn = (query: unknown, name: 'from' | 'to', otherwise: string): string => {
  const said = (query as Readonly<Record<string, unknown>>)[name];
  if (said === undefined) return otherwise;
  const parsed = plausibleDay.safeParse(said);
  if (!parsed.success) throw invalid(name, 'A day, YYYY-MM-DD.');
  return parsed.data;
};

/** `from` and `to`, both days included. */
const windowOf = (request: FastifyRequest, now: Date): Window => {
  const around = (days: number): string => copenhagenDay(new Date(now.getTime() + days * dayMs));
  const from = copenhagenInstant(dayIn(request.query, 'from', around(-daysBack))).getTime();
  const to = copenhagenInstant(daysAfter(dayIn(request.query, 'to', around(daysAhead)), 1)).getTime();
  if (to <= from) throw invalid('to', 'Not before `from`.');
  if (to - from > mostDays * dayMs) throw invalid('to', `At most ${mostDays} days after \`from\`.`);
  return { from, to };
};

interface Calendar {
  readonly citizen: string;
  readonly meetings: readonly Meeting[];
  readonly busy: readonly Busy[];
  readonly states: readonly SourceState[];
}

const clipped = (busy: readonly Busy[], { from, to }: Window): readonly Busy[] =>
  busy
    .filter((one) => Date.parse(one.start) < to && Date.parse(one.end) > from)
    .map((one) => ({
      start: new Date(Math.max(from, Date.parse(one.start))).toISOString(),
      end: new Date(Math.min(to, Date.parse(one.end))).toISOString(),
    }));

/** Reads and logs; undefined when the caller was sent elsewhere. @throws HubError `request/not-found`. */
const read = async (
  context: PlanContext,
  request: FastifyRequest,
  reply: FastifyReply,
  of?: string,
): Promise<Calendar | undefined> => {
  const window = windowOf(request, context.clock.now());
  const found = await readShown(context, request, reply, {
    kinds: ['appointment'],
    ...(of === undefined ? {} : { citizen: of }),
  });
  if (found === undefined) return undefined;
  const { citizen, plan, states } = found;
  const inside = (one: Pick<Appointment, 'start' | 'end' | 'allDay'>): boolean =>
    Date.parse(one.start) < window.to && endOf(one) > window.from;
  const shown = recordsOf<Appointment>(plan).filter(inside);
  const hidden = plan.hiddenSome ? await visibleRecords(context.pool, callerOf(request), { citizens: [citizen] }) : [];
  const only = hidden.filter((record) => record.show === 'busy' && record.kind === 'appointment');
  const times = await recordTexts(
    context.pool,
    context.keys,
    only.map((record) => record.recordId),
  );
  await discloseShown(context, request, found, {
    records: [...shown.map(({ id }) => id), ...only.map((record) => record.recordId)],
    rules: only,
  });
  return {
    citizen,
    meetings: meetingsOf(shown, context.settings.masterDataOrder),
    busy: clipped(busyOf(times.map((text) => JSON.parse(text) as Appointment)), window),
    states,
  };
};

/** Sends the text, or 304 when the caller has it already. */
const send = (
  context: FeedContext,
  request: FastifyRequest,
  reply: FastifyReply,
  calendar: Calendar,
  form: { readonly type: string; readonly text: () => string },
): FastifyReply => {
  const { meetings, busy, states } = calendar;
  const known = JSON.stringify([form.type, meetings, busy, stateKey(states)]);
  const tag = `W/"${context.keys.hash('etag', known).toString('base64url', 0, 18)}"`;
  reply
    .header('etag', tag)
    .header('samspil-sources', sourcesHeader(states))
    .header('cache-control', 'private, no-cache')
    .header('vary', 'Authorization, X-Purpose');
  return sameTag(request.headers['if-none-match'], tag)
    ? reply.code(304).send()
    : reply.header('content-type', `${form.type}; charset=utf-8`).send(form.text());
};

export type SendCalendar = (request: FastifyRequest, reply: FastifyReply, citizen?: string) => Promise<FastifyReply>;

export const registerCalendar = (app: FastifyInstance, context: PlanContext): void => {
  const sendIcs: SendCalendar = async (request, reply, citizen) => {
    const calendar = await read(context, request, reply, citizen);
    if (calendar === undefined) return reply;
    return send(context, request, reply, calendar, {
      type: 'text/calendar',
      text: () => icsOf(context.keys, calendar),
    });
  };
  const config = { scopes: ['calendar.read'] as const };
  app.get('/v1/citizens/:id/calendar', { config }, async (request, reply) => {
    const calendar = await read(context, request, reply);
    if (calendar === undefined) return reply;
    const { citizen, states, meetings, busy } = calendar;
    const asOf = context.clock.now().toISOString();
    const text = (): string =>
      JSON.stringify({
        citizen: { id: citizen, kind: 'citizen' },
        asOf,
        sources: states,
        meetings: meetings.map(({ observedAt, ...meeting }) => meeting),
        busy,
      });
    return send(context, request, reply, calendar, { type: 'application/json', text });
  });
  app.get('/v1/citizens/:id/calendar.ics', { config }, (request, reply) => sendIcs(request, reply));
  registerCalendarLinks(app, context, sendIcs);
};
