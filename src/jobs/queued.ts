// What still has a job of its own, so that nobody takes it for left behind: a run between two slices is worked on by the
// job that waits for its turn, and a slot that waits for a busy source has fired. The queue is asked only about what looks idle.
import type { QueueLook } from './queue-look.ts';
import { runIdOf } from './run-id.ts';

export interface Queued {
  /** A job for the kind is due, or nearly. */
  pulls(kind: string): boolean;
  /** A job will go on with this run. */
  goesOn(runId: string): boolean;
  /** A worker has, or had when it was killed, a job for the kind. */
  taken(kind: string): boolean;
  /** This very job is there, whoever has it. */
  holds(id: string): boolean;
}

/** More than this in a queue: nobody is short of work. */
const most = 500;
const nearlyMs = 30_000;

interface Pull {
  readonly id: string;
  readonly kind: string;
  readonly run: string;
}

export const readQueued = async (queue: QueueLook, now: Date): Promise<Queued> => {
  const pulls = async (state: 'waiting' | 'delayed' | 'active'): Promise<readonly Pull[]> =>
    (await queue.jobs(state, 0, most))
      .filter(({ nextAt }) => nextAt === undefined || nextAt.getTime() - now.getTime() < nearlyMs)
      .flatMap(({ id, type, data: { kind, runId } }) =>
        type === 'sync' && typeof kind === 'string'
          ? [{ id, kind, run: typeof runId === 'string' ? runId : runIdOf(id) }]
          : [],
      );
  const [waiting, delayed, active] = await Promise.all([pulls('waiting'), pulls('delayed'), pulls('active')]);
  const due = [...waiting, ...delayed];
  const full = waiting.length === most;
  const ids = new Set([...due, ...active].map((one) => one.id));
  return {
    pulls: (kind) => full || due.some((one) => one.kind === kind),
    goesOn: (runId) => full || due.some((one) => one.run === runId),
    taken: (kind) => active.some((one) => one.kind === kind),
    holds: (id) => full || ids.has(id),
  };
};
