// The showcase citizen, Maja Sandkasse: one course through job centre, social services and health that a reader can
// follow, written out by hand. Index 0 of every municipality, with the same number and the same keys whatever the seed.
import { instantAt, plusDays, workday } from './days.ts';
import { fixedSeed } from './household.ts';
import { showcaseFamily } from './names.ts';
import { birthDateOf, numberOf } from './number.ts';
import { personAt } from './person.ts';
import { relativesOf } from './relatives.ts';
import { showcaseEmployment } from './showcase-employment.ts';
import { showcaseHealth } from './showcase-health.ts';
import { showcaseSocial } from './showcase-social.ts';
import type { Citizen, Person } from './types.ts';

export const showcaseIndex = 0;
const birthDate = birthDateOf(showcaseIndex, '1988-06-01', false);
export const showcaseCpr = numberOf(showcaseIndex, birthDate, false, false);
export const showcaseName = `Maja ${showcaseFamily}`;

export interface ShowcaseInput {
  readonly person: Person;
  readonly seed: number;
  /** A day some days from today, never at a weekend. */
  readonly day: (days: number) => string;
  readonly at: (days: number, time: string) => string;
}

export const showcaseCitizen = (today: string): Citizen => {
  const { child, gender, index, municipality } = personAt(fixedSeed, showcaseIndex, today);
  const person: Person = {
    index,
    child,
    gender,
    municipality,
    cpr: showcaseCpr,
    birthDate,
    given: ['Maja'],
    family: showcaseFamily,
    address: { line: 'Egetræsvej 12, 2. th', postalCode: '9991', city: 'Egevang' },
    phone: '20301988',
    email: 'maja.sandkasse@post.example',
  };
  const day = (days: number): string => workday(plusDays(today, days));
  const input: ShowcaseInput = { person, seed: fixedSeed, day, at: (days, time) => instantAt(day(days), time) };
  const mother = {
    id: 'showcase-companion',
    name: 'Kirsten Lund',
    given: ['Kirsten'],
    family: 'Lund',
    relation: 'companion' as const,
    phone: '30121212',
  };
  const relatives = [...relativesOf(fixedSeed, person, today).filter(({ index }) => index !== undefined), mother];
  return {
    person,
    relatives,
    revision: 0,
    employment: showcaseEmployment(input),
    social: showcaseSocial(input),
    health: showcaseHealth(input),
  };
};
