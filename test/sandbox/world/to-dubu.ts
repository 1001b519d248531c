// How DUBU writes families down: about one family with children in six has a case. Siblings often stand on one plan, one
// plan in five is for the whole family; a few cases hold coercion or are marked, and some steps are taken without consent.
import type { Aktivitet, Person as DubuPerson, Sag } from '../dubu/data.ts';
import { instantAt, plusDays, workday } from './days.ts';
import { placeOf } from './household.ts';
import { personAt } from './person.ts';
import { type Random, randomOf } from './random.ts';
import { nameOf } from './relatives.ts';
import { someoneIn } from './staff.ts';
import type { Person } from './types.ts';

export interface DubuCase {
  readonly sag: Sag;
  readonly aktiviteter: readonly Aktivitet[];
}

export const ageOn = (person: Person, today: string): number => {
  const years = Number(today.slice(0, 4)) - Number(person.birthDate.slice(0, 4));
  return person.birthDate.slice(5) > today.slice(5) ? years - 1 : years;
};

export const dubuPerson = (person: Person, today: string): DubuPerson => ({
  id: 900_000 + person.index,
  cprnr: person.cpr,
  fornavn: person.given.join(' '),
  efternavn: person.family,
  alder: ageOn(person, today),
  relation: person.child ? 'Barn' : 'Forælder',
});

/** One kind of course a family may be in. */
interface Course {
  readonly formaal: string;
  readonly maal: readonly [string, string];
  readonly oenske: string;
  readonly indsats: string;
  readonly lovgrundlag: string;
  readonly udfoerer: string;
}

const courses: readonly Course[] = [
  {
    formaal: 'At barnet trives i skolen og får faste rammer derhjemme.',
    maal: ['Kommer i skole mindst fire dage om ugen', 'Har en fast aftenrutine'],
    oenske: 'Jeg vil gerne have en ven at lege med efter skole.',
    indsats: 'Praktisk, pædagogisk støtte i hjemmet',
    lovgrundlag: 'Barnets lov § 32, stk. 1, nr. 2',
    udfoerer: 'Familiehuset Egevang',
  },
  {
    formaal: 'At samværet mellem forældre og barn bliver trygt og forudsigeligt.',
    maal: ['Forældrene taler sammen om barnet uden barnet', 'Barnet ved, hvor det skal sove'],
    oenske: 'Jeg vil have, at de ikke skændes.',
    indsats: 'Familiebehandling',
    lovgrundlag: 'Barnets lov § 32, stk. 1, nr. 3',
    udfoerer: 'Familiehuset Egevang',
  },
  {
    formaal: 'At den unge får en voksen at støtte sig til og fritid med jævnaldrende.',
    maal: ['Går til en fritidsaktivitet hver uge', 'Har overblik over sine egne aftaler'],
    oenske: 'Jeg vil gerne spille fodbold igen.',
    indsats: 'Fast kontaktperson',
    lovgrundlag: 'Barnets lov § 32, stk. 1, nr. 7',
    udfoerer: 'Kontaktpersonkorpset Egevang',
  },
  {
    formaal: 'At aflaste hjemmet, så alle har kræfter til hverdagen.',
    maal: ['To rolige weekender om måneden', 'Søskende får tid alene med en forælder'],
    oenske: 'Jeg vil gerne med i sommerhus.',
    indsats: 'Støtteophold i aflastningsfamilie',
    lovgrundlag: 'Barnets lov § 90',
    udfoerer: 'Plejefamilie, godkendt',
  },
];

interface Step {
  readonly titel: string;
  readonly type: string;
  readonly undertype?: string;
  readonly days: number;
  readonly more?: Partial<Aktivitet>;
}

export const activity = (id: number, { titel, type, undertype, days, more = {} }: Step, today: string): Aktivitet => ({
  id,
  titel,
  type: { brugervendtNoegle: type, titel: type },
  undertype: undertype === undefined ? null : { brugervendtNoegle: undertype, titel: undertype },
  haendelsesDato: instantAt(workday(plusDays(today, days)), '13:00'),
  slutDato: null,
  aktindsigt: true,
  laast: days < -30,
  lovpligtig: false,
  lovgrundlag: null,
  samtykke: true,
  udenSamtykkeLbu: false,
  inddragelse: 'Barnet er hørt',
  opretKalenderinvitation: days > 0,
  status: days > 0 ? 'Planlagt' : type === 'Indsats' ? 'Igang' : 'Afholdt',
  sted: null,
  udfoerer: null,
  vedroerer: [],
  notat: 'Rådgiverens notat, som bliver i sagen.',
  ...more,
});

const stepsOf = (
  random: Random,
  course: Course,
  about: readonly Person[],
  today: string,
  revision: number,
): readonly Step[] => {
  const [child] = about.filter((person) => person.child);
  const one = child === undefined || about.length < 2 ? [] : [{ cprnr: child.cpr, navn: nameOf(child) }];
  const begun = -random.int(40, 150);
  return [
    {
      titel: `Afgørelse: ${course.indsats.toLowerCase()}`,
      type: 'Afgoerelse',
      days: begun,
      more: { lovgrundlag: course.lovgrundlag, lovpligtig: true },
    },
    {
      titel: course.indsats,
      type: 'Indsats',
      days: begun + 10,
      more: {
        lovgrundlag: course.lovgrundlag,
        udfoerer: course.udfoerer,
        slutDato: plusDays(today, random.int(60, 300)),
        vedroerer: one,
        ...(random.chance(0.04) ? { samtykke: false, udenSamtykkeLbu: true } : {}),
      },
    },
    {
      titel: 'Børnesamtale',
      type: 'Samtale',
      undertype: 'Boernesamtale',
      days: -random.int(5, 35),
      more: { vedroerer: one, sted: 'Skolen' },
    },
    { titel: 'Telefonnotat', type: 'Notat', days: -random.int(2, 30), more: { aktindsigt: random.chance(0.9) } },
    {
      titel: 'Opfølgning på barnets plan',
      type: 'Opfoelgning',
      days: -random.int(10, 40),
      more: { lovpligtig: true, lovgrundlag: 'Barnets lov § 95' },
    },
    {
      titel: 'Netværksmøde',
      type: 'Moede',
      undertype: 'Netvaerksmoede',
      days: random.int(4, 40),
      more: { sted: 'Egevang Rådhus, mødelokale 4' },
    },
    ...Array.from(
      { length: revision },
      (_, n): Step => ({
        titel: 'Hjemmebesøg',
        type: 'Moede',
        undertype: 'Hjemmebesoeg',
        days: 6 + n * 7,
        more: { sted: 'Hjemmet' },
      }),
    ),
  ];
};

const planTypes: Readonly<Record<string, string>> = {
  BarnetsPlan: 'Barnets plan',
  Ungeplan: 'Ungeplan',
  SamletFamilieplan: 'Samlet familieplan',
};

/** The cases of the household that begins with this index. */
export const dubuCases = (seed: number, start: number, today: string, revision: number): readonly DubuCase[] => {
  const { roles } = placeOf(seed, start);
  const random = randomOf(seed, 'dubu', start);
  if (!roles.includes('child') || !random.chance(0.17)) return [];
  const members = roles.map((_, at) => personAt(seed, start + at, today));
  const children = members.filter((person) => person.child);
  const family = random.chance(0.2);
  const together = family || random.chance(0.4);
  const groups = family ? [members] : together ? [children] : children.slice(0, 1).map((child) => [child]);
  return groups.map((about, n): DubuCase => {
    const [first = members[0] as Person] = about.filter((person) => person.child);
    const type = family ? 'SamletFamilieplan' : ageOn(first, today) >= 16 ? 'Ungeplan' : 'BarnetsPlan';
    const course = random.pick(courses);
    const behandler = someoneIn('boern', random);
    const id = 40_000 + start * 10 + n;
    const startDato = workday(plusDays(today, -random.int(60, 300)));
    const goal = (at: number, tekst: string, art: string) => ({
      id: id * 10 + at,
      tekst,
      art,
      status: 'Igang',
      startDato,
      slutDato: null,
    });
    const marked = about.some((person) => person.marked !== undefined);
    const sag: Sag = {
      id,
      sagsnummer: `27.24.00-G01-${id}-26`,
      titel: planTypes[type] ?? type,
      tvang: random.chance(0.05),
      isSensitive: marked || random.chance(0.12),
      status: random.chance(0.1)
        ? { brugervendtNoegle: 'SagStatus2', titel: 'Afsluttet' }
        : { brugervendtNoegle: 'SagStatus1', titel: 'Aktiv' },
      sagstype: { brugervendtNoegle: type, titel: planTypes[type] ?? type },
      formaal: course.formaal,
      lovgrundlag: type === 'Ungeplan' ? 'Barnets lov § 108' : 'Barnets lov § 91',
      startDato,
      slutDato: null,
      team: 'boern',
      sekundaerBehandlerNavne: random.chance(0.3) ? someoneIn('boern', random).name : '',
      primaerPerson: dubuPerson(first, today),
      omfattedePersoner: about.map((person) => dubuPerson(person, today)),
      primaerBehandler: {
        id: 500 + Number(behandler.id.split('-')[1]),
        navn: behandler.name,
        initialer: behandler.initials.toLowerCase(),
        titel: behandler.title,
        telefon: behandler.phone,
        email: behandler.email,
      },
      foerstkommendeFrist: {
        id: id * 10,
        fristDato: workday(plusDays(today, random.int(5, 80))),
        titel: 'Opfølgning på barnets plan',
      },
      maal: [
        goal(1, course.maal[0], 'Maal'),
        goal(2, course.maal[1], 'Delmaal'),
        goal(3, course.oenske, 'BarnetsOenske'),
      ],
    };
    const steps = stepsOf(random, course, about, today, revision);
    return { sag, aktiviteter: steps.map((step, at) => activity(id * 100 + at, step, today)) };
  });
};
