// Alerts: what is open now, first what nobody has said they know; what was; which rules there are, where their lines are
// and who is told. What is open follows by itself.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { copenhagenInstant } from '../../clock.ts';
import { alertHistory, openAlerts } from '../../store/alerts.ts';
import { readWorkers } from '../../store/workers.ts';
import { dayField, nextDay, readFilters, viewerOf, withQuery } from '../input.ts';
import type { RegisterPage } from '../routes.ts';
import { shownAlert, standingBadge } from './alert-words.ts';
import { worksAt } from './health-read.ts';

const perPage = 50;
const historyFilters = {
  rule: z.string().max(100),
  source: z.string().max(100),
  from: dayField,
  to: dayField,
  after: z.uuid(),
};

export const registerAlerts: RegisterPage = (app, context, pages) => {
  const readOpen = async (request: FastifyRequest) => {
    const now = context.clock.now();
    const { language } = pages.speech(request);
    const { rights } = viewerOf(request);
    const [found, workers] = await Promise.all([openAlerts(context.pool, now), readWorkers(context.pool)]);
    const all = found.map((alert) => shownAlert(alert, language, rights));
    return {
      at: now,
      // Without anybody who looks, none open says nothing.
      working: workers.some((worker) => worksAt(worker, now)),
      badges: standingBadge,
      open: all.filter(({ standing }) => standing !== 'snoozed'),
      snoozed: all.filter(({ standing }) => standing === 'snoozed'),
    };
  };

  app.get('/admin/alerts', { config: { page: 'view' } }, async (request, reply) => {
    const { t } = pages.speech(request);
    return pages.page(request, reply, 'alerts', { title: t('alerts.title') }, await readOpen(request));
  });

  app.get('/admin/alerts/now', { config: { page: 'view', background: true } }, async (request, reply) => {
    const part = pages.part(pages.speech(request).language, 'alerts-now', await readOpen(request));
    return reply.header('content-type', 'text/html; charset=utf-8').send(part);
  });

  app.get('/admin/alerts/history', { config: { page: 'view' } }, async (request, reply) => {
    const { t, language } = pages.speech(request);
    const chosen = readFilters(request, historyFilters);
    const { from, to, ...rest } = chosen;
    const filter = {
      ...rest,
      ...(from === undefined ? {} : { from: copenhagenInstant(from) }),
      ...(to === undefined ? {} : { to: copenhagenInstant(nextDay(to)) }),
      limit: perPage + 1,
    };
    const found = await alertHistory(context.pool, filter, context.clock.now());
    const { rights } = viewerOf(request);
    const last = found.length > perPage ? found[perPage - 1] : undefined;
    return pages.page(
      request,
      reply,
      'alerts-history',
      { title: t('alerts.history.title') },
      {
        chosen,
        badges: standingBadge,
        alerts: found.slice(0, perPage).map((alert) => shownAlert(alert, language, rights)),
        rules: Object.keys(context.alerts.settings),
        sources: context.sources.map(({ name, title }) => ({ name, title })),
        keepMs: context.alerts.keepMs,
        nextHref: last === undefined ? undefined : withQuery(request.url, { after: last.id }),
        firstHref: chosen.after === undefined ? undefined : withQuery(request.url, { after: undefined }),
      },
    );
  });

  app.get('/admin/alerts/rules', { config: { page: 'view' } }, async (request, reply) => {
    const { t, f, word, language } = pages.speech(request);
    const rules = Object.entries(context.alerts.settings).map(([rule, settings]) => ({
      rule,
      ...settings,
      limit: word('alerts.limit', rule, { value: f.number(settings.threshold, 1) }),
    }));
    // As configured they are read by machines.
    const spoken = (times: string): string => (language === 'da' ? times.replaceAll(':', '.') : times);
    const { digestAt, quiet, contacts } = context.alerts;
    const digestTo = contacts.filter(({ digest }) => digest).map(({ contact }) => contact);
    return pages.page(
      request,
      reply,
      'alerts-rules',
      { title: t('alerts.rules.title') },
      {
        rules,
        digestTo,
        digestAt: digestAt === undefined ? undefined : spoken(digestAt),
        quiet: quiet.map((one) => spoken(one.replace('-', '–'))),
      },
    );
  });
};
