// A citizen's case at the job centre: Min Plan (or its sister) with job goals and steps, offers, conversations,
// caseworkers and the people around, journal and tasks.
import { plusDays } from './days.ts';
import { keyOf } from './keys.ts';
import { workplaces } from './names.ts';
import { type Random, randomOf } from './random.ts';
import { nameOf } from './relatives.ts';
import { meetingOf, openPeriod, periodOf, slotOf, statusOf } from './schedule.ts';
import { type Professional, someoneIn } from './staff.ts';
import * as texts from './texts-employment.ts';
import type { EmploymentCase, Goal, Intervention, Meeting, Person, Relative } from './types.ts';

export interface CaseInput {
  readonly seed: number;
  readonly person: Person;
  readonly relatives: readonly Relative[];
  readonly today: string;
  /** A start that another system's meeting overlaps. */
  readonly slot: string;
}

const goalsOf = (random: Random, id: (label: string, n: number) => string, start: string): readonly Goal[] => {
  const [text, steps] = random.pick(texts.jobGoals);
  const main: Goal = {
    id: id('goal', 0),
    category: 'goal',
    text,
    status: 'active',
    period: { start, end: plusDays(start, 540) },
  };
  const wish: Goal = {
    id: id('goal', 1),
    category: 'wish',
    text: random.pick(texts.wishes),
    status: 'active',
    period: { start },
  };
  const stepGoals = steps.map(
    (step, at): Goal => ({
      id: id('goal', at + 2),
      category: 'subGoal',
      text: step,
      status: random.chance(0.3) ? 'completed' : 'active',
      period: { start: plusDays(start, 30 * at), end: plusDays(start, 180 + 60 * at) },
      parent: main.id,
    }),
  );
  return [main, ...(random.chance(0.6) ? [wish] : []), ...stepGoals];
};

const activityOf = (random: Random, offer: texts.Offer, id: string, goal: string, today: string): Intervention => {
  const period = periodOf(random, today, offer.weeks);
  const cancelled = random.chance(0.06);
  const status = cancelled ? 'cancelled' : statusOf(period, today);
  const workplace = random.pick(workplaces);
  const provider = offer.at === 'broen' ? { id: '7001', name: 'Fonden Broen' } : { id: 'workplace', name: workplace };
  return {
    id,
    title: offer.at === 'workplace' ? `${offer.title} hos ${workplace}` : offer.title,
    code: offer.code,
    legalBasis: offer.legalBasis,
    status,
    period,
    grantedAt: plusDays(period.start, -random.int(5, 20)),
    hoursPerWeek: random.int(offer.hours[0], offer.hours[1]),
    ...(offer.at === 'none' ? {} : { provider }),
    followUpAt: plusDays(period.start, offer.weeks * 3),
    ...(cancelled ? { endReason: texts.brokenOff } : {}),
    ...(status === 'completed' ? { endReason: random.pick(texts.endReasons) } : {}),
    goal,
  };
};

const meetingsOf = (
  input: CaseInput,
  random: Random,
  id: (label: string, n: number) => string,
  caseworker: Professional,
): readonly Meeting[] => {
  const { person, relatives, today, slot } = input;
  const companion = relatives.find((relative) => relative.relation === 'companion');
  return Array.from({ length: random.int(2, 5) }, (_, at) => {
    const kind = random.pick(texts.conversations);
    const format = random.pick(['inPerson', 'inPerson', 'phone', 'video'] as const);
    const start = at === 0 ? slot : slotOf(random, today, -160, 45);
    return meetingOf(
      id('meeting', at),
      {
        ...kind,
        format,
        ...(format === 'inPerson' ? { location: `Jobcenter Egevang, lokale ${random.int(1, 14)}` } : {}),
      },
      start,
      today,
      [
        { name: nameOf(person), role: 'Borger' },
        { name: caseworker.name, role: caseworker.title },
        ...(companion
          ? [{ name: companion.name, role: 'Bisidder', ...(companion.protected === true ? { protected: true } : {}) }]
          : []),
      ],
    );
  });
};

export const employmentOf = (input: CaseInput): EmploymentCase => {
  const { seed, person, relatives, today } = input;
  const random = randomOf(seed, 'employment', person.index);
  const id = (label: string, n: number): string => keyOf(seed, person.index, 'momentum', label, n);
  const age = Number(today.slice(0, 4)) - Number(person.birthDate.slice(0, 4));
  const group = random.pick(texts.targetGroups.filter(({ young }) => young !== true || age < 30));
  const caseworker = someoneIn(group.unit, random);
  const period = openPeriod(random, today, 600);
  const goals = goalsOf(random, id, period.start);
  const offers = random.some(texts.offers, random.int(1, 3));
  const consultant = someoneIn('jobcenter', random);
  const role = (name: keyof typeof texts.responsibilities): string => texts.responsibilities[name][0];
  return {
    citizenId: id('citizen', 0),
    targetGroup: { code: group.code, name: group.name },
    unit: group.unit,
    plan: {
      id: id('plan', 0),
      type: group.planType,
      title: group.planTitle,
      purpose: random.pick(texts.purposes),
      legalBasis: group.legalBasis,
      status: 'active',
      period,
    },
    goals,
    activities: offers.map((offer, at) => activityOf(random, offer, id('offer', at), goals[0]?.id ?? '', today)),
    team: [
      {
        id: id('team', 0),
        professional: caseworker,
        role: role(random.chance(0.3) ? 'coordinating' : 'caseworker'),
        primary: true,
      },
      ...(random.chance(0.5)
        ? [{ id: id('team', 1), professional: consultant, role: role('consultant'), primary: false }]
        : []),
    ],
    network: relatives
      .filter(({ relation }) => relation === 'companion' || relation === 'guardian')
      .map((relative) => ({ ...relative, id: id('contact', 0) })),
    meetings: meetingsOf(input, random, id, caseworker),
    progress: Array.from({ length: random.int(1, 3) }, (_, at) => ({
      id: id('progress', at),
      at: plusDays(today, -random.int(3, 200)),
      title: 'Status',
      text: random.pick(texts.progressTexts),
      author: caseworker,
    })),
    journal: Array.from({ length: random.int(1, 4) }, (_, at) => ({
      id: id('journal', at),
      at: plusDays(today, -random.int(1, 400)),
      title: random.pick(texts.journalTitles),
      text: 'Syntetisk notat.',
      author: caseworker,
    })),
    tasks: Array.from({ length: random.int(0, 3) }, (_, at) => {
      const agreed = random.chance(0.6);
      const deadline = plusDays(today, random.int(-60, 40));
      return {
        id: id('task', at),
        title: random.pick(agreed ? texts.agreedTasks : texts.internalTasks),
        agreed,
        deadline,
        done: deadline < today,
      };
    }),
  };
};
