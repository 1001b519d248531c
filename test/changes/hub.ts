// A hub with a consumer system that follows `changes` over HTTP, and the means to change what it may see.
import type { LightMyRequestResponse } from 'fastify';
import type { Pool } from '../../src/store/db.ts';
import { createHub, type Hub, type HubOptions, rememberingLog } from '../feed/fixture.ts';

export interface EntryAnswer {
  readonly op: 'created' | 'changed' | 'removed';
  readonly citizen: string;
  readonly id: string;
  readonly kind?: string;
  readonly record?: Readonly<Record<string, unknown>>;
  readonly links?: readonly unknown[];
}
export interface PageAnswer {
  readonly entries: readonly EntryAnswer[];
  readonly more: boolean;
  readonly cursor: string;
}

export const createFeedHub = async (pool: Pool, options: HubOptions = {}) => {
  const log = rememberingLog();
  const hub: Hub = await createHub(pool, { accessLog: log, ...options });
  const ask = (query: Readonly<Record<string, string | number>> = {}): Promise<LightMyRequestResponse> => {
    const text = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    ).toString();
    return hub.ask('consumer-system', `/v1/changes${text === '' ? '' : `?${text}`}`);
  };
  const page = async (query: Readonly<Record<string, string | number>> = {}): Promise<PageAnswer> => {
    const answer = await ask(query);
    if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.body}`);
    return answer.json() as PageAnswer;
  };
  return {
    ...hub,
    log,
    asked: ask,
    page,
    /** A snapshot read to its end. @returns all entries and the last cursor. */
    async snapshot(limit = 100): Promise<{ entries: EntryAnswer[]; cursor: string }> {
      let answer = await page({ limit });
      const entries = [...answer.entries];
      while (answer.more) {
        answer = await page({ after: answer.cursor, limit });
        entries.push(...answer.entries);
      }
      // The last page counts as received when its cursor comes back.
      return { entries, cursor: (await page({ after: answer.cursor, limit })).cursor };
    },
    async look(...citizens: readonly string[]): Promise<void> {
      await pool.query(
        `select append_changes($1::uuid[], array_fill(null::uuid, array[cardinality($1::uuid[])]),
           array_fill('look'::text, array[cardinality($1::uuid[])]))`,
        [citizens],
      );
    },
    confirm: (purged: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> =>
      hub.ask('consumer-system', { method: 'POST', url: '/v1/changes/confirm', payload: { purged }, headers }),
  };
};
export type FeedHub = Awaited<ReturnType<typeof createFeedHub>>;

/** `op id` of each entry. */
export const told = (page: { readonly entries: readonly EntryAnswer[] }): readonly string[] =>
  page.entries.map((entry) => `${entry.op} ${entry.id}`);
