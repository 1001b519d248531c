// How a citizen's course moves on while the sandbox runs: each revision is one small event of a working day, chosen from
// the index and the revision's number, so that the same steps always give the same municipality.
import { plusDays, plusMinutes } from './days.ts';
import { keyOf } from './keys.ts';
import { streets } from './names.ts';
import { type Random, randomOf } from './random.ts';
import { showcaseIndex } from './showcase.ts';
import { progressTexts } from './texts-employment.ts';
import { results } from './texts-health.ts';
import { answers } from './texts-social.ts';
import type { Citizen, Intervention, Meeting } from './types.ts';

interface Change {
  readonly citizen: Citizen;
  readonly random: Random;
  readonly today: string;
  /** Makes a key that no earlier event made. */
  readonly key: (system: string) => string;
}
type Event = (change: Change) => Citizen | undefined;

const replaced = <T>(list: readonly T[], at: number, change: (old: T) => T): readonly T[] =>
  list.map((old, here) => (here === at ? change(old) : old));

const movedOn = (old: Intervention, today: string): Intervention =>
  old.status === 'planned'
    ? { ...old, status: 'active' }
    : { ...old, status: 'completed', period: { ...old.period, end: today }, endReason: 'Gennemført som planlagt' };

const openAt = (list: readonly Intervention[]): number =>
  list.findIndex(({ status }) => status === 'planned' || status === 'active');

/** The same weekday and time some weeks later, and not before today. */
const weeksLater = (meeting: Meeting, weeks: number, today: string): Meeting => {
  const week = 7 * 24 * 60;
  let later = weeks * week;
  while (plusMinutes(meeting.start, later) < `${today}T23`) later += week;
  return { ...meeting, start: plusMinutes(meeting.start, later), end: plusMinutes(meeting.end, later) };
};

const progressNoted: Event = ({ citizen, random, today, key }) => {
  const { employment } = citizen;
  const author = employment?.team[0]?.professional;
  if (!employment || !author) return undefined;
  const note = { id: key('momentum'), at: today, title: 'Status', text: random.pick(progressTexts), author };
  return { ...citizen, employment: { ...employment, progress: [...employment.progress, note] } };
};

const conversationMoved: Event = ({ citizen, random, today }) => {
  const { employment } = citizen;
  const at = employment?.meetings.findIndex(({ start }) => start > `${today}T23`) ?? -1;
  if (!employment || at < 0) return undefined;
  const meetings = replaced(employment.meetings, at, (old) =>
    random.chance(0.2) ? { ...old, status: 'cancelled' as const } : weeksLater(old, random.int(1, 2), today),
  );
  return { ...citizen, employment: { ...employment, meetings } };
};

const offerMovedOn: Event = ({ citizen, today }) => {
  const { employment } = citizen;
  const at = openAt(employment?.activities ?? []);
  if (!employment || at < 0) return undefined;
  const activities = replaced(employment.activities, at, (old) => movedOn(old, today));
  return { ...citizen, employment: { ...employment, activities } };
};

const stepReached: Event = ({ citizen }) => {
  const { employment } = citizen;
  const at = employment?.goals.findIndex(({ category, status }) => category === 'subGoal' && status === 'active') ?? -1;
  if (!employment || at < 0) return undefined;
  const goals = replaced(employment.goals, at, (old) => ({ ...old, status: 'completed' as const }));
  return { ...citizen, employment: { ...employment, goals } };
};

const caseActivityDone: Event = ({ citizen, random, today }) => {
  const { social } = citizen;
  const own = social?.cases[0];
  const at = own?.activities.findIndex(({ doneAt }) => doneAt === undefined) ?? -1;
  if (!social || !own) return undefined;
  const activities =
    at >= 0
      ? replaced(own.activities, at, (old) => ({ ...old, doneAt: today, answer: random.pick(answers) }))
      : [
          ...own.activities,
          {
            id: `${own.id}${80 + own.activities.length}`,
            phase: 'Opfølgning',
            name: 'Opfølgningsmøde',
            deadline: plusDays(today, random.int(10, 60)),
          },
        ];
  return { ...citizen, social: { ...social, cases: replaced(social.cases, 0, (old) => ({ ...old, activities })) } };
};

const supportMovedOn: Event = ({ citizen, today }) => {
  const { social } = citizen;
  const at = openAt(social?.cases[0]?.interventions ?? []);
  if (!social || at < 0) return undefined;
  const cases = replaced(social.cases, 0, (old) => ({
    ...old,
    interventions: replaced(old.interventions, at, (one) => movedOn(one, today)),
  }));
  return { ...citizen, social: { ...social, cases } };
};

const followedUp: Event = ({ citizen, random, today, key }) => {
  const { health } = citizen;
  if (!health) return undefined;
  const at = health.followUps.findIndex(({ status }) => status === 'planned');
  const followUps =
    at >= 0
      ? replaced(health.followUps, at, (old) => ({
          ...old,
          status: 'completed' as const,
          result: random.pick(results),
        }))
      : [...health.followUps, { id: key('fhir'), on: plusDays(today, random.int(14, 90)), status: 'planned' as const }];
  return { ...citizen, health: { ...health, followUps } };
};

const visitBooked: Event = ({ citizen, random, today, key }) => {
  const { health } = citizen;
  const last = health?.meetings.at(-1);
  if (!health || !last) return undefined;
  const next = { ...weeksLater(last, random.int(1, 3), today), id: key('fhir'), status: 'planned' as const };
  return { ...citizen, health: { ...health, meetings: [...health.meetings, next] } };
};

const activityTakenBack: Event = ({ citizen, random }) => {
  const { social } = citizen;
  const own = social?.cases[0];
  if (!social || !own || own.activities.length < 3 || !random.chance(0.3)) return undefined;
  const cases = replaced(social.cases, 0, (old) => ({ ...old, activities: old.activities.slice(0, -1) }));
  return { ...citizen, social: { ...social, cases } };
};

const visitTakenBack: Event = ({ citizen, random }) => {
  const { health } = citizen;
  const last = health?.meetings.at(-1);
  if (!health || !last || health.meetings.length < 2 || !random.chance(0.3)) return undefined;
  const withdrawn = [...(citizen.withdrawn ?? []), { system: 'fhir', type: 'Appointment', id: last.id } as const];
  return { ...citizen, withdrawn, health: { ...health, meetings: health.meetings.slice(0, -1) } };
};

const offerTakenBack: Event = ({ citizen, random }) => {
  const { employment } = citizen;
  const last = employment?.activities.at(-1);
  if (!employment || !last || employment.activities.length < 2 || !random.chance(0.1)) return undefined;
  const withdrawn = [...(citizen.withdrawn ?? []), { system: 'momentum', type: 'offers', id: last.id } as const];
  return { ...citizen, withdrawn, employment: { ...employment, activities: employment.activities.slice(0, -1) } };
};

const moved: Event = ({ citizen, random, today }) => {
  const { person } = citizen;
  if (person.child || !random.chance(0.15)) return undefined;
  const address = { ...person.address, line: `${random.pick(streets)} ${random.int(1, 140)}` };
  const movedFrom = { address: person.address, municipality: person.municipality, on: today };
  return { ...citizen, person: { ...person, address, movedFrom } };
};

const events: readonly Event[] = [
  progressNoted,
  conversationMoved,
  offerMovedOn,
  stepReached,
  caseActivityDone,
  supportMovedOn,
  followedUp,
  visitBooked,
  activityTakenBack,
  visitTakenBack,
  offerTakenBack,
  moved,
];

/** The citizen after one more event; unchanged content only when no event fits. */
export const revised = (seed: number, citizen: Citizen, today: string): Citizen => {
  const revision = citizen.revision + 1;
  const { index } = citizen.person;
  const random = randomOf(seed, 'revision', index, revision);
  const key = (system: string): string => keyOf(seed, index, system, 'revision', revision);
  // The showcase citizen's events come one after the other, so that it can be told what the next step shows.
  const first = index === showcaseIndex ? (revision - 1) % events.length : random.int(0, events.length - 1);
  for (let turn = 0; turn < events.length; turn += 1) {
    const event = events[(first + turn) % events.length];
    const after = event?.({ citizen, random, today, key });
    if (after) return { ...after, revision };
  }
  return { ...citizen, revision };
};
