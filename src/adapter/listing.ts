// Reads a list of any paging style to its end, for adapters of an interface shape. It goes on from every stored page,
// drops what it was given twice, asks again where the list moved underneath it, and never takes a broken page for the end.
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { Page, PullOptions, RawRecord } from './contract.ts';

/** A page's place: a number (offset or page), a token or an address; null is the beginning. */
const place = z.union([z.string(), z.int()]).nullable();
export type Place = z.infer<typeof place>;

export const listingCheckpoint = z.strictObject({
  /** Done: changes from here on are still to come. Else: the changes this pull asked for. Null: everything. */
  since: z.string().nullable(),
  began: z.string(),
  /** The latest change given so far, where records tell. */
  latest: z.string().nullable(),
  at: place,
  /** Records of the page at `at` that were given already. */
  skip: z.int().min(0),
  seen: z.int().min(0),
  /** The least the source has said there are, while this pull lasted. */
  total: z.int().min(0).nullable(),
  saved: z.string(),
  done: z.boolean(),
});
export type ListingCheckpoint = z.infer<typeof listingCheckpoint>;

export interface Listed extends RawRecord {
  /** The source says that it is gone. */
  readonly deleted?: boolean;
  /** When it changed, in milliseconds. */
  readonly changed?: number;
}

/** One answer of the source. */
export interface Part {
  readonly rows: readonly Listed[];
  readonly next: Place;
  readonly total?: number;
  /** Records the source counts that turned out to be gone, or none of this kind. */
  readonly ignored?: number;
  /** Where to ask again if nothing of the page before is among the rows: the list has moved. */
  readonly back?: number;
}

export interface Asked {
  readonly at: Place;
  /** Milliseconds; null: everything. */
  readonly since: number | null;
  /** The first request of a pull that goes on: numbered places are asked for a page earlier. */
  readonly resumed: boolean;
  /** What the source said before. */
  readonly total: number | null;
  readonly signal: AbortSignal;
}

export interface Listing {
  readonly ask: (asked: Asked) => Promise<Part>;
  readonly clock: Clock;
  /** For a list that can be asked for changes; undefined: every pull reads it whole. */
  readonly changes?: { readonly overlapMs: number; readonly byRecord: boolean };
}

const mostRecords = 1000;
const mostStepsBack = 5;
/** A half-read list by numbers is begun anew after this long: it may have moved by more than a page. */
const staleMs = 30 * 60_000;

export const stopIfAborted = (signal: AbortSignal): void => {
  if (signal.aborted)
    throw new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The run was cancelled.' });
};

export const badAnswer = (message: string, hint?: string, fault: 'source' | 'transient' = 'source'): HubError =>
  new HubError({ code: 'source/bad-answer', fault, message, ...(hint === undefined ? {} : { hint }) });

const iso = (ms: number): string => new Date(ms).toISOString();

/** Where a pull starts: anew, for what changed since the last one ended, or where an unfinished one broke off. */
export const begin = (
  after: ListingCheckpoint | null,
  { clock, changes }: Pick<Listing, 'clock' | 'changes'>,
): ListingCheckpoint => {
  const now = clock.now();
  const since = after?.since == null || changes === undefined ? null : Date.parse(after.since);
  const from = since === null || after?.done !== true ? since : since - (changes?.overlapMs ?? 0);
  const nowIso = now.toISOString();
  const fresh = { since: from === null ? null : iso(from), began: nowIso, at: null, skip: 0 };
  const latest = since === null ? null : iso(since);
  const stale =
    typeof after?.at === 'number' && changes === undefined && now.getTime() - Date.parse(after.saved) > staleMs;
  if (after === null || after.done || stale)
    return { ...fresh, latest, seen: 0, total: null, saved: nowIso, done: false };
  return after;
};

/** Rows that the page before did not hold in the same words. @throws when a key is not one record's */
export const freshRows = (rows: readonly Listed[], known: ReadonlyMap<string, unknown>): readonly Listed[] => {
  const here = new Map<string, unknown>();
  return rows.filter(({ key, body }) => {
    if (key === '') return true;
    if (here.has(key)) {
      if (isDeepStrictEqual(here.get(key), body)) return false;
      throw new HubError({
        code: 'source/bad-answer',
        fault: 'config',
        message: 'Two different records of one page have the same key.',
        hint: 'Name the fields that tell records apart under `key`, several as a list.',
      });
    }
    here.set(key, body);
    return !(known.has(key) && isDeepStrictEqual(known.get(key), body));
  });
};

/** The latest change among these and what was known. */
export const later = (latest: string | null, rows: readonly Listed[]): string | null => {
  const high = rows.reduce(
    (most, { changed }) => Math.max(most, changed ?? 0),
    latest === null ? 0 : Date.parse(latest),
  );
  return high === 0 ? null : iso(high);
};

/** Where the next pull begins: not past this one's beginning, not before where it began to ask. */
export const ended = (
  state: ListingCheckpoint,
  { clock, changes }: Pick<Listing, 'clock' | 'changes'>,
): ListingCheckpoint => {
  const reached = changes?.byRecord === true ? state.latest : state.began;
  const short = state.total !== null && state.seen < state.total;
  const high = short || reached === null ? null : Math.min(Date.parse(reached), Date.parse(state.began));
  const least = state.since === null ? null : Date.parse(state.since);
  const since = high === null ? least : Math.max(high, least ?? high);
  const saved = clock.now().toISOString();
  const next = changes === undefined || since === null ? null : iso(since);
  return { ...state, since: next, at: null, skip: 0, saved, done: true };
};

const expired = (thrown: unknown): boolean =>
  thrown instanceof HubError &&
  ['source/not-found', 'source/checkpoint-expired', 'source/bad-request'].includes(thrown.code);

/** At most 1,000 records each. */
function* pagesOf(
  rows: readonly Listed[],
  before: ListingCheckpoint,
  after: ListingCheckpoint,
  { total, ignored }: { readonly total: number | null; readonly ignored: number },
): Generator<Page<ListingCheckpoint>> {
  for (let from = 0; from === 0 || from < rows.length; from += mostRecords) {
    const some = rows.slice(from, from + mostRecords);
    const last = from + mostRecords >= rows.length;
    yield {
      records: some.filter((row) => row.deleted !== true).map(({ key, body }) => ({ key, body })),
      deleted: some.filter((row) => row.deleted === true && row.key !== '').map(({ key }) => key),
      checkpoint: last ? after : { ...before, skip: before.skip + from + some.length, saved: after.saved },
      ...(total === null ? {} : { total }),
      ...(last && ignored > 0 ? { ignored } : {}),
    };
  }
}

/** @throws HubError; a page that is no page is never the end of the list. */
export async function* pullListing(
  listing: Listing,
  { after, signal }: PullOptions<ListingCheckpoint>,
): AsyncGenerator<Page<ListingCheckpoint>> {
  let state = begin(after, listing);
  let resumed = state === after;
  let begins = !resumed && after !== null && !after.done;
  let known: ReadonlyMap<string, unknown> = new Map();
  const places = new Set<string>();
  let stepsBack = 0;
  for (;;) {
    stopIfAborted(signal);
    const { at } = state;
    const since = state.since === null ? null : Date.parse(state.since);
    const asked = { at, since, resumed: resumed && at !== null && state.skip === 0, total: state.total, signal };
    const part = await listing.ask(asked).catch((thrown: unknown) => {
      if (!resumed || typeof at !== 'string' || !expired(thrown)) throw thrown;
      return undefined;
    });
    const skipped = resumed ? Math.max(0, state.skip - mostRecords) : 0;
    resumed = false;
    if (part === undefined) {
      // The place was a token or address that no longer holds: from the beginning, with what this pull asked for.
      state = { ...state, at: null, skip: 0, seen: 0, total: null };
      begins = true;
      continue;
    }
    const { rows, next, back } = part;
    if (back !== undefined && known.size > 0 && !rows.some(({ key }) => known.has(key))) {
      stepsBack += 1;
      if (stepsBack > mostStepsBack)
        throw badAnswer(
          'The list moves faster than it can be read, or has no stable order.',
          'Ask for a fixed order in the list’s `query`, or set `overlap: "0"` if its order is known to be stable.',
          'transient',
        );
      state = { ...state, at: back };
      continue;
    }
    if (rows.some(({ key }) => known.has(key))) stepsBack = 0;
    if (typeof next === 'string' && (next === at || places.has(next)))
      throw badAnswer('The source’s paging goes round in a circle.');
    if (typeof next === 'string') places.add(next);
    const fresh = freshRows(rows, known).slice(skipped);
    known = new Map(rows.map(({ key, body }) => [key, body]));
    const total = part.total === undefined ? state.total : Math.min(part.total, state.total ?? part.total);
    const before = state;
    const saved = listing.clock.now().toISOString();
    // The source counts what it gave twice in one answer.
    const twice = rows.filter(({ key }) => key !== '').length - (known.size - (known.has('') ? 1 : 0));
    const ignored = twice + (part.ignored ?? 0);
    const seen = state.seen + fresh.length + ignored;
    state = { ...state, latest: later(state.latest, fresh), at: next, skip: 0, seen, total, saved };
    if (next === null) state = ended(state, listing);
    for (const page of pagesOf(fresh, { ...before, skip: skipped }, state, { total, ignored })) {
      yield begins ? { ...page, begins } : page;
      begins = false;
      stopIfAborted(signal);
    }
    if (next === null) return;
  }
}
