// Long polls: woken by what their reader may see and by nothing else, cheap while they wait, gone when their caller is.
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPool, type Pool } from '../../src/store/db.ts';
import type { Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { createFeedHub, type FeedHub, type PageAnswer, told } from './hub.ts';

const database = useDatabase();
let pool: Pool;
let hub: FeedHub;
let anna: Person;
let bo: Person;
let cursor: string;

beforeEach(async () => {
  pool = createPool(database.url(), { max: 10 });
  hub = await createFeedHub(pool);
  for (const table of ['consumer_hold', 'consumer_page', 'purge', 'consumer', 'change', 'consent', 'record_version'])
    await pool.query(`delete from ${table}`);
  anna = await hub.world.person('0102703333');
  bo = await hub.world.person('0202703333');
  await hub.world.say(anna, 'grant', 'consumer:borgerportal');
  await hub.world.record({ citizens: [anna] });
  ({ cursor } = await hub.snapshot());
});
afterEach(async () => {
  await hub.app.close();
  await pool.end();
});

const inUse = (): number => pool.totalCount - pool.idleCount;
const listening = (): Promise<unknown> => vi.waitFor(() => expect(inUse()).toBeGreaterThan(0), 3000);

it('answers as soon as there is something to tell', async () => {
  const started = performance.now();
  const poll = hub.page({ after: cursor, wait: 20 });
  await listening();
  const plan = await hub.world.record({ citizens: [anna] });
  await hub.look(anna.id);
  expect(told(await poll)).toEqual([`created ${plan}`]);
  expect(performance.now() - started).toBeLessThan(10_000);
});

it('does not answer for what its reader may not see', async () => {
  let answered = false;
  const poll = hub.page({ after: cursor, wait: 3 }).finally(() => {
    answered = true;
  });
  await listening();
  await hub.world.record({ citizens: [anna], sensitivity: 'vip' });
  await hub.world.record({ citizens: [bo] });
  for (let n = 0; n < 5; n += 1) {
    await hub.look(anna.id, bo.id);
    await sleep(150);
  }
  expect(answered).toBe(false);
  hub.log.entries.length = 0;
  const page = await poll;
  expect(page).toMatchObject({ entries: [], more: false });
  expect(hub.log.entries).toEqual([]);
  const { rows } = await pool.query('select empty_polls from consumer');
  expect(rows[0]?.empty_polls).toBeGreaterThan(0);
});

it('a grant that ends while somebody waits is told then', async () => {
  await pool.query(`update consent set valid_to = now() + interval '500 milliseconds'`);
  const page = await hub.page({ after: cursor, wait: 20 });
  expect(page.entries.map((entry) => entry.op)).toEqual(['removed', 'removed']);
});

it('fifty idle polls share one connection and ask nothing', async () => {
  const asked = vi.spyOn(pool, 'query');
  const polls = Promise.all(Array.from({ length: 50 }, () => hub.page({ after: cursor, wait: 14 })));
  polls.catch(() => undefined);
  await listening();
  // They come to rest one after the other, as each consumer is served in turn.
  await vi.waitFor(
    async () => {
      const before = asked.mock.calls.length;
      await sleep(1500);
      // Only the look, once in two seconds for all of them, whether something fell due.
      expect(asked.mock.calls.length - before).toBeLessThanOrEqual(1);
      expect([inUse(), pool.waitingCount]).toEqual([1, 0]);
    },
    { timeout: 12_000, interval: 50 },
  );
  asked.mockRestore();
  await polls;
}, 40_000);

it('releases everything when the caller goes away, and answers when the server closes', async () => {
  await hub.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = hub.app.server.address() as AddressInfo;
  const headers = { authorization: `Bearer ${await hub.token('consumer-system')}` };
  const url = `http://127.0.0.1:${port}/v1/changes?after=${cursor}&wait=60`;
  const caller = new AbortController();
  const left = fetch(url, { headers, signal: caller.signal }).catch(() => 'left');
  await listening();
  caller.abort();
  expect(await left).toBe('left');
  await vi.waitFor(() => expect(inUse()).toBe(0), 5000);
  const stays = fetch(url, { headers });
  await listening();
  await hub.app.close();
  const page = (await (await stays).json()) as PageAnswer;
  expect(page).toMatchObject({ entries: [], more: false });
  expect(inUse()).toBe(0);
});

it('survives the loss of its connection', async () => {
  const poll = hub.page({ after: cursor, wait: 20 });
  await listening();
  await database
    .pool()
    .query(
      `select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen samspil_change' and datname = current_database()`,
    );
  await sleep(300);
  const plan = await hub.world.record({ citizens: [anna] });
  await hub.look(anna.id);
  expect(told(await poll)).toEqual([`created ${plan}`]);
});

it('asked for often at once holds one connection, not all of them', async () => {
  const holder = await pool.connect();
  await holder.query('begin');
  await holder.query('select from consumer for update');
  const pages = Array.from({ length: 12 }, () => hub.asked({ after: cursor }));
  await vi.waitFor(() => expect(inUse()).toBeGreaterThan(1), 3000);
  expect((await hub.ask('caseworker-employment', '/v1/citizens')).statusCode).toBe(200);
  expect(pool.waitingCount).toBe(0);
  await holder.query('rollback');
  holder.release();
  expect(new Set((await Promise.all(pages)).map((answer) => answer.statusCode))).toEqual(new Set([200]));
});
