// Every queue and how much is in it; one that cannot be asked is said to be unknown, never empty.
import { setTimeout } from 'node:timers/promises';
import type { QueueDepth, QueueLook } from '../../jobs/queue-look.ts';
import type { DashboardContext } from '../context.ts';

/** The queue of webhook deliveries among those of sources; no source may be called so. */
export const webhookQueue = '_webhooks';

export interface ShownQueue {
  readonly name: string;
  /** Absent: of webhooks. */
  readonly title: string | undefined;
  readonly depth: QueueDepth | undefined;
}

export const queuesShown = ({ queues, sources }: Pick<DashboardContext, 'queues' | 'sources'>) => [
  ...sources.map(({ name, title }) => ({ name, title, look: (): QueueLook => queues.queue(name) })),
  { name: webhookQueue, title: undefined, look: (): QueueLook => queues.webhooks.queue() },
];

const askMs = 3000;

/** One after the other would take as long as there are sources; each by itself may be out of reach. */
export const readQueues = (context: Pick<DashboardContext, 'queues' | 'sources'>): Promise<readonly ShownQueue[]> =>
  Promise.all(
    queuesShown(context).map(async ({ name, title, look }) => {
      const late = setTimeout(askMs, undefined, { ref: false });
      const depth = await Promise.race([look().depth(), late]).catch(() => undefined);
      return { name, title, depth };
    }),
  );
