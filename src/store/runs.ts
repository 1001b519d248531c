// Runs: what was pulled when, with which counts, and how it ended. Counts only; never a value from a record.
import { randomUUID } from 'node:crypto';
import type { Fault, HubError } from '../errors.ts';
import type { Db } from './db.ts';
import { addingRequestsSql, endingSql, pruneRunDays } from './run-days.ts';

export type RunMode = 'incremental' | 'load' | 'citizen' | 'replay';
export type RunState = 'queued' | 'running' | 'done' | 'failed' | 'skipped' | 'cancelled';

/** served = stored (created + changed + unchanged) + quarantined + notMapped + notEnrolled + deleted + overtaken + ignored. */
export interface RunCounts {
  served: number;
  stored: number;
  created: number;
  changed: number;
  unchanged: number;
  removed: number;
  quarantined: number;
  notMapped: number;
  notEnrolled: number;
  /** Of those not enrolled. */
  notEnrolledFailed: number;
  deleted: number;
  /** Left as they were and asked for again: another look was at the same record meanwhile. */
  overtaken: number;
  ignored: number;
  issues: number;
  held: number;
}

export const noCounts = (): RunCounts => ({
  served: 0,
  stored: 0,
  created: 0,
  changed: 0,
  unchanged: 0,
  removed: 0,
  quarantined: 0,
  notMapped: 0,
  notEnrolled: 0,
  notEnrolledFailed: 0,
  deleted: 0,
  overtaken: 0,
  ignored: 0,
  issues: 0,
  held: 0,
});

export const addCounts = (to: RunCounts, more: Partial<RunCounts>): void => {
  for (const name of Object.keys(to) as (keyof RunCounts)[]) to[name] += more[name] ?? 0;
};

/** What a run ran with, as it was when it was made: names and numbers that may be shown, no secret. */
export interface RunSettings {
  /** Of its kind's mapping; absent: nothing maps it, or it is of several kinds. */
  readonly mappingVersion?: string;
  /** Cron, in Copenhagen time. */
  readonly schedule?: string;
  readonly reconcile?: string;
  readonly budget?: {
    readonly requestsPerSecond: number;
    readonly concurrency: number;
    /** Whose budget it shares. */
    readonly shared?: string | undefined;
    /** Other rates by the clock. */
    readonly windows?: number;
  };
  /** Deletions held above so many or such a share. */
  readonly guard?: { readonly count: number; readonly share: number };
}

export interface Run {
  readonly id: string;
  readonly source: string;
  readonly kind: string;
  readonly mode: RunMode;
  readonly trigger: string;
  readonly state: RunState;
  readonly queuedAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly pages: number;
  /** Asked of the source; null where nobody counted. */
  readonly requests: number | null;
  readonly counts: Partial<RunCounts>;
  readonly errorCode: string | null;
  /** Null for runs that ended before it was kept. */
  readonly errorFault: Fault | null;
  readonly errorMessage: string | null;
  /** Which try this is or was; 0: it never began. */
  readonly attempt: number;
  /** Empty for runs made before it was kept. */
  readonly settings: RunSettings;
  /** Where it is known beforehand: how many records it will go through. */
  readonly planned: number | null;
}

export interface RunRow {
  readonly id: string;
  readonly source: string;
  readonly kind: string;
  readonly mode: RunMode;
  readonly trigger: string;
  readonly state: RunState;
  readonly queued_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly pages: number;
  readonly requests: number | null;
  readonly counts: Partial<RunCounts>;
  readonly error_code: string | null;
  readonly error_fault: Fault | null;
  readonly error_message: string | null;
  readonly attempt: number;
  readonly settings: RunSettings;
  readonly planned: number | null;
}

export const runOf = (row: RunRow): Run => ({
  id: row.id,
  source: row.source,
  kind: row.kind,
  mode: row.mode,
  trigger: row.trigger,
  state: row.state,
  queuedAt: row.queued_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  pages: row.pages,
  requests: row.requests,
  counts: row.counts,
  errorCode: row.error_code,
  errorFault: row.error_fault,
  errorMessage: row.error_message,
  attempt: row.attempt,
  settings: row.settings,
  planned: row.planned,
});

export const createRun = async (
  db: Db,
  run: {
    id?: string;
    source: string;
    kind: string;
    mode: RunMode;
    trigger: string;
    settings?: RunSettings | undefined;
  },
): Promise<string> => {
  const id = run.id ?? randomUUID();
  await db.query(
    'insert into run (id, source, kind, mode, trigger, settings) values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing',
    [id, run.source, run.kind, run.mode, run.trigger, JSON.stringify(run.settings ?? {})],
  );
  return id;
};

/**
 * Begins a try, or another slice of the one under way. A try after one that failed keeps what that failed with, until a page
 * is stored: till then it is not known to fare any better.
 */
export const startRun = async (db: Db, id: string, mode: RunMode): Promise<void> => {
  const kept = (column: string): string => `${column} = case when state in ('running', 'failed') then ${column} end`;
  await db.query(
    `update run set state = 'running', mode = $2, started_at = coalesce(started_at, now()), ended_at = null,
       attempt = attempt + case when state = 'running' then 0 else 1 end,
       ${['error_code', 'error_fault', 'error_message'].map(kept).join(', ')} where id = $1`,
    [id, mode],
  );
};

/** How far it will go, in records. */
export const planRun = async (db: Db, id: string, planned: number): Promise<void> => {
  await db.query('update run set planned = $2 where id = $1', [id, planned]);
};

/** Asks a long run to stop. @returns false when it is not under way. */
export const wantStop = async (db: Db, id: string): Promise<boolean> =>
  ((await db.query(`update run set stop_wanted = true where id = $1 and state in ('queued', 'running')`, [id]))
    .rowCount ?? 0) > 0;

export const isStopWanted = async (db: Db, id: string): Promise<boolean> =>
  (await db.query<{ stop_wanted: boolean }>('select stop_wanted from run where id = $1', [id])).rows[0]?.stop_wanted ===
  true;

const stopEveryMs = 1000;

/** Asks the first time it is asked, and then at most once a second. */
export const stopWish = (db: Db, id: string): (() => Promise<boolean>) => {
  let next = 0;
  return async () => {
    if (performance.now() < next) return false;
    next = performance.now() + stopEveryMs;
    return isStopWanted(db, id);
  };
};

const addedSql = (more = ''): string => `update run set pages = pages + $4, ${more}counts = counts || (
  select coalesce(jsonb_object_agg(n, v + coalesce((counts->>n)::bigint, 0)), '{}') from unnest($2::text[], $3::bigint[]) as t(n, v)) where id = $1`;

const addedValues = (id: string, pages: number, counts: Partial<RunCounts>): readonly unknown[] => {
  const pairs = Object.entries(counts).filter(([, value]) => value !== 0);
  return [id, pairs.map(([name]) => name), pairs.map(([, value]) => value), pages];
};

/** Adds one page's counts, in the page's transaction. A page that held nothing is only counted. */
export const countPage = async (tx: Db, id: string, counts: RunCounts): Promise<void> => {
  await tx.query({
    name: 'count-page',
    text: `with counted as (${addedSql('error_code = null, error_fault = null, error_message = null, ')} returning id, pages)
      insert into run_page (run_id, page, served, stored, written, quarantined, issues)
      select id, pages, $5, $6, $7, $8, $9 from counted where $5 > 0 on conflict do nothing`,
    values: [
      ...addedValues(id, 1, counts),
      counts.served,
      counts.stored,
      counts.created + counts.changed + counts.removed,
      counts.quarantined,
      counts.issues,
    ],
  });
};

/** Adds what a sweep removed or held, in its transaction. */
export const countSweep = async (
  tx: Db,
  id: string,
  { removed, held }: Pick<RunCounts, 'removed' | 'held'>,
): Promise<void> => {
  if (removed + held > 0) await tx.query(addedSql(), [...addedValues(id, 0, { removed, held })]);
};

/** A run goes on in slices and tries: its requests are added up. */
export const addRequests = async (db: Db, id: string, requests: number | undefined): Promise<void> => {
  if (requests !== undefined) await db.query({ name: 'add-requests', text: addingRequestsSql, values: [id, requests] });
};

export const endRun = async (
  db: Db,
  id: string,
  state: Exclude<RunState, 'queued' | 'running'>,
  error?: HubError,
): Promise<void> => {
  await db.query({
    name: 'end-run',
    text: endingSql('s.id = $1', 'state = $2, error_code = $3, error_fault = $4, error_message = $5'),
    values: [id, state, error?.code ?? null, error?.fault ?? null, error?.message ?? null],
  });
};

/** It never began, for another one was under way. One that has begun goes on later. */
export const skipRun = async (db: Db, id: string): Promise<void> => {
  await db.query({
    name: 'skip-run',
    text: endingSql(
      `s.id = $1 and s.state = 'queued'`,
      `state = 'skipped', error_code = 'run/locked', error_fault = 'transient', error_message = 'Another run of this source and kind is under way.'`,
    ),
    values: [id],
  });
};

export const readRun = async (db: Db, id: string): Promise<Run | undefined> => {
  const { rows } = await db.query<RunRow>('select * from run where id = $1', [id]);
  return rows[0] === undefined ? undefined : runOf(rows[0]);
};

export const listRuns = async (
  db: Db,
  filter: { source?: string; kind?: string; limit: number },
): Promise<readonly Run[]> => {
  const { rows } = await db.query<RunRow>(
    'select * from run where ($1::text is null or source = $1) and ($2::text is null or kind = $2) order by queued_at desc limit $3',
    [filter.source ?? null, filter.kind ?? null, filter.limit],
  );
  return rows.map(runOf);
};

export const pruneRuns = async (db: Db, retentionMs: number): Promise<void> => {
  await db.query(
    `with gone as (delete from run where ended_at < now() - $1 * interval '1 millisecond' returning id)
     delete from run_page where run_id in (select id from gone)`,
    [retentionMs],
  );
  await pruneRunDays(db);
};
