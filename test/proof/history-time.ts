// Time that a test moves: a database whose now(), statement_timestamp() and clock_timestamp() run ahead of the real ones
// by as much as it is told, column defaults included, and a clock for the process that agrees with it.
import type { Clock } from '../../src/clock.ts';
import { createPool, type Pool } from '../../src/store/db.ts';
import type { TestDatabase } from '../postgres.ts';

export interface MovedTime {
  readonly pool: Pool;
  readonly clock: Clock;
  /** Back to the real time. */
  reset(): Promise<void>;
  pass(ms: number): Promise<void>;
}

const functions = ['now', 'transaction_timestamp', 'statement_timestamp', 'clock_timestamp'] as const;

export const moveTime = async (database: TestDatabase): Promise<MovedTime> => {
  const first = database.pool();
  await first.query(
    'create schema moved; create table moved.shift (ms bigint not null); insert into moved.shift values (0)',
  );
  for (const name of functions)
    await first.query(
      `create function moved.${name}() returns timestamptz language sql ${name === 'clock_timestamp' ? 'volatile' : 'stable'}
       parallel safe as 'select pg_catalog.${name}() + (select ms from moved.shift) * interval ''1 millisecond'''`,
    );
  const { rows } = await first.query<{ sql: string }>(
    `select format('alter table %I.%I alter column %I set default moved.%s', table_schema, table_name, column_name, column_default) as sql
     from information_schema.columns where table_schema = 'public' and column_default ~ '^(now|clock_timestamp)[(][)]$'`,
  );
  for (const { sql } of rows) await first.query(sql);
  // Named after ours, the built-in ones are found second; sessions that are open already keep the real time.
  await first.query(
    `do $$ begin execute format('alter database %I set search_path = moved, pg_catalog, public', current_database()); end $$`,
  );
  const pool = createPool(database.url(), { max: 4 });
  let shift = 0;
  const set = async (ms: number): Promise<void> => {
    shift = ms;
    await pool.query('update moved.shift set ms = $1', [ms]);
  };
  return {
    pool,
    clock: { now: () => new Date(Date.now() + shift) },
    reset: () => set(0),
    pass: (ms) => set(shift + ms),
  };
};
