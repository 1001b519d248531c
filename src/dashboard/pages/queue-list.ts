// Every queue and how much is in it; one that cannot be asked is said to be unknown, never empty.
import { setTimeout } from 'node:timers/promises';
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

export const queueNamed = ({ queues, sources }: Parts, name: string): OneQueue | undefined => {
  const href = hrefOf(name);
  if (name === webhookQueue) return { name, title: undefined, href, look: queues.webhooks.queue() };
  const source = sources.find((one) => one.name === name);
  return source === undefined ? undefined : { name, title: source.title, href, look: queues.queue(name) };
};

const askMs = 3000;

/** One after the other would take as long as there are sources; each by itself may be out of reach. */
export const readQueues = (context: Parts): Promise<readonly ShownQueue[]> =>
  Promise.all(
    [...context.sources.map(({ name, title }) => ({ name, title })), { name: webhookQueue, title: undefined }].map(
      async ({ name, title }) => {
        const late = setTimeout(askMs, undefined, { ref: false });
        const asked = async (): Promise<QueueDepth | undefined> => queueNamed(context, name)?.look.depth();
        const depth = await Promise.race([asked(), late]).catch(() => undefined);
        return { name, title, href: hrefOf(name), depth };
      },
    ),
  );
