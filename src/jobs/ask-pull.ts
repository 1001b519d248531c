// Pulls that somebody asks for on a page: queued, so that the worker does them as it does any other.
import type { Queues, SyncWant } from './queue.ts';
import { runIdOf } from './run-id.ts';

export interface AskedPull {
  readonly source: string;
  readonly kinds: readonly string[];
  readonly want: Exclude<SyncWant, 'reconcile'>;
  /** Of the form it was asked with: sent twice, it is asked once while it waits. */
  readonly once: string;
}

/** The runs that asking for it will make. */
export const runsOfPull = ({ source, kinds, want, once }: AskedPull) =>
  kinds.map((kind) => {
    const id = `${source}.${kind}.${want}.asked.${once}`;
    return { id, kind, runId: runIdOf(id) };
  });

/** @returns the run each kind will have. */
export const askForPull = async (queues: Queues, asked: AskedPull): Promise<ReturnType<typeof runsOfPull>> => {
  const { source, want } = asked;
  const runs = runsOfPull(asked);
  for (const { id, kind, runId } of runs)
    await queues.queue(source).add(id, { type: 'sync', source, kind, want, trigger: 'dashboard', runId });
  return runs;
};
