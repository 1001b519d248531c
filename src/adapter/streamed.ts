// Reads a list that comes in one answer, as it comes: pages of at most 1,000 records, and never more of it in memory. An
// answer that broke off is read again from its beginning, asking for the same.
import type { Page, PullOptions } from './contract.ts';
import {
  begin,
  ended,
  freshRows,
  type Listed,
  type Listing,
  type ListingCheckpoint,
  later,
  stopIfAborted,
} from './listing.ts';

export interface StreamedListing extends Pick<Listing, 'clock' | 'changes'> {
  /** The rows; at the end what the source says of their number, if it does. Milliseconds; null: everything. */
  readonly read: (asked: {
    readonly since: number | null;
    readonly signal: AbortSignal;
  }) => AsyncGenerator<Listed, number | undefined>;
}

const mostRecords = 1000;

export async function* pullStreamed(
  listing: StreamedListing,
  { after, signal }: PullOptions<ListingCheckpoint>,
): AsyncGenerator<Page<ListingCheckpoint>> {
  let state: ListingCheckpoint = { ...begin(after, listing), at: null, skip: 0, seen: 0, total: null };
  let begins = after !== null && !after.done;
  const since = state.since === null ? null : Date.parse(state.since);

  const pageOf = (rows: readonly Listed[], ending?: { readonly total: number | undefined }) => {
    const fresh = freshRows(rows, new Map());
    const saved = listing.clock.now().toISOString();
    state = { ...state, latest: later(state.latest, fresh), seen: state.seen + fresh.length, saved };
    if (ending !== undefined) state = ended({ ...state, total: ending.total ?? null }, listing);
    const page: Page<ListingCheckpoint> = {
      records: fresh.filter((row) => row.deleted !== true).map(({ key, body }) => ({ key, body })),
      deleted: fresh.filter((row) => row.deleted === true && row.key !== '').map(({ key }) => key),
      checkpoint: state,
      ...(ending?.total === undefined ? {} : { total: ending.total }),
      ...(begins ? { begins } : {}),
    };
    begins = false;
    return page;
  };

  const rows = listing.read({ since, signal });
  let some: Listed[] = [];
  try {
    for (;;) {
      const next = await rows.next();
      if (next.done === true) {
        yield pageOf(some, { total: next.value });
        return;
      }
      if (some.length === mostRecords) {
        yield pageOf(some);
        stopIfAborted(signal);
        some = [];
      }
      some.push(next.value);
    }
  } finally {
    await rows.return(undefined);
  }
}
