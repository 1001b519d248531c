// Locks of kinds: one holder over all processes, one connection for all of a process's locks.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPool, type Pool } from '../../src/store/db.ts';
import { lockKind } from '../../src/store/kind-lock.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
let pools: readonly [Pool, Pool];
beforeEach(() => {
  pools = [createPool(database.url(), { max: 2 }), createPool(database.url(), { max: 2 })];
});
afterEach(async () => {
  for (const pool of pools) await pool.end();
});

const locks = async (): Promise<number> => {
  const { rows } = await database
    .pool()
    .query<{ n: number }>(
      `select count(*)::int as n from pg_locks where locktype = 'advisory' and classid = 7265743 and database = (select oid from pg_database where datname = current_database())`,
    );
  return rows[0]?.n ?? -1;
};

it('has one holder, in this process and in others', async () => {
  const [here, there] = pools;
  const lock = await lockKind(here, 'a', 'x');
  expect(lock).toBeDefined();
  expect(await lockKind(here, 'a', 'x')).toBeUndefined();
  expect(await lockKind(there, 'a', 'x')).toBeUndefined();
  const other = await lockKind(there, 'a', 'y');
  expect(other).toBeDefined();
  await lock?.release();
  const next = await lockKind(there, 'a', 'x');
  expect(next).toBeDefined();
  await next?.release();
  await other?.release();
});

it('takes one connection however many are held, and none when none is', async () => {
  const [pool] = pools;
  const held = await Promise.all(Array.from({ length: 12 }, (_, n) => lockKind(pool, 'dead', `k${n}`)));
  expect(held.every((lock) => lock !== undefined)).toBe(true);
  expect(await locks()).toBe(12);
  // The other of two connections is free.
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  expect(pool.totalCount).toBe(2);
  await Promise.all(held.map((lock) => lock?.release()));
  expect(await locks()).toBe(0);
  expect(pool.idleCount).toBe(pool.totalCount);
});

it('a connection that breaks takes its locks with it and nothing else: the next lock opens another', async () => {
  const [here, there] = pools;
  const lock = await lockKind(here, 'a', 'x');
  await database
    .pool()
    .query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = 7265743 and database = (select oid from pg_database where datname = current_database())`,
    );
  const other = await lockKind(there, 'a', 'x');
  expect(other).toBeDefined();
  await lock?.release();
  await other?.release();
  const again = await lockKind(here, 'a', 'x');
  expect(again).toBeDefined();
  await again?.release();
  expect(await locks()).toBe(0);
});
