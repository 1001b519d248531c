// Citizens as the index knows them: a share of the cases of every part of the administration, some with several parties,
// a few of each sensitivity, a few limited to those who handle them, and some that are none of the hub's business.
import type { IndexCase } from '../sf1470/data.ts';
import { instantAt, plusDays } from './days.ts';
import { indexCase, type Progress, type Sketch } from './index-case.ts';
import { keyOf } from './keys.ts';
import { personAt } from './person.ts';
import { type Random, randomOf } from './random.ts';
import { openPeriod } from './schedule.ts';
import { showcaseIndex } from './showcase.ts';
import { showcaseCases } from './showcase-sf1470.ts';
import { someoneIn } from './staff.ts';
import type { Citizen, Person } from './types.ts';
import type { World } from './world.ts';

const levels = {
  confidential: 'FORTROLIGE_PERSONOPLYSNINGER',
  sensitive: 'FOELSOMME_PERSONOPLYSNINGER',
  vip: 'VIP_SAGER',
};

/** Most cases are confidential; some senders tell nothing. */
const levelOf = (random: Random, { marked }: Person, sensitive = false): string | null => {
  if (marked !== undefined) return levels[marked];
  if (sensitive) return levels.sensitive;
  const drawn = random.next();
  return drawn < 0.08 ? 'IKKE_FORTROLIGE_DATA' : drawn < 0.1 ? null : levels.confidential;
};

/** A case that began some time ago; how far it is, and an event of the sandbox takes it one step on. */
const courseOf = (random: Random, today: string, changedAt: string | undefined): Sketch['course'] => {
  const start = openPeriod(random, today, 400).start;
  const steps: readonly Progress[] = ['Opstaaet', 'Oplyst', 'Afgjort', 'Afsluttet'];
  const reached = Math.min(random.pick([1, 2, 3, 3, 3, 4]), steps.length);
  const before = steps.slice(0, reached).map((code, at) => [code, plusDays(start, at * 3)] as const);
  const next = steps[reached];
  return changedAt === undefined || next === undefined ? before : [...before, [next, changedAt] as const];
};

const benefits = [
  [
    '32.24.04',
    'Hjælp til forsørgelse (kontanthjælp mv.)',
    'Uddannelses- og kontanthjælp',
    'Kontanthjælp',
    'Aktivlovens § 11',
  ],
  ['32.30.04', 'Udbetaling af sygedagpenge', 'Sygedagpenge', 'Sygedagpenge', 'Sygedagpengelovens § 6'],
  [
    '32.24.28',
    'Ressourceforløbsydelse, ressourceforløb',
    'Ressourceforløbsydelse',
    'Ressourceforløbsydelse',
    'Aktivlovens § 68',
  ],
] as const;
const efforts = [
  ['15.20.01', 'Min Plan - beskæftigelsesindsats', 'Min Plan', 'LAB § 45'],
  ['15.17.22', 'Ressourceforløb', 'Ressourceforløb', 'LAB § 112'],
  ['15.20.36', 'Mentorstøtte', 'Mentorstøtte', 'LAB § 167'],
  ['15.17.06', 'Sygedagpengeopfølgning', 'Opfølgning i sygedagpengesag', 'Sygedagpengelovens § 13 a'],
] as const;
const health = [
  ['29.18.00', 'Kommunal sygepleje i almindelighed', 'Hjemmesygepleje', 'SUL § 138', 'hjemmesygeplejen'],
  ['29.21.04', 'Genoptræning efter sundhedsloven', 'Genoptræning', 'SUL § 140', 'traening'],
  ['29.09.08', 'Patientrettet forebyggelse', 'Forebyggelsesforløb', 'SUL § 119', 'forebyggelse'],
] as const;

const ofEmployment = ({ person, employment }: Citizen, random: Random, course: Sketch['course']): readonly Sketch[] => {
  if (employment === undefined) return [];
  const [number, topic, title, legalBasis] = random.pick(efforts);
  const [lead, second] = employment.team;
  const shared = {
    unit: employment.unit,
    handler: lead?.professional ?? someoneIn(employment.unit, random),
    master: 'momentum',
    course,
    sensitivity: levelOf(random, person),
  } as const;
  const effort: Sketch = {
    ...shared,
    number,
    topic,
    title,
    legalBasis,
    parties: [['PrimaerPart', person]],
    ...(second === undefined ? {} : { second: { who: second.professional, from: course[0]?.[1] ?? '' } }),
  };
  if (!random.chance(0.4)) return [effort];
  const [kle, itsTopic, name, benefit, basis] = random.pick(benefits);
  const parties = [
    ['PrimaerPart', person],
    ['Ydelsesmodtager', person],
  ] as const;
  return [effort, { ...shared, number: kle, topic: itsTopic, title: name, legalBasis: basis, benefit, parties }];
};

const ofSocial = ({ person, social }: Citizen, random: Random, course: Sketch['course']): readonly Sketch[] =>
  (social?.cases ?? []).map((own): Sketch => {
    const plan = own.type === 'Handleplan';
    const [effort] = own.interventions;
    return {
      number: plan ? '27.12.12' : own.journalCode,
      topic: plan ? 'Handleplaner, voksne' : own.title,
      title: own.title,
      legalBasis: own.legalBasis,
      unit: own.unit,
      handler: own.responsible,
      master: 'sensum',
      course,
      parties: [['PrimaerPart', person]],
      sensitivity: levelOf(random, person, own.sensitive),
      ...(effort === undefined ? {} : { intervention: effort.title }),
      ...(random.chance(0.03) ? { limited: true } : {}),
    };
  });

const ofHealth = ({ person, health: care }: Citizen, random: Random, course: Sketch['course']): readonly Sketch[] => {
  if (care === undefined || person.child || !random.chance(0.5)) return [];
  const [number, topic, title, legalBasis, unit] = random.pick(health);
  const handler = someoneIn(unit, random);
  const sensitivity = levelOf(random, person, true);
  return [
    {
      number,
      topic,
      title,
      legalBasis,
      unit,
      handler,
      master: 'omsorg',
      course,
      parties: [['PrimaerPart', person]],
      sensitivity,
    },
  ];
};

/** A case of a household's children, kept by the eldest index; the parents are parties too. */
const ofFamily = (world: World, citizen: Citizen, random: Random, course: Sketch['course']): readonly Sketch[] => {
  const { person, relatives } = citizen;
  const around = (relation: string): readonly number[] =>
    relatives.flatMap((one) => (one.relation === relation && one.index !== undefined ? [one.index] : []));
  const siblings = around('sibling');
  if (!person.child || siblings.some((index) => index < person.index) || !random.chance(0.4)) return [];
  const several = siblings.length > 0 && random.chance(0.6);
  const all = (indexes: readonly number[]): readonly Person[] => indexes.map((index) => world.originAt(index).person);
  return [
    {
      number: '27.24.00',
      topic: 'Særlig støtte til børn og unge i almindelighed',
      title: several ? 'Samlet plan for søskende' : 'Barnets plan',
      legalBasis: 'Barnets lov § 91',
      unit: 'boern',
      handler: someoneIn('boern', random),
      master: 'dubu',
      course,
      parties: [
        ['PrimaerPart', person],
        ...(several ? all(siblings).map((child) => ['PrimaerPart', child] as const) : []),
        ...all(around('parent')).map((parent) => ['SekundaerPart', parent] as const),
      ],
      sensitivity: levels.sensitive,
    },
  ];
};

/** A building permit: the hub does not ask for such cases, and would not keep one that came. */
const ofNoConcern = ({ person }: Citizen, random: Random, course: Sketch['course']): readonly Sketch[] =>
  person.child || !random.chance(0.08)
    ? []
    : [
        {
          number: '02.34.02',
          topic: 'Byggetilladelser',
          title: 'Carport',
          unit: 'social',
          handler: someoneIn('social', random),
          master: 'byg',
          course,
          parties: [['PrimaerPart', person]],
          sensitivity: 'IKKE_FORTROLIGE_DATA',
        },
      ];

const familyOf = (world: World, { relatives }: Citizen): readonly Person[] =>
  relatives.flatMap(({ index }) => (index === undefined ? [] : [world.originAt(index).person]));

/** @param now when the index gets to know of what has befallen the citizen, if anything has */
export const casesOf = (world: World, index: number, now: string): readonly IndexCase[] => {
  const { seed, today } = world.options;
  const random = randomOf(seed, 'index', index);
  const isShowcase = index === showcaseIndex;
  if (!isShowcase && !personAt(seed, index, today).child && !random.chance(0.45)) return [];
  const citizen = world.citizenAt(index);
  const at = citizen.revision > 0 ? now : undefined;
  const course = courseOf(random, today, at);
  const parent = citizen.relatives.find(({ relation }) => relation === 'parent');
  const sketches = isShowcase
    ? showcaseCases(citizen, today, familyOf(world, citizen), at)
    : [
        ...ofEmployment(citizen, random, course),
        ...ofSocial(citizen, random, course),
        ...ofHealth(citizen, random, course),
        // Hers is the family's case.
        ...(parent?.index === showcaseIndex ? [] : ofFamily(world, citizen, random, course)),
        ...ofNoConcern(citizen, random, course),
      ];
  const year = instantAt(today, '12:00').slice(2, 4);
  return sketches.map((sketch, n) =>
    indexCase(keyOf(seed, index, 'sag', n), `${year}/${10_000 + index * 10 + n}`, sketch, at),
  );
};
