// Keeps a copy true. A page is written to the store together with its cursor, and only then is what it removed confirmed
// as deleted; after a crash at any point the same page comes again, or the confirmation is made up for. When the hub no
// longer knows the cursor, everything is read afresh, and what did not come again is deleted.
import { type Client, isTransient, pause } from './client.ts';
import type { components } from './openapi.d.ts';
import { HubProblem } from './problem.ts';

export type Change = components['schemas']['Change'];
type ChangePage = components['schemas']['ChangePage'];

/** Where a copy is. */
export interface Position {
  /** Absent: a reading afresh begins. */
  readonly cursor?: string;
  /** Which reading afresh this is; what is put is marked with it. */
  readonly generation: number;
  /** The reading afresh has not ended: the copy may hold what it will not bring. */
  readonly fresh: boolean;
}

/** One step of a copy: all of it or nothing of it is to be written. */
export interface Step {
  /** Created and changed, in order: write them, marked with `position.generation`. */
  readonly put: readonly Change[];
  /** Delete them. */
  readonly removed: readonly Change[];
  /** Delete everything that is marked with another generation than `position.generation`. */
  readonly sweep: boolean;
  readonly position: Position;
}

export interface CopyStore {
  /** The position of the last step; undefined: there is no copy yet. */
  position(): Promise<Position | undefined> | Position | undefined;
  /** Resolves when the step is durable: in one transaction, or changes first and the position last. */
  apply(step: Step): Promise<void> | void;
}

export interface FollowOptions {
  readonly client: Client;
  readonly store: CopyStore;
  readonly signal?: AbortSignal;
  /** Only these kinds and fields; other ones than last time begin with a reading afresh. */
  readonly fields?: string;
  /** Entries a page. Default 500. */
  readonly limit?: number;
  /** Seconds one question waits for something to tell. Default 50. */
  readonly wait?: number;
  /** Called before the step they are in is written, so none is ever left out; after a crash they come again. */
  readonly onPut?: (change: Change) => Promise<void> | void;
  readonly onRemove?: (change: Change) => Promise<void> | void;
  /** Called when the copy is as the hub was a moment ago: after each page with nothing more behind it. */
  readonly onCurrent?: () => Promise<void> | void;
  /** What keeps the hub from being read just now; it is tried again. */
  readonly onTrouble?: (error: unknown) => void;
  /** Longest pause between attempts while the hub cannot be reached, in ms. Default 60,000. */
  readonly longestPauseMs?: number;
  /** Reads afresh, whatever the store says: for a copy restored from a backup. The store's position remembers it. */
  readonly anew?: boolean;
}

const isGone = (error: unknown): boolean => error instanceof HubProblem && error.status === 410;

/** Follows until the signal fires. @throws what will not go away by waiting: a refused token, a lost registration. */
export const follow = async (options: FollowOptions): Promise<void> => {
  const { client, store, signal, wait = 50, limit = 500 } = options;
  const stopped = (): boolean => signal?.aborted === true;
  let current = false;

  /** Goes on trying while trying can help. */
  const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let attempt = 0; ; attempt += 1)
      try {
        return await work();
      } catch (error) {
        if (stopped() || !isTransient(error)) throw error;
        options.onTrouble?.(error);
        await pause(Math.random() * Math.min(options.longestPauseMs ?? 60_000, 1000 * 2 ** attempt), signal);
        signal?.throwIfAborted();
      }
  };

  const read = (at: Position): Promise<ChangePage> =>
    patiently(async () => {
      // What happened meanwhile is told at once; only who is current waits for more.
      const waiting = current ? wait : 0;
      const { data } = await client.get('/v1/changes', {
        query: {
          limit,
          wait: waiting,
          ...(at.cursor === undefined ? {} : { after: at.cursor }),
          ...(options.fields === undefined ? {} : { fields: options.fields }),
        },
        timeoutMs: (waiting + 30) * 1000,
        ...(signal === undefined ? {} : { signal }),
      });
      return data;
    });

  const confirm = (cursor: string): Promise<void> =>
    patiently(async () => {
      try {
        await client.post('/v1/changes/confirm', {
          body: { purged: cursor },
          ...(signal === undefined ? {} : { signal }),
        });
      } catch (error) {
        // Overtaken or forgotten: what it would have confirmed is told again, and confirmed then.
        if (!isGone(error)) throw error;
      }
    });

  const begin = async (last: Position | undefined): Promise<Position> => {
    const position: Position = { generation: (last?.generation ?? 0) + 1, fresh: true };
    await store.apply({ put: [], removed: [], sweep: false, position });
    return position;
  };

  const step = async (at: Position, page: ChangePage): Promise<Position> => {
    const put = page.entries.filter(({ op }) => op !== 'removed');
    const removed = page.entries.filter(({ op }) => op === 'removed');
    const position: Position = { cursor: page.cursor, generation: at.generation, fresh: at.fresh && page.more };
    const sweep = at.fresh && !page.more;
    for (const change of put) await options.onPut?.(change);
    for (const change of removed) await options.onRemove?.(change);
    await store.apply({ put, removed, sweep, position });
    if (removed.length > 0 || sweep) await confirm(page.cursor);
    current = !page.more;
    if (current) await options.onCurrent?.();
    return position;
  };

  try {
    const last = await store.position();
    let at = last === undefined || options.anew === true ? await begin(last) : last;
    // A crash may have come between deleting and saying so.
    if (at.cursor !== undefined && !at.fresh) await confirm(at.cursor);
    while (!stopped()) {
      let page: ChangePage;
      try {
        page = await read(at);
      } catch (error) {
        if (!isGone(error)) throw error;
        at = await begin(at);
        current = false;
        continue;
      }
      at = await step(at, page);
    }
  } catch (error) {
    if (!stopped()) throw error;
  }
};
