// One run from close by: its counts and settings, its pages, what it put in quarantine by cause, what drift it saw first,
// what it held back, and the runs beside it. Causes and paths only; what a record said is behind the quarantine's door.
import type { Db } from './db.ts';
import { type Run, type RunRow, runOf } from './runs.ts';

/** A page that held records, in the order they were stored. */
export interface RunPageView {
  readonly page: number;
  /** When it was stored. */
  readonly at: Date;
  readonly served: number;
  /** Also unchanged ones. */
  readonly stored: number;
  /** Created, changed or removed. */
  readonly written: number;
  readonly quarantined: number;
  readonly issues: number;
}

/** Why records were put in quarantine by this run. */
export interface RunIssue {
  readonly kind: string;
  readonly code: string;
  /** Where in the mapping's target or the source's record. */
  readonly path: string;
  readonly count: number;
  /** Of those, still waiting. */
  readonly open: number;
}

export interface RunNeighbour {
  readonly id: string;
  readonly state: Run['state'];
  readonly queuedAt: Date;
}

export interface RunView {
  readonly run: Run;
  /** From its first start to its end, or until now; null: it never began. Milliseconds. */
  readonly ms: number | null;
  /** Records served per second while it was under way; null where no time passed. */
  readonly recordsPerSecond: number | null;
  /** The last 200 that held records; `run.pages` counts all. */
  readonly pages: readonly RunPageView[];
  readonly issues: readonly RunIssue[];
  /** Findings of drift first seen while it ran. Names of fields and codes. */
  readonly drift: readonly {
    readonly id: number;
    readonly type: string;
    readonly name: string;
    readonly did: string;
  }[];
  /** Deletions held while it ran. */
  readonly held: readonly { readonly id: number; readonly missing: number; readonly state: string }[];
  /** The runs of its source and kind before and after it. */
  readonly previous: RunNeighbour | null;
  readonly next: RunNeighbour | null;
}

const pagesSql = `select page, at, served, stored, written, quarantined, issues from (
    select * from run_page where run_id = $1 order by page desc limit 200) p order by page`;

const issuesSql = `select kind, code, path, count(*)::int as count, count(*) filter (where state = 'open')::int as open
  from quarantine where run_id = $1 group by kind, code, path order by count(*) desc, kind, code, path limit 100`;

/** $1 source, $2 kind or the `*` of runs of several, $3 from, $4 to. */
const driftSql = `select id, type, name, did from drift
  where source = $1 and (left($2, 1) = '*' or kind = $2) and first_seen between $3 and $4 order by id limit 100`;
/** Also what an earlier run has found first. */
const heldSql = `select id, missing, state from held_deletion
  where source = $1 and (left($2, 1) = '*' or kind = $2) and held_at <= $4 and last_found_at >= $3 order by id limit 100`;

const beside = (sign: '<' | '>'): string => `select id, state, queued_at as "queuedAt" from run
  where source = $1 and kind = $2 and (queued_at, id) ${sign} (select queued_at, id from run where id = $3)
  order by queued_at ${sign === '<' ? 'desc' : ''}, id ${sign === '<' ? 'desc' : ''} limit 1`;

/** @returns undefined when there is no such run, or it has been pruned. */
export const readRunView = async (db: Db, id: string): Promise<RunView | undefined> => {
  const { rows } = await db.query<RunRow & { now: Date }>('select *, now() as now from run where id = $1', [id]);
  const row = rows[0];
  if (row === undefined) return undefined;
  const run = runOf(row);
  // What a Date leaves off a moment must not leave off what happened in it.
  const until = new Date((run.endedAt ?? row.now).getTime() + 1);
  const during = [run.source, run.kind, run.startedAt ?? run.queuedAt, until];
  const around = [run.source, run.kind, id];
  const [pages, issues, drift, held, previous, next] = await Promise.all([
    db.query<RunPageView>(pagesSql, [id]),
    db.query<RunIssue>(issuesSql, [id]),
    db.query<RunView['drift'][number]>(driftSql, during),
    db.query<RunView['held'][number]>(heldSql, during),
    db.query<RunNeighbour>(beside('<'), around),
    db.query<RunNeighbour>(beside('>'), around),
  ]);
  const ms = run.startedAt === null ? null : (run.endedAt ?? row.now).getTime() - run.startedAt.getTime();
  return {
    run,
    ms,
    recordsPerSecond: ms === null || ms <= 0 ? null : (run.counts.served ?? 0) / (ms / 1000),
    pages: pages.rows,
    issues: issues.rows,
    drift: drift.rows,
    held: held.rows,
    previous: previous.rows[0] ?? null,
    next: next.rows[0] ?? null,
  };
};
