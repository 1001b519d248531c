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

/** @returns the run each kind will have. */
export const askForPull = async (
  queues: Queues,
  { source, kinds, want, once }: AskedPull,
): Promise<readonly { readonly kind: string; readonly runId: string }[]> => {
  const asked = kinds.map((kind) => {
    const id = `${source}.${kind}.${want}.asked.${once}`;
    return { id, kind, runId: runIdOf(id) };
  });
  for (const { id, kind, runId } of asked)
    await queues.queue(source).add(id, { type: 'sync', source, kind, want, trigger: 'dashboard', runId });
  return asked.map(({ kind, runId }) => ({ kind, runId }));
};
