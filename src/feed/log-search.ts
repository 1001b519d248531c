// GET /v1/access-log: the data-protection officer searches everybody's log. What comes out is logged about each citizen it
// names; a filter that is not known is refused, because leaving it out would show more than was asked for.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { copenhagenInstant, daysAfter } from '../clock.ts';
import { HubError } from '../errors.ts';
import { plausibleDay } from '../model/values.ts';
import { type FoundEntry, findLog, type LogSearch } from '../store/find-log.ts';
import type { LogDecision } from '../store/log-entry.ts';
import { occasionsOf } from '../store/log-occasions.ts';
import type { FeedContext } from './context.ts';
import { callerOf, disclose, type Touched } from './disclosure.ts';
import { invalid, isUuid, limitOf, sendJson } from './input.ts';

type Query = Readonly<Record<string, unknown>>;
const texts = ['person', 'organisation', 'role', 'consumer', 'endpoint', 'purpose', 'correlation'] as const;
const known = new Set<string>([...texts, 'citizen', 'from', 'to', 'decision', 'emergency', 'after', 'limit']);
const decisions: readonly string[] = ['allowed', 'partly', 'denied', 'failed'] satisfies readonly LogDecision[];

/** The day's first instant; of `to` the first after it. */
export const dayOf = (query: Query, name: 'from' | 'to'): Date | undefined => {
  if (query[name] === undefined) return undefined;
  const parsed = plausibleDay.safeParse(query[name]);
  if (!parsed.success) throw invalid(name, 'A day, YYYY-MM-DD.');
  return copenhagenInstant(name === 'to' ? daysAfter(parsed.data, 1) : parsed.data);
};

export const textOf = (query: Query, name: string): string | undefined => {
  const value = query[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '' || value.length > 200 || value.includes('\0'))
    throw invalid(name, 'A text of 1 to 200 characters.');
  return value;
};

const cursorOf = ({ after }: Query): LogSearch['after'] => {
  if (after === undefined) return undefined;
  const [, ms, id] = (typeof after === 'string' ? /^(\d{1,15})-(.+)$/.exec(after) : null) ?? [];
  const at = new Date(Number(ms));
  if (!isUuid(id) || Number.isNaN(at.getTime())) throw invalid('after', 'The cursor is not one of ours.');
  return { at, id };
};

const oneOf = (query: Query, name: string, allowed: readonly string[]): string | undefined => {
  const value = query[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !allowed.includes(value)) throw invalid(name, `One of ${allowed.join(', ')}.`);
  return value;
};

const given = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

const searchOf = (request: FastifyRequest): LogSearch => {
  const query = request.query as Query;
  if (Object.keys(query).some((name) => !known.has(name))) throw invalid('query', 'A name that is not to search by.');
  for (const name of texts) textOf(query, name);
  if (query['citizen'] !== undefined && !isUuid(query['citizen'])) throw invalid('citizen', 'An id of a citizen.');
  if (query['correlation'] !== undefined && query['from'] === undefined)
    throw invalid('from', 'By correlation only from a day on: the log is not sorted by it.');
  const said = query as Partial<Record<(typeof texts)[number] | 'citizen', string>>;
  const emergency = oneOf(query, 'emergency', ['true', 'false']);
  return {
    limit: limitOf(request),
    ...given({
      ...{ person: said.person, organisation: said.organisation, role: said.role, consumer: said.consumer },
      ...{ purpose: said.purpose, correlation: said.correlation, endpoint: said.endpoint, citizen: said.citizen },
      ...{ from: dayOf(query, 'from'), to: dayOf(query, 'to') },
      decision: oneOf(query, 'decision', decisions) as LogDecision | undefined,
      emergency: emergency === undefined ? undefined : emergency === 'true',
      after: cursorOf(query),
    }),
  };
};

/** As the officer is shown it. */
export const shownOf = (entry: FoundEntry) => ({
  id: entry.id,
  at: entry.at.toISOString(),
  kind: entry.actor_kind,
  person: entry.person,
  purpose: entry.purpose,
  endpoint: entry.endpoint,
  decision: entry.decision,
  bases: entry.bases,
  records: entry.records,
  emergency: entry.emergency,
  correlation: entry.correlation,
  ...Object.fromEntries(
    Object.entries({
      ...{ number: entry.number, role: entry.role, organisation: entry.organisation, unit: entry.unit },
      ...{ consumer: entry.consumer, represented: entry.represented, citizen: entry.about },
    }).filter(([, value]) => value !== null),
  ),
});

export const registerLogSearch = (app: FastifyInstance, context: FeedContext): void => {
  app.get('/v1/access-log', { config: { scopes: ['log.read'] } }, async (request, reply) => {
    if (callerOf(request).kind !== 'dpo')
      throw new HubError({ code: 'request/forbidden', fault: 'config', message: 'Searching the log is for the DPO.' });
    const search = searchOf(request);
    const found = await findLog(context.pool, { ...search, limit: search.limit + 1 });
    const page = found.slice(0, search.limit);
    const last = page.at(-1);
    const about = new Set([...page.map((entry) => entry.about), search.citizen ?? null].filter((id) => id !== null));
    const touched: readonly Touched[] = [...about].map((citizen) => ({ citizen, decision: 'allowed' }));
    await disclose(context, request, touched.length === 0 ? [{ decision: 'allowed' }] : touched);
    const more = found.length > page.length && last !== undefined;
    const occasions = occasionsOf(page, (entry) => entry.about);
    return sendJson(reply, 200, {
      entries: page.map((entry, index) => ({ ...shownOf(entry), occasion: occasions[index] })),
      more,
      ...(more ? { next: `${last.at.getTime()}-${last.id}` } : {}),
    });
  });
};
