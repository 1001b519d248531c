// One webhook of a consumer system: in what state and since when, what waits, what was sent and what came of each attempt,
// and since when its secret signs. Of its address the host is shown and no more, because the rest may hold a token.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { copenhagenInstant } from '../../clock.ts';
import { deliveriesOf, deliveryCounts } from '../../store/webhook-outbox.ts';
import { readWebhook, secretTimes, type Webhook } from '../../store/webhooks.ts';
import type { DashboardContext } from '../context.ts';
import { dayField, nextDay, readFilters, uuidPattern, withQuery } from '../input.ts';
import type { RegisterPage } from '../routes.ts';
import { shownWebhook, webhookBadge } from './consumer-words.ts';

export const webhookPath = `/admin/consumers/:consumer/webhooks/:id(${uuidPattern})`;
export type WebhookParams = { Params: { consumer: string; id: string } };

export const webhookOf = (
  { pool, keys }: DashboardContext,
  request: FastifyRequest<WebhookParams>,
): Promise<Webhook | undefined> => readWebhook(pool, keys, request.params.id, request.params.consumer);

export const isRegistered = ({ consumers }: DashboardContext, { consumer }: Webhook): boolean =>
  consumers.registered.some(({ id }) => id === consumer);

const perPage = 25;
const states = ['waiting', 'delivered', 'failed', 'dropped'] as const;
const kinds = ['hint', 'reminder', 'challenge'] as const;
const filters = { state: z.enum(states), kind: z.enum(kinds), from: dayField, to: dayField, after: z.uuid() };

export const registerWebhook: RegisterPage = (app, context, pages) => {
  app.get<WebhookParams>(webhookPath, { config: { page: 'view' } }, async (request, reply) => {
    const webhook = await webhookOf(context, request);
    if (webhook === undefined) return pages.missing(request, reply);
    const { pool, clock } = context;
    const { t } = pages.speech(request);
    const chosen = readFilters(request, filters);
    const { state, kind, from, to, after } = chosen;
    const [counts, secret, found] = await Promise.all([
      deliveryCounts(pool, [webhook.id]),
      secretTimes(pool, webhook.id, clock.now()),
      deliveriesOf(pool, webhook.id, {
        ...(state === undefined ? {} : { state }),
        ...(kind === undefined ? {} : { kind }),
        ...(from === undefined ? {} : { from: copenhagenInstant(from) }),
        ...(to === undefined ? {} : { to: copenhagenInstant(nextDay(to)) }),
        ...(after === undefined ? {} : { before: after }),
        limit: perPage + 1,
      }),
    ]);
    const shown = shownWebhook(webhook);
    const here = withQuery(request.url, { done: undefined });
    const last = found.length > perPage ? found[perPage - 1] : undefined;
    return pages.page(
      request,
      reply,
      'webhook',
      { title: t('webhook.title'), heading: t('webhook.heading', { consumer: webhook.consumer, host: shown.label }) },
      {
        webhook: shown,
        href: shown.href,
        badges: webhookBadge,
        registered: isRegistered(context, webhook),
        counts: counts.get(webhook.id),
        secret,
        chosen,
        states,
        kinds,
        deliveries: found.slice(0, perPage),
        keepMs: context.consumers.keepDeliveriesMs,
        nextHref: last === undefined ? undefined : `${withQuery(here, { after: last.id })}#log`,
        firstHref: after === undefined ? undefined : `${withQuery(here, { after: undefined })}#log`,
      },
    );
  });
};
