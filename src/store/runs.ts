// Runs: what was pulled when, with which counts, and how it ended. Counts only; never a value from a record.
import { randomUUID } from 'node:crypto';
import type { HubError } from '../errors.ts';
import type { Db } from './db.ts';

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
  for (const name of Object.keys(more) as (keyof RunCounts)[]) to[name] += more[name] ?? 0;
};

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
  readonly errorMessage: string | null;
  readonly attempt: number;
  /** Where it is known beforehand: how many records it will go through. */
  readonly planned: number | null;
}

interface Row {
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
  readonly error_message: string | null;
  readonly attempt: number;
  readonly planned: number | null;
}

const runOf = (row: Row): Run => ({
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
  errorMessage: row.error_message,
  attempt: row.attempt,
  planned: row.planned,
});

export const createRun = async (
  db: Db,
  run: { id?: string; source: string; kind: string; mode: RunMode; trigger: string },
): Promise<string> => {
  const id = run.id ?? randomUUID();
  await db.query(
    'insert into run (id, source, kind, mode, trigger) values ($1, $2, $3, $4, $5) on conflict (id) do nothing',
    [id, run.source, run.kind, run.mode, run.trigger],
  );
  return id;
};

export const startRun = async (db: Db, id: string, mode: RunMode): Promise<void> => {
  await db.query(
    `update run set state = 'running', mode = $2, started_at = coalesce(started_at, now()), ended_at = null, attempt = attempt + 1, error_code = null, error_message = null where id = $1`,
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

const addToRun = async (tx: Db, id: string, pages: number, counts: Partial<RunCounts>): Promise<void> => {
  const pairs = Object.entries(counts).filter(([, value]) => value !== 0);
  await tx.query({
    name: 'count-page',
    text: `update run set pages = pages + $4, counts = counts || (
             select coalesce(jsonb_object_agg(n, v + coalesce((counts->>n)::bigint, 0)), '{}') from unnest($2::text[], $3::bigint[]) as t(n, v)) where id = $1`,
    values: [id, pairs.map(([name]) => name), pairs.map(([, value]) => value), pages],
  });
};

/** Adds one page's counts, in the page's transaction. */
export const countPage = (tx: Db, id: string, counts: RunCounts): Promise<void> => addToRun(tx, id, 1, counts);

/** Adds what a sweep removed or held, in its transaction. */
export const countSweep = async (tx: Db, id: string, swept: Pick<RunCounts, 'removed' | 'held'>): Promise<void> => {
  if (swept.removed + swept.held > 0) await addToRun(tx, id, 0, swept);
};

/** A run goes on in slices and tries: its requests are added up. */
export const addRequests = async (db: Db, id: string, requests: number | undefined): Promise<void> => {
  if (requests === undefined) return;
  await db.query('update run set requests = coalesce(requests, 0) + $2 where id = $1', [id, requests]);
};

export const endRun = async (
  db: Db,
  id: string,
  state: Exclude<RunState, 'queued' | 'running'>,
  error?: HubError,
): Promise<void> => {
  await db.query('update run set state = $2, ended_at = now(), error_code = $3, error_message = $4 where id = $1', [
    id,
    state,
    error?.code ?? null,
    error?.message ?? null,
  ]);
};

export const readRun = async (db: Db, id: string): Promise<Run | undefined> => {
  const { rows } = await db.query<Row>('select * from run where id = $1', [id]);
  return rows[0] === undefined ? undefined : runOf(rows[0]);
};

export const listRuns = async (
  db: Db,
  filter: { source?: string; kind?: string; limit: number },
): Promise<readonly Run[]> => {
  const { rows } = await db.query<Row>(
    'select * from run where ($1::text is null or source = $1) and ($2::text is null or kind = $2) order by queued_at desc limit $3',
    [filter.source ?? null, filter.kind ?? null, filter.limit],
  );
  return rows.map(runOf);
};

export const pruneRuns = async (db: Db, retentionMs: number): Promise<void> => {
  await db.query(`delete from run where ended_at < now() - $1 * interval '1 millisecond'`, [retentionMs]);
};
