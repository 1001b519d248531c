// Statements that share a connection: each gets its own answer, a failing one fails alone, and a connection that breaks
// takes what was under way with it and nothing that comes after.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPool, type Db, type Pool } from '../../src/store/db.ts';
import { createPipeline } from '../../src/store/pipeline.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
let pool: Pool;
let reads: Db;

beforeEach(() => {
  pool = createPool(database.url(), { max: 2, name: 'pipelined', pipelined: true });
  reads = createPipeline(pool);
});
afterEach(() => pool.end());

const echo = async (n: number): Promise<number | undefined> => {
  const { rows } = await reads.query<{ n: number }>({ name: 'echo', text: 'select $1::int as n', values: [n] });
  return rows[0]?.n;
};
const numbers = Array.from({ length: 200 }, (_, n) => n);

it('gives each its own answer over few connections', async () => {
  expect(await Promise.all(numbers.map(echo))).toEqual(numbers);
  expect(pool.totalCount).toBe(2);
  expect(pool.idleCount).toBe(2);
});

it('lets a statement fail alone', async () => {
  const asked = numbers.map((n) => (n % 7 === 3 ? reads.query('select 1 / 0') : echo(n)));
  const answers = await Promise.allSettled(asked);
  expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'failed'))).toEqual(
    numbers.map((n) => (n % 7 === 3 ? 'failed' : n)),
  );
});

it('goes on with another connection when one breaks', async () => {
  const asked = [reads.query('select pg_sleep(60)'), reads.query('select pg_sleep(60)')].map((one) =>
    one.then(
      () => 'answered',
      () => 'failed',
    ),
  );
  const active = `from pg_stat_activity where application_name = 'pipelined' and state = 'active'`;
  const count = async (what: string): Promise<unknown> =>
    (await database.pool().query(`select count(${what})::int as n ${active}`)).rows[0]?.n;
  await expect.poll(() => count('*')).toBe(2);
  await count('pg_terminate_backend(pid)');
  expect(await Promise.all(asked)).toEqual(['failed', 'failed']);
  expect(await Promise.all(numbers.map(echo))).toEqual(numbers);
});

it('fails when there is no database, and recovers nothing it never had', async () => {
  const gone = createPool('postgres://nobody@127.0.0.1:1/none', { max: 1, pipelined: true });
  const nowhere = createPipeline(gone);
  for (let n = 0; n < 2; n += 1) await expect(nowhere.query('select 1')).rejects.toThrow();
  await gone.end();
});
