// Pulls of lists in order of change. Pages go on from the last row's instant, not by page number, so a row that
// changes meanwhile moves to the end and nothing slides past. Rows that share one instant are told apart by page.
import type { ByCitizenOptions, Page, PullOptions } from '../../src/adapter/contract.ts';
import { refusing } from '../../src/adapter/refusing.ts';
import type { Clock } from '../../src/clock.ts';
import { HubError } from '../../src/errors.ts';
import type { Lookup } from './citizens.ts';
import { type Client, keyOf, type Row, stopIfAborted } from './client.ts';
import type { MomentumConfig } from './config.ts';
import { countedPage, hasMorePage, type ListAnswer, type ListQuery } from './paging.ts';
import type { ListCheckpoint, ListKind } from './records.ts';

export interface Reading {
  readonly client: Client;
  readonly config: MomentumConfig;
  readonly clock: Clock;
  readonly lookup: Lookup;
}

const pathOf = (config: MomentumConfig, kind: ListKind): string =>
  kind === 'citizen' ? config.paths.citizenSearch : config.paths[kind];

const readPage = (kind: ListKind, client: Client, query: ListQuery, signal: AbortSignal): Promise<ListAnswer> =>
  (kind === 'citizen' ? hasMorePage : countedPage)(client, query, signal);

/** When a row changed, in milliseconds; undefined when it does not say. Without a zone it is UTC, wherever we run. */
const changeOf = (row: Row, field: string): number | undefined => {
  const text = String(row[field] ?? '');
  const ms = Date.parse(/T[\d:.]+$/.test(text) ? `${text}Z` : text);
  return Number.isNaN(ms) ? undefined : ms;
};

const out = (hint: string): HubError =>
  new HubError({
    code: 'source/bad-answer',
    fault: 'source',
    message: 'The source’s list is not in order of change.',
    hint,
  });

/** The latest change on a page. A list that is out of order, or not filtered, must stop the run: it would lose rows. */
const latest = (rows: readonly Row[], field: string, since: number): number | undefined => {
  let high: number | undefined;
  for (const row of rows) {
    const change = changeOf(row, field);
    if (change === undefined) continue;
    if (change < (high ?? since))
      throw out(`Set changedField to the field that lists can be filtered and sorted by, or to none.`);
    high = change;
  }
  return high;
};

/** The filter takes whole seconds; strictly before the change, so that it may include or exclude its own instant. */
const boundaryOf = (ms: number): number => Math.floor((ms - 1) / 1000) * 1000;
const written = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
const asFilter = (ms: number): string =>
  new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');

interface Position {
  readonly since: number | null;
  readonly page: number;
}

const begin = (after: ListCheckpoint | null, { changedField, overlapSeconds }: MomentumConfig): Position => {
  const since = after?.since == null || changedField === 'none' ? null : Date.parse(after.since);
  // The second it stopped in is read from its start: rows may have left it since, and the others moved up.
  if (after === null || !after.done) return { since, page: since === null ? (after?.page ?? 0) : 0 };
  return { since: since === null ? null : since - overlapSeconds * 1000, page: 0 };
};

/** Where the next run goes on: not past now (rows may be dated in the future), not before where this one began. */
const end = (boundary: number | null, after: ListCheckpoint | null, now: number): ListCheckpoint => {
  const before = after?.done && after.since !== null ? Date.parse(after.since) : Number.NEGATIVE_INFINITY;
  const since = boundary === null ? before : Math.max(Math.min(boundary, boundaryOf(now)), before);
  return { since: since === Number.NEGATIVE_INFINITY ? null : written(since), page: 0, done: true };
};

export async function* pullList(
  kind: ListKind,
  { client, config, clock }: Reading,
  { after, signal }: PullOptions<ListCheckpoint>,
): AsyncGenerator<Page<ListCheckpoint>> {
  const field = config.changedField;
  const now = clock.now().getTime();
  /** What this pull has given of the seconds that the next page may repeat. */
  const given = new Map<string, number>();
  let at = begin(after, config);
  for (;;) {
    stopIfAborted(signal);
    const query: ListQuery = {
      path: pathOf(config, kind),
      filters: at.since === null ? [] : [{ fieldName: field, values: [asFilter(at.since), null, 'false'] }],
      sort: field === 'none' ? ['id'] : [field, 'id'],
      page: at.page,
      pageSize: config.pageSize,
    };
    const { rows, more } = await readPage(kind, client, query, signal);
    const high = field === 'none' ? undefined : latest(rows, field, at.since ?? Number.NEGATIVE_INFINITY);
    const fresh = rows.filter((row) => keyOf(row) === '' || given.get(keyOf(row)) !== (changeOf(row, field) ?? 0));
    for (const row of fresh) given.set(keyOf(row), changeOf(row, field) ?? 0);
    const boundary = high === undefined ? at.since : boundaryOf(high);
    if (!more || rows.length === 0) {
      yield page(fresh, end(boundary, after, now));
      return;
    }
    const moved = boundary !== null && boundary > (at.since ?? Number.NEGATIVE_INFINITY);
    at = moved ? { since: boundary, page: 0 } : { since: at.since, page: at.page + 1 };
    for (const [key, change] of given) if (change < (at.since ?? Number.POSITIVE_INFINITY)) given.delete(key);
    yield page(fresh, { since: written(at.since), page: at.page, done: false });
  }
}

const page = (rows: readonly Row[], checkpoint: ListCheckpoint): Page<ListCheckpoint> => ({
  records: rows.map((row) => ({ key: keyOf(row), body: row })),
  deleted: [],
  checkpoint,
});

export async function* citizenList(
  kind: ListKind,
  { client, config, lookup }: Reading,
  { cpr, signal }: ByCitizenOptions,
): AsyncGenerator<Page<ListCheckpoint>> {
  // Not a place to go on from: a pull that were given it would begin at the beginning.
  const checkpoint: ListCheckpoint = { since: null, page: 0, done: false };
  if (kind === 'citizen') {
    for (const { row } of await lookup.find(cpr, signal)) yield page([row], checkpoint);
    return;
  }
  for (const id of await lookup.ids(cpr, signal)) {
    for (let number = 0; ; number += 1) {
      const query: ListQuery = {
        path: pathOf(config, kind),
        filters: [{ fieldName: 'citizenId', values: [id] }],
        sort: ['id'],
        page: number,
        pageSize: config.pageSize,
      };
      const { rows, more } = await refusing(readPage(kind, client, query, signal));
      yield page(rows, checkpoint);
      if (!more) break;
    }
  }
}
