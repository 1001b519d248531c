// Kinds that Momentum shows citizen by citizen only. Whom to ask for is the hub's business: those who are enrolled.
import { z } from 'zod';
import type { ByCitizenOptions, Page } from '../../src/adapter/contract.ts';
import { refusing } from '../../src/adapter/refusing.ts';
import { HubError } from '../../src/errors.ts';
import { citizenPath } from './citizens.ts';
import { type Client, keyOf, type Row, rowSchema, shaped, stopIfAborted } from './client.ts';
import type { MomentumConfig } from './config.ts';
import type { Reading } from './list.ts';
import { contactPages } from './paging.ts';
import type { CrawlKind } from './records.ts';

const mostRecords = 1000;
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
    // Nothing of this kind, or the citizen has left since the look-up.
    if (thrown instanceof HubError && thrown.code === 'source/not-found') return [];
    throw thrown;
  }
};

export async function* citizenCrawl(
  kind: CrawlKind,
  { client, config, lookup }: Reading,
  { cpr, signal }: ByCitizenOptions,
): AsyncGenerator<Page<null>> {
  for (const id of await lookup.ids(cpr, signal)) {
    const all = await rowsOf(kind, client, config, id, signal);
    for (let from = 0; from < all.length; from += mostRecords) {
      stopIfAborted(signal);
      const records = all.slice(from, from + mostRecords).map((row) => ({ key: keyOf(row), body: row }));
      yield { records, deleted: [], checkpoint: null };
    }
  }
}
