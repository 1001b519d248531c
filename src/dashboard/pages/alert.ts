// One alert, as messages link to it: what is wrong, what to press, who has said that they know, who was told, and whether
// it has been so before. Somebody says that they see to it, or that nobody need hear of it for a while; each with a reason.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { copenhagenDay, copenhagenInstant } from '../../clock.ts';
import { listNotices } from '../../store/alert-notices.ts';
import { type Alert, acknowledgeAlert, alertHistory, readAlert, snoozeAlert } from '../../store/alerts.ts';
import { actingOf, nextDay, readForm, uuidPattern, viewerOf, whyField } from '../input.ts';
import type { RegisterPage } from '../routes.ts';
import { shownAlert, standingBadge } from './alert-words.ts';

const hour = 3_600_000;
const spans = { '1h': hour, '4h': 4 * hour, '1d': 24 * hour, '3d': 72 * hour, '7d': 168 * hour } as const;
const morning = '07:30';
const snoozeFor = ['1h', '4h', 'morning', '1d', '3d', '7d'] as const;
type SnoozeFor = (typeof snoozeFor)[number];

const untilOf = (given: SnoozeFor, now: Date): Date =>
  given === 'morning'
    ? copenhagenInstant(nextDay(copenhagenDay(now)), morning)
    : new Date(now.getTime() + spans[given]);

const acknowledging = z.object({ why: whyField });
const snoozing = z.object({ why: whyField, for: z.enum(snoozeFor) });

type Params = { Params: { id: string } };
const path = `/admin/alerts/:id(${uuidPattern})`;

export const registerAlert: RegisterPage = (app, context, pages) => {
  const { pool, clock } = context;

  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    alert: Alert,
    form: { readonly failed?: 'acknowledge' | 'snooze'; readonly faults?: Readonly<Record<string, string>> } = {},
  ) => {
    const now = clock.now();
    const { language, t } = pages.speech(request);
    const { rights } = viewerOf(request);
    const [notices, episodes] = await Promise.all([
      listNotices(pool, { alert: alert.id, limit: 50 }),
      alertHistory(pool, { rule: alert.rule, subject: alert.subject, limit: 11 }, now),
    ]);
    const shown = shownAlert(alert, language, rights);
    return pages.page(
      request,
      reply,
      'alert',
      { title: t('alerts.one'), heading: shown.title, status: form.failed === undefined ? 200 : 422 },
      {
        alert: shown,
        badges: standingBadge,
        settings: Object.entries(context.alerts.settings).find(([rule]) => rule === alert.rule)?.[1],
        notices,
        earlier: episodes.filter(({ id }) => id !== alert.id).slice(0, 10),
        until: snoozeFor.map((value) => ({ value, at: untilOf(value, now) })),
        ...form,
      },
    );
  };

  const wordOf = (request: FastifyRequest, why: string) => ({ ...actingOf(request), why, now: clock.now() });

  app.get<Params>(path, { config: { page: 'view' } }, async (request, reply) => {
    const alert = await readAlert(pool, request.params.id, clock.now());
    return alert === undefined ? pages.missing(request, reply) : show(request, reply, alert);
  });

  app.post<Params>(`${path}/acknowledge`, { config: { page: 'operate' } }, async (request, reply) => {
    const alert = await readAlert(pool, request.params.id, clock.now());
    if (alert === undefined) return pages.missing(request, reply);
    const form = readForm(request, acknowledging);
    if (!form.ok) return show(request, reply, alert, { failed: 'acknowledge', faults: form.faults });
    const said = await acknowledgeAlert(pool, alert.id, wordOf(request, form.data.why));
    return reply.redirect(`/admin/alerts/${alert.id}?done=alert.${said ? 'acknowledged' : 'already'}`, 303);
  });

  app.post<Params>(`${path}/snooze`, { config: { page: 'operate' } }, async (request, reply) => {
    const now = clock.now();
    const alert = await readAlert(pool, request.params.id, now);
    if (alert === undefined) return pages.missing(request, reply);
    const form = readForm(request, snoozing);
    if (!form.ok) return show(request, reply, alert, { failed: 'snooze', faults: form.faults });
    const { why, for: given } = form.data;
    const said = await snoozeAlert(pool, alert.id, untilOf(given, now), wordOf(request, why));
    return reply.redirect(`/admin/alerts/${alert.id}?done=alert.${said ? 'snoozed' : 'already'}`, 303);
  });

  app.post<Params>(`${path}/wake`, { config: { page: 'operate' } }, async (request, reply) => {
    const now = clock.now();
    const alert = await readAlert(pool, request.params.id, now);
    if (alert === undefined) return pages.missing(request, reply);
    const form = readForm(request, acknowledging);
    if (!form.ok) return show(request, reply, alert, { failed: 'snooze', faults: form.faults });
    const said = await snoozeAlert(pool, alert.id, now, wordOf(request, form.data.why));
    return reply.redirect(`/admin/alerts/${alert.id}?done=alert.${said ? 'woken' : 'already'}`, 303);
  });
};
