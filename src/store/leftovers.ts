// What was begun and has nobody working on it: runs and loads of a worker that was killed, and citizens who wait. Whether
// somebody works on a kind is told by its advisory lock, which dies with its connection.
import type { Db } from './db.ts';
import { endingSql } from './run-days.ts';
import { type Run, type RunRow, runOf } from './runs.ts';
import { replayLock } from './sync-state.ts';

const freeOf = (kind: string): string => `not exists (
  select from pg_locks l where l.locktype = 'advisory' and l.objsubid = 2 and l.classid = 7265743
    and l.objid = (hashtext(s.source || '/' || ${kind})::bigint & 4294967295)::oid
    and l.database = (select oid from pg_database where datname = current_database()))`;
const free = freeOf('s.kind');

export interface LeftRun {
  readonly id: string;
  readonly source: string;
  readonly kind: string;
}

const idle = `s.state = 'running' and s.started_at < now() - interval '10 seconds'
  and case when s.mode = 'replay' then ${freeOf(`'${replayLock}'`)} else ${free} end
  and not exists (select from sync_state t where t.source = s.source and t.kind = s.kind and not t.load_complete)`;

/** Runs that nobody works on now. Those between two slices are among them; the queue knows which. */
export const idleRuns = async (db: Db): Promise<readonly LeftRun[]> =>
  (await db.query<LeftRun>(`select s.id, s.source, s.kind from run s where ${idle}`)).rows;

/** Marks those of these that nobody works on as cancelled. @returns those. */
export const endAbandoned = async (db: Db, ids: readonly string[]): Promise<readonly LeftRun[]> => {
  const { rows } = await db.query<LeftRun>(
    endingSql(
      `s.id = any($1::uuid[]) and ${idle}`,
      `state = 'cancelled', error_code = 'run/cancelled', error_fault = 'transient',
       error_message = 'The worker stopped; a later run goes on from the last stored page.'`,
    ),
    [ids],
  );
  return rows;
};

/** Another pull of the source and kind that has begun and not ended, also between two of its slices, or its worker killed. */
export const otherRunUnderWay = async (
  db: Db,
  { id, source, kind }: Pick<Run, 'id' | 'source' | 'kind'>,
): Promise<Run | undefined> => {
  const { rows } = await db.query<RunRow>(
    `select * from run where state = 'running' and source = $2 and kind = $3 and id <> $1
       and mode in ('incremental', 'load') order by queued_at desc limit 1`,
    [id, source, kind],
  );
  return rows[0] === undefined ? undefined : runOf(rows[0]);
};

export interface UnfinishedLoad {
  readonly source: string;
  readonly kind: string;
  /** The run it was part of, which goes on with it; null: that has ended, or it has none yet. */
  readonly runId: string | null;
}

/**
 * Complete loads that nobody works on now: begun and not ended, or never begun though citizens wait for the source. Those
 * between two slices are among them; the queue knows which.
 */
export const unfinishedLoads = async (db: Db): Promise<readonly UnfinishedLoad[]> => {
  const { rows } = await db.query<UnfinishedLoad>(
    `select s.source, s.kind, (select r.id from run r where r.source = s.source and r.kind = s.kind and r.state = 'running'
         and r.mode in ('incremental', 'load') order by r.queued_at desc limit 1) as "runId" from (
       select source, kind from sync_state where not paused and load > 0 and not load_complete
       union
       select c.source, c.kind from schedule c left join sync_state t using (source, kind)
       where coalesce(t.load, 0) = 0 and not coalesce(t.paused, false)
         and exists (select from citizen_fetch f where f.source = c.source and f.state = 'pending')) s
     where ${free}
       and not exists (select from run r where r.source = s.source and r.kind = s.kind and r.state = 'failed' and r.ended_at > now() - interval '30 seconds')`,
  );
  return rows;
};

export const sourcesWaiting = async (db: Db): Promise<readonly string[]> =>
  (await db.query<{ source: string }>(`select distinct source from citizen_fetch where state = 'pending'`)).rows.map(
    (row) => row.source,
  );

/** Failed fetches are tried again after a while. */
export const retryFailedFetches = async (db: Db, afterMs: number): Promise<void> => {
  await db.query(
    `update citizen_fetch set state = 'pending', attempts = 0, requested_at = now() where state = 'failed' and requested_at < now() - $1 * interval '1 millisecond'`,
    [afterMs],
  );
};
