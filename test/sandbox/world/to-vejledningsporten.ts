// How Vejledningsporten writes citizens down: young people on their way into an education, and some adults who seek one.
// Who is known there follows from the person alone, so that a municipality is gone through quickly.
import type { PortKind, PortRow } from '../vejledningsporten/data.ts';
import { plusDays, workday } from './days.ts';
import { keyOf } from './keys.ts';
import { type Random, randomOf } from './random.ts';
import { nameOf } from './relatives.ts';
import { someoneIn } from './staff.ts';
import type { Person } from './types.ts';

export interface PortRecord extends PortRow {
  readonly kind: PortKind;
}

export interface PortInput {
  readonly person: Person;
  readonly seed: number;
  readonly today: string;
  /** When all of it was last changed. */
  readonly aendret: string;
  /** How often something has happened since. */
  readonly revision: number;
}

const ageOn = (person: Person, today: string): number => {
  const years = Number(today.slice(0, 4)) - Number(person.birthDate.slice(0, 4));
  return person.birthDate.slice(5) > today.slice(5) ? years - 1 : years;
};

/** Most of those who are 13 to 24, and one adult in forty up to 45. */
export const isGuided = (seed: number, person: Person, today: string): boolean => {
  const age = ageOn(person, today);
  const random = randomOf(seed, 'vejledningsporten', person.index);
  return age >= 13 && age < 25 ? random.chance(0.7) : age >= 25 && age < 46 && random.chance(0.025);
};

const youthLaw = 'Lov om kommunal indsats for unge under 25 år';
const schools = ['Egeskolen', 'Kirkebakkeskolen', 'Ungdomsskolen Egevang'];

/** Wish, aim, course and where it is held. */
type Dream = readonly [string, string, string, string];
const dreams: readonly Dream[] = [
  [
    'Jeg vil gerne være elektriker.',
    'Lærlingeplads som elektriker',
    'Brobygning på Tech College',
    'Tech College Egevang',
  ],
  [
    'Jeg vil arbejde med dyr.',
    'Optagelse på dyrlægeassistentuddannelsen',
    'Praktik på dyreklinik',
    'Dyreklinikken Engen',
  ],
  [
    'Jeg vil lave mad til mange.',
    'Begynde på ernæringsassistentuddannelsen',
    'FGU, værkstedet Mad og ernæring',
    'FGU Egevang',
  ],
  ['Jeg vil hjælpe ældre.', 'Optagelse på SOSU-uddannelsen', 'Brobygning på SOSU-skolen', 'SOSU-skolen Egevang'],
  [
    'Jeg ved ikke, hvad jeg vil, men ikke sidde stille.',
    'Afprøve to erhverv inden sommer',
    'FGU, værkstedet Byg og bolig',
    'FGU Egevang',
  ],
];
const adultDreams: readonly Dream[] = [
  [
    'Jeg vil have papir på det, jeg kan.',
    'Merit til pædagogisk assistentuddannelse',
    'Realkompetencevurdering',
    'SOSU-skolen Egevang',
  ],
  ['Jeg vil væk fra skiftearbejde.', 'Kontoruddannelse for voksne (EUV)', 'Kursus i IT og regnskab', 'VUC Egevang'],
];

const courseArt = (title: string): string =>
  title.startsWith('Bro')
    ? 'BROBYG'
    : title.startsWith('FGU')
      ? 'FGU'
      : title.startsWith('Real')
        ? 'RKV'
        : title.startsWith('Kursus')
          ? 'KURSUS'
          : 'PRAKTIK';

const course = (random: Random, title: string, provider: string, today: string): Readonly<Record<string, unknown>> => {
  const start = workday(plusDays(today, random.int(-120, 40)));
  const slut = plusDays(start, title.startsWith('FGU') ? 240 : title.startsWith('Bro') ? 4 : 28);
  return {
    titel: title,
    art: courseArt(title),
    status: start > today ? 'PLANLAGT' : slut < today ? 'AFSLUTTET' : 'AKTIV',
    fortrolighed: 0,
    lovgrundlag: [
      title.startsWith('Bro') ? 'Folkeskolelovens § 9, stk. 5' : title.startsWith('FGU') ? 'FGU-loven' : youthLaw,
    ],
    start,
    slut,
    uddannelsessted: provider,
    timerPrUge: title.startsWith('Praktik') ? 20 : 30,
    bevilget: plusDays(start, -14),
  };
};

/** Everything the system holds about somebody it guides. */
export const portRecords = ({ person, seed, today, aendret, revision }: PortInput): readonly PortRecord[] => {
  const random = randomOf(seed, 'vejledning', person.index);
  const adult = ageOn(person, today) >= 25;
  const unit = { enhed: 'job-unge', enhedsnavn: 'Ungeteamet' };
  const counsellor = someoneIn('job-unge', random);
  const id = (label: string, n: number): string => keyOf(seed, person.index, 'port', label, n);
  const borgerId = id('borger', 0);
  const [dream, aim, title, provider] = random.pick(adult ? adultDreams : dreams);
  const row = (kind: PortKind, key: string, felter: Readonly<Record<string, unknown>>): PortRecord => ({
    kind,
    id: key,
    aendret,
    slettet: false,
    borgerId,
    felter,
  });
  const planId = id('forloeb', 0);
  const start = workday(plusDays(today, -random.int(30, 200)));
  const fortrolighed = person.marked === undefined ? 0 : person.marked === 'confidential' ? 1 : 2;
  const goal = (n: number, art: string, tekst: string, more: object): PortRecord =>
    row('maal', id('maal', n), { forloebId: planId, art, tekst, status: 'AKTIV', start, enhed: unit.enhed, ...more });
  // Every event since then: one more meeting was held and the next one booked.
  const meeting = (n: number): PortRecord => {
    const day = workday(plusDays(today, random.int(-40, -5) + n * 30));
    const past = n < 1 + revision;
    return row('samtaler', id('samtale', n), {
      forloebId: planId,
      emne: n === 0 ? 'Vejledningssamtale' : 'Opfølgning på uddannelsesplanen',
      art: n === 0 ? 'VEJLEDNING' : 'OPFOELGNING',
      start: `${day}T${n % 2 === 0 ? '10:00' : '13:30'}:00`,
      slut: `${day}T${n % 2 === 0 ? '10:45' : '14:15'}:00`,
      form: random.pick(['FREMMOEDE', 'FREMMOEDE', 'TELEFON', 'VIDEO']),
      sted: 'Ungehuset Egevang',
      status: past ? 'AFHOLDT' : 'BOOKET',
      deltagere: [
        { navn: nameOf(person), rolle: adult ? 'Borger' : 'Ung', beskyttet: person.protection !== undefined },
        { navn: counsellor.name, rolle: 'Vejleder', beskyttet: false },
      ],
      dagsorden: n === 0 ? ['Ønsker og muligheder', 'Uddannelsesplan'] : ['Siden sidst', 'Næste skridt'],
      enhed: unit.enhed,
    });
  };
  return [
    row('borgere', borgerId, {
      cpr: person.cpr,
      navn: nameOf(person),
      foedselsdato: person.birthDate,
      ...(person.child ? { skole: random.pick(schools), klassetrin: Math.min(9, ageOn(person, today) - 6) } : {}),
      vejleder: {
        initialer: counsellor.initials.toLowerCase(),
        navn: counsellor.name,
        titel: counsellor.title,
        telefon: counsellor.phone,
        mail: counsellor.email,
      },
      ...unit,
      uddannelsesparat: random.chance(0.6),
    }),
    row('forloeb', planId, {
      titel: adult ? 'Plan for voksenvejledning' : 'Uddannelsesplan',
      art: adult ? 'VOKSENPLAN' : 'UDDPLAN',
      status: 'AKTIV',
      fortrolighed,
      formaal: `${aim}.`,
      lovgrundlag: [adult ? 'LAB § 2' : youthLaw],
      start,
      ansvarlig: { navn: counsellor.name },
      ...unit,
      intern: 'Vejlederens egne noter',
    }),
    row('forloeb', id('forloeb', 1), {
      ...course(random, title, provider, today),
      planId,
      ansvarlig: { navn: counsellor.name },
      ...unit,
    }),
    goal(0, 'OENSKE', dream, {}),
    goal(1, 'MAAL', aim, { frist: plusDays(today, 220), ansvarlig: counsellor.name }),
    goal(2, 'DELMAAL', 'Besøge uddannelsesstedet', { overordnetId: id('maal', 1), frist: plusDays(today, 20) }),
    goal(3, 'AFTALE', 'Udfylde ansøgningen sammen', { frist: plusDays(today, 60), ansvarlig: nameOf(person) }),
    ...Array.from({ length: 2 + revision }, (_, n) => meeting(n)),
  ];
};
