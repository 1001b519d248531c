// The professionals of Egevang and its providers: whom the records name as caseworkers, mentors and nurses. Their units
// are those of ../config/units.yaml, so a persona's own journal is the one its colleagues write in.
import type { Random } from './random.ts';
import { randomOf } from './random.ts';

export interface Professional {
  readonly id: string;
  readonly initials: string;
  readonly name: string;
  readonly title: string;
  readonly unit: UnitId;
  readonly phone: string;
  readonly email: string;
}

export const units = {
  jobcenter: 'Jobcenter Egevang',
  'job-voksen': 'Team Kontanthjælp og Ressourceforløb',
  'job-sygedagpenge': 'Team Sygedagpenge',
  'job-unge': 'Ungeteamet',
  social: 'Social, Psykiatri og Handicap',
  '2110': 'Voksenhandicap, myndighed',
  '2120': 'Socialpsykiatri, myndighed',
  '2130': 'Rusmiddelcenter Egevang',
  sundhed: 'Sundhed og Omsorg',
  hjemmesygeplejen: 'Hjemmesygeplejen',
  hjemmeplejen: 'Hjemmeplejen',
  traening: 'Træning og Rehabilitering',
  forebyggelse: 'Sundhedsfremme og Forebyggelse',
  boern: 'Børn, Unge og Familier',
} as const;
export type UnitId = keyof typeof units;

/** Who carries out what was granted. */
export const providers = [
  { id: '7001', name: 'Fonden Broen', group: 'Beskæftigelsesindsatser' },
  { id: '7002', name: 'Bostøtte Egevang', group: 'Egne tilbud' },
  { id: '7003', name: 'Værestedet Kompasset', group: 'Egne tilbud' },
  { id: '7004', name: 'Botilbuddet Lindehuset', group: 'Egne tilbud' },
  { id: '7005', name: 'Fjordens Socialpædagoger ApS', group: 'Private leverandører' },
  { id: '7006', name: 'Det Beskyttede Værksted Egen', group: 'Egne tilbud' },
] as const;

const titleOf: Readonly<Record<UnitId, readonly string[]>> = {
  jobcenter: ['Virksomhedskonsulent', 'Mentor', 'Personlig jobformidler'],
  'job-voksen': ['Beskæftigelsessagsbehandler'],
  'job-sygedagpenge': ['Sygedagpengesagsbehandler'],
  'job-unge': ['Ungevejleder', 'Uddannelsesvejleder'],
  social: ['Faglig koordinator'],
  '2110': ['Socialrådgiver'],
  '2120': ['Socialrådgiver'],
  '2130': ['Rusmiddelbehandler'],
  sundhed: ['Visitator'],
  hjemmesygeplejen: ['Sygeplejerske'],
  hjemmeplejen: ['Social- og sundhedsassistent'],
  traening: ['Fysioterapeut', 'Ergoterapeut'],
  forebyggelse: ['Sundhedskonsulent'],
  boern: ['Familierådgiver', 'Sundhedsplejerske'],
};

const given = [
  'Hanne',
  'Ulla',
  'Stine',
  'Trine',
  'Gitte',
  'Marianne',
  'Karim',
  'Jens',
  'Ole',
  'Rasmus',
  'Nadia',
  'Bente',
];
const family = ['Toft', 'Bæk', 'Krogh', 'Winther', 'Juhl', 'Brandt', 'Schou', 'Vinther', 'Eskildsen', 'Dalgaard'];
const perUnit = 6;

const colleague = (unit: UnitId, at: number): Professional => {
  const random = randomOf(7, 'staff', unit, at);
  const first = random.pick(given);
  const last = random.pick(family);
  const initials = `${first.slice(0, 2)}${last.slice(0, 1)}${at}`.toUpperCase();
  return {
    id: `${unit}-${at + 1}`,
    initials,
    name: `${first} ${last}`,
    title: random.pick(titleOf[unit]),
    unit,
    phone: `7020${String(1000 + Object.keys(units).indexOf(unit) * 100 + at)}`,
    email: `${initials.toLowerCase()}@egevang.example`,
  };
};

const staff = new Map<UnitId, readonly Professional[]>(
  (Object.keys(units) as UnitId[]).map((unit) => [
    unit,
    Array.from({ length: perUnit }, (_, at) => colleague(unit, at)),
  ]),
);

/** Somebody who works in the unit. */
export const someoneIn = (unit: UnitId, random: Random): Professional => random.pick(staff.get(unit) ?? []);

/** A colleague with a given name, for what is written by hand. Ids are those of the personas. */
export const someoneNamed = (unit: UnitId, name: string, title: string, employer = 'egevang'): Professional => {
  const initials = name
    .split(' ')
    .map((part) => part.slice(0, 2))
    .join('')
    .toUpperCase();
  const phone = `7021${String(1000 + Object.keys(units).indexOf(unit))}`;
  return {
    id: `${employer}-${initials.toLowerCase()}`,
    initials,
    name,
    title,
    unit,
    phone,
    email: `${initials.toLowerCase()}@egevang.example`,
  };
};
