// Jobs as rows of a page: what each is about, what began it and where its run is; and what was done to them, written down.

import type { JobView } from '../../jobs/queue-look.ts';
import { runIdOf } from '../../jobs/run-id.ts';
import { recordAct } from '../../store/acts.ts';
import type { DashboardContext } from '../context.ts';
import { withQuery } from '../input.ts';
import type { OneQueue } from './queue-list.ts';

export interface ShownJob extends JobView {
  readonly href: string;
  readonly kind: string | undefined;
  /** First word of what began it. */
  readonly trigger: string | undefined;
  /** What of its source it fetches. */
  readonly want: string | undefined;
  /** Of pulls and replays: the run it is or will be. */
  readonly runId: string | undefined;
  /** Of messages to consumers. */
  readonly delivery: string | undefined;
}

export const shownJob = (queueHref: string, job: JobView): ShownJob => {
  const text = (name: string): string | undefined => {
    const value = job.data[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    ...job,
    href: withQuery(`${queueHref}/job`, { id: job.id }),
    kind: text('kind'),
    trigger: text('trigger')?.split(' ')[0],
    want: text('want'),
    runId: text('runId') ?? (job.type === 'sync' ? runIdOf(job.id) : undefined),
    delivery: text('delivery'),
  };
};

/** What somebody did to a queue's jobs, or to the one of that id. */
export const recordOnQueue = async (
  { pool, clock }: Pick<DashboardContext, 'pool' | 'clock'>,
  { name, title }: OneQueue,
  by: { readonly person: string; readonly role: string; readonly why: string },
  what: 'queue.retry' | 'queue.promote' | 'queue.remove',
  jobs: number | string,
): Promise<void> => {
  await recordAct(pool, {
    at: clock.now(),
    ...by,
    what,
    subject: name,
    ...(title === undefined ? {} : { source: name }),
    outcome: jobs === 0 ? 'nothing' : 'done',
    detail: typeof jobs === 'string' ? { job: jobs } : { jobs },
  });
};
