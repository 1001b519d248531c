// What a queue holds, for who runs the hub: how many jobs are where, and those that were given up, to be tried once more
// or put away. What is told of a job is names, ids and the safe message it failed with.
import type { Job, Queue } from 'bullmq';

/** Jobs of one queue by where they are. */
export interface QueueDepth {
  /** Due and not taken. */
  readonly waiting: number;
  readonly active: number;
  /** Not due yet: the next slots, and tries to come. */
  readonly delayed: number;
  /** Given up; the last day's, and 200 at most. */
  readonly failed: number;
}

export interface FailedJob {
  readonly id: string;
  /** `sync`, `history`, `webhook` … */
  readonly type: string;
  readonly kind: string | undefined;
  readonly attempts: number;
  readonly failedAt: Date;
  readonly code: string;
  readonly message: string;
}

export interface QueueLook {
  /** For the board, which reads it. */
  readonly raw: Queue;
  depth(): Promise<QueueDepth>;
  /** The latest first. */
  failed(limit: number): Promise<readonly FailedJob[]>;
  /** @returns false when it is not among the failed any more. */
  retry(id: string): Promise<boolean>;
  /** @returns false when it is not among the failed any more. */
  remove(id: string): Promise<boolean>;
}

/** `source/timeout: It did not answer.`; what does not look like that was not written by the hub, and is not shown. */
const reasonOf = (text: string): Pick<FailedJob, 'code' | 'message'> => {
  const [, code, message] = /^([a-z]+\/[a-z-]+): (.*)$/s.exec(text) ?? [];
  return code === undefined ? { code: 'bug/unexpected', message: '' } : { code, message: message ?? '' };
};

const shown = (job: Job): FailedJob => {
  const { kind } = job.data as { readonly kind?: unknown };
  return {
    id: job.id ?? '',
    type: job.name,
    kind: typeof kind === 'string' ? kind : undefined,
    attempts: job.attemptsMade,
    failedAt: new Date(job.finishedOn ?? job.timestamp),
    ...reasonOf(job.failedReason),
  };
};

export const lookInto = (queue: Queue): QueueLook => {
  const failedJob = async (id: string): Promise<Job | undefined> => {
    const job = (await queue.getJob(id)) as Job | undefined;
    return job !== undefined && (await job.isFailed()) ? job : undefined;
  };
  return {
    raw: queue,
    async depth() {
      const counts = await queue.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed');
      const of = (state: string): number => counts[state] ?? 0;
      return {
        waiting: of('wait') + of('prioritized'),
        active: of('active'),
        delayed: of('delayed'),
        failed: of('failed'),
      };
    },
    async failed(limit) {
      const jobs = (await queue.getJobs(['failed'], 0, limit - 1)) as readonly (Job | undefined)[];
      return jobs
        .filter((job) => job !== undefined)
        .map(shown)
        .sort((a, b) => b.failedAt.getTime() - a.failedAt.getTime());
    },
    async retry(id) {
      const job = await failedJob(id);
      await job?.retry('failed');
      return job !== undefined;
    },
    async remove(id) {
      const job = await failedJob(id);
      await job?.remove();
      return job !== undefined;
    },
  };
};
