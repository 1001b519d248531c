// What a grant, a refusal or a withdrawal would change, before anybody says it: said in a transaction that is rolled back,
// and the engine asked about every reader before and after.
import { systemClock } from '../clock.ts';
import { HubError } from '../errors.ts';
import { type Pool, rehearse } from '../store/db.ts';
import { type ConsentInput, checkConsentInput, invalid } from './consent-input.ts';
import { type DeclareOptions, declareWithin, withdrawWithin } from './consents.ts';
import type { Decision } from './decide.ts';
import {
  type Reader,
  type Sharing,
  type SharingQuestion,
  type Strength,
  seenBy,
  sharingOf,
  strongerThan,
} from './sharing.ts';
import { forbidden, notFound, standingOf } from './standing.ts';

export interface Acts {
  readonly say: readonly ConsentInput[];
  /** Ids of consents. */
  readonly withdraw: readonly string[];
}

export interface Change {
  readonly domain: string;
  readonly kind: string;
  /** What is shown of them afterwards. */
  readonly show: Strength;
  readonly records: readonly string[];
}

export interface Difference {
  readonly reader: Reader;
  readonly gains: readonly Change[];
  readonly loses: readonly Change[];
}

type Seen = ReadonlyMap<string, Decision>;

const changesOf = (from: Seen, to: Seen, better: (before: Strength, after: Strength) => boolean): readonly Change[] => {
  const moved = [...to.values()].filter(({ recordId, show }) => better(from.get(recordId)?.show ?? 'hidden', show));
  const groups = [...Map.groupBy(moved, ({ domain, kind, show }) => `${domain} ${kind} ${show}`)];
  return groups
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) => {
      const [first] = group;
      if (first === undefined) return [];
      const { domain, kind, show } = first;
      return { domain, kind, show, records: group.map(({ recordId }) => recordId).sort() };
    });
};

const seenByAll = async (
  db: Parameters<typeof seenBy>[0],
  sharing: Sharing,
  citizen: string,
): Promise<ReadonlyMap<string, Seen>> => {
  const all = new Map<string, Seen>();
  for (const reader of sharing.readers) all.set(reader.recipient, await seenBy(db, reader, sharing, citizen));
  return all;
};

/** What is wrong is told by its place in the list. */
const checkSaid = (said: ConsentInput, index: number, now: Date, purposes: readonly string[] | undefined): void => {
  try {
    checkConsentInput(said, now, purposes);
  } catch (error) {
    if (!(error instanceof HubError) || error.path === undefined) throw error;
    throw invalid(`say.${index}.${error.path}`, error.message);
  }
};

/** Only readers for whom something changes. For the citizen and whoever represents them. @throws as saying it would */
export const previewConsents = (
  pool: Pool,
  question: SharingQuestion,
  acts: Acts,
  options: DeclareOptions,
): Promise<readonly Difference[]> =>
  rehearse(pool, async (tx) => {
    const { asker, citizen } = question;
    const { as } = await standingOf(tx, asker, citizen);
    if (as === 'nobody') throw notFound();
    if (as !== 'citizen' && as !== 'representative') throw forbidden('What it would change is for the citizen.');
    const besides = acts.say.flatMap(({ recipient }) => recipient ?? []);
    // What cannot be said is refused before anything is counted; a purpose is one of the hub's.
    const now = (options.clock ?? systemClock).now();
    for (const [index, said] of acts.say.entries()) checkSaid(said, index, now, options.purposes);
    const sharing = await sharingOf(tx, { ...question, besides });
    const known = { ...sharing, purposes: [...new Set([...sharing.purposes, ...question.purposes])] };
    const before = await seenByAll(tx, known, citizen);
    for (const id of acts.withdraw) {
      const ended = await withdrawWithin(tx, asker, id, options);
      if (ended.citizen !== citizen) throw notFound();
    }
    for (const said of acts.say) await declareWithin(tx, asker, citizen, said, options);
    const after = await seenByAll(tx, known, citizen);
    return known.readers.flatMap((reader) => {
      const [from, to] = [before.get(reader.recipient), after.get(reader.recipient)];
      if (from === undefined || to === undefined) return [];
      const gains = changesOf(from, to, (had, has) => strongerThan(has, had));
      const loses = changesOf(from, to, (had, has) => strongerThan(had, has));
      return gains.length + loses.length === 0 ? [] : [{ reader, gains, loses }];
    });
  });
