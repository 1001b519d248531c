// The systems that read from the hub: who is behind, who owes a confirmation, whose webhook is silent; and one of them in
// full: how it uses the feed day by day and by scope, how far it has fetched, what it was told to delete. No citizen is
// named anywhere.
import { z } from 'zod';
import { copenhagenDay } from '../../clock.ts';
import { usedDays } from '../../store/consumer-use.ts';
import { mostBehind, type UseOfDay, useByDay, useByScope } from '../../store/consumer-view.ts';
import { purgeBatches, remindersOf } from '../../store/purges.ts';
import { readFilters, withQuery } from '../input.ts';
import type { Speech } from '../render.ts';
import type { RegisterPage } from '../routes.ts';
import { readConsumers, webhookBadge } from './consumer-words.ts';

const perPage = 15;
const ranges = { '30': 30, '90': 90, '365': 365 } as const;
const filters = { days: z.enum(['30', '90', '365']), after: z.coerce.number().int().nonnegative() };

const chartOf = (days: readonly UseOfDay[], { t }: Speech): string =>
  JSON.stringify({
    x: days.map(({ day }) => Date.parse(`${day}T12:00:00Z`) / 1000),
    height: 220,
    series: [
      { label: t('consumers.requests'), values: days.map(({ requests }) => requests), bars: true },
      { label: t('consumers.reads'), values: days.map(({ reads }) => reads), axis: 'right' },
    ],
  });

export const registerConsumers: RegisterPage = (app, context, pages) => {
  const { pool, clock } = context;

  app.get('/admin/consumers', { config: { page: 'view' } }, async (request, reply) => {
    const { t } = pages.speech(request);
    const all = await readConsumers(context);
    return pages.page(
      request,
      reply,
      'consumers',
      { title: t('consumers.title') },
      {
        all,
        badges: webhookBadge,
        mostBehind,
        at: clock.now(),
        late: all.filter(({ late }) => late).length,
        owing: all.filter(({ owes }) => owes !== undefined).length,
        overdue: all.filter(({ owes }) => owes?.overdue === true).length,
        silent: all.flatMap(({ webhooks }) => webhooks).filter(({ state }) => state === 'disabled').length,
      },
    );
  });

  app.get<{ Params: { id: string } }>('/admin/consumers/:id', { config: { page: 'view' } }, async (request, reply) => {
    const [one] = await readConsumers(context, request.params.id);
    if (one === undefined) return pages.missing(request, reply);
    const speech = pages.speech(request);
    const { days: range = '30', after } = readFilters(request, filters);
    const today = copenhagenDay(clock.now());
    const [days, scopes, batches, reminders] = await Promise.all([
      useByDay(pool, one.id, today, ranges[range]),
      useByScope(pool, one.id, today, usedDays),
      purgeBatches(pool, one.id, { after, limit: perPage + 1 }),
      remindersOf(pool, one.id, 20),
    ]);
    const last = batches.length > perPage ? batches[perPage - 1] : undefined;
    const used = days.some(({ requests }) => requests > 0);
    return pages.page(
      request,
      reply,
      'consumer',
      { title: one.id, scripts: ['chart'] },
      {
        one,
        badges: webhookBadge,
        mostBehind,
        days,
        scopes,
        reminders,
        used,
        chart: chartOf(days, speech),
        batches: batches.slice(0, perPage),
        deadlineMs: context.consumers.purgeDeadlineMs,
        ranges: Object.keys(ranges).map((name) => ({
          name,
          href: withQuery(request.url, { days: name }),
          current: name === range,
        })),
        nextHref: last === undefined ? undefined : `${withQuery(request.url, { after: last.page })}#purges`,
        firstHref: after === undefined ? undefined : `${withQuery(request.url, { after: undefined })}#purges`,
      },
    );
  });
};
