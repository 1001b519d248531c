// webhooks list|deliveries|resend|rotate: what consumer systems are told, and whether it arrives. Of an address the host is
// shown and no more, because the rest may hold a token; a new secret is shown this once.
import type { Command } from 'commander';
import { HubError } from '../errors.ts';
import { resendChosen, rotateWebhook } from '../jobs/webhook-acts.ts';
import type { Hub } from '../main.ts';
import { deliveriesOf, type Selection } from '../store/webhook-outbox.ts';
import { listWebhooks, readWebhook, type Webhook } from '../store/webhooks.ts';
import { acting, configOf, countOf, instantOf, print, say, withHub } from './context.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const refuse = (code: 'request/invalid' | 'request/not-found', message: string, hint: string) =>
  new HubError({ code, fault: 'config', message, hint });

const named = async ({ pool, keys }: Hub, id: string): Promise<Webhook> => {
  const webhook = uuid.test(id) ? await readWebhook(pool, keys, id) : undefined;
  if (webhook !== undefined) return webhook;
  throw refuse('request/not-found', 'There is no such webhook.', '`samspil webhooks list` shows which there are.');
};

const list = (command: Command) =>
  withHub(configOf(command), async ({ hub }) => {
    const contacts = new Map(hub.config.consumers.map(({ id, contact }) => [id, contact]));
    const all = await listWebhooks(hub.pool, hub.keys);
    print(
      command,
      all.map(({ id, consumer, host, name, signature, state, reason, stateSince, lastDeliveredAt }) => ({
        id,
        consumer,
        host,
        name,
        signature,
        state: reason === null ? state : `${state}: ${reason}`,
        since: stateSince,
        'last delivered': lastDeliveredAt,
        contact: contacts.get(consumer) ?? null,
      })),
      'There are no webhooks.',
    );
  });

const deliveries = (command: Command, id: string, limit: string) =>
  withHub(configOf(command), async ({ hub }) => {
    const webhook = await named(hub, id);
    const found = await deliveriesOf(hub.pool, webhook.id, { limit: countOf('limit', limit) });
    print(
      command,
      found.map(({ id: delivery, kind, event, createdAt, state, nextAt, tried }) => ({
        id: delivery,
        kind,
        event,
        made: createdAt,
        state,
        attempts: tried.length,
        'last outcome': tried.at(-1)?.outcome ?? null,
        next: state === 'waiting' ? nextAt : null,
      })),
      'Nothing was sent.',
    );
  });

const selectionOf = (ids: readonly string[], given: { from?: string; to?: string }): Selection => {
  const [from, to] = [instantOf('from', given.from), instantOf('to', given.to)];
  if (ids.some((id) => !uuid.test(id)))
    throw refuse('request/invalid', 'A delivery is named by its id.', '`samspil webhooks deliveries` shows them.');
  if (ids.length === 0 && from === undefined && to === undefined)
    throw refuse('request/invalid', 'Say which deliveries.', 'By id, or with --from and --to.');
  return {
    ...(ids.length === 0 ? {} : { ids }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
};

const resend = (command: Command, id: string, ids: readonly string[], given: { from?: string; to?: string }) =>
  withHub(configOf(command), async ({ hub }) => {
    const webhook = await named(hub, id);
    const chosen = selectionOf(ids, given);
    const count = await resendChosen(hub.pool, webhook, chosen, acting(hub));
    print(command, [{ webhook: webhook.id, resent: count }], '');
  });

const rotate = (command: Command, id: string) =>
  withHub(configOf(command), async ({ hub }) => {
    const webhook = await named(hub, id);
    const { formerUntil, ...made } = await rotateWebhook(
      hub,
      webhook,
      hub.config.webhooks.rotationOverlap,
      acting(hub),
    );
    if ('secret' in made) say('This is shown once: hand it over by a safe way.');
    print(command, [{ webhook: webhook.id, ...made, 'former until': formerUntil }], '');
  });

export const registerWebhooks = (program: Command): void => {
  const webhooks = program.command('webhooks').description('what consumer systems are told, and whether it arrives');
  webhooks
    .command('list')
    .description('where to, and in what state')
    .action((_, command: Command) => list(command));
  webhooks
    .command('deliveries')
    .argument('<webhook>')
    .option('--limit <count>', 'how many, newest first', '50')
    .description('what was sent and what came of it')
    .action((id: string, options: { limit: string }, command: Command) => deliveries(command, id, options.limit));
  webhooks
    .command('resend')
    .argument('<webhook>')
    .argument('[deliveries...]', 'ids')
    .option('--from <instant>', 'made then or later')
    .option('--to <instant>', 'made before then')
    .description('send hints again')
    .action((id: string, ids: string[], options: { from?: string; to?: string }, command: Command) =>
      resend(command, id, ids, options),
    );
  webhooks
    .command('rotate')
    .argument('<webhook>')
    .description('a new secret; the former one signs beside it for a while')
    .action((id: string, _, command: Command) => rotate(command, id));
};
