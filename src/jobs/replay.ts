// The job that replays a source's quarantine when somebody asks for it on a page: the cause goes with it, no record does.
// Its run is there from the moment it is asked for, so that a page can follow it. One replay of a source at a time; it
// stops at a page when the worker does, and what is left waits to be asked again.
import { replayQuarantine } from '../pipeline/replay.ts';
import { type Pool, type Tx, transaction } from '../store/db.ts';
import { createRun, endRun, readRun, wantStop } from '../store/runs.ts';
import type { Queues } from './queue.ts';
import { runIdOf } from './run-id.ts';
import type { WorkDeps, WorkSource } from './worker.ts';

/** Which of a source's quarantine: all of it, or one cause. */
export interface ReplayCause {
  readonly source: string;
  readonly kind?: string;
  readonly code?: string;
  readonly path?: string;
}

/** What a page writes down about it, in the same transaction. */
type Note = (tx: Tx, runId: string) => Promise<unknown>;

/**
 * Soon. Asked with the same `once` (of the form it was asked with) it is one replay.
 * @returns its run.
 */
export const askForReplay = async (
  { pool, queues }: { readonly pool: Pool; readonly queues: Queues },
  cause: ReplayCause,
  once: string,
  note: Note,
): Promise<string> => {
  const id = `${cause.source}.replay.${once}`;
  const runId = runIdOf(id);
  await transaction(pool, async (tx) => {
    if ((await readRun(tx, runId)) !== undefined) return;
    const { source, kind = '*' } = cause;
    await createRun(tx, { id: runId, source, kind, mode: 'replay', trigger: 'quarantine dashboard' });
    await note(tx, runId);
  });
  await queues.queue(cause.source).add(id, { type: 'replay', runId, ...cause });
  return runId;
};

/** After the page in hand; at once where no worker has begun. @returns false when it is not under way. */
export const cancelReplay = (pool: Pool, runId: string, note: Note): Promise<boolean> =>
  transaction(pool, async (tx) => {
    const run = await readRun(tx, runId);
    if (run?.mode !== 'replay' || !(await wantStop(tx, runId))) return false;
    if (run.state === 'queued') await endRun(tx, runId, 'cancelled');
    await note(tx, runId);
    return true;
  });

export const replayJob = async (
  deps: WorkDeps,
  { source }: WorkSource,
  { kind, code, path, runId }: Omit<ReplayCause, 'source'> & { readonly runId: string },
  signal: AbortSignal,
): Promise<void> => {
  if ((await readRun(deps.pool, runId))?.state === 'cancelled') return;
  const of = {
    ...(kind === undefined ? {} : { kind }),
    ...(code === undefined ? {} : { code }),
    ...(path === undefined ? {} : { path }),
  };
  await replayQuarantine(deps, { source, of, runId, trigger: 'quarantine dashboard', signal });
};
