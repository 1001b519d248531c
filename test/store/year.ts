// A year of a hub with many sources, written straight into the tables: the days of all its runs, and the runs of the last
// days. Every seventh source's last pull of a kind failed.
import type { Pool } from 'pg';
import type { OverviewSource } from '../../src/store/overview.ts';

export const yearSources = (sources: number, kinds: number): readonly OverviewSource[] =>
  Array.from({ length: sources }, (_, s) => ({
    name: `source-${String(s).padStart(2, '0')}`,
    freshForMs: 1_800_000,
    kinds: Array.from({ length: kinds }, (_, k) => ({ name: `kind-${k}`, mapped: true })),
  }));

/** `days` of runs every five minutes until now, and `yearDays` of day figures. */
export const seedYear = async (
  pool: Pool,
  size: { readonly sources: number; readonly kinds: number; readonly days: number; readonly yearDays: number },
): Promise<void> => {
  const each = `generate_series(0, ${size.sources - 1}) s cross join generate_series(0, ${size.kinds - 1}) k`;
  const names = `'source-' || lpad(s::text, 2, '0') as source, 'kind-' || k as kind`;
  await pool.query(
    `insert into run_day (day, source, kind, runs, failed, served, stored, changed, requests, ms, longest_ms)
     select (now() at time zone 'Europe/Copenhagen')::date - d, ${names}, 288, d % 9, 28800, 28800, 1200, 900, 600000, 9000
     from ${each} cross join generate_series(0, $1::int - 1) d`,
    [size.yearDays],
  );
  await pool.query(
    `insert into run (id, source, kind, mode, trigger, state, queued_at, started_at, ended_at, pages, counts, error_code, error_fault, attempt, requests)
     select gen_random_uuid(), ${names}, case when n % 97 = 0 then 'citizen' else 'incremental' end, 'schedule ' || n,
       case when n = 1 and s % 7 = 0 and k = 0 then 'failed' else 'done' end,
       now() - n * interval '5 minutes', now() - n * interval '5 minutes' + interval '1 second',
       now() - n * interval '5 minutes' + interval '3 seconds', 1, '{"served": 100, "stored": 100, "changed": 4}',
       case when n = 1 and s % 7 = 0 and k = 0 then 'source/timeout' end, case when n = 1 and s % 7 = 0 and k = 0 then 'transient' end, 1, 3
     from generate_series($1::int * 288, 1, -1) n cross join ${each}`,
    [size.days],
  );
  await pool.query(
    `insert into sync_state (source, kind, load, last_complete_at) select ${names}, 1, now() - interval '5 minutes' from ${each}`,
  );
  await pool.query(
    `insert into schedule (source, kind, cron, next_at) select ${names}, '*/5 * * * *', now() + interval '1 minute' from ${each}`,
  );
  await pool.query('vacuum analyze run');
  await pool.query('vacuum analyze run_day');
  await pool.query('analyze sync_state');
  await pool.query('analyze schedule');
};

/** The text of a plan. */
export const planOf = async (pool: Pool, text: string, values: readonly unknown[]): Promise<string> => {
  const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain ${text}`, [...values]);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
};
