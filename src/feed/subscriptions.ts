// /v1/subscriptions: webhooks of registered consumer systems that keep copies. Whoever subscribes owns the subscription;
// another's is as absent as none. Nothing is sent from here: an address is only written down, and the worker calls it.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { HubError } from '../errors.ts';
import { transaction } from '../store/db.ts';
import { insertChallenge } from '../store/webhook-outbox.ts';
import {
  deleteWebhook,
  describeWebhook,
  insertWebhook,
  listWebhooks,
  readWebhook,
  rotateSecret,
  secretsOf,
  type Webhook,
} from '../store/webhooks.ts';
import { hostOf, refusalOf } from '../webhook/address.ts';
import { newSecret, publicKeyOf, signatures } from '../webhook/secrets.ts';
import { followerOf } from './changes.ts';
import { notFoundError } from './citizen-door.ts';
import type { FeedContext } from './context.ts';
import { disclose } from './disclosure.ts';
import { invalid, isUuid, readBody, sendJson } from './input.ts';
import { once } from './once.ts';
import { registerDeliveries } from './subscription-deliveries.ts';
import { actorText } from './webhook-news.ts';

const path = '/v1/subscriptions';
export const subscriptionPath = `${path}/:id`;
export const subscriptionScopes = { scopes: ['changes.read'] as const };
/** More at a time are a mistake. */
const most = 10;

/** The caller's own subscription. @throws HubError `request/not-found`. */
export const ownSubscription = async (context: FeedContext, request: FastifyRequest): Promise<Webhook> => {
  const { consumer } = followerOf(context, request);
  const { id } = request.params as { id?: unknown };
  const webhook = isUuid(id) ? await readWebhook(context.pool, context.keys, id, consumer) : undefined;
  if (webhook === undefined) throw notFoundError();
  return webhook;
};

/** Logged before it is done: nothing here is about a citizen. */
export const logged = (context: FeedContext, request: FastifyRequest): Promise<void> =>
  disclose(context, request, [{ decision: 'allowed' }]);

const shown = async ({ pool, keys, clock }: FeedContext, webhook: Webhook): Promise<object> => {
  const secrets = await secretsOf(pool, keys, webhook.id, clock.now());
  const publicKeys = secrets.map((one) => publicKeyOf(one.secret)).filter((key) => key !== undefined);
  const formerUntil = secrets.map((one) => one.endsAt).find((endsAt) => endsAt !== null);
  return {
    id: webhook.id,
    url: webhook.url,
    ...(webhook.name === null ? {} : { name: webhook.name }),
    signature: webhook.signature,
    state: webhook.state,
    ...(webhook.reason === null ? {} : { reason: webhook.reason }),
    since: webhook.stateSince.toISOString(),
    createdAt: webhook.createdAt.toISOString(),
    ...(webhook.lastDeliveredAt === null ? {} : { lastDeliveredAt: webhook.lastDeliveredAt.toISOString() }),
    ...(publicKeys.length === 0 ? {} : { publicKeys }),
    ...(formerUntil === undefined ? {} : { formerUntil: formerUntil?.toISOString() }),
  };
};

/** What is shown this once: nothing where the receiver verifies with a public key. */
const secretShown = (secret: string): object => (publicKeyOf(secret) === undefined ? { secret } : {});

const newSubscription = z.strictObject({
  url: z.string().max(2000),
  name: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .regex(/^[^\p{Cc}]*$/u)
    .optional(),
  signature: z.enum(signatures).default('hmac'),
});

const registerCreate = (app: FastifyInstance, context: FeedContext): void => {
  const { pool, keys, clock, settings } = context;
  app.post(path, { config: subscriptionScopes }, async (request, reply) => {
    const { actor, consumer } = followerOf(context, request);
    const { url, name, signature } = readBody(newSubscription, request);
    const refusal = refusalOf(settings.webhooks.addresses, url);
    if (refusal !== undefined) throw invalid('url', refusal);
    return once(context, request, reply, async () => {
      await logged(context, request);
      const secret = newSecret(signature);
      const own = { actor: actorText(actor), secret, name };
      const given = { consumer, url, host: hostOf(new URL(url)), signature, ...own };
      const id = await insertWebhook(pool, keys, given, most, clock.now());
      const webhook = id === undefined ? undefined : await readWebhook(pool, keys, id);
      if (webhook === undefined)
        throw new HubError({
          code: 'request/conflict',
          fault: 'config',
          message: `There are ${most} subscriptions already.`,
          hint: 'Delete one first.',
        });
      await transaction(pool, (tx) => insertChallenge(tx, webhook.id, clock.now(), settings.webhooks.gapMs));
      return { status: 201, value: { ...(await shown(context, webhook)), ...secretShown(secret) } };
    });
  });
};

const sendOne = async (
  context: FeedContext,
  reply: FastifyReply,
  status: number,
  webhook: Webhook,
): Promise<FastifyReply> => sendJson(reply, status, await shown(context, webhook));

const registerRead = (app: FastifyInstance, context: FeedContext): void => {
  app.get(path, { config: subscriptionScopes }, async (request, reply) => {
    const { consumer } = followerOf(context, request);
    const own = await listWebhooks(context.pool, context.keys, consumer);
    await logged(context, request);
    return sendJson(reply, 200, { subscriptions: await Promise.all(own.map((webhook) => shown(context, webhook))) });
  });
  app.get(subscriptionPath, { config: subscriptionScopes }, async (request, reply) => {
    const webhook = await ownSubscription(context, request);
    await logged(context, request);
    return sendOne(context, reply, 200, webhook);
  });
  app.delete(subscriptionPath, { config: subscriptionScopes }, async (request, reply) => {
    const { id } = await ownSubscription(context, request);
    await logged(context, request);
    await deleteWebhook(context.pool, id);
    return reply.code(204).header('cache-control', 'private, no-store').send();
  });
};

const registerVerify = (app: FastifyInstance, context: FeedContext): void => {
  const { pool, keys, clock, settings } = context;
  app.post(`${subscriptionPath}/verify`, { config: subscriptionScopes }, async (request, reply) => {
    const webhook = await ownSubscription(context, request);
    readBody(z.strictObject({}), request);
    if (webhook.reason === 'operator')
      throw new HubError({
        code: 'request/conflict',
        fault: 'config',
        message: 'The municipality has stopped the subscription.',
        hint: 'Ask whoever runs the hub there to start it again.',
      });
    await logged(context, request);
    await transaction(pool, async (tx) => {
      await describeWebhook(tx, keys, webhook.id, actorText(followerOf(context, request).actor));
      await insertChallenge(tx, webhook.id, clock.now(), settings.webhooks.gapMs);
    });
    return sendOne(context, reply, 202, webhook);
  });
  app.post(`${subscriptionPath}/rotate`, { config: subscriptionScopes }, async (request, reply) => {
    const webhook = await ownSubscription(context, request);
    readBody(z.strictObject({}), request);
    return once(context, request, reply, async () => {
      await logged(context, request);
      const now = clock.now();
      const secret = newSecret(webhook.signature);
      const formerUntil = new Date(now.getTime() + settings.webhooks.overlapMs);
      await rotateSecret(pool, keys, webhook.id, secret, { now, formerUntil });
      return { status: 200, value: { ...(await shown(context, webhook)), ...secretShown(secret) } };
    });
  });
};

export const registerSubscriptions = (app: FastifyInstance, context: FeedContext): void => {
  registerCreate(app, context);
  registerRead(app, context);
  registerVerify(app, context);
  registerDeliveries(app, context);
};
