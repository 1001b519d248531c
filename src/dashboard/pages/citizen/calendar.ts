// The calendar, a month at a time: every system's meetings as one, busy time where no more is granted, and a secret
// address for the reader's own calendar programme, shown once and taken back when they like.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { copenhagenDay } from '../../../clock.ts';
import type { DashboardContext } from '../../context.ts';
import { onceOf, readFilters, uuidPattern } from '../../input.ts';
import type { Pages } from '../../render.ts';
import { type Busy, daysOf, monthOf, type ShownMeeting } from './calendar-view.ts';
import { type At, registerPart } from './frame.ts';
import { calendarPart } from './parts.ts';
import { mayWrite } from './plan.ts';
import { sourcesView } from './plan-view.ts';
import type { ShownSourceState } from './shown.ts';

interface Calendar {
  readonly sources: readonly ShownSourceState[];
  readonly meetings: readonly ShownMeeting[];
  readonly busy: readonly Busy[];
}
interface CalendarLink {
  readonly id: string;
  readonly createdAt: string;
  readonly lastUsedOn?: string;
}

const monthField = z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/);
const linkOf = (at: At): string => (at.request.params as { readonly link: string }).link;

export const registerCalendar = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  const show = async (at: At, made?: string): Promise<FastifyReply> => {
    const today = copenhagenDay(context.clock.now());
    const month = monthOf(readFilters(at.request, { month: monthField }).month ?? today.slice(0, 7));
    const { kind } = at.viewer.actor;
    const [calendar, links] = await Promise.all([
      at.get<Calendar>(`/calendar?from=${month.first}&to=${month.last}`),
      kind !== 'citizen' && kind !== 'representative'
        ? undefined
        : at.get<{ readonly links: readonly CalendarLink[] }>('/calendar-links'),
    ]);
    const { t, f } = pages.speech(at.request);
    const days = daysOf(calendar.meetings, calendar.busy);
    return at.show(
      'calendar',
      { title: t(at.own ? 'calendar.titleOwn' : 'calendar.title') },
      {
        month,
        monthName: f.month(`${month.name}-01`),
        today,
        days,
        past: month.name === today.slice(0, 7) ? days.filter(({ day }) => day < today) : [],
        coming: month.name === today.slice(0, 7) ? days.filter(({ day }) => day >= today) : days,
        byDay: new Map(days.map((one) => [one.day, one])),
        links: links?.links,
        made,
        key: randomUUID(),
        mayWrite: mayWrite(at.viewer, at.own),
        ...sourcesView(calendar.sources),
      },
    );
  };

  registerPart(app, context, pages, calendarPart, { get: (at) => show(at) });

  registerPart(app, context, pages, calendarPart, {
    below: '.ics',
    get: async (at) => {
      const answer = await at.ask({ path: `/v1/citizens/${at.id}/calendar.ics` });
      if (answer.status !== 200) return pages.missing(at.request, at.reply);
      return at.reply
        .header('content-type', answer.headers['content-type'] ?? 'text/calendar; charset=utf-8')
        .header('content-disposition', 'attachment; filename="samspil.ics"')
        .send(answer.text);
    },
  });

  registerPart(app, context, pages, calendarPart, {
    below: '/links',
    get: async (at) => at.reply.redirect(`${at.base}/calendar`, 302),
    // The secret is in this answer and nowhere else: not in an address, so there is nothing to redirect to.
    post: async (at) => {
      const key = onceOf(at.request, 'key');
      const { path } = await at.post<{ readonly path: string }>(`/v1/citizens/${at.id}/calendar-links`, undefined, key);
      return show(at, `${context.originOf(at.request)}${path}`);
    },
  });

  registerPart(app, context, pages, calendarPart, {
    below: `/links/:link(${uuidPattern})/revoke`,
    post: async (at) => {
      const answer = await at.ask({ method: 'DELETE', path: `/v1/calendar-links/${linkOf(at)}` });
      if (answer.status >= 300) return pages.missing(at.request, at.reply);
      return at.reply.redirect(`${at.base}/calendar?done=calendar.revoked#subscribe`, 303);
    },
  });
};
