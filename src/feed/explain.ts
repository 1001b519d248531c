// GET …/explain: why a reader sees or does not see a record, now or at a past instant, from the very decision. The citizen,
// representatives and the DPO are told about any reader; staff only of themselves, and never whether something is hidden.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Actor } from '../consent/actor.ts';
import { askedReader, readerAttributes } from '../consent/asked-reader.ts';
import { saidBeforeParty } from '../consent/before-party.ts';
import { type Decision, explain, visibleRecords } from '../consent/decide.ts';
import { explainAt } from '../consent/explain-past.ts';
import { decisionText } from '../consent/explain-text.ts';
import { speaksForCitizen } from '../consent/standing.ts';
import { HubError } from '../errors.ts';
import { citizenOf, reach, sendElsewhere } from './citizen-door.ts';
import type { FeedContext } from './context.ts';
import { callerOf, disclose } from './disclosure.ts';
import { invalid, isUuid, limitOf, sendJson } from './input.ts';

/** What staff are told, whether or not there is something. */
const toStaff = 'Der kan være oplysninger, du ikke kan se. Spørg borgeren.';

const text = (query: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = query[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '' || value.length > 200)
    throw invalid(name, 'One text of 1 to 200 characters.');
  return value;
};

const instantOf = (query: Readonly<Record<string, unknown>>, now: Date): Date => {
  const said = text(query, 'at');
  if (said === undefined) return now;
  const at = new Date(said);
  if (!/^\d{4}-\d\d-\d\dT/.test(said) || Number.isNaN(at.getTime()))
    throw invalid('at', 'An instant, 2026-11-21T12:00:00Z.');
  if (at.getTime() > now.getTime()) throw invalid('at', 'Not in the future.');
  return at;
};

/** Also where they are not used: what is wrong for one caller is wrong for all. */
const checkTexts = (query: Readonly<Record<string, unknown>>): void => {
  for (const name of readerAttributes) text(query, name);
  const sector = text(query, 'sector') ?? 'private';
  if (sector !== 'public' && sector !== 'private') throw invalid('sector', 'public or private.');
};

/** The reader asked about: what the log knows of the person, and what the question says besides. */
const readerOf = async (
  context: FeedContext,
  query: Readonly<Record<string, unknown>>,
  purpose: string,
  at: Date,
): Promise<Actor> => {
  const person = text(query, 'reader');
  if (person === undefined) throw invalid('reader', 'The id of the person or system it is about.');
  const said = Object.fromEntries(
    readerAttributes.flatMap((name) => {
      const value = text(query, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const sector = text(query, 'sector') ?? 'private';
  if (sector !== 'public' && sector !== 'private') throw invalid('sector', 'public or private.');
  const reader = await askedReader(context.pool, { person, purpose, at, sector, said });
  if (reader === undefined)
    throw invalid('reader', 'The log knows no such reader; say their role, unit or organisation.');
  return reader;
};

const entryOf = (decision: Decision, beforeParty: ReadonlySet<string>): object => ({
  record: decision.recordId,
  kind: decision.kind,
  domain: decision.domain,
  source: decision.source,
  show: decision.show,
  rule: decision.rule,
  ...(decision.basis === null || decision.byOtherSubject ? {} : { basis: decision.basis }),
  text: decisionText(decision, beforeParty),
});

interface Page {
  readonly after: string | undefined;
  readonly record: string | undefined;
  readonly limit: number;
}

const idIn = (query: Readonly<Record<string, unknown>>, name: 'after' | 'record'): string | undefined => {
  const value = query[name];
  if (value === undefined) return undefined;
  if (!isUuid(value)) throw invalid(name, 'The id of a record.');
  return value;
};

const pageOf = (decisions: readonly Decision[], { after, limit }: Page) => {
  const sorted = decisions.toSorted((a, b) => (a.recordId < b.recordId ? -1 : 1));
  const left = after === undefined ? sorted : sorted.filter(({ recordId }) => recordId > after);
  const rows = left.slice(0, limit);
  const next = rows.at(-1)?.recordId;
  return { rows, more: left.length > rows.length, ...(next === undefined ? {} : { next }) };
};

/** Which records the asker may be told about: the DPO all, citizens and representatives those they see themselves. */
const tellable = async (
  context: FeedContext,
  asker: Actor,
  citizen: string,
): Promise<ReadonlySet<string> | undefined> =>
  asker.kind === 'dpo'
    ? undefined
    : new Set(
        (await visibleRecords(context.pool, asker, { citizens: [citizen] }))
          .filter(({ show }) => show === 'content')
          .map(({ recordId }) => recordId),
      );

const aboutOthers = (): HubError =>
  new HubError({
    code: 'request/forbidden',
    fault: 'config',
    message: 'What other readers see, and what was seen, is for the citizen and the DPO.',
  });
const inPerson = (actor: Actor): boolean => actor.kind === 'citizen' || actor.kind === 'representative';

export const registerExplain = (app: FastifyInstance, context: FeedContext): void => {
  const config = { scopes: ['plan.read', 'log.read'] as const };
  app.get('/v1/citizens/:id/explain', { config }, async (request: FastifyRequest, reply) => {
    const asker = callerOf(request);
    const citizen = citizenOf(request);
    const query = request.query as Readonly<Record<string, unknown>>;
    const page: Page = { after: idIn(query, 'after'), record: idIn(query, 'record'), limit: limitOf(request) };
    const asks = query['reader'] !== undefined || query['at'] !== undefined;
    if (asks && !inPerson(asker) && asker.kind !== 'dpo') throw aboutOthers();
    checkTexts(query);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const about = asker.kind === 'dpo' || (await speaksForCitizen(context.pool, asker, citizen));
    if (asks && !about) throw aboutOthers();
    const now = context.clock.now();
    const at = about ? instantOf(query, now) : now;
    const reader = about ? await readerOf(context, query, asker.purpose, at) : asker;
    const decided = about
      ? await explainAt(context.pool, reader, citizen, at, page.record)
      : await explain(context.pool, reader, citizen, page.record);
    const told = about ? await tellable(context, asker, citizen) : undefined;
    const { rows, more, next } = pageOf(
      decided.filter((one) => (about ? (told?.has(one.recordId) ?? true) : one.show === 'content')),
      page,
    );
    const beforeParty = about ? await saidBeforeParty(context.pool, context.keys, citizen, at) : new Set<string>();
    await disclose(context, request, [{ citizen, records: rows.map(({ recordId }) => recordId), decision: 'allowed' }]);
    return sendJson(reply, 200, {
      citizen: { id: citizen, kind: 'citizen' },
      at: at.toISOString(),
      ...(about ? { reader: readerShown(reader) } : { note: toStaff }),
      decisions: rows.map((one) => entryOf(one, beforeParty)),
      more,
      ...(next === undefined ? {} : { next }),
    });
  });
};

const readerShown = ({ kind, person, sector, ...rest }: Actor): object => ({
  kind,
  person,
  sector,
  ...Object.fromEntries(readerAttributes.flatMap((name) => (rest[name] === undefined ? [] : [[name, rest[name]]]))),
});
