// GET …/meetings/agenda: what a network meeting could be about, made of what the reader sees: open goals, overlaps, agreements
// to follow up, open requests, plans and efforts soon to end. A proposal for whoever convenes; nothing is stored.
import type { FastifyInstance } from 'fastify';
import { copenhagenDay, daysAfter } from '../clock.ts';
import { danishDay } from '../consent/consent-text.ts';
import { plausibleDay } from '../model/values.ts';
import type { PlanContext } from './context.ts';
import { sourcesHeader } from './freshness.ts';
import { invalid, sendJson } from './input.ts';
import { type Overlap, type OverlapLink, type OverlapRecord, overlapsOf } from './overlaps-find.ts';
import { discloseShown, readShown, recordsOf } from './shown-plan.ts';

const kinds = ['appointment', 'intervention', 'goal', 'condition', 'plan', 'agreement', 'request'];
/** What ends so soon after the meeting is talked about at it: days. */
const soon = 60;
/** More lines than this are no agenda. */
const most = 100;

type What = 'overlap' | 'request' | 'agreement' | 'ending' | 'goal';
interface AgendaRecord extends OverlapRecord {
  readonly followUpAt?: string;
  readonly dueAt?: string;
  readonly what?: string;
  readonly outcome?: string;
}

export interface Point {
  readonly what: What;
  /** In Danish; one line of an agenda. */
  readonly text: string;
  /** The first is the one to name in the agenda. */
  readonly records: readonly string[];
  readonly sources: readonly string[];
  readonly due?: string;
}

const line = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 500);
const open = ({ status }: AgendaRecord): boolean => status !== 'completed' && status !== 'cancelled';

const pointOf = (what: What, record: AgendaRecord, text: string, due?: string): Point => ({
  what,
  text: line(text),
  records: [record.id],
  sources: [record.source],
  ...(due === undefined ? {} : { due }),
});

const overlapPoint = ({ reason, sides, from }: Overlap): Point => ({
  what: 'overlap',
  text: line(`${reason} ${[...new Set(sides.map(({ title }) => title))].join(' / ')}`),
  records: sides.map(({ record }) => record),
  sources: [...new Set(sides.map(({ source }) => source))],
  ...(from === undefined ? {} : { due: /T/.test(from) ? copenhagenDay(new Date(from)) : from }),
});

/** @param day the meeting's, @param last the last on which what ends then is still talked about */
const pointsOf = (record: AgendaRecord, day: string, last: string): readonly Point[] => {
  const name = record.title ?? record.text ?? '';
  const end = record.period?.end;
  const ending = end !== undefined && end >= day && end <= last && open(record);
  switch (record.kind) {
    case 'request':
      return record.outcome === 'open' ? [pointOf('request', record, `Ønske: ${record.what}`, record.dueAt)] : [];
    case 'agreement':
      return open(record) && record.followUpAt !== undefined && record.followUpAt <= day
        ? [pointOf('agreement', record, `Opfølgning: ${name}`, record.followUpAt)]
        : [];
    case 'goal':
      return open(record) ? [pointOf('goal', record, `Mål: ${name}`, end)] : [];
    case 'plan':
    case 'intervention':
      return ending ? [pointOf('ending', record, `Udløber ${danishDay(end)}: ${name}`, end)] : [];
    default:
      return [];
  }
};

const order: readonly What[] = ['overlap', 'request', 'agreement', 'ending', 'goal'];

/** What must be decided first, then by date; those without one last. */
const before = (a: Point, b: Point): number =>
  order.indexOf(a.what) - order.indexOf(b.what) ||
  ((a.due ?? '9999') < (b.due ?? '9999') ? -1 : (a.due ?? '9999') > (b.due ?? '9999') ? 1 : 0) ||
  ((a.records[0] ?? '') < (b.records[0] ?? '') ? -1 : 1);

const dayOf = (query: unknown, now: Date): string => {
  const { at } = query as { at?: unknown };
  if (at === undefined) return copenhagenDay(now);
  const parsed = plausibleDay.safeParse(at);
  if (!parsed.success) throw invalid('at', 'A day, YYYY-MM-DD.');
  return parsed.data;
};

export const registerMeetingAgenda = (app: FastifyInstance, context: PlanContext): void => {
  app.get('/v1/citizens/:id/meetings/agenda', { config: { scopes: ['plan.read'] } }, async (request, reply) => {
    const now = context.clock.now();
    const day = dayOf(request.query, now);
    const found = await readShown(context, request, reply, { kinds });
    if (found === undefined) return reply;
    const { plan, states } = found;
    const records = recordsOf<AgendaRecord>(plan);
    const links = JSON.parse(`[${plan.links}]`) as readonly OverlapLink[];
    const last = daysAfter(day, soon);
    const points = [
      ...overlapsOf(records, links, context.settings.masterDataOrder, now).map(overlapPoint),
      ...records.flatMap((record) => pointsOf(record, day, last)),
    ]
      .sort(before)
      .slice(0, most);
    await discloseShown(context, request, found, { records: [...new Set(points.flatMap((point) => point.records))] });
    reply.header('samspil-sources', sourcesHeader(states));
    return sendJson(reply, 200, { asOf: now.toISOString(), sources: states, points });
  });
};
