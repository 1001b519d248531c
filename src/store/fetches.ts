// History fetches: one row per citizen and source. While the first has not ended, that source is "unknown" for the
// citizen; later requests (a source key seen for the first time) run again without hiding what is known.
import type { Db } from './db.ts';

export const requestFetches = async (
  tx: Db,
  citizens: readonly string[],
  sources: readonly string[],
): Promise<void> => {
  if (citizens.length === 0 || sources.length === 0) return;
  await tx.query(
    `insert into citizen_fetch (citizen_id, source) select c, s from unnest($1::uuid[]) as c cross join unnest($2::text[]) as s
     on conflict (citizen_id, source) do update set state = 'pending', requested_at = now(), attempts = 0, error_code = null`,
    [citizens, sources],
  );
};

export interface PendingFetch {
  readonly citizenId: string;
  readonly requestedAt: Date;
}

export const pendingFetches = async (db: Db, source: string, limit: number): Promise<readonly PendingFetch[]> => {
  const { rows } = await db.query<{ citizen_id: string; requested_at: Date }>(
    `select citizen_id, requested_at from citizen_fetch where source = $1 and state = 'pending' order by requested_at, citizen_id limit $2`,
    [source, limit],
  );
  return rows.map((row) => ({ citizenId: row.citizen_id, requestedAt: row.requested_at }));
};

export const countPending = async (db: Db, source: string): Promise<number> => {
  const { rows } = await db.query<{ n: number }>(
    `select count(*)::int as n from citizen_fetch where source = $1 and state = 'pending'`,
    [source],
  );
  return rows[0]?.n ?? 0;
};

/** Ends one citizen's fetch; a request that came after `startedAt` stays pending. "Refused" ends it like "nothing found". */
export const endFetch = async (
  db: Db,
  source: string,
  citizenId: string,
  startedAt: Date,
  outcome: 'done' | 'refused',
): Promise<void> => {
  await db.query(
    `update citizen_fetch set ended_at = now(), state = case when requested_at <= $3 then $4 else 'pending' end where source = $1 and citizen_id = $2`,
    [source, citizenId, startedAt, outcome],
  );
};

/** Counts a failed attempt; after `limit` attempts it waits for the next request or shared load. */
export const failFetch = async (
  db: Db,
  source: string,
  citizenId: string,
  code: string,
  limit: number,
): Promise<void> => {
  await db.query(
    `update citizen_fetch set attempts = attempts + 1, error_code = $3, state = case when attempts + 1 >= $4 then 'failed' else state end
     where source = $1 and citizen_id = $2 and state = 'pending'`,
    [source, citizenId, code, limit],
  );
};

/**
 * Ends every fetch that a complete load of all of the source's kinds has answered: each kind's last complete load
 * started after the request. @returns how many ended.
 */
export const endFetchesByLoads = async (db: Db, source: string, kinds: readonly string[]): Promise<number> => {
  const { rowCount } = await db.query(
    `update citizen_fetch f set ended_at = now(), state = 'done'
     where f.source = $1 and f.state in ('pending', 'failed') and f.requested_at < (
       select case when count(*) = cardinality($2::text[]) then min(s.last_load_started_at) end
       from sync_state s where s.source = $1 and s.kind = any($2::text[]))`,
    [source, kinds],
  );
  return rowCount ?? 0;
};
