// One whole citizen from the index alone: who they are, which systems know them, and their case in each. Grown-ups with
// complex lives are known in several; some of their meetings overlap, and some stand in two calendars.
import { plusMinutes } from './days.ts';
import { type CaseInput, employmentOf } from './employment.ts';
import { healthOf } from './health.ts';
import { keyOf } from './keys.ts';
import { personAt } from './person.ts';
import { randomOf } from './random.ts';
import { relativesOf, siblingsWithPlan } from './relatives.ts';
import { slotOf } from './schedule.ts';
import { showcaseCitizen, showcaseIndex } from './showcase.ts';
import { socialOf } from './social.ts';
import type { Citizen, Meeting, Person } from './types.ts';

interface Systems {
  readonly employment: boolean;
  readonly social: boolean;
  readonly health: boolean;
}

const systemsOf = (seed: number, person: Person, today: string): Systems => {
  const random = randomOf(seed, 'systems', person.index);
  if (person.child) return { employment: false, social: false, health: true };
  const age = Number(today.slice(0, 4)) - Number(person.birthDate.slice(0, 4));
  if (age >= 66) return { employment: false, social: random.chance(0.2), health: true };
  const complex = random.chance(0.5);
  const systems = {
    employment: random.chance(complex ? 0.85 : 0.55),
    social: random.chance(complex ? 0.8 : 0.15),
    health: random.chance(complex ? 0.75 : 0.3),
  };
  return systems.employment || systems.social || systems.health ? systems : { ...systems, employment: true };
};

/** The same network meeting in two systems' calendars, each with its own key. */
const withNetworkMeeting = (citizen: Citizen, seed: number, start: string): Citizen => {
  const { employment, health } = citizen;
  if (!employment || !health) return citizen;
  const meeting = (system: string): Meeting => ({
    id: keyOf(seed, citizen.person.index, system, 'network'),
    title: 'Netværksmøde',
    start,
    end: plusMinutes(start, 60),
    format: 'inPerson',
    location: 'Egevang Rådhus, mødelokale 2',
    status: 'planned',
    participants: employment.meetings[0]?.participants ?? [],
  });
  return {
    ...citizen,
    employment: { ...employment, meetings: [...employment.meetings, meeting('momentum')] },
    health: { ...health, meetings: [...health.meetings, meeting('fhir')] },
  };
};

/** As much of a citizen as social services know: enough for their files, in a third of the time. */
export const socialPartOf = (seed: number, index: number, today: string): Citizen => {
  if (index === showcaseIndex) return showcaseCitizen(today);
  const person = personAt(seed, index, today);
  if (!systemsOf(seed, person, today).social) return { person, relatives: [], revision: 0 };
  const relatives = relativesOf(seed, person, today);
  return { person, relatives, revision: 0, social: socialOf({ seed, person, relatives, today, slot: '' }) };
};

export const citizenOf = (seed: number, index: number, today: string): Citizen => {
  if (index === showcaseIndex) return showcaseCitizen(today);
  const person = personAt(seed, index, today);
  const relatives = relativesOf(seed, person, today);
  const systems = systemsOf(seed, person, today);
  const random = randomOf(seed, 'diary', index);
  const slot = slotOf(random, today, -10, 40);
  const overlapping = random.chance(0.35);
  const input: CaseInput = { seed, person, relatives, today, slot };
  const later = overlapping ? plusMinutes(slot, 30) : slotOf(random, today, -10, 40);
  const citizen: Citizen = {
    person,
    relatives,
    revision: 0,
    ...(systems.employment ? { employment: employmentOf(input) } : {}),
    ...(systems.social ? { social: socialOf(input) } : {}),
    ...(systems.health || siblingsWithPlan(seed, index) ? { health: healthOf({ ...input, slot: later }) } : {}),
  };
  return random.chance(0.1) ? withNetworkMeeting(citizen, seed, slotOf(random, today, 5, 45)) : citizen;
};
