// A kind's pages: by the source's own links or counted by the hub, records below a parent with their parent, one citizen by
// a filter in the body of a POST.
import type { ByCitizenOptions } from '../../src/adapter/contract.ts';
import { looksLikeCpr } from '../../src/adapter/cpr-like.ts';
import { textAt, valuesAt } from '../../src/adapter/fields.ts';
import { readInstant } from '../../src/adapter/instants.ts';
import { type Asked, type Listed, type Listing, type Part, stopIfAborted } from '../../src/adapter/listing.ts';
import { refusing } from '../../src/adapter/refusing.ts';
import { sameHost } from '../../src/adapter/same-host.ts';
import { byOffset } from '../../src/adapter/turns.ts';
import type { Clock } from '../../src/clock.ts';
import { HubError } from '../../src/errors.ts';
import { type Client, type Collection, keyOf, type Row } from './client.ts';
import type { ODataConfig } from './config.ts';
import type { KindConfig } from './kind.ts';
import { literal, type Options, optionsOf, written } from './query.ts';

export interface Open {
  readonly config: ODataConfig;
  readonly client: Client;
  readonly clock: Clock;
}

/** Where the rows come from: an address, or a POST that carries the options in its body. */
type From = (options: Options, signal: AbortSignal) => Promise<Collection>;

interface Paged {
  readonly rows: readonly Row[];
  readonly follow: Pick<Part, 'next' | 'total' | 'back'>;
}

const bySkip = async ({ config }: Open, from: From, options: Options, asked: Asked): Promise<Paged> => {
  const { pageSize: size, overlap } = config;
  const turn = byOffset({ size, overlap })(asked);
  const { rows, count } = await from({ ...options, $top: size, $skip: turn.at, $count: 'true' }, asked.signal);
  return { rows, follow: turn.follow(rows.length, { total: count }) };
};

const byLink = async ({ config, client }: Open, path: string, options: Options, asked: Asked): Promise<Paged> => {
  const { pageSize, baseUrl } = config;
  const first = `${baseUrl}/${path}?${written({ ...options, $count: 'true' })}`;
  const url = typeof asked.at === 'string' ? sameHost(asked.at, baseUrl) : first;
  const { rows, count, next } = await client.get(url, pageSize, asked.signal);
  const total = count === undefined ? {} : { total: count };
  return { rows, follow: { next: next === undefined ? null : sameHost(next, url), ...total } };
};

const setOf =
  ({ config, client }: Open, path: string): From =>
  (options, signal) =>
    client.get(`${config.baseUrl}/${path}?${written(options)}`, undefined, signal);

const pageOf = (open: Open, path: string, options: Options, asked: Asked): Promise<Paged> =>
  open.config.paging === 'next' ? byLink(open, path, options, asked) : bySkip(open, setOf(open, path), options, asked);

const listedOf = (kind: KindConfig, body: Row): Listed => {
  const { deletes, changedSince } = kind;
  const gone =
    typeof deletes === 'object' && valuesAt(body, deletes.path).some((value) => deletes.values.includes(String(value)));
  const told = changedSince === undefined ? undefined : textAt(body, changedSince.field.replaceAll('/', '.'));
  const changed = told === undefined ? undefined : readInstant(told);
  return {
    key: keyOf(body, kind.key),
    body,
    ...(gone ? { deleted: true } : {}),
    ...(changed === undefined ? {} : { changed }),
  };
};

/** Everything below one parent, whatever number of pages it takes; nothing of one that has gone meanwhile. */
const childrenOf = async (open: Open, kind: KindConfig, parent: Row, above: KindConfig, signal: AbortSignal) => {
  const key = keyOf(parent, above.key);
  if (kind.parent === undefined || key === '') return [];
  if (looksLikeCpr(key))
    throw new HubError({
      code: 'config/invalid',
      fault: 'config',
      message: 'A parent’s key looks like a CPR, which may never be part of a URL.',
      hint: 'Expand the records below it instead of naming it as their `parent`.',
    });
  const path = kind.set.replaceAll('{key}', encodeURIComponent(literal(key)));
  const all = new Map<string, Row>();
  let at: Asked['at'] = null;
  try {
    do {
      stopIfAborted(signal);
      const asked: Asked = { at, since: null, resumed: false, total: null, signal };
      const { rows, follow }: Paged = await pageOf(open, path, optionsOf(kind, null), asked);
      for (const row of rows) all.set(keyOf(row, kind.key) || `#${all.size}`, row);
      at = follow.next;
    } while (at !== null);
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'source/not-found') return [];
    throw thrown;
  }
  const { as, carry } = kind.parent;
  const carried = Object.fromEntries([...above.key, ...carry].map((name) => [name, parent[name]]));
  return [...all.values()].map((row): Row => ({ ...row, [as]: carried }));
};

/** Parents in order, some at a time; the first failure ends them all. */
const below = async (open: Open, kind: KindConfig, above: KindConfig, parents: readonly Row[], signal: AbortSignal) => {
  const found: (readonly Row[])[] = [];
  const width = kind.parent?.concurrency ?? 1;
  for (let from = 0; from < parents.length; from += width) {
    const some = parents.slice(from, from + width);
    found.push(...(await Promise.all(some.map((parent) => childrenOf(open, kind, parent, above, signal)))));
  }
  return found.flat();
};

/** Of the parents only what leads to their children is asked for. */
const parentOptions = (kind: KindConfig, above: KindConfig, filter?: string): Options =>
  optionsOf({ ...above, select: [...above.key, ...(kind.parent?.carry ?? [])], expand: {} }, null, filter);

export const listingOf = (open: Open, kind: KindConfig): Listing => {
  const { config, clock } = open;
  const above = kind.parent === undefined ? undefined : config.kinds[kind.parent.kind];
  const { changedSince } = kind;
  const changes =
    changedSince === undefined
      ? {}
      : { changes: { overlapMs: changedSince.overlapSeconds * 1000, byRecord: true as boolean } };
  const ask = async (asked: Asked): Promise<Part> => {
    if (above === undefined) {
      const { rows, follow } = await pageOf(open, kind.set, optionsOf(kind, asked.since), asked);
      return { rows: rows.map((row) => listedOf(kind, row)), ...follow };
    }
    const { rows, follow } = await pageOf(open, above.set, parentOptions(kind, above), asked);
    const children = await below(open, kind, above, rows, asked.signal);
    // The count is that of the parents.
    return { rows: children.map((row) => listedOf(kind, row)), next: follow.next };
  };
  return { ask, clock, ...changes };
};

export const asksByCitizen = ({ kinds }: ODataConfig, kind: KindConfig): boolean =>
  (kind.parent === undefined ? kind : kinds[kind.parent.kind])?.byCitizen !== undefined;

/** One citizen's records. Pages are counted by the hub: a next link would repeat the filter, and the number with it. */
export const citizenListing = (open: Open, kind: KindConfig, { cpr }: ByCitizenOptions): Listing => {
  const { config, client, clock } = open;
  const above = kind.parent === undefined ? undefined : config.kinds[kind.parent.kind];
  const asked = (above ?? kind).byCitizen;
  const number = asked?.cprFormat === 'dashed' ? `${cpr.slice(0, 6)}-${cpr.slice(6)}` : cpr;
  const filter = (asked?.filter ?? 'false').replaceAll('{cpr}', number);
  const from: From = (options, signal) => client.query((above ?? kind).set, written(options), signal);
  const ask = async (one: Asked): Promise<Part> => {
    const options = above === undefined ? optionsOf(kind, null, filter) : parentOptions(kind, above, filter);
    const { rows, follow } = await bySkip(open, from, options, one);
    if (above === undefined) return { rows: rows.map((row) => listedOf(kind, row)), ...follow };
    const children = await below(open, kind, above, rows, one.signal);
    return { rows: children.map((row) => listedOf(kind, row)), next: follow.next };
  };
  return { clock, ask: (one) => refusing(ask(one)) };
};
