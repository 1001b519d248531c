// What the authorities share about a citizen's way to work: the job centre's own conversations and activities, as its
// own system has them (the same, under other keys), and what an a-kasse or another actor has agreed with the citizen.
import { parseNumber } from '../../../src/model/cpr.ts';
import type { DfdgCitizen, DfdgData, Indkaldelse } from '../dfdg/data.ts';
import { instantAt, plusDays, plusMinutes, workday } from './days.ts';
import { keyOf } from './keys.ts';
import { indexOfNumber } from './number.ts';
import { type Random, randomOf } from './random.ts';
import { showcaseIndex } from './showcase.ts';
import { showcaseDfdg } from './showcase-dfdg.ts';
import type { Citizen, EmploymentCase } from './types.ts';
import type { World } from './world.ts';
import { activityOf, authority, jobCentre, limits, summonsOf } from './write-dfdg.ts';

const others = [
  authority('10001', 'A-kassen Fælles'),
  authority('10002', 'Faglig a-kasse'),
  authority('20001', 'Anden aktør: Vejen Frem ApS'),
];

/** A conversation with an a-kasse or another actor, which the job centre's own calendar does not have. */
const elsewhere = (id: (label: string, n: number) => string, random: Random, today: string): Indkaldelse => {
  const day = workday(plusDays(today, random.int(-30, 40)));
  const start = instantAt(day, random.pick(['09:15', '12:30', '14:00']));
  const actor = random.pick(others);
  const past = day < today;
  return {
    indkaldelseId: id('elsewhere', 0),
    bookingnummer: `7${random.int(10_000, 99_999)}`,
    start,
    slut: plusMinutes(start, 30),
    moedetitel: actor.myndighed.navn.includes('kasse') ? 'Samtale i a-kassen' : 'Samtale hos anden aktør',
    moedebeskrivelse: 'Vi taler om dine muligheder for job. Hav dit cv klar.',
    status: past ? (random.chance(0.1) ? 'Udeblevet' : 'Afholdt') : 'Booket',
    moedeform: random.pick(['Telefon', 'Video', 'Fremmoede']),
    ...(past ? {} : limits(start)),
    selvbooket: random.chance(0.4),
    myndighedsdeltagere: [],
    ansvarligMyndighed: actor,
  };
};

const ofCase = ({ person }: Citizen, own: EmploymentCase, seed: number, today: string): DfdgCitizen => {
  const random = randomOf(seed, 'dfdg', person.index);
  const id = (label: string, n: number): string => keyOf(seed, person.index, 'dfdg', label, n);
  const minPlanId = id('minplan', 0);
  const created = `${own.plan.period.start}T10:00:00`;
  const before = random.chance(0.1) || own.plan.type === 'REHABILITERINGSPLAN';
  return {
    cpr: person.cpr,
    minPlan: {
      minPlanId,
      minPlanVersionId: id('version', 0),
      status: own.plan.status === 'planned' ? 'Kladde' : own.plan.status === 'completed' ? 'Afsluttet' : 'Gaeldende',
      beskaeftigelsesmaal: own.goals.find(({ category }) => category === 'goal')?.text ?? own.plan.purpose,
      oprettelsesdato: own.plan.period.start,
      ansvarligMyndighed: jobCentre,
    },
    aktiviteter: own.activities.map((activity, n) => activityOf(id('activity', n), minPlanId, activity)),
    indkaldelser: [
      ...own.meetings.map((meeting, n) => summonsOf(id('summons', n), `8${n}${random.int(1000, 9999)}`, meeting)),
      ...(random.chance(0.4) ? [elsewhere(id, random, today)] : []),
    ],
    rehabiliteringsforloeb: before
      ? [
          {
            rehabiliteringsforloebId: id('rehabilitation', 0),
            rehabiliteringsforloebStatus: random.pick(['Oprettet', 'Indstillet', 'Afsluttet']),
            oprettelsesdato: created,
            senesteOpdateringsdato: created,
          },
        ]
      : [],
  };
};

/** Made when asked for. The header takes no replacement number, so nobody is held under one. */
export const dfdgData = (world: World): DfdgData => {
  const { citizens, seed, today } = world.options;
  return {
    byCpr(cpr) {
      const birthDate = parseNumber(cpr)?.birthDate;
      const index = birthDate === undefined ? -1 : indexOfNumber(cpr, birthDate);
      if (index < 0 || index >= citizens) return undefined;
      const citizen = world.citizenAt(index);
      if (citizen.person.cpr !== cpr || citizen.employment === undefined) return undefined;
      return index === showcaseIndex
        ? showcaseDfdg(citizen.employment, today, citizen.revision)
        : ofCase(citizen, citizen.employment, seed, today);
    },
  };
};
