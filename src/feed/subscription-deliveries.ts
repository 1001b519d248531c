// What was sent to a subscription and what came of it, and sending a selection of it again.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { HubError } from '../errors.ts';
import { deliveriesOf, type LoggedDelivery, resendDeliveries } from '../store/webhook-outbox.ts';
import type { FeedContext } from './context.ts';
import { invalid, isUuid, limitOf, readBody, sendJson } from './input.ts';
import { once } from './once.ts';
import { logged, ownSubscription, subscriptionPath, subscriptionScopes } from './subscriptions.ts';

const deliveryShown = ({ id, kind, event, createdAt, state, nextAt, tried }: LoggedDelivery): object => ({
  id,
  kind,
  ...(event === null ? {} : { event }),
  createdAt: createdAt.toISOString(),
  state,
  ...(state === 'waiting' ? { nextAt: nextAt.toISOString() } : {}),
  attempts: tried.map(({ at, outcome, ms }) => ({ at: new Date(at).toISOString(), outcome, ms })),
});

const beforeOf = (request: FastifyRequest): string | undefined => {
  const { before } = request.query as { before?: unknown };
  if (before !== undefined && !isUuid(before)) throw invalid('before', 'The id of a delivery.');
  return before;
};

const selection = z
  .strictObject({
    deliveries: z.array(z.string().refine(isUuid)).min(1).max(1000).optional(),
    from: z.iso.datetime({ offset: true }).optional(),
    to: z.iso.datetime({ offset: true }).optional(),
  })
  .refine((chosen) => Object.values(chosen).some((value) => value !== undefined));

export const registerDeliveries = (app: FastifyInstance, context: FeedContext): void => {
  const { pool, clock } = context;
  app.get(`${subscriptionPath}/deliveries`, { config: subscriptionScopes }, async (request, reply) => {
    const { id } = await ownSubscription(context, request);
    const limit = limitOf(request);
    const before = beforeOf(request);
    const page = { limit: limit + 1, ...(before === undefined ? {} : { before }) };
    const found = await deliveriesOf(pool, id, page);
    await logged(context, request);
    const deliveries = found.slice(0, limit);
    const more = found.length > limit;
    const next = deliveries.at(-1)?.id;
    return sendJson(reply, 200, { deliveries: deliveries.map(deliveryShown), more, ...(more ? { next } : {}) });
  });

  app.post(`${subscriptionPath}/resend`, { config: subscriptionScopes }, async (request, reply) => {
    const { id, state } = await ownSubscription(context, request);
    const { deliveries, from, to } = readBody(selection, request);
    if (state !== 'active')
      throw new HubError({
        code: 'request/conflict',
        fault: 'config',
        message: 'The subscription is not active.',
        hint: 'Have it verified first.',
      });
    const chosen = {
      ...(deliveries === undefined ? {} : { ids: deliveries }),
      ...(from === undefined ? {} : { from: new Date(from) }),
      ...(to === undefined ? {} : { to: new Date(to) }),
    };
    return once(context, request, reply, async () => {
      await logged(context, request);
      return { status: 202, value: { resent: await resendDeliveries(pool, id, chosen, clock.now()) } };
    });
  });
};
