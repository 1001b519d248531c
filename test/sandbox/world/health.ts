// A citizen's course with health and care: a plan with goals, granted interventions, conditions, a care team, visits,
// follow-ups and measured levels. A plan of siblings is about all of them and kept by the first.
import { plusDays } from './days.ts';
import type { CaseInput } from './employment.ts';
import { keyOf } from './keys.ts';
import { type Random, randomOf } from './random.ts';
import { nameOf, siblingsWithPlan } from './relatives.ts';
import { meetingOf, openPeriod, slotOf, statusOf } from './schedule.ts';
import { type Professional, someoneIn } from './staff.ts';
import * as texts from './texts-health.ts';
import type { HealthCare, Intervention, Meeting } from './types.ts';

const topicOf = ({ person, today }: CaseInput, random: Random): texts.HealthTopic => {
  if (person.child) return texts.family;
  const age = Number(today.slice(0, 4)) - Number(person.birthDate.slice(0, 4));
  return random.pick(
    age >= 65
      ? [texts.nursing, texts.homeCare, texts.homeCare, texts.training]
      : [texts.nursing, texts.training, texts.prevention],
  );
};

const interventionsOf = (
  random: Random,
  topic: texts.HealthTopic,
  id: (label: string, n: number) => string,
  today: string,
): readonly Intervention[] =>
  random.some(topic.interventions, random.int(1, 3)).map((coding, at) => {
    const { start } = openPeriod(random, today, 250);
    const period = random.chance(0.5) ? { start } : { start, end: plusDays(start, 180) };
    return {
      id: id('intervention', at),
      title: coding.display,
      code: coding.code,
      legalBasis: topic.legalBasis,
      status: statusOf(period, today),
      period,
      followUpAt: plusDays(start, 90),
    };
  });

const meetingsOf = (
  input: CaseInput,
  random: Random,
  topic: texts.HealthTopic,
  id: (label: string, n: number) => string,
  nurse: Professional,
): readonly Meeting[] =>
  Array.from({ length: random.int(1, 4) }, (_, at) => {
    const visit = random.pick(topic.visits);
    const address = input.person.address;
    const location = visit.home ? `${address.line}, ${address.postalCode} ${address.city}` : 'Sundhedshuset Egevang';
    return meetingOf(
      id('appointment', at),
      { ...visit, format: visit.home ? 'home' : 'inPerson', location },
      at === 0 ? input.slot : slotOf(random, input.today, -90, 60),
      input.today,
      [
        { name: nameOf(input.person), role: 'Borger' },
        { name: nurse.name, role: nurse.title },
      ],
    );
  });

/** One meeting about all siblings of a plan, kept by the first of them. */
const familyMeeting = (input: CaseInput, random: Random, id: string, counsellor: Professional): Meeting => {
  const siblings = input.relatives.filter(({ relation }) => relation === 'sibling');
  return meetingOf(
    id,
    { title: 'Familiemøde om søskendeplanen', minutes: 60, format: 'inPerson', location: 'Familiehuset Egevang' },
    slotOf(random, input.today, 5, 50),
    input.today,
    [
      { name: nameOf(input.person), role: 'Borger' },
      ...siblings.flatMap(({ name, index }) => (index === undefined ? [] : [{ name, role: 'Borger', index }])),
      { name: counsellor.name, role: counsellor.title },
    ],
  );
};

export const healthOf = (input: CaseInput): HealthCare => {
  const { seed, person, today } = input;
  const random = randomOf(seed, 'health', person.index);
  const id = (label: string, n: number): string => keyOf(seed, person.index, 'fhir', label, n);
  const topic = topicOf(input, random);
  const nurse = someoneIn(topic.unit, random);
  const period = openPeriod(random, today, 400);
  const shared = siblingsWithPlan(seed, person.index);
  const conditions = random.some(topic.conditions, random.int(1, 3));
  return {
    patientId: id('patient', 0),
    plan: {
      id: keyOf(seed, shared?.[0] ?? person.index, 'fhir', 'plan', 0),
      title: shared || !person.child ? topic.title : 'Barnets plan',
      category: topic.category,
      purpose: topic.purpose,
      status: 'active',
      period,
      ...(shared ? { shared } : {}),
    },
    unit: topic.unit,
    goals: random.some(topic.goals, random.int(1, 2)).map((text, at) => ({
      id: id('goal', at),
      category: 'goal',
      text,
      status: random.chance(0.15) ? 'completed' : 'active',
      type: random.pick(['develop', 'maintain', 'limitLoss'] as const),
      period: { start: period.start, end: plusDays(period.start, 365) },
    })),
    interventions: interventionsOf(random, topic, id, today),
    conditions: conditions.map(({ code, display }, at) => ({
      id: id('condition', at),
      code,
      display,
      level: random.int(0, 4),
      since: plusDays(period.start, -random.int(0, 60)),
      status: random.chance(0.1) ? 'completed' : 'active',
    })),
    teamId: id('team', 0),
    team: [{ professional: nurse, role: topic.role }],
    meetings: [
      ...meetingsOf(input, random, topic, id, nurse),
      ...(shared?.[0] === person.index ? [familyMeeting(input, random, id('family', 0), nurse)] : []),
    ],
    followUps: Array.from({ length: random.int(1, 2) }, (_, at) => {
      const on = plusDays(today, at === 0 ? -random.int(10, 120) : random.int(10, 90));
      const past = on < today;
      return {
        id: id('followUp', at),
        on,
        status: past ? 'completed' : 'planned',
        ...(past ? { result: random.pick(texts.results) } : {}),
      };
    }),
    levels: conditions.slice(0, random.int(0, 2)).map((condition, at) => ({
      id: id('level', at),
      scale: at === 0 ? 'functional' : 'support',
      on: plusDays(today, -random.int(5, 150)),
      condition: condition.display,
      level: random.int(0, 4),
    })),
    documents: random.chance(0.4)
      ? [random.pick(texts.documents)].map((title, at) => ({
          id: id('document', at),
          title,
          on: plusDays(today, -random.int(10, 300)),
        }))
      : [],
  };
};
