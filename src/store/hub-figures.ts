// The hub's own figures, whatever the sources: how many people and records, and what waits for somebody.
import type { Db } from './db.ts';

export interface HubFigures {
  /** Citizens enrolled now. */
  readonly enrolled: number;
  /** Records stored; an estimate from 100 000 on, within a few per cent. */
  readonly records: number;
  /** Fetches of citizens' history that wait. */
  readonly histories: number;
  /** Age of the oldest log entry that is not sealed yet, in seconds; 0: all are. */
  readonly unsealedSeconds: number;
  /** Those that nobody here stopped. */
  readonly webhooksDisabled: number;
  /** Consumers that have been reminded, after the deadline, of deletions they still have not confirmed. */
  readonly purgesOverdue: number;
}

const figuresSql = `
  with known as materialized (
    select greatest(c.reltuples, s.n_live_tup)::bigint as records
    from pg_class c join pg_stat_user_tables s on s.relid = c.oid where c.oid = 'record'::regclass)
  select
    (select count(*) from enrolment where ended_at is null)::int as enrolled,
    -- Counting millions takes longer than a page may.
    (select case when records < 100000 then (select count(*) from record) else records end from known)::bigint as records,
    (select count(*) from citizen_fetch where state = 'pending')::int as histories,
    coalesce((select greatest(0, extract(epoch from clock_timestamp() - min(queued_at))) from log_unsealed), 0)::float8 as "unsealedSeconds",
    (select count(*) from webhook where state = 'disabled' and reason in ('gone', 'failing'))::int as "webhooksDisabled",
    (select count(*) from consumer c where exists (select from purge p where p.consumer = c.id and p.confirmed_at is null
      and exists (select from purge_reminder r where r.consumer = c.id and r.overdue and r.at >= p.told_at)))::int as "purgesOverdue"`;

export const readHubFigures = async (db: Db): Promise<HubFigures> => {
  const { rows } = await db.query<{ [K in keyof HubFigures]: HubFigures[K] }>({
    name: 'hub-figures',
    text: figuresSql,
  });
  return (
    rows[0] ?? { enrolled: 0, records: 0, histories: 0, unsealedSeconds: 0, webhooksDisabled: 0, purgesOverdue: 0 }
  );
};
