// Long polls: they answer when there is something their reader may see, or when their time is up. Hidden changes wake
// nobody's answer: whoever is woken first asks whether any new row is about a citizen they could hear of.
import { changesAfter } from '../store/change-log.ts';
import type { ChangeSignal } from '../store/change-signal.ts';
import { type Follower, grantKeysOf, type Page } from './changes-page.ts';
import type { FeedContext } from './context.ts';

export interface Patience {
  /** `performance.now()` at which the wait ends. */
  readonly until: number;
  /** Fires when the caller is gone. */
  readonly abort: AbortSignal;
}

const rowsAtOnce = 1000;

/** Waits for rows that could concern the follower. @returns where it is by then, and whether there are any. */
const relevantRows = async (
  context: FeedContext,
  signal: ChangeSignal,
  follower: Follower,
  from: number,
  patience: Patience,
): Promise<{ readonly position: number; readonly found: boolean }> => {
  const watch = await signal.watch();
  try {
    let position = from;
    for (;;) {
      const seen = watch.count();
      const batch = await changesAfter(context.pool, follower.consumer, grantKeysOf(follower), position, rowsAtOnce);
      if (batch.citizens.length > 0) return { position, found: true };
      position = batch.reached;
      const left = patience.until - performance.now();
      if (left <= 0 || patience.abort.aborted || signal.closed) return { position, found: false };
      if (batch.rows === 0) await watch.changed(seen, left, patience.abort);
    }
  } finally {
    watch.end();
  }
};

/** The first page after `empty` with something in it, or an empty one when the wait is over. */
export const waitForPage = async (
  context: FeedContext,
  signal: ChangeSignal,
  follower: Follower,
  empty: Page,
  produce: (last: Page) => Promise<Page>,
  patience: Patience,
): Promise<Page> => {
  let last = empty;
  for (;;) {
    const { position, found } = await relevantRows(context, signal, follower, last.next.position, patience);
    last = { ...last, next: { ...last.next, position } };
    if (!found) return last;
    last = await produce(last);
    if (last.entries.length > 0 || last.more) return last;
  }
};
