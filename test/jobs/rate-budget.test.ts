// One rate over several processes: each has a budget of its own, all reserve in one timeline in Postgres.
import { expect, it } from 'vitest';
import { createBudgets } from '../../src/adapter/budget.ts';
import { systemClock } from '../../src/clock.ts';
import { createPool } from '../../src/store/db.ts';
import { reserveRequests } from '../../src/store/rate-budget.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();

it('keeps the rate, however many processes ask', async () => {
  const rate = { requestsPerSecond: 10, concurrency: 100 };
  const pools = [1, 2, 3].map(() => createPool(database.url(), { max: 2 }));
  const processes = pools.map((pool) =>
    createBudgets(systemClock, (name) => (requests, perSecond) => reserveRequests(pool, name, requests, perSecond)).of(
      'shared nexus',
      rate,
    ),
  );
  const begun = performance.now();
  const starts: number[] = [];
  await Promise.all(
    processes.flatMap((budget) =>
      Array.from({ length: 10 }, async () => {
        const giveBack = await budget.take();
        starts.push(performance.now() - begun);
        giveBack();
      }),
    ),
  );
  await Promise.all(pools.map((pool) => pool.end()));
  // Thirty requests: one second's burst of ten, the other twenty at ten a second.
  expect(starts.toSorted((a, b) => a - b).at(-1)).toBeGreaterThan(1_850);
  for (const from of starts)
    expect(starts.filter((at) => at >= from && at < from + 1_000).length).toBeLessThanOrEqual(21);
  expect(performance.now() - begun).toBeLessThan(4_000);
});

it('has a timeline per name, and makes up for at most a second', async () => {
  const pool = database.pool();
  const waits = async (name: string, count: number): Promise<readonly number[]> => {
    const all: number[] = [];
    for (let n = 0; n < count; n += 1) all.push(await reserveRequests(pool, name, 1, 2));
    return all;
  };
  // A second's worth, the one that is due now, and then one every half second.
  const [first, second, third, fourth = 0, fifth = 0] = await waits('a', 5);
  expect([first, second, third]).toEqual([0, 0, 0]);
  expect(fourth).toBeGreaterThan(300);
  expect(fifth - fourth).toBeGreaterThan(400);
  expect(await waits('b', 1)).toEqual([0]);
  await pool.query(`update rate_budget set next_at = now() - interval '1 hour' where name = 'a'`);
  expect((await waits('a', 4)).map((wait) => wait > 300)).toEqual([false, false, false, true]);
});
