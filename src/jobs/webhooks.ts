// Webhooks in the worker: every second it asks for which there is something new, and puts what is due into the queue. The
// queue carries ids; Postgres knows what is due, so emptying the queue costs a second. Several workers do no harm: looks
// lock their webhook, attempts are claimed.
import { storeError } from '../store/db.ts';
import { dueDeliveries, pruneDeliveries, webhooksToLook } from '../store/webhook-outbox.ts';
import type { Queues } from './queue.ts';
import { repeat } from './repeat.ts';
import { type SendDeps, sendDelivery } from './webhook-send.ts';

export interface WebhookDeps extends SendDeps {
  readonly queues: Queues;
  /** How long deliveries that ended are listed. */
  readonly keepMs: number;
}

export interface RunningWebhooks {
  /** One round now; the timer does the same. */
  round(): Promise<void>;
  close(): Promise<void>;
}

/** What is due sooner is put into the queue, with its delay. */
const aheadMs = 5000;
const atOnce = 500;
const concurrency = 8;
const looksAtOnce = 3;

/** The same attempt is queued once, however often it is found due. */
const queueDue = async ({ pool, clock, queues }: WebhookDeps): Promise<void> => {
  const now = clock.now();
  for (const { id, attempts, nextAt } of await dueDeliveries(pool, now, new Date(now.getTime() + aheadMs), atOnce))
    await queues.webhooks
      .queue()
      .add(
        `${id}.${attempts}.${nextAt.getTime()}`,
        { type: 'webhook', delivery: id },
        { delayMs: nextAt.getTime() - now.getTime() },
      );
};

export const startWebhooks = (deps: WebhookDeps, options: { readonly everyMs?: number } = {}): RunningWebhooks => {
  const { pool, clock, log, news } = deps;
  const failed = (event: string) => (error: unknown) => log.warn({ event, error: storeError(error) });
  let tidyAt = 0;
  /** One that cannot be looked at holds up nobody else. */
  const look = async (id: string): Promise<void> => {
    const { hinted } = await news.look(id).catch((error: unknown) => {
      log.warn({ event: 'webhook.not-looked', webhook: id, error: storeError(error) });
      return { hinted: false };
    });
    if (hinted) await queueDue(deps);
  };
  const round = async (): Promise<void> => {
    const ids = [...(await webhooksToLook(pool, clock.now()))];
    const lookOn = async (): Promise<void> => {
      for (let id = ids.shift(); id !== undefined; id = ids.shift()) await look(id);
    };
    await Promise.all([queueDue(deps), ...Array.from({ length: looksAtOnce }, lookOn)]);
    if (performance.now() < tidyAt) return;
    tidyAt = performance.now() + 3_600_000;
    await pruneDeliveries(pool, new Date(clock.now().getTime() - deps.keepMs));
  };
  // A delivery that could not be recorded is still due: the next round finds it, and the queue need not.
  const worker = deps.queues.webhooks.work(
    concurrency,
    ({ data }) => sendDelivery(deps, data.delivery).then(() => undefined, failed('webhook.not-sent')),
    (code) => log.warn({ event: 'queue.trouble', source: 'webhooks', code }),
  );
  const rounds = repeat(round, options.everyMs ?? 1000, failed('webhooks.failed'));
  return {
    round,
    async close() {
      await rounds.stop();
      await worker.close();
    },
  };
};
