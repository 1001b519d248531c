// The job that replays a source's quarantine when somebody asks for it on a page: the cause goes with it, no record does.
// One replay of a source at a time; it stops at a page when the worker does, and what is left waits to be asked again.
import { replayQuarantine } from '../pipeline/replay.ts';
import type { Queues } from './queue.ts';
import type { WorkDeps, WorkSource } from './worker.ts';

/** Which of a source's quarantine: all of it, or one cause. */
export interface ReplayCause {
  readonly source: string;
  readonly kind?: string;
  readonly code?: string;
  readonly path?: string;
}

/** Soon, and once however often it is asked for within a second. */
export const queueReplay = (queues: Queues, cause: ReplayCause): Promise<void> =>
  queues
    .queue(cause.source)
    .add(`${cause.source}.replay.${Math.floor(Date.now() / 1000)}`, { type: 'replay', ...cause });

export const replayJob = async (
  deps: WorkDeps,
  { source }: WorkSource,
  { kind, code, path }: Omit<ReplayCause, 'source'>,
  signal: AbortSignal,
): Promise<void> => {
  const of = {
    ...(kind === undefined ? {} : { kind }),
    ...(code === undefined ? {} : { code }),
    ...(path === undefined ? {} : { path }),
  };
  await replayQuarantine(deps, { source, of, trigger: 'quarantine dashboard', signal });
};
