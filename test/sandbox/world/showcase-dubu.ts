// Maja Sandkasse's family in DUBU: her own parents' plan, and one plan for her three children together. She sees her own;
// of the children's plan nothing is told to her plan, for it is theirs.

import { plusDays, workday } from './days.ts';
import { fixedSeed, placeOf } from './household.ts';
import { personAt } from './person.ts';
import { showcaseCpr, showcaseIndex } from './showcase.ts';
import { someoneNamed } from './staff.ts';
import { activity, type DubuCase, dubuPerson } from './to-dubu.ts';

const active = { brugervendtNoegle: 'SagStatus1', titel: 'Aktiv' };

export const showcaseDubu = (today: string, revision: number): readonly DubuCase[] => {
  const day = (days: number): string => workday(plusDays(today, days));
  const caseworker = someoneNamed('boern', 'Ulla Schou', 'Familierådgiver');
  const primaerBehandler = {
    id: 513,
    navn: caseworker.name,
    initialer: caseworker.initials.toLowerCase(),
    titel: caseworker.title,
    telefon: caseworker.phone,
    email: caseworker.email,
  };
  const children = placeOf(fixedSeed, showcaseIndex).roles.flatMap((role, at) =>
    role === 'child' ? [dubuPerson(personAt(fixedSeed, showcaseIndex + at, today), today)] : [],
  );
  const mother = {
    ...dubuPerson(personAt(fixedSeed, showcaseIndex, today), today),
    cprnr: showcaseCpr,
    fornavn: 'Maja',
  };
  const goal = (id: number, tekst: string, art: string, status = 'Igang') => ({
    id,
    tekst,
    art,
    status,
    startDato: day(-70),
    slutDato: null,
  });
  const common = {
    tvang: false,
    isSensitive: false,
    status: active,
    startDato: day(-70),
    slutDato: null,
    team: 'boern',
    primaerBehandler,
  };
  const step = (id: number, titel: string, type: string, days: number, more: object = {}, undertype?: string) =>
    activity(id, { titel, type, days, more, ...(undertype === undefined ? {} : { undertype }) }, today);
  return [
    {
      sag: {
        ...common,
        id: 40_000,
        sagsnummer: '27.24.15-G01-40000-26',
        titel: 'Forældrehandleplan: ro om morgenen, tid om eftermiddagen',
        sagstype: { brugervendtNoegle: 'Foraeldrehandleplan', titel: 'Forældrehandleplan' },
        formaal: 'At Maja får støtte som forælder i de perioder, hvor angsten fylder, så børnenes hverdag holder.',
        lovgrundlag: 'Barnets lov § 76',
        sekundaerBehandlerNavne: 'Gitte Toft',
        primaerPerson: mother,
        omfattedePersoner: [mother],
        foerstkommendeFrist: { id: 400_000, fristDato: day(18), titel: 'Opfølgning på forældrehandleplanen' },
        maal: [
          goal(400_001, 'Børnene afleveres til tiden de dage, Maja er i praktik', 'Maal'),
          goal(400_002, 'Aftale med Kirsten om to faste hentedage', 'Delmaal', 'Afsluttet'),
        ],
      },
      aktiviteter: [
        step(4_000_000, 'Afgørelse: praktisk, pædagogisk støtte i hjemmet', 'Afgoerelse', -64, {
          lovgrundlag: 'Barnets lov § 32, stk. 1, nr. 2',
          lovpligtig: true,
        }),
        step(4_000_001, 'Familiekonsulent to morgener om ugen', 'Indsats', -60, {
          lovgrundlag: 'Barnets lov § 32, stk. 1, nr. 2',
          udfoerer: 'Familiehuset Egevang',
          slutDato: day(120),
        }),
        step(4_000_002, 'Opfølgning: morgenerne går bedre, eftermiddagene er svære', 'Opfoelgning', -12),
        step(4_000_003, 'Telefonnotat', 'Notat', -6, { aktindsigt: true }),
        step(4_000_004, 'Møde om hente- og bringedage', 'Moede', 7, { sted: 'Familiehuset Egevang' }, 'Moede'),
        ...Array.from({ length: revision }, (_, n) =>
          step(4_000_010 + n, 'Hjemmebesøg', 'Moede', 11 + n * 14, { sted: 'Hjemmet' }, 'Hjemmebesoeg'),
        ),
      ],
    },
    {
      sag: {
        ...common,
        id: 40_001,
        sagsnummer: '27.24.00-G01-40001-26',
        titel: 'Barnets plan for tre søskende',
        sagstype: { brugervendtNoegle: 'BarnetsPlan', titel: 'Barnets plan' },
        formaal: 'At børnene kan være børn, også når en af de voksne har det svært.',
        lovgrundlag: 'Barnets lov § 91',
        sekundaerBehandlerNavne: '',
        primaerPerson: children[0] ?? mother,
        omfattedePersoner: children,
        foerstkommendeFrist: { id: 400_010, fristDato: day(25), titel: 'Opfølgning på barnets plan' },
        maal: [
          goal(400_011, 'Går glade i skole', 'Maal'),
          goal(400_012, 'Vi vil gerne have, at mor er med til fodbold.', 'BarnetsOenske'),
        ],
      },
      aktiviteter: [
        step(4_000_100, 'Børnegruppe for børn af forældre med psykisk sygdom', 'Indsats', -40, {
          lovgrundlag: 'Barnets lov § 30',
          udfoerer: 'Familiehuset Egevang',
          slutDato: day(60),
        }),
        step(4_000_101, 'Børnesamtale', 'Samtale', -20, { sted: 'Skolen' }, 'Boernesamtale'),
      ],
    },
  ];
};
