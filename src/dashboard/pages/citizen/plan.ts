// The plan on a page: what waits for an answer, wishes, what happens next, what is to be done, how far the goals are, whom
// to ask; then area by area the rest, folded. Asked of the feed by name, so that no more is read (and logged as read) than
// the page shows.
import type { FastifyInstance } from 'fastify';
import { copenhagenDay } from '../../../clock.ts';
import type { DashboardContext, Viewer } from '../../context.ts';
import type { Pages } from '../../render.ts';
import type { ShownMeeting } from './calendar-view.ts';
import { type ShownComment, threadsOf } from './comments-view.ts';
import { isOverAt, peopleOf } from './contacts.ts';
import { type At, registerPart } from './frame.ts';
import { planPart } from './parts.ts';
import { helpersOf } from './plan-people.ts';
import { planView, sourcesView } from './plan-view.ts';
import { forTheirWord } from './plan-waiting.ts';
import type { ShownPlan } from './shown.ts';

const fields =
  'citizen(name,age),plans,goals,interventions,contacts(domain,name,role,professional,organisation,unit,phone,period),' +
  'statusEntries,conditions,agreements,journalReferences,ratings,links';
const meetingsShown = 3;
const [aheadDays, dayMs] = [60, 86_400_000];

interface Side {
  readonly record: string;
  readonly source: string;
  readonly title: string;
  readonly journalUrl?: string;
}
interface Overlap {
  readonly rule: string;
  readonly from?: string;
  readonly to?: string;
  readonly sides: readonly Side[];
}

/** May this person say something here? The feed has the last word. */
export const mayWrite = ({ actor }: Viewer, own: boolean): boolean =>
  actor.scopes.includes('comments.write') && (own || actor.kind !== 'citizen');

const nextMeetings = async (at: At, now: Date): Promise<readonly ShownMeeting[] | undefined> => {
  if (!at.viewer.actor.scopes.includes('calendar.read')) return undefined;
  const day = (days: number): string => copenhagenDay(new Date(now.getTime() + days * dayMs));
  const calendar = await at.get<{ readonly meetings: readonly ShownMeeting[] }>(
    `/calendar?from=${day(0)}&to=${day(aheadDays)}`,
  );
  return calendar.meetings
    .filter(({ start, end = start, status }) => Date.parse(end) > now.getTime() && status !== 'cancelled')
    .slice(0, meetingsShown);
};

const overlapsFor = async (at: At): Promise<readonly Overlap[]> =>
  at.viewer.actor.kind === 'professional'
    ? (await at.get<{ readonly overlaps: readonly Overlap[] }>('/overlaps')).overlaps
    : [];

export const registerPlan = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  registerPart(app, context, pages, planPart, {
    get: async (at) => {
      const now = context.clock.now();
      const [plan, meetings, overlaps, { comments }, word] = await Promise.all([
        at.get<ShownPlan>(`/plan?fields=${fields}`),
        nextMeetings(at, now),
        overlapsFor(at),
        at.get<{ readonly comments: readonly ShownComment[] }>('/comments'),
        forTheirWord(at, now),
      ]);
      const { t } = pages.speech(at.request);
      const { contacts = [] } = plan;
      const today = copenhagenDay(now);
      const { name } = plan.citizen;
      const first = name?.split(' ')[0];
      const greeting = first === undefined ? t('plan.greetingAll') : t('plan.greeting', { name: first });
      const title = at.own ? t('plan.titleOwn') : t('plan.title');
      return at.show(
        'plan',
        { title, heading: at.own ? greeting : title },
        {
          citizen: plan.citizen,
          view: planView(plan),
          helpers: helpersOf(contacts, today),
          contacts: peopleOf(contacts.filter((one) => !isOverAt(one, today))).length,
          ...word,
          meetings,
          overlaps,
          overlapping: new Set(overlaps.flatMap(({ sides }) => sides.map(({ record }) => record))),
          ratings: at.own ? [] : (plan.ratings ?? []).toSorted((a, b) => b.at.localeCompare(a.at)),
          hidden: plan.hidden ?? [],
          threads: threadsOf(comments.filter(({ about }) => about === undefined)),
          commentCounts: Object.groupBy(comments, ({ about }) => about ?? 'plan'),
          comments: comments.length,
          staff: at.viewer.actor.kind === 'professional',
          mayWrite: mayWrite(at.viewer, at.own),
          ...sourcesView(plan.sources),
        },
      );
    },
  });
};
