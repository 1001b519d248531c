// History fetches: one row per citizen and source. While the first has not ended, that source is "unknown" for the
// citizen; later requests (a source key seen for the first time) run again without hiding what is known.
import type { Db } from './db.ts';

/**
 * `kinds`: those whose records may have been dropped before; left out, everything the source has. Under the people lock,
 * after which the clock is read: a load that began later has seen what this transaction stored, an earlier one may not have.
 */
export const requestFetches = async (
  tx: Db,
  citizens: readonly string[],
  sources: readonly string[],
  kinds: readonly string[] = ['*'],
): Promise<void> => {
  if (citizens.length === 0 || sources.length === 0 || kinds.length === 0) return;
  // In one order: pages of two kinds of a source ask for the same people at the same time.
  await tx.query(
    `insert into citizen_fetch (citizen_id, source, requested_at) select c, s, clock_timestamp() from unnest($1::uuid[]) as c cross join unnest($2::text[]) as s order by c, s
     on conflict (citizen_id, source) do update set state = 'pending', requested_at = excluded.requested_at, attempts = 0, error_code = null`,
    [citizens, sources],
  );
  await tx.query(
    `insert into citizen_fetch_kind (citizen_id, source, kind, requested_at)
     select c, s, k, clock_timestamp() from unnest($1::uuid[]) as c cross join unnest($2::text[]) as s cross join unnest($3::text[]) as k order by c, s, k
     on conflict (source, citizen_id, kind) do update set requested_at = excluded.requested_at`,
    [citizens, sources, kinds],
  );
};

/** Asks every source a citizen is fetched from again. */
export const requestAllAgain = (tx: Db, citizenId: string): Promise<void> => copyFetches(tx, citizenId, citizenId);

/** Gives one citizen's fetches to another; what the other has already stays. */
export const moveFetches = async (tx: Db, from: string, to: string): Promise<void> => {
  await tx.query(
    `insert into citizen_fetch (citizen_id, source, state, ended_at) select $2, source, state, ended_at from citizen_fetch where citizen_id = $1 on conflict do nothing`,
    [from, to],
  );
  await forgetFetches(tx, from);
};

/** Asks for another citizen everything that is fetched for this one. */
export const copyFetches = async (tx: Db, from: string, to: string): Promise<void> => {
  const { rows } = await tx.query<{ source: string }>('select source from citizen_fetch where citizen_id = $1', [from]);
  await requestFetches(
    tx,
    [to],
    rows.map((row) => row.source),
  );
};

export const forgetFetches = async (tx: Db, citizenId: string): Promise<void> => {
  await tx.query('delete from citizen_fetch_kind where citizen_id = $1', [citizenId]);
  await tx.query('delete from citizen_fetch where citizen_id = $1', [citizenId]);
};

/** For each kind (or '*'): when it was last asked for. */
export const wantedKinds = async (db: Db, source: string): Promise<ReadonlyMap<string, Date>> => {
  const { rows } = await db.query<{ kind: string; at: Date }>(
    'select kind, max(requested_at) as at from citizen_fetch_kind where source = $1 group by kind',
    [source],
  );
  return new Map(rows.map((row) => [row.kind, row.at]));
};

/**
 * The kinds that one citizen waits for. A request for everything becomes one for each of the source's mapped kinds, so
 * that each ends when it has been answered and a retry asks for the others only.
 */
export const kindsAwaited = async (
  db: Db,
  source: string,
  citizenId: string,
  mapped: readonly string[],
): Promise<readonly string[]> => {
  const { rows } = await db.query<{ kind: string }>(
    `with everything as (delete from citizen_fetch_kind where source = $1 and citizen_id = $2 and kind = '*' returning requested_at),
       named as (
         insert into citizen_fetch_kind as k (citizen_id, source, kind, requested_at)
         select $2, $1, m, e.requested_at from everything e cross join unnest($3::text[]) as m order by m
         on conflict (source, citizen_id, kind) do update set requested_at = greatest(k.requested_at, excluded.requested_at)
         returning kind)
     select kind from named union select kind from citizen_fetch_kind where source = $1 and citizen_id = $2 and kind <> '*'`,
    [source, citizenId, mapped],
  );
  return rows.map((row) => row.kind);
};

/** One kind of one citizen has been answered; what was asked for after `startedAt` stays. */
export const endFetchKind = async (
  db: Db,
  source: string,
  citizenId: string,
  kind: string,
  startedAt: Date,
): Promise<void> => {
  await db.query(
    'delete from citizen_fetch_kind where source = $1 and citizen_id = $2 and kind = $3 and requested_at <= $4',
    [source, citizenId, kind, startedAt],
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

const endWhatIsAnswered = async (db: Db, source: string): Promise<number> => {
  const { rowCount } = await db.query(
    `update citizen_fetch f set ended_at = now(), state = 'done' where f.source = $1 and f.state in ('pending', 'failed')
       and not exists (select from citizen_fetch_kind k where k.source = f.source and k.citizen_id = f.citizen_id)`,
    [source],
  );
  return rowCount ?? 0;
};

/** Ends one citizen's fetch; what was asked for after `startedAt` stays pending. "Refused" ends it like "nothing found". */
export const endFetch = async (
  db: Db,
  source: string,
  citizenId: string,
  startedAt: Date,
  outcome: 'done' | 'refused',
): Promise<void> => {
  await db.query('delete from citizen_fetch_kind where source = $1 and citizen_id = $2 and requested_at <= $3', [
    source,
    citizenId,
    startedAt,
  ]);
  await db.query(
    'update citizen_fetch set ended_at = now(), state = case when state = $3 then state else $3 end where source = $1 and citizen_id = $2',
    [source, citizenId, outcome],
  );
  await db.query(
    `update citizen_fetch f set state = 'pending' where source = $1 and citizen_id = $2
       and exists (select from citizen_fetch_kind k where k.source = f.source and k.citizen_id = f.citizen_id)`,
    [source, citizenId],
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
 * Ends every fetch that complete loads have answered: of each kind asked for, one that started after the request.
 * `kinds` are all the source's mapped kinds. @returns how many ended.
 */
export const endFetchesByLoads = async (db: Db, source: string, kinds: readonly string[]): Promise<number> => {
  await db.query(
    `delete from citizen_fetch_kind k where k.source = $1 and k.requested_at < case when k.kind = '*'
       then (select case when count(s.last_load_started_at) = cardinality($2::text[]) then min(s.last_load_started_at) end
             from sync_state s where s.source = $1 and s.kind = any($2::text[]))
       else (select s.last_load_started_at from sync_state s where s.source = $1 and s.kind = k.kind) end`,
    [source, kinds],
  );
  return endWhatIsAnswered(db, source);
};
