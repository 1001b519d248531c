// Citizens as Nexus knows them: a share of those with health or care, with pathways, grants by the unit that helps them,
// and visits. Ids are numbers made from the index. What happens to a citizen while the sandbox runs moves a grant on.
import { parseNumber } from '../../../src/model/cpr.ts';
import type { GrantState, NexusData, NexusGrant, NexusPatient } from '../nexus/data.ts';
import { instantAt, plusDays, plusMinutes, workday } from './days.ts';
import { indexOfNumber } from './number.ts';
import { isProtected } from './person.ts';
import { type Random, randomOf } from './random.ts';
import { openPeriod } from './schedule.ts';
import { showcaseIndex } from './showcase.ts';
import { showcaseNexus } from './showcase-nexus.ts';
import { units } from './staff.ts';
import { type CatalogueGrant, careBy, documents, visits } from './texts-nexus.ts';
import type { Citizen, HealthCare } from './types.ts';
import type { World } from './world.ts';

const base = 300_000;
/** Room for a citizen's own ids. */
const idOf = (index: number, kind: number, n: number): number => 10_000_000 + index * 1000 + kind * 100 + n;

const grantOf = (
  { person, revision }: Citizen,
  random: Random,
  today: string,
  kind: CatalogueGrant,
  n: number,
): NexusGrant => {
  const start = openPeriod(random, today, 250).start;
  const states: readonly GrantState[] = [
    'Bestilt',
    'Bestilt',
    'Bestilt',
    'Afsluttet',
    'Ansøgt',
    'Frafaldet',
    'Afslået',
    'Fjernet',
  ];
  const first = random.pick(states);
  const moved = first === 'Bestilt' && n === 0 && revision > 2;
  const state = moved ? 'Afsluttet' : first;
  const granted = state === 'Bestilt' || state === 'Afsluttet';
  // Drawn whatever the state: what comes after must not change with it.
  const followedUpIn = random.int(10, 90);
  const dates: Record<string, string | undefined> = {
    workflowRequestedDate: plusDays(start, -20),
    workflowApprovedDate: granted ? plusDays(start, -7) : undefined,
    orderedDate: granted ? start : undefined,
    followUpDate: state === 'Bestilt' ? plusDays(today, followedUpIn) : undefined,
    basketGrantEndDate: state === 'Afsluttet' ? plusDays(today, -1) : undefined,
    renouncedDate: state === 'Frafaldet' ? start : undefined,
    rejectedDate: state === 'Afslået' ? start : undefined,
    removedDate: state === 'Fjernet' ? start : undefined,
  };
  return {
    id: idOf(person.index, 3, n),
    version: moved ? 2 : 1,
    name: kind.name,
    state,
    paragraph: { law: kind.law, section: kind.section },
    minutes: kind.minutes,
    repetition: kind.repetition,
    dates: Object.fromEntries(Object.entries(dates).filter((pair): pair is [string, string] => pair[1] !== undefined)),
    ...(granted ? { supplier: kind.supplier } : {}),
    ...(kind.kle === undefined ? {} : { kle: kind.kle }),
  };
};

const courseOf = (citizen: Citizen, health: HealthCare, seed: number, today: string) => {
  const { index } = citizen.person;
  const random = randomOf(seed, 'nexus', index);
  // Each with a draw of its own, so that one visit more or less changes nobody's inbox.
  const calendar = randomOf(seed, 'nexus-calendar', index);
  const inbox = randomOf(seed, 'nexus-inbox', index);
  const kind = careBy(health.unit);
  const created = instantAt(openPeriod(random, today, 400).start, '09:00');
  const helper = health.team[0]?.professional;
  const grants = random
    .some(kind.grants, random.int(1, kind.grants.length))
    .map((one, n) => grantOf(citizen, random, today, one, n));
  const people = helper === undefined ? [] : [{ name: helper.name, role: helper.title }];
  return {
    pathways: [
      {
        id: idOf(index, 1, 0),
        version: 0,
        name: 'Sundhedsfagligt grundforløb',
        date: created,
        status: 'ACTIVE' as const,
        grants: [],
        references: [],
        children: [
          {
            id: idOf(index, 1, 1),
            version: 0,
            name: kind.name,
            date: created,
            status: grants.every(({ state }) => state === 'Afsluttet') ? ('CLOSED' as const) : ('ACTIVE' as const),
            children: [],
            grants,
            references: [
              ...(random.chance(0.5)
                ? [
                    {
                      id: idOf(index, 2, 0),
                      version: 0,
                      type: 'formDataV2Reference' as const,
                      name: random.pick(documents),
                      date: created,
                    },
                  ]
                : []),
              ...people.map(({ name }) => ({
                id: idOf(index, 2, 1),
                version: 0,
                type: 'professionalReference' as const,
                name,
                date: created,
              })),
            ],
          },
        ],
      },
    ],
    events: Array.from({ length: calendar.int(1, 4) + (citizen.revision % 3) }, (_, n) => {
      const day = workday(plusDays(today, -10 + n * 7));
      const start = instantAt(day, calendar.pick(['08:00', '09:15', '10:30', '13:45']));
      return {
        id: idOf(index, 4, n),
        version: 0,
        title: calendar.pick(visits),
        type: 'VISIT' as const,
        start,
        end: plusMinutes(start, 30),
        status: day < today ? ('COMPLETED' as const) : ('PLANNED' as const),
        participants: people,
      };
    }),
    organisations: [
      {
        id: idOf(index, 5, 0),
        version: 0,
        organisation: { id: 20, name: units[health.unit] },
        start: created.slice(0, 10),
        primary: true,
      },
    ],
    messages: Array.from({ length: inbox.chance(0.3) ? inbox.int(1, 30) : 0 }, (_, n) => ({
      id: idOf(index, 6, n),
      version: 0,
      subject: inbox.pick(['Korrespondance', 'Udskrivningsrapport', 'Genoptræningsplan']),
      date: instantAt(plusDays(today, -n - 1), '11:30'),
    })),
  };
};

/** A citizen as Nexus has them; undefined when it does not know them. */
const patientOf = (citizen: Citizen, seed: number, today: string): NexusPatient | undefined => {
  const { person, health, revision } = citizen;
  const random = randomOf(seed, 'nexus-known', person.index);
  const showcase = person.index === showcaseIndex;
  if (!showcase && (health === undefined || person.child || !random.chance(0.6))) return undefined;
  const course =
    showcase || health === undefined ? showcaseNexus(today, revision) : courseOf(citizen, health, seed, today);
  return {
    id: base + person.index,
    version: revision,
    cpr: person.cpr,
    // Colleagues of the municipality and a few others are closed to the hub's client.
    accessible: showcase || (person.marked !== 'vip' && !random.chance(0.02)),
    firstName: person.given.join(' '),
    lastName: person.family,
    gender: person.gender === 'female' ? 'FEMALE' : 'MALE',
    birthDate: person.birthDate,
    address: person.address,
    protectedAddress: isProtected(person, today),
    ...course,
  };
};

export const nexusData = (world: World): NexusData => {
  const { citizens, seed, today } = world.options;
  const at = (index: number): NexusPatient | undefined =>
    index >= 0 && index < citizens ? patientOf(world.citizenAt(index), seed, today) : undefined;
  return {
    byId: (id) => at(id - base),
    byCpr(cpr) {
      const birthDate = parseNumber(cpr)?.birthDate;
      const patient = birthDate === undefined ? undefined : at(indexOfNumber(cpr, birthDate));
      return patient?.cpr === cpr ? patient : undefined;
    },
  };
};
