// What a queue holds, for who runs the hub: how many jobs are where, which, and one from close by; tried once more, run at
// once or put away. What is told of a job is names, ids and the safe message it failed with; it is read the same on either
// store.
import type { Job, Queue } from 'bullmq';

export const jobStates = ['failed', 'active', 'waiting', 'delayed'] as const;
export type JobState = (typeof jobStates)[number];

/** Jobs of one queue by where they are. Those that ended well are not kept. */
export interface QueueDepth {
  /** Due and not taken. */
  readonly waiting: number;
  readonly active: number;
  /** Not due yet: the next slots, and tries to come. */
  readonly delayed: number;
  /** Given up; the last day's, and 200 at most. */
  readonly failed: number;
}

/** `source/timeout: It did not answer.` */
export interface Reason {
  readonly code: string;
  readonly message: string;
}

export interface JobView {
  readonly id: string;
  /** `sync`, `history`, `webhook` … */
  readonly type: string;
  /** As it lies in the queue. */
  readonly data: Readonly<Record<string, unknown>>;
  /** How often it failed, and how often it may. */
  readonly attempts: number;
  readonly attemptsMost: number;
  readonly addedAt: Date;
  /** Of the latest attempt. */
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** When it is due, while it is not. */
  readonly nextAt: Date | undefined;
  /** What the latest attempt failed with. */
  readonly reason: Reason | undefined;
}

export interface JobLook extends JobView {
  readonly state: JobState;
  /** The attempts that failed, the first one first. */
  readonly log: readonly (Reason & { readonly at: Date })[];
}

export interface QueueLook {
  depth(): Promise<QueueDepth>;
  /** Who comes next first; of those that were given up the latest. */
  jobs(state: JobState, from: number, limit: number): Promise<readonly JobView[]>;
  job(id: string): Promise<JobLook | undefined>;
  /** All its attempts anew. @returns false when it is not among the failed any more. */
  retry(id: string): Promise<boolean>;
  /** Before it is due. @returns false when it does not wait for its time any more. */
  promote(id: string): Promise<boolean>;
  /** @returns false when it is gone, or somebody has taken it. */
  remove(id: string): Promise<boolean>;
}

/** What does not look like a reason was not written by the hub, and is not shown. */
const reasonOf = (text: string | undefined): Reason | undefined => {
  if (!text) return undefined;
  const [, code, message] = /^([a-z]+\/[a-z-]+): (.*)$/s.exec(text) ?? [];
  return code === undefined ? { code: 'bug/unexpected', message: '' } : { code, message: message ?? '' };
};

/** A line of a job's log says when an attempt ended, and with what. */
export const logLine = (at: Date, text: string): string => `${at.toISOString()} ${text}`;

const readLine = (line: string): JobLook['log'] => {
  const [, at = '', text] = /^(\S+Z) (.*)$/s.exec(line) ?? [];
  const reason = reasonOf(text);
  const time = new Date(at);
  return reason === undefined || Number.isNaN(time.getTime()) ? [] : [{ at: time, ...reason }];
};

const instant = (ms: number | undefined): Date | undefined => (ms ? new Date(ms) : undefined);

const stateNames: Readonly<Record<string, JobState>> = {
  ...{ failed: 'failed', active: 'active', delayed: 'delayed' },
  ...{ waiting: 'waiting', prioritized: 'waiting' },
};

export const lookInto = (queue: Queue): QueueLook => {
  const logOf = async ({ id = '' }: Job): Promise<JobLook['log']> =>
    (await queue.getJobLogs(id)).logs.flatMap((line) => readLine(line));
  const view = async (job: Job, state: JobState): Promise<JobView> => {
    // The wait for another attempt counts from the end of the last; the store keeps its beginning alone.
    const since = async (): Promise<number> =>
      job.attemptsMade === 0 ? job.timestamp : ((await logOf(job)).at(-1)?.at.getTime() ?? job.processedOn ?? 0);
    return {
      id: job.id ?? '',
      type: job.name,
      data: job.data as Readonly<Record<string, unknown>>,
      attempts: job.attemptsMade,
      attemptsMost: job.opts.attempts ?? 1,
      addedAt: new Date(job.timestamp),
      startedAt: instant(job.processedOn),
      endedAt: state === 'failed' ? instant(job.finishedOn) : undefined,
      nextAt: state === 'delayed' ? new Date((await since()) + job.delay) : undefined,
      reason: reasonOf(job.failedReason),
    };
  };
  const find = async (id: string): Promise<{ readonly job: Job; readonly state: JobState } | undefined> => {
    const job = (await queue.getJob(id)) as Job | undefined;
    const state = job === undefined ? undefined : stateNames[await job.getState()];
    return job === undefined || state === undefined ? undefined : { job, state };
  };
  const inOrder = async (state: JobState, from: number, limit: number): Promise<readonly (Job | undefined)[]> => {
    if (state === 'failed' || state === 'delayed')
      return queue.getJobs([state], from, from + limit - 1, state === 'delayed');
    // The stores agree on where a page begins only when the newest is counted first.
    const last = ((await queue.getJobCounts(state))[state] ?? 0) - 1 - from;
    return last < 0 ? [] : (await queue.getJobs([state], Math.max(0, last - limit + 1), last, false)).reverse();
  };
  /** False as well when a worker was quicker: then it is not there any more, or in another state. */
  const act = async (id: string, from: readonly JobState[], how: (job: Job) => Promise<void>): Promise<boolean> => {
    const found = await find(id);
    if (found === undefined || !from.includes(found.state)) return false;
    try {
      await how(found.job);
      return true;
    } catch (thrown) {
      const now = await find(id);
      if (now?.state === found.state) throw thrown;
      return false;
    }
  };
  return {
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
    async jobs(state, from, limit) {
      const jobs = await inOrder(state, from, limit);
      return Promise.all(jobs.filter((job) => job !== undefined).map((job) => view(job, state)));
    },
    async job(id) {
      const found = await find(id);
      if (found === undefined) return undefined;
      const { job, state } = found;
      return { ...(await view(job, state)), state, log: await logOf(job) };
    },
    retry: (id) => act(id, ['failed'], (job) => job.retry('failed', { resetAttemptsMade: true })),
    promote: (id) => act(id, ['delayed'], (job) => job.promote()),
    remove: (id) => act(id, ['failed', 'waiting', 'delayed'], (job) => job.remove()),
  };
};
