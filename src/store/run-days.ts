// What the days of a kind's runs came to: told in the statement that ends a run, by what its days do not know yet, so that
// a run tried again counts its records once. Kept for years; runs themselves are pruned.
import type { Db } from './db.ts';

const today = `(now() at time zone 'Europe/Copenhagen')::date`;

const more = (name: string): string =>
  `coalesce((e.counts->>'${name}')::bigint, 0) - coalesce((e.before->>'${name}')::bigint, 0)`;

const sums = [
  'runs',
  'failed',
  'served',
  'stored',
  'created',
  'changed',
  'removed',
  'quarantined',
  'requests',
  'ms',
] as const;

/**
 * SQL that ends runs (`ended`: what is set) and tells their day, in one statement. `which` names the runs of `run s`.
 * Gives id, source, kind of each.
 */
export const endingSql = (which: string, ended: string): string => `
  with b as materialized (select s.id, s.told_counts, s.told_requests, s.told_ms, s.told_attempt from run s where ${which} for update),
  e as (
    update run r set ${ended}, ended_at = now(), told_counts = r.counts, told_requests = coalesce(r.requests, 0),
      told_ms = coalesce(extract(epoch from now() - r.started_at) * 1000, 0)::bigint, told_attempt = r.attempt
    from b where r.id = b.id
    returning r.id, r.source, r.kind, r.state, r.attempt, r.counts, r.told_requests, r.told_ms, b.told_attempt as attempt_before,
      b.told_counts as before, b.told_requests as requests_before, b.told_ms as ms_before),
  told as (
    insert into run_day as d (day, source, kind, ${sums.join(', ')}, longest_ms)
    select ${today}, e.source, e.kind,
      count(*) filter (where e.attempt > e.attempt_before and e.state <> 'skipped'),
      count(*) filter (where e.attempt > e.attempt_before and e.state = 'failed'),
      ${['served', 'stored', 'created', 'changed', 'removed', 'quarantined'].map((name) => `sum(${more(name)})`).join(', ')},
      sum(e.told_requests - e.requests_before), sum(e.told_ms - e.ms_before), max(e.told_ms)
    from e group by e.source, e.kind
    on conflict (day, source, kind) do update set
      ${sums.map((name) => `${name} = d.${name} + excluded.${name}`).join(', ')},
      longest_ms = greatest(d.longest_ms, excluded.longest_ms))
  select id, source, kind from e`;

/** $1 run, $2 requests more. Those counted after the run has ended are told to its day by this. */
export const addingRequestsSql = `
  with b as materialized (select s.id, s.told_requests, s.ended_at is not null as ended from run s where s.id = $1 for update),
  e as (
    update run r set requests = coalesce(r.requests, 0) + $2,
      told_requests = case when b.ended then coalesce(r.requests, 0) + $2 else r.told_requests end
    from b where r.id = b.id
    returning r.source, r.kind, b.ended, r.requests - b.told_requests as more)
  insert into run_day as d (day, source, kind, requests) select ${today}, source, kind, more from e where ended and more > 0
  on conflict (day, source, kind) do update set requests = d.requests + excluded.requests`;

/** Two years, so that a year can be held against the one before. */
export const pruneRunDays = async (db: Db): Promise<void> => {
  await db.query(`delete from run_day where day < ${today} - 731`);
};
