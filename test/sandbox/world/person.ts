// One citizen's master data, from the index alone: name, number, home, protection, and the family around them.
import { dayOfNumber, numberOfDay, plusDays } from './days.ts';
import { fixedSeed, placeOf, type Role, showcaseHousehold } from './household.ts';
import {
  familyNames,
  givenNames,
  home,
  middleNames,
  otherMunicipalities,
  showcaseFamily,
  streets,
  towns,
} from './names.ts';
import { birthDateOf, numberOf } from './number.ts';
import { type Random, randomOf } from './random.ts';
import type { Address, Person, Protection } from './types.ts';

const yearDays = 365.25;
const ages: Readonly<Record<Role, readonly [number, number]>> = {
  first: [30, 46],
  second: [30, 50],
  child: [3, 16],
  single: [21, 64],
  elder: [66, 86],
};

const addressIn = (random: Random, place: { readonly postalCode: string; readonly city: string }): Address => {
  const floor = random.chance(0.4) ? `, ${random.int(1, 4)}. ${random.pick(['tv', 'th', 'mf'])}` : '';
  return {
    line: `${random.pick(streets)} ${random.int(1, 140)}${floor}`,
    postalCode: place.postalCode,
    city: place.city,
  };
};

const nameAge = (age: number): 'old' | 'middle' | 'young' => (age > 62 ? 'old' : age > 32 ? 'middle' : 'young');

const protectionOf = (random: Random, today: string): Protection | undefined => {
  if (!random.chance(0.03)) return undefined;
  // A third has lapsed, a third lapses within weeks, a third stays.
  const until = random.pick([plusDays(today, -random.int(10, 200)), plusDays(today, random.int(2, 40)), undefined]);
  return until === undefined ? {} : { until };
};

const markedOf = (random: Random, role: Role): Person['marked'] => {
  const draw = random.next();
  if (role === 'child') return draw < 0.05 ? 'sensitive' : undefined;
  return draw < 0.06 ? 'confidential' : draw < 0.1 ? 'sensitive' : draw < 0.105 ? 'vip' : undefined;
};

/** @param today the day the municipality is looked at; ages follow it. */
export const personAt = (anySeed: number, index: number, today: string): Person => {
  const place = placeOf(anySeed, index);
  const ofShowcase = place.start === showcaseHousehold;
  const seed = ofShowcase ? fixedSeed : anySeed;
  const role = place.roles[place.at] ?? 'single';
  const random = randomOf(seed, 'person', index);
  const household = randomOf(seed, 'household', place.start);
  const child = role === 'child';
  const [youngest, oldest] = ages[role];
  const wanted = dayOfNumber(
    numberOfDay(today) - Math.round((youngest + random.next() * (oldest - youngest)) * yearDays),
  );
  const birthDate = birthDateOf(index, wanted, child);
  const male = role === 'first' ? false : role === 'second' ? random.chance(0.9) : random.chance(0.5);
  const gender = male ? 'male' : 'female';
  const age = (numberOfDay(today) - numberOfDay(birthDate)) / yearDays;
  const family = ofShowcase ? showcaseFamily : household.pick(familyNames);
  const address = addressIn(household, household.pick(towns));
  const given: string[] = [random.pick(givenNames[gender][nameAge(age)])];
  if (random.chance(0.5)) given.push(random.pick(middleNames));
  const protection = protectionOf(household, today);
  const movedIn = household.chance(0.08) ? household.pick(otherMunicipalities) : undefined;
  const movedWithin = movedIn === undefined && household.chance(0.07);
  const from = movedIn ?? (movedWithin ? { ...home, ...household.pick(towns) } : undefined);
  const movedFrom = from && {
    address: addressIn(household, from),
    municipality: { code: from.code, name: from.name },
    on: plusDays(today, -household.int(20, 500)),
  };
  const marked = markedOf(random, role);
  const replaced = !child && random.chance(0.015);
  return {
    index,
    cpr: numberOf(index, birthDate, male, child),
    ...(replaced ? { formerCpr: numberOf(index, birthDate, male, true) } : {}),
    given,
    family,
    gender,
    birthDate,
    child,
    address,
    ...(movedFrom ? { movedFrom } : {}),
    municipality: { code: home.code, name: home.name },
    ...(protection ? { protection } : {}),
    phone: `20${String(100_000 + ((index * 7919) % 900_000))}`,
    email: `borger${index}@post.example`,
    ...(marked ? { marked } : {}),
  };
};

/** Someone protected on this day: the whole household is. */
export const isProtected = (person: Person, today: string): boolean =>
  person.protection !== undefined && (person.protection.until === undefined || person.protection.until >= today);
