// What an operator does to a webhook, each in two steps and with a reason: sends again what was chosen, changes its secret
// (shown this once), stops it, or has its address asked anew.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { copenhagenInstant } from '../../clock.ts';
import { HubError } from '../../errors.ts';
import { resendChosen, restartWebhook, rotateWebhook, stopWebhook } from '../../jobs/webhook-acts.ts';
import { countChosen, type Selection } from '../../store/webhook-outbox.ts';
import { secretTimes, type Webhook } from '../../store/webhooks.ts';
import { actingOf, dayField, readForm, whyField } from '../input.ts';
import type { RegisterPage } from '../routes.ts';
import { shownWebhook, webhookHref } from './consumer-words.ts';
import { isRegistered, type WebhookParams, webhookOf, webhookPath } from './webhook.ts';

/** One, or several of a form's checkboxes. */
const ids = z.union([z.uuid().transform((one) => [one]), z.array(z.uuid()).min(1).max(200)]);
const chosenFields = z.object({ delivery: ids.optional(), since: dayField.optional() });
type Chosen = z.infer<typeof chosenFields>;

/** Undefined: nothing is chosen. */
const selectionOf = ({ delivery, since }: Chosen): Selection | undefined => {
  if (delivery !== undefined) return { ids: delivery };
  return since === undefined ? undefined : { from: copenhagenInstant(since), undelivered: true };
};

const reason = z.object({ why: whyField });
const rotation = reason.extend({ madeAt: z.iso.datetime() });
const resending = reason.extend(chosenFields.shape);

type Request = FastifyRequest<WebhookParams>;
type Faults = Readonly<Record<string, string>>;

/** Those it may be done to now. */
const acts = {
  disable: ({ state }: Webhook) => state !== 'disabled',
  enable: ({ state, reason: why }: Webhook) => state !== 'active' && why !== 'unregistered',
} as const;

export const registerWebhookActs: RegisterPage = (app, context, pages) => {
  const { pool, clock, consumers } = context;
  const byOf = (request: FastifyRequest, why: string) => ({ ...actingOf(request), why, at: clock.now() });
  const back = (reply: FastifyReply, webhook: Webhook, done: string) =>
    reply.redirect(`${webhookHref(webhook)}?done=webhook.${done}`, 303);
  const options = { config: { page: 'operate' } } as const;

  const showResend = async (
    request: Request,
    reply: FastifyReply,
    webhook: Webhook,
    chosen: Chosen,
    faults?: Faults,
  ) => {
    const { t } = pages.speech(request);
    const selection = selectionOf(chosen);
    const count = selection === undefined ? 0 : await countChosen(pool, webhook.id, selection);
    return pages.page(
      request,
      reply,
      'webhook-resend',
      { title: t('webhook.resend.title'), status: faults === undefined ? 200 : 422 },
      { webhook: shownWebhook(webhook), href: webhookHref(webhook), chosen, count, faults },
    );
  };
  app.get<WebhookParams>(`${webhookPath}/resend`, options, async (request, reply) => {
    const webhook = await webhookOf(context, request);
    if (webhook === undefined) return pages.missing(request, reply);
    const chosen = chosenFields.safeParse(request.query);
    return showResend(request, reply, webhook, chosen.success ? chosen.data : {});
  });
  app.post<WebhookParams>(`${webhookPath}/resend`, options, async (request, reply) => {
    const webhook = await webhookOf(context, request);
    if (webhook === undefined) return pages.missing(request, reply);
    const form = readForm(request, resending);
    const given = chosenFields.safeParse(request.body);
    if (!form.ok) return showResend(request, reply, webhook, given.success ? given.data : {}, form.faults);
    const selection = selectionOf(form.data);
    if (selection === undefined) return back(reply, webhook, 'nothingChosen');
    await resendChosen(pool, webhook, selection, byOf(request, form.data.why));
    return back(reply, webhook, 'resent');
  });

  const showRotate = async (request: Request, reply: FastifyReply, webhook: Webhook, faults?: Faults) => {
    const { t } = pages.speech(request);
    const now = clock.now();
    const { madeAt, formerUntil } = await secretTimes(pool, webhook.id, now);
    return pages.page(
      request,
      reply,
      'webhook-rotate',
      { title: t('webhook.rotate.title'), status: faults === undefined ? 200 : 422 },
      {
        webhook: shownWebhook(webhook),
        href: webhookHref(webhook),
        madeAt,
        formerUntil,
        until: new Date(now.getTime() + consumers.overlapMs),
        overlapMs: consumers.overlapMs,
        contact: consumers.registered.find(({ id }) => id === webhook.consumer)?.contact,
        faults,
      },
    );
  };
  app.get<WebhookParams>(`${webhookPath}/rotate`, options, async (request, reply) => {
    const webhook = await webhookOf(context, request);
    return webhook === undefined ? pages.missing(request, reply) : showRotate(request, reply, webhook);
  });
  app.post<WebhookParams>(`${webhookPath}/rotate`, options, async (request, reply) => {
    const webhook = await webhookOf(context, request);
    if (webhook === undefined) return pages.missing(request, reply);
    const form = readForm(request, rotation);
    if (!form.ok) return showRotate(request, reply, webhook, form.faults);
    const { why, madeAt } = form.data;
    try {
      const made = await rotateWebhook(context, webhook, consumers.overlapMs, byOf(request, why), new Date(madeAt));
      const { t } = pages.speech(request);
      // Not a redirect: the secret is nowhere to be read again.
      return pages.page(
        request,
        reply,
        'webhook-rotated',
        { title: t('webhook.rotate.done') },
        { webhook: shownWebhook(webhook), href: webhookHref(webhook), ...made },
      );
    } catch (thrown) {
      if (thrown instanceof HubError && thrown.code === 'request/conflict') return back(reply, webhook, 'changed');
      throw thrown;
    }
  });

  for (const act of ['disable', 'enable'] as const) {
    const show = (request: Request, reply: FastifyReply, webhook: Webhook, faults?: Faults) => {
      const { t } = pages.speech(request);
      return pages.page(
        request,
        reply,
        'webhook-switch',
        { title: t(`webhook.${act}.title`), status: faults === undefined ? 200 : 422 },
        { webhook: shownWebhook(webhook), href: webhookHref(webhook), act, faults },
      );
    };
    const possible = async (request: Request): Promise<Webhook | undefined> => {
      const webhook = await webhookOf(context, request);
      if (webhook === undefined || !acts[act](webhook)) return undefined;
      return act === 'disable' || isRegistered(context, webhook) ? webhook : undefined;
    };
    app.get<WebhookParams>(`${webhookPath}/${act}`, options, async (request, reply) => {
      const webhook = await possible(request);
      return webhook === undefined ? pages.missing(request, reply) : show(request, reply, webhook);
    });
    app.post<WebhookParams>(`${webhookPath}/${act}`, options, async (request, reply) => {
      const webhook = await possible(request);
      if (webhook === undefined) return pages.missing(request, reply);
      const form = readForm(request, reason);
      if (!form.ok) return show(request, reply, webhook, form.faults);
      const by = byOf(request, form.data.why);
      if (act === 'disable') await stopWebhook(pool, webhook, by);
      else await restartWebhook(pool, webhook, consumers.gapMs, by);
      return back(reply, webhook, `${act}d`);
    });
  }
};
