// Every queue and how much is in it; one that cannot be asked is said to be unknown, never empty.
import { setTimeout } from 'node:timers/promises';
import { HubError } from '../../errors.ts';
import type { QueueDepth, QueueLook } from '../../jobs/queue-look.ts';
import type { DashboardContext } from '../context.ts';

/** The queue of webhook deliveries among those of sources; no source may be called so. */
const webhookQueue = '_webhooks';

/** Given up and more than these: the oldest are not kept. */
export const keptJobs = 200;

export interface OneQueue {
  readonly name: string;
  /** Absent: of webhooks. */
  readonly title: string | undefined;
  readonly href: string;
  readonly look: QueueLook;
}

export interface ShownQueue extends Omit<OneQueue, 'look'> {
  readonly depth: QueueDepth | undefined;
}

type Parts = Pick<DashboardContext, 'queues' | 'sources'>;

const hrefOf = (name: string): string => `/admin/health/queues/${encodeURIComponent(name)}`;

const askMs = 3000;
/** For all 200 at once. */
const actMs = 20_000;

/** A store that is down is waited for by the queue's library without an end; by a page it is not. */
const inTime = async <T>(answer: Promise<T>, ms = askMs): Promise<T> => {
  const late = setTimeout(ms, undefined, { ref: false }).then(() => {
    throw new HubError({ code: 'store/unavailable', fault: 'transient', message: 'The queue does not answer.' });
  });
  return Promise.race([answer, late]);
};

const patient = (look: QueueLook): QueueLook => ({
  depth: () => inTime(look.depth()),
  jobs: (...which) => inTime(look.jobs(...which)),
  job: (id) => inTime(look.job(id)),
  retry: (id) => inTime(look.retry(id), actMs),
  promote: (id) => inTime(look.promote(id), actMs),
  remove: (id) => inTime(look.remove(id), actMs),
});

export const queueNamed = ({ queues, sources }: Parts, name: string): OneQueue | undefined => {
  const href = hrefOf(name);
  if (name === webhookQueue) return { name, title: undefined, href, look: patient(queues.webhooks.queue()) };
  const source = sources.find((one) => one.name === name);
  return source === undefined ? undefined : { name, title: source.title, href, look: patient(queues.queue(name)) };
};

/** One after the other would take as long as there are sources; each by itself may be out of reach. */
export const readQueues = (context: Parts): Promise<readonly ShownQueue[]> =>
  Promise.all(
    [...context.sources.map(({ name, title }) => ({ name, title })), { name: webhookQueue, title: undefined }].map(
      async ({ name, title }) => {
        const depth = await queueNamed(context, name)
          ?.look.depth()
          .catch(() => undefined);
        return { name, title, href: hrefOf(name), depth };
      },
    ),
  );
