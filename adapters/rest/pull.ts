// A kind's pages: request, answer, records; half-objects completed by their own address; deletions the source reports.
import { keyAt, textAt, valuesAt } from '../../src/adapter/fields.ts';
import type { Http } from '../../src/adapter/http.ts';
import { readInstant, writeInstant } from '../../src/adapter/instants.ts';
import {
  type Asked,
  badAnswer,
  type Listed,
  type Listing,
  type Part,
  stopIfAborted,
} from '../../src/adapter/listing.ts';
import type { Clock } from '../../src/clock.ts';
import { HubError } from '../../src/errors.ts';
import { type Reading, readAnswer } from './answer.ts';
import type { RestConfig } from './config.ts';
import type { KindConfig } from './kind.ts';
import { type Pager, pagerOf } from './paging.ts';
import { address, type Param, requestOf, type Template, withKey } from './request.ts';

export interface Open {
  readonly config: RestConfig;
  readonly http: Http;
  readonly clock: Clock;
}

export const limitsOf = ({ timeoutSeconds, maxMegabytes }: RestConfig) => ({
  timeoutMs: timeoutSeconds * 1000,
  maxBytes: Math.round(maxMegabytes * 1024 * 1024),
});

export const readingOf = ({ config }: Open, kind: KindConfig, records = kind.records): Reading => ({
  format: kind.format ?? config.format,
  encoding: kind.encoding ?? config.encoding,
  records,
  errors: kind.errors ?? config.errors,
  none: [],
});

/** The source says that it is deleted. */
const isGone = ({ deletes }: KindConfig, row: unknown): boolean =>
  typeof deletes === 'object' && valuesAt(row, deletes.path).some((value) => deletes.values.includes(String(value)));

/** The whole record in place of the half one; undefined when it has gone meanwhile. */
const completed = async (open: Open, kind: KindConfig, row: unknown, signal: AbortSignal): Promise<unknown> => {
  const { detail } = kind;
  const key = keyAt(row, kind.key);
  if (detail === undefined || key === '' || isGone(kind, row)) return row;
  const { config, http } = open;
  const url = address(config.baseUrl, withKey(detail.path, 'key', key, detail.keyIsNoCpr), detail.query);
  // XML: the record is the root, or below it.
  const xml = (kind.format ?? config.format) === 'xml';
  const records = detail.record ?? (xml ? '*' : '.');
  try {
    const answer = await readAnswer(http, { url, signal, ...limitsOf(config) }, readingOf(open, kind, records));
    const [whole] = answer.records;
    if (whole === null || typeof whole !== 'object') throw badAnswer('A record’s own answer does not hold it.');
    return { ...(row as object), ...whole };
  } catch (thrown) {
    if (
      thrown instanceof HubError &&
      (thrown.code === 'source/not-found' || thrown.code === 'source/checkpoint-expired')
    )
      return undefined;
    throw thrown;
  }
};

/** In order; at most `concurrency` requests under way. The first failure ends them all. */
const completedAll = async (open: Open, kind: KindConfig, rows: readonly unknown[], signal: AbortSignal) => {
  if (kind.detail === undefined) return rows;
  const whole: unknown[] = new Array(rows.length);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < rows.length; at = next++) {
      stopIfAborted(either);
      whole[at] = await completed(open, kind, rows[at], either);
    }
  };
  const workers = Array.from({ length: kind.detail.concurrency }, work);
  try {
    await Promise.all(workers);
  } catch (thrown) {
    stop.abort();
    await Promise.allSettled(workers);
    throw thrown;
  }
  return whole.filter((row) => row !== undefined);
};

const listedOf = (kind: KindConfig, body: unknown): Listed => {
  const { changedSince } = kind;
  const key = keyAt(body, kind.key);
  const gone = isGone(kind, body);
  const told = changedSince?.field === undefined ? undefined : textAt(body, changedSince.field);
  const changed = told === undefined ? undefined : readInstant(told);
  return { key, body, ...(gone ? { deleted: true } : {}), ...(changed === undefined ? {} : { changed }) };
};

export interface Ask {
  readonly template: Template;
  readonly reading: Reading;
  readonly pager: Pager;
  readonly cpr?: string;
  /** Put into every record. */
  readonly added?: Readonly<Record<string, string>>;
}

export const ask = async (
  open: Open,
  kind: KindConfig,
  { template, reading, pager, cpr, added }: Ask,
  asked: Asked,
): Promise<Part> => {
  const { config, http } = open;
  const { changedSince: since } = kind;
  const turn = pager(asked);
  const params: Param[] = [...turn.params];
  if (since !== undefined && asked.since !== null) {
    const value = since.template.replaceAll('{since}', writeInstant(asked.since, since.format));
    params.push({ name: since.param, value, in: since.in });
  }
  const request = requestOf(config.baseUrl, template, params, cpr);
  const url = turn.url ?? request.url;
  if (cpr !== undefined && url.replace(/-|%2d/gi, '').includes(cpr.replace('-', '')))
    throw badAnswer('The address of the next page holds the citizen’s number; it was not followed.');
  const sent = { ...request, url, signal: asked.signal, ...limitsOf(config) };
  const answer = await readAnswer(http, { ...sent, accept: reading.none }, reading);
  const whole = await completedAll(open, kind, answer.records, asked.signal);
  const rows = added === undefined ? whole : whole.map((row) => ({ ...(row as object), ...added }));
  const ignored = answer.records.length - rows.length;
  return {
    rows: rows.map((body) => listedOf(kind, body)),
    ...turn.follow(answer, url),
    ...(ignored > 0 ? { ignored } : {}),
  };
};

export const noTemplate = (): HubError =>
  new HubError({ code: 'config/invalid', fault: 'config', message: 'The kind has no `list`.' });

export const listingOf = (open: Open, kind: KindConfig): Listing => {
  const { config, clock } = open;
  const { list, changedSince } = kind;
  if (list === undefined) throw noTemplate();
  const pager = pagerOf(kind.paging ?? config.paging, config.pageSize, config.baseUrl);
  const how: Ask = { template: list, reading: readingOf(open, kind), pager };
  const changes =
    changedSince === undefined
      ? {}
      : { changes: { overlapMs: changedSince.overlapSeconds * 1000, byRecord: changedSince.field !== undefined } };
  return { ask: (asked) => ask(open, kind, how, asked), clock, ...changes };
};
