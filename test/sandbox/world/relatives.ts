// The people around a citizen: spouse, parents, children and siblings from the household, and for some a guardian
// (værgemålsloven §§ 5–7) or a companion who is no citizen of the municipality.
import { placeOf, showcaseHousehold } from './household.ts';
import { keyOf } from './keys.ts';
import { familyNames, givenNames, otherMunicipalities, streets } from './names.ts';
import { isProtected, personAt } from './person.ts';
import { type Random, randomOf } from './random.ts';
import type { Person, Relative } from './types.ts';

const outsider = (seed: number, index: number, random: Random, relation: 'guardian' | 'companion'): Relative => {
  const given = [random.pick(givenNames[random.pick(['female', 'male'] as const)].middle)];
  const family = random.pick(familyNames);
  const town = random.pick(otherMunicipalities);
  return {
    id: keyOf(seed, index, relation),
    name: `${given.join(' ')} ${family}`,
    given,
    family,
    relation,
    ...(relation === 'guardian' ? { guardianship: random.pick(['5', '5', '5', '6', '7'] as const) } : {}),
    phone: `30${random.int(100_000, 999_999)}`,
    address: { line: `${random.pick(streets)} ${random.int(1, 90)}`, postalCode: town.postalCode, city: town.city },
    ...(random.chance(0.2) ? { protected: true } : {}),
  };
};

const relationTo = (mine: string, theirs: string): Relative['relation'] =>
  mine === 'child' ? (theirs === 'child' ? 'sibling' : 'parent') : theirs === 'child' ? 'child' : 'spouse';

export const nameOf = (person: Person): string => [...person.given, person.family].join(' ');

export const relativesOf = (seed: number, person: Person, today: string): readonly Relative[] => {
  const place = placeOf(seed, person.index);
  const mine = place.roles[place.at] ?? 'single';
  const family = place.roles.flatMap((role, at): readonly Relative[] => {
    if (at === place.at) return [];
    const other = personAt(seed, place.start + at, today);
    return [
      {
        id: keyOf(seed, person.index, 'relative', other.index),
        name: nameOf(other),
        given: other.given,
        family: other.family,
        relation: relationTo(mine, role),
        index: other.index,
        phone: other.phone,
        address: other.address,
        ...(isProtected(other, today) ? { protected: true } : {}),
      },
    ];
  });
  const random = randomOf(seed, 'around', person.index);
  if (!person.child && random.chance(0.03)) return [...family, outsider(seed, person.index, random, 'guardian')];
  if (!person.child && random.chance(0.05)) return [...family, outsider(seed, person.index, random, 'companion')];
  return family;
};

/** The children a plan of siblings is about, or nothing: two or more children, in four families of ten. */
export const siblingsWithPlan = (seed: number, index: number): readonly number[] | undefined => {
  const place = placeOf(seed, index);
  const children = place.roles.flatMap((role, at) => (role === 'child' ? [place.start + at] : []));
  if (!children.includes(index) || children.length < 2) return undefined;
  const together = place.start === showcaseHousehold || randomOf(seed, 'siblings', place.start).chance(0.4);
  return together ? children : undefined;
};
