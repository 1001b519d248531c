// A citizen's cases with social services: one case per topic with interventions and activities; goals, sub-goals and
// services belong to the citizen. Keys are numbers made from the index, as the vendor's are.
import { plusDays } from './days.ts';
import type { CaseInput } from './employment.ts';
import { type Random, randomOf } from './random.ts';
import { openPeriod, periodOf, statusOf } from './schedule.ts';
import { providers, someoneIn } from './staff.ts';
import * as texts from './texts-social.ts';
import type { Goal, Intervention, SocialCare, SocialCase } from './types.ts';

const interventionOf = (random: Random, kind: texts.SocialIntervention, id: string, today: string): Intervention => {
  const period = periodOf(random, today, kind.weeks);
  const refused = random.chance(0.05);
  const paused = !refused && random.chance(0.05);
  const wanted = random.pick(kind.providers);
  const provider = providers.find((known) => known.id === wanted);
  return {
    id,
    title: kind.title,
    legalBasis: kind.legalBasis,
    status: refused ? 'cancelled' : paused ? 'onHold' : statusOf(period, today),
    period,
    grantedAt: plusDays(period.start, -random.int(7, 40)),
    ...(provider ? { provider } : {}),
  };
};

const activitiesOf = (random: Random, sagId: string, received: string, today: string): SocialCase['activities'] =>
  random.some(texts.activities, random.int(2, 5)).map(([phase, name], at) => {
    const deadline = plusDays(received, 20 + at * random.int(20, 60));
    const done = deadline < today && random.chance(0.9);
    return {
      id: `${sagId}${70 + at}`,
      phase,
      name,
      deadline,
      ...(done ? { doneAt: plusDays(deadline, -random.int(0, 6)), answer: random.pick(texts.answers) } : {}),
    };
  });

const caseOf = (random: Random, topic: texts.SocialTopic, id: string, today: string): SocialCase => {
  const period = openPeriod(random, today, 700);
  const closed = random.chance(0.12) ? plusDays(today, -random.int(5, 13)) : undefined;
  return {
    id,
    title: topic.title,
    type: random.chance(0.7) ? 'Handleplan' : random.pick(['Udredning og plan', 'Ansøgning', 'Enkeltsag']),
    unit: topic.unit,
    responsible: someoneIn(topic.unit, random),
    legalBasis: topic.legalBasis,
    status: closed === undefined ? 'active' : 'completed',
    received: period.start,
    ...(closed === undefined ? {} : { closed }),
    urgent: random.chance(0.05),
    journalCode: topic.journalCode,
    targetGroup: random.pick(topic.targetGroups),
    sensitive: topic.sensitive === true,
    interventions: random
      .some(topic.interventions, random.int(1, 2))
      .map((kind, at) => interventionOf(random, kind, `${id}${10 + at}`, today)),
    activities: activitiesOf(random, id, period.start, today),
  };
};

const goalTypes = { Udvikle: 'develop', Fastholde: 'maintain', 'Begrænse tab': 'limitLoss' } as const;

const goalsOf = (random: Random, citizenId: string, today: string): readonly Goal[] =>
  random.some(texts.goals, random.int(1, 2)).flatMap(([type, text, steps], at) => {
    const id = `${citizenId}${at + 1}`;
    const start = plusDays(today, -random.int(30, 400));
    const period = { start, end: plusDays(start, 365) };
    const status = period.end < today ? 'completed' : 'active';
    const goal: Goal = { id, category: 'goal', text, status, type: goalTypes[type], period };
    const own = random.some(steps, random.int(1, steps.length));
    return [
      goal,
      ...own.map((step, n): Goal => ({ ...goal, id: `${id}-${n}`, category: 'subGoal', text: step, parent: id })),
    ];
  });

export const socialOf = ({ seed, person, today }: CaseInput): SocialCare => {
  const random = randomOf(seed, 'social', person.index);
  const citizenId = String(200_000 + person.index);
  const topics = random.some(texts.topics, random.chance(0.2) ? 2 : 1);
  const cases = topics.map((topic, at) => caseOf(random, topic, `${citizenId}${at + 1}`, today));
  const services = topics.flatMap((topic, at) => {
    const kind = random.pick(topic.interventions);
    return random.chance(0.6)
      ? [{ id: `${citizenId}9${at}`, title: kind.service, period: openPeriod(random, today, 300), unit: topic.unit }]
      : [];
  });
  return {
    citizenId,
    cases,
    goals: goalsOf(random, citizenId, today),
    services,
    createdAt: cases[0]?.received ?? today,
  };
};
