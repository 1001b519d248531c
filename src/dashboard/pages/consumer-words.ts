// A consumer system as pages show it: registered or not any more, how far behind, what it owes and by when, how it uses the
// feed, and its webhooks.
import { copenhagenDay } from '../../clock.ts';
import { consumerUse, unusedScopes } from '../../store/consumer-use.ts';
import { readProgress } from '../../store/consumer-view.ts';
import { type Owed, owedByConsumers, owedSince } from '../../store/purges.ts';
import { deliveryCounts } from '../../store/webhook-outbox.ts';
import { listWebhooks, type Webhook } from '../../store/webhooks.ts';
import type { DashboardContext } from '../context.ts';

export const webhookHref = ({ consumer, id }: Pick<Webhook, 'consumer' | 'id'>): string =>
  `/admin/consumers/${encodeURIComponent(consumer)}/webhooks/${id}`;

/** As it is called on pages: by its consumer's name for it or its host, and by the beginning of its id, as in the acts. */
export const shownWebhook = (webhook: Webhook) => {
  // The rest of the address may hold a token.
  const { port } = new URL(webhook.url);
  const place = port === '' ? webhook.host : `${webhook.host}:${port}`;
  const called = webhook.name ?? place;
  const short = webhook.id.slice(0, 8);
  return { ...webhook, href: webhookHref(webhook), place, called, short, label: `${called}, ${short}` };
};

/** Of a webhook: the class of its state's badge. */
export const webhookBadge = { active: 'badge-success', unverified: 'badge-info', disabled: 'badge-error' } as const;

/** Behind for longer than this, a consumer that keeps copies is not merely between two of its fetches. */
const lateMs = 24 * 3_600_000;

const owesOf = (owed: Owed | undefined, deadlineMs: number, now: Date) => {
  const since = owed === undefined ? undefined : owedSince(owed);
  if (owed === undefined || since === undefined) return undefined;
  // Nothing was told yet, and it is between two of its fetches.
  if (owed.records === 0 && now.getTime() - since.getTime() <= lateMs) return undefined;
  const by = new Date(since.getTime() + deadlineMs);
  return { ...owed, since, by, overdue: by <= now };
};

/** Registered ones in the order of the configuration, then those that were and still owe something or have a webhook. */
export const readConsumers = async (context: DashboardContext, only?: string) => {
  const { pool, keys, clock, consumers } = context;
  const now = clock.now();
  const [used, progress, owed, webhooks] = await Promise.all([
    consumerUse(pool, copenhagenDay(now)),
    readProgress(pool, only),
    owedByConsumers(pool),
    listWebhooks(pool, keys, only),
  ]);
  // Of all at once that would be to read millions.
  const counts =
    only === undefined
      ? undefined
      : await deliveryCounts(
          pool,
          webhooks.map(({ id }) => id),
        );
  const byId = new Map(consumers.registered.map((one) => [one.id, one]));
  const shown = (id: string) => {
    const registered = byId.get(id);
    const at = progress.find(({ consumer }) => consumer === id);
    const use = used.get(id);
    const behindMs = at?.behindSince == null ? 0 : now.getTime() - at.behindSince.getTime();
    return {
      id,
      registered,
      use,
      progress: at,
      behindMs,
      late: registered?.copies === true && behindMs > lateMs,
      owes: owesOf(
        owed.find(({ consumer }) => consumer === id),
        consumers.purgeDeadlineMs,
        now,
      ),
      unused: unusedScopes(use, registered?.scopes, now),
      webhooks: webhooks
        .filter(({ consumer }) => consumer === id)
        .map((webhook) => ({ ...shownWebhook(webhook), counts: counts?.get(webhook.id) })),
    };
  };
  const former = progress
    .map(({ consumer }) => consumer)
    .filter((id) => !byId.has(id))
    .map(shown)
    .filter(({ owes, webhooks: own }) => only !== undefined || owes !== undefined || own.length > 0);
  const registered = [...byId.keys()].filter((id) => only === undefined || id === only).map(shown);
  return [...registered, ...former];
};

export type ShownUse = Awaited<ReturnType<typeof readConsumers>>[number];
