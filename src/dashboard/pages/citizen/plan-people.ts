// Whom the citizen asks, on the plan itself: whoever coordinates first, then one professional for every area. Everybody
// else is on the page of contacts.
import { type Contact, isOverAt, peopleOf } from './contacts.ts';

export interface Helper {
  readonly name: string;
  readonly role: string;
  readonly place?: string;
  readonly phone?: string;
}

const most = 6;
const coordinates = /borgerkonsulent|koordinerende|coordinating/;
const isPlace = ({ name, unit, organisation }: Contact): boolean => name === unit || name === organisation;
/** A person before a place; whoever answers for an area before whoever has a part in it; whoever can be called. */
const rank = (one: Contact): readonly number[] => [
  isPlace(one) ? 1 : 0,
  coordinates.test(one.role.code) ? 0 : /^prim/.test(one.role.code) ? 1 : 2,
  one.phone === undefined ? 1 : 0,
];
const before = (a: Contact, b: Contact): number => {
  const [one, other] = [rank(a), rank(b)];
  const at = one.findIndex((value, index) => value !== other[index]);
  return at < 0 ? a.name.localeCompare(b.name, 'da') : (one[at] ?? 0) - (other[at] ?? 0);
};

export const helpersOf = (contacts: readonly Contact[], today: string): readonly Helper[] => {
  const there = contacts
    .filter((one) => one.professional && one.name !== undefined && !isOverAt(one, today))
    .toSorted(before);
  const firsts = [...Map.groupBy(there, ({ domain }) => domain).values()].flatMap(([one]) => one ?? []);
  const chosen = [...there.filter(({ role }) => role.code === 'borgerkonsulent'), ...firsts];
  const people = new Map(peopleOf(there).map((person) => [person.name, person]));
  const each = [...new Map(chosen.map((one) => [one.name, one])).values()].slice(0, most);
  return each.map(({ name, role, unit, organisation }): Helper => {
    const [where, phone] = [unit ?? organisation, people.get(name)?.phones[0]];
    return {
      name,
      role: role.display,
      ...(where === undefined || where === name ? {} : { place: where }),
      ...(phone === undefined ? {} : { phone }),
    };
  });
};
