// A small DUBU for tests: cases of a child each, every third of two siblings, with two activities.
import type { Aktivitet, DubuData, Person, Sag } from './data.ts';
import { createDubuData } from './data.ts';

export const canary = 'Kanariefugl';
export const cprOf = (n: number): string => `${String((n % 28) + 61)}0215${String(5000 + n)}`;

const person = (n: number): Person => ({
  id: 900_000 + n,
  cprnr: cprOf(n),
  fornavn: canary,
  efternavn: 'Prøve',
  alder: 11,
  relation: 'Barn',
});

export const sampleSag = (n: number): Sag => ({
  id: 4000 + n,
  sagsnummer: `27.24.00-G01-${n}-26`,
  titel: 'Barnets plan',
  tvang: false,
  isSensitive: n % 5 === 0,
  status: { brugervendtNoegle: 'SagStatus1', titel: 'Aktiv' },
  sagstype: { brugervendtNoegle: 'BarnetsPlan', titel: 'Barnets plan' },
  formaal: canary,
  lovgrundlag: 'Barnets lov § 91',
  startDato: '2026-05-04',
  slutDato: null,
  team: 'boern',
  sekundaerBehandlerNavne: '',
  primaerPerson: person(n),
  omfattedePersoner: n % 3 === 0 ? [person(n), person(n + 500)] : [person(n)],
  primaerBehandler: {
    id: 1,
    navn: 'Ulla Schou',
    initialer: 'ulsc',
    titel: 'Familierådgiver',
    telefon: '70211013',
    email: 'ulsc@egevang.example',
  },
  foerstkommendeFrist: null,
  maal: [],
});

export const sampleAktivitet = (id: number, more: Partial<Aktivitet> = {}): Aktivitet => ({
  id,
  titel: 'Familiebehandling',
  type: { brugervendtNoegle: 'Indsats', titel: 'Indsats' },
  undertype: null,
  haendelsesDato: '2026-06-01T08:00:00Z',
  slutDato: null,
  aktindsigt: true,
  laast: false,
  lovpligtig: false,
  lovgrundlag: 'Barnets lov § 32',
  samtykke: true,
  udenSamtykkeLbu: false,
  inddragelse: null,
  opretKalenderinvitation: false,
  status: 'Igang',
  sted: null,
  udfoerer: null,
  vedroerer: [],
  notat: canary,
  ...more,
});

export const sampleDubu = (count: number): DubuData => {
  const data = createDubuData();
  for (let n = 0; n < count; n += 1) {
    const sag = sampleSag(n);
    data.sager.set(sag.id, sag);
    data.aktiviteter.set(sag.id, [sampleAktivitet(70_000 + n * 2), sampleAktivitet(70_001 + n * 2)]);
  }
  return data;
};
