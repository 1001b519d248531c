// Incremental pull of one resource type by `_lastUpdated`. The checkpoint holds the next paging link and, for when
// that has expired, a time from which reading again loses nothing. Reading a record twice is harmless; missing one is not.
import { z } from 'zod';
import type { Page, PullOptions } from '../../src/adapter/contract.ts';
import type { Clock } from '../../src/clock.ts';
import { asHubError, HubError } from '../../src/errors.ts';
import type { Bundle, FhirClient } from './client.ts';
import type { FhirConfig } from './config.ts';
import type { Directory } from './directory.ts';
import { readPage } from './page.ts';

const maximumPage = 1000;
/** Paging links that expire faster than they are followed end the run instead of going round. */
const maximumRestarts = 5;

export const checkpoint = z.strictObject({
  /** Everything changed before this instant is read. Absent: nothing is. */
  since: z.iso.datetime({ offset: true }).optional(),
  /** When the traversal that `next` belongs to began: what changed later is not certain to be in it. */
  began: z.iso.datetime({ offset: true }).optional(),
  /** The newest `lastUpdated` met in the traversal. */
  newest: z.iso.datetime({ offset: true }).optional(),
  /** Where the traversal goes on; absent when it is finished. */
  next: z.string().optional(),
  /** The traversal came oldest first so far, so `newest` is a safe place to begin again. */
  sorted: z.boolean().optional(),
  /** A record without `lastUpdated` was met: the time cannot move. */
  undated: z.boolean().optional(),
});
export type Checkpoint = z.infer<typeof checkpoint>;

const iso = (ms: number): string => new Date(ms).toISOString();
const ms = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));

export const checkAborted = (signal: AbortSignal): void => {
  if (signal.aborted)
    throw new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The pull was cancelled.' });
};

export interface PullContext {
  readonly client: FhirClient;
  readonly directory: Directory;
  readonly config: FhirConfig;
  readonly clock: Clock;
}

interface Traversal {
  readonly since: number | undefined;
  readonly began: number;
  readonly newest: number | undefined;
  readonly sorted: boolean;
  readonly undated: boolean;
}

/** Where a finished traversal leaves us: never past what may still appear late, never past now. */
const settled = (t: Traversal, overlapMs: number): number | undefined => {
  const read = t.undated ? t.since : (t.newest ?? t.since);
  return read === undefined ? undefined : Math.min(read, t.began - overlapMs);
};

const openCheckpoint = (t: Traversal, next: string | undefined): Checkpoint => ({
  ...(t.since === undefined ? {} : { since: iso(t.since) }),
  ...(t.newest === undefined ? {} : { newest: iso(t.newest) }),
  ...(next === undefined ? {} : { next }),
  began: iso(t.began),
  sorted: t.sorted,
  undated: t.undated,
});

const isExpired = (thrown: unknown): boolean =>
  ['source/checkpoint-expired', 'source/not-found', 'source/bad-request'].includes(asHubError(thrown).code);

export async function* pull(
  type: string,
  { client, directory, config, clock }: PullContext,
  { after, signal }: PullOptions<Checkpoint>,
): AsyncIterable<Page<Checkpoint>> {
  const overlapMs = config.overlapSeconds * 1000;
  const now = clock.now().getTime();

  const begin = (since: number | undefined): Promise<Bundle> => {
    const params = new URLSearchParams({ ...config.search[type], _count: String(config.pageSize) });
    if (config.sort) params.set('_sort', '_lastUpdated');
    if (since !== undefined && config.changedSince) params.set('_lastUpdated', `ge${iso(since)}`);
    return client.search(type, params, signal);
  };
  const fresh = (since: number | undefined): Traversal => ({
    since,
    began: now,
    newest: undefined,
    sorted: true,
    undated: false,
  });

  let at = fresh(ms(after?.since));
  let here = after?.next;
  if (here !== undefined)
    at = {
      ...at,
      began: ms(after?.began) ?? now,
      newest: ms(after?.newest),
      sorted: after?.sorted ?? false,
      undated: after?.undated ?? false,
    };
  for (let restarts = 0; ; ) {
    checkAborted(signal);
    let bundle: Bundle;
    try {
      bundle = here === undefined ? await begin(at.since) : await client.follow(here, signal);
    } catch (thrown) {
      if (here === undefined || !isExpired(thrown) || restarts === maximumRestarts) throw thrown;
      restarts += 1;
      at = fresh(at.sorted && !at.undated ? settled(at, overlapMs) : at.since);
      here = undefined;
      bundle = await begin(at.since);
    }
    const page = readPage(type, bundle);
    const next = client.nextOf(bundle);
    if (next !== undefined && next === here)
      throw new HubError({
        code: 'source/bad-answer',
        fault: 'source',
        message: 'A paging link leads to its own page.',
      });
    await directory.name(page.records, signal);
    const before = openCheckpoint(at, here);
    at = {
      ...at,
      newest: page.newest === undefined ? at.newest : Math.max(page.newest, at.newest ?? page.newest),
      sorted:
        at.sorted &&
        page.ascending &&
        (page.oldest ?? Number.POSITIVE_INFINITY) >= (at.newest ?? Number.NEGATIVE_INFINITY),
      undated: at.undated || page.undated,
    };
    const done = settled(at, overlapMs);
    const reached = next === undefined ? (done === undefined ? {} : { since: iso(done) }) : openCheckpoint(at, next);
    // A server may give more than was asked for; what comes first is stored with the place to read this page again.
    for (let from = 0; from === 0 || from < page.records.length; from += maximumPage) {
      checkAborted(signal);
      const last = from + maximumPage >= page.records.length;
      yield {
        records: page.records.slice(from, from + maximumPage),
        deleted: last ? page.deleted : [],
        checkpoint: last ? reached : before,
        ...(last && page.ignored > 0 ? { ignored: page.ignored } : {}),
      };
    }
    if (next === undefined) return;
    here = next;
  }
}
