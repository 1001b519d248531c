// The course over time: what is to come and what has happened, by area and kind if one likes, and measurements as pictures
// with the same figures as a table.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { copenhagenDay } from '../../../clock.ts';
import type { DashboardContext } from '../../context.ts';
import { readFilters, withQuery } from '../../input.ts';
import type { Pages } from '../../render.ts';
import { registerPart } from './frame.ts';
import { timelinePart } from './parts.ts';
import { sourcesView } from './plan-view.ts';
import type { ShownPlan, ShownSourceState } from './shown.ts';
import { courseOf, scalesOf, type TimelineEntry } from './timeline-view.ts';

interface Timeline {
  readonly sources: readonly ShownSourceState[];
  readonly entries: readonly TimelineEntry[];
  readonly more: boolean;
  readonly next?: string;
}

const perPage = 300;
/** What one may choose to see, and what of the feed's each takes in. */
const sorts = {
  status: ['status'],
  decisions: ['granted', 'begins', 'ends'],
  meetings: ['appointment', 'followUp'],
  words: ['comment', 'request', 'answer'],
  journal: ['journal'],
} as const;
const sortNames = Object.keys(sorts) as readonly (keyof typeof sorts)[];
const filters = {
  area: z.enum(['employment', 'social', 'health', 'family', 'education', 'shared']),
  what: z.enum(['status', 'decisions', 'meetings', 'words', 'journal']),
  after: z.string().max(300),
};

export const registerTimeline = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  registerPart(app, context, pages, timelinePart, {
    get: async (at) => {
      const { area, what, after } = readFilters(at.request, filters);
      const query = new URLSearchParams({ limit: String(perPage), ...(after === undefined ? {} : { after }) });
      const [timeline, plan] = await Promise.all([
        at.get<Timeline>(`/timeline?${query}`),
        at.get<ShownPlan>('/plan?fields=citizen(name,age),statusEntries(at,measure)'),
      ]);
      const wanted: readonly string[] | undefined = what === undefined ? undefined : sorts[what];
      const entries = timeline.entries.filter(
        (entry) => (area ?? entry.domain) === entry.domain && (wanted?.includes(entry.what) ?? true),
      );
      const { t } = pages.speech(at.request);
      const { url } = at.request;
      const scales = scalesOf(plan.statusEntries ?? []);
      return at.show(
        'timeline',
        {
          title: t(at.own ? 'timeline.titleOwn' : 'timeline.title'),
          ...(scales.some(({ chart }) => chart !== undefined) ? { scripts: ['chart'] } : {}),
        },
        {
          citizen: plan.citizen,
          ...courseOf(entries, copenhagenDay(context.clock.now())),
          shown: entries.length,
          scales: area === undefined && what === undefined ? scales : [],
          area,
          what,
          areas: filters.area.options,
          sorts: sortNames,
          ...(after === undefined ? {} : { firstHref: withQuery(url, { after: undefined }) }),
          ...(timeline.more && timeline.next !== undefined
            ? { nextHref: withQuery(url, { after: timeline.next }) }
            : {}),
          ...sourcesView(timeline.sources),
        },
      );
    },
  });
};
