// The plan as people read it: the citizen's own wishes first, then what is agreed, the goals with their steps, and area by
// area who helps with what, the open before the finished. Only an order is made here; nothing is worked out that no source
// said.
import type { Shown, ShownPlan, ShownSourceState } from './shown.ts';

export type Goal = Shown<'goal'>;
export type Help = Shown<'intervention'>;

export interface GoalView {
  readonly goal: Goal;
  /** Sub-goals the source linked to it. */
  readonly steps: readonly Goal[];
  readonly reached: number;
  /** What is linked to it or to one of its steps. */
  readonly help: readonly Help[];
}

export interface Area {
  readonly domain: string;
  readonly plans: readonly Shown<'plan'>[];
  readonly help: readonly Help[];
  readonly finished: { readonly goals: readonly GoalView[]; readonly help: readonly Help[] };
  readonly conditions: readonly Shown<'condition'>[];
  readonly entries: readonly Shown<'statusEntry'>[];
  readonly references: readonly Shown<'journalReference'>[];
}

export interface PlanView {
  readonly wishes: readonly Goal[];
  readonly areas: readonly Area[];
  readonly agreed: Agreed;
  /** Open; the main one first. */
  readonly goals: readonly GoalView[];
  readonly openHelp: number;
}

type Agreement = Shown<'agreement'>;
/** Each by the day of follow-up. */
export interface Agreed {
  /** What the citizen does. */
  readonly mine: readonly Agreement[];
  readonly others: readonly Agreement[];
  readonly over: readonly Agreement[];
}

const order = ['active', 'planned', 'onHold', 'unknown', 'completed', 'cancelled'];
const domains = ['employment', 'social', 'health', 'family', 'education', 'shared'];
export const isOver = ({ status }: { readonly status: string }): boolean =>
  status === 'completed' || status === 'cancelled';

type Named = { readonly status: string; readonly title?: string; readonly text?: string | undefined };
/** The same order at every visit: by status, then by name. */
const byStatus = <T extends Named>(records: readonly T[]): readonly T[] =>
  records.toSorted(
    (a, b) =>
      order.indexOf(a.status) - order.indexOf(b.status) ||
      (a.title ?? a.text ?? '').localeCompare(b.title ?? b.text ?? '', 'da'),
  );
const newestFirst = <T>(records: readonly T[], when: (one: T) => string | undefined): readonly T[] =>
  records.toSorted((a, b) => (when(b) ?? '').localeCompare(when(a) ?? ''));

const goalViews = (plan: ShownPlan): readonly GoalView[] => {
  const links = plan.links ?? [];
  const goals = new Map((plan.goals ?? []).map((goal) => [goal.id, goal]));
  const help = new Map((plan.interventions ?? []).map((one) => [one.id, one]));
  const parentOf = new Map(
    links
      .filter(({ rel, from, to }) => rel === 'parent' && goals.has(from) && goals.has(to))
      .map((l) => [l.from, l.to]),
  );
  // A goal below a goal below a goal is told with the uppermost; a circle has none, and each of it stands by itself.
  const topOf = (id: string, seen: readonly string[] = []): string => {
    const above = parentOf.get(id);
    if (above === undefined) return id;
    return seen.includes(above) ? id : topOf(above, [...seen, id]);
  };
  const tops = new Map([...goals.keys()].map((id) => [id, topOf(id)]));
  const isTop = (id: string): boolean => tops.get(id) === id || tops.get(tops.get(id) ?? '') !== tops.get(id);
  return [...goals.values()]
    .filter(({ id, category }) => category !== 'wish' && isTop(id))
    .map((goal) => {
      const steps = byStatus(
        [...goals.values()].filter(({ id }) => id !== goal.id && !isTop(id) && tops.get(id) === goal.id),
      );
      const family = new Set([goal.id, ...steps.map(({ id }) => id)]);
      const helping = new Set(links.filter(({ rel, to }) => rel === 'goal' && family.has(to)).map(({ from }) => from));
      return {
        goal,
        steps,
        reached: steps.filter(({ status }) => status === 'completed').length,
        help: byStatus([...helping].flatMap((id) => help.get(id) ?? [])),
      };
    });
};

const mainFirst = (views: readonly GoalView[]): readonly GoalView[] => {
  const place = ({ goal }: GoalView): number => order.indexOf(goal.status) - (goal.main === true ? 10 : 0);
  return views.toSorted((a, b) => place(a) - place(b) || a.goal.text.localeCompare(b.goal.text, 'da'));
};

/** The plan that most belongs to comes first. */
const fullestFirst = (plans: readonly Shown<'plan'>[], links: ShownPlan['links'] = []): readonly Shown<'plan'>[] => {
  const sizes = Map.groupBy(links, ({ rel, to }) => (rel === 'plan' ? to : ''));
  const size = ({ id }: Shown<'plan'>): number => sizes.get(id)?.length ?? 0;
  return byStatus(plans).toSorted((a, b) => size(b) - size(a));
};

/** Sources name who does something by name; the citizen's own, whole or the first of it, is theirs. */
const agreedOf = ({ agreements = [], citizen: { name = '' } }: ShownPlan): Agreed => {
  const due = agreements.toSorted(
    (a, b) => (a.followUpAt ?? '9999').localeCompare(b.followUpAt ?? '9999') || a.text.localeCompare(b.text, 'da'),
  );
  const open = due.filter((one) => !isOver(one));
  const isMine = ({ responsible }: Agreement): boolean =>
    name !== '' && [name, name.split(' ')[0]].includes(responsible.trim());
  return {
    mine: open.filter(isMine),
    others: open.filter((one) => !isMine(one)),
    over: due.filter(isOver),
  };
};

export const planView = (plan: ShownPlan): PlanView => {
  const views = mainFirst(goalViews(plan));
  const help = byStatus(plan.interventions ?? []);
  const of = <T extends { readonly domain: string }>(records: readonly T[] | undefined, domain: string) =>
    (records ?? []).filter((one) => one.domain === domain);
  const areas = domains.map((domain): Area => {
    const [goals, helping] = [views.filter(({ goal }) => goal.domain === domain && isOver(goal)), of(help, domain)];
    return {
      domain,
      plans: fullestFirst(of(plan.plans, domain), plan.links),
      help: helping.filter((one) => !isOver(one)),
      finished: { goals, help: helping.filter(isOver) },
      conditions: byStatus(of(plan.conditions, domain)),
      entries: newestFirst(of(plan.statusEntries, domain), ({ at }) => at),
      references: newestFirst(of(plan.journalReferences, domain), ({ date }) => date),
    };
  });
  return {
    wishes: byStatus(plan.goals ?? []).filter(({ category, status }) => category === 'wish' && status !== 'cancelled'),
    areas: areas.filter(({ domain: _, finished, ...lists }) =>
      [...Object.values(lists), finished.goals, finished.help].some(({ length }) => length > 0),
    ),
    agreed: agreedOf(plan),
    goals: views.filter(({ goal }) => !isOver(goal)),
    openHelp: help.filter(({ status }) => status === 'active').length,
  };
};

/** How old what is shown is: late and unknown are said, each by its name. */
export interface SourcesView {
  readonly sources: readonly ShownSourceState[];
  readonly late: readonly ShownSourceState[];
  readonly unknown: readonly ShownSourceState[];
  /** Of source's id. */
  readonly titles: Readonly<Record<string, string>>;
}

export const sourcesView = (sources: readonly ShownSourceState[]): SourcesView => ({
  sources,
  late: sources.filter(({ state }) => state === 'late'),
  unknown: sources.filter(({ state }) => state === 'unknown'),
  titles: { samspil: 'Samspil', ...Object.fromEntries(sources.map(({ id, title }) => [id, title ?? id])) },
});
