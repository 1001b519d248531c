// Kinds that can only be read citizen by citizen. The crawl goes through all citizens in the order of their guids, so
// that it can go on after any page however the source's own list has moved; a finished one begins again.

import { z } from 'zod';
import type { ByCitizenOptions, Page, PullOptions } from '../../src/adapter/contract.ts';
import { HubError } from '../../src/errors.ts';
import { citizenPath, refusing } from './citizens.ts';
import { type Client, keyOf, type Row, rowSchema, shaped, stopIfAborted } from './client.ts';
import type { MomentumConfig } from './config.ts';
import { pullList, type Reading } from './list.ts';
import { contactPages } from './paging.ts';
import type { CrawlCheckpoint, CrawlKind } from './records.ts';

const mostRecords = 1000;
/** A page is given when it holds this many records or stands for this many groups of citizens. */
const enoughRecords = 300;
const groupsPerPage = 25;
const rows = z.array(rowSchema);

/** One citizen's rows; answers do not repeat whose they are, so it is added. */
const rowsOf = async (
  kind: CrawlKind,
  client: Client,
  config: MomentumConfig,
  citizen: string,
  signal: AbortSignal,
): Promise<readonly Row[]> => {
  const { paths } = config;
  const read = async (): Promise<readonly Row[]> => {
    if (kind === 'privateContact') return contactPages(client, citizenPath(paths.privateContact, citizen), signal);
    const path =
      kind === 'tag' ? `${paths.tag}?referenceId=${encodeURIComponent(citizen)}` : citizenPath(paths[kind], citizen);
    return shaped(rows.nullable(), await client.get(path, signal)) ?? [];
  };
  try {
    return (await refusing(read())).map((row) => ({ ...row, citizenId: citizen }));
  } catch (thrown) {
    // Nothing of this kind, or the citizen has left since the list was read.
    if (thrown instanceof HubError && thrown.code === 'source/not-found') return [];
    throw thrown;
  }
};

const refusedIsEmpty = async (work: Promise<readonly Row[]>): Promise<readonly Row[] | 'refused'> => {
  try {
    return await work;
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'source/forbidden') return 'refused';
    throw thrown;
  }
};

function* inPages(all: readonly Row[], checkpoint: CrawlCheckpoint, before: CrawlCheckpoint) {
  for (let from = 0; from === 0 || from < all.length; from += mostRecords) {
    const part = all.slice(from, from + mostRecords);
    const last = from + mostRecords >= all.length;
    yield {
      records: part.map((row) => ({ key: keyOf(row), body: row })),
      deleted: [],
      checkpoint: last ? checkpoint : before,
    } satisfies Page<CrawlCheckpoint>;
  }
}

/** The guids of all citizens in ascending order; in order of change the list loses nobody while it is read. */
const allCitizens = async (reading: Reading, signal: AbortSignal): Promise<readonly string[]> => {
  const ids = new Set<string>();
  for await (const { records } of pullList('citizen', reading, { after: null, signal }))
    for (const { key } of records) if (key !== '') ids.add(key);
  return [...ids].sort();
};

export async function* pullCrawl(
  kind: CrawlKind,
  reading: Reading,
  { after, signal }: PullOptions<CrawlCheckpoint>,
): AsyncGenerator<Page<CrawlCheckpoint>> {
  const { client, config } = reading;
  const from = after === null || after.done ? { after: null, refused: 0, done: false } : after;
  const citizens = (await allCitizens(reading, signal)).filter((id) => id > (from.after ?? ''));
  let stored: CrawlCheckpoint = from;
  let at = stored;
  let waiting: Row[] = [];
  for (let start = 0; start < citizens.length; start += config.crawlConcurrency) {
    stopIfAborted(signal);
    const group = citizens.slice(start, start + config.crawlConcurrency);
    const answers = await Promise.all(
      group.map((citizen) => refusedIsEmpty(rowsOf(kind, client, config, citizen, signal))),
    );
    for (const answer of answers) {
      if (answer === 'refused') at = { ...at, refused: at.refused + 1 };
      else waiting.push(...answer);
    }
    at = { ...at, after: group.at(-1) ?? at.after };
    if (waiting.length < enoughRecords && (start / config.crawlConcurrency + 1) % groupsPerPage !== 0) continue;
    yield* inPages(waiting, at, stored);
    stored = at;
    waiting = [];
  }
  yield* inPages(waiting, { ...at, done: true }, stored);
  if (at.refused > 0)
    throw new HubError({
      code: 'source/incomplete-snapshot',
      fault: 'source',
      message: `The source refused to show ${at.refused} citizens; everything else was read, nothing counts as deleted.`,
      hint: 'Ask the responsible unit whether these citizens are closed to the hub’s client on purpose.',
    });
}

export async function* citizenCrawl(
  kind: CrawlKind,
  { client, config, lookup }: Reading,
  { cpr, signal }: ByCitizenOptions,
): AsyncGenerator<Page<CrawlCheckpoint>> {
  const nowhere: CrawlCheckpoint = { after: null, refused: 0, done: false };
  for (const id of await lookup.ids(cpr, signal))
    yield* inPages(await rowsOf(kind, client, config, id, signal), nowhere, nowhere);
}
