// Who one can be on the sandbox's sign-in page: the personas, some more enrolled citizens, and a parent of an enrolled
// child. Citizens sign in with their number, as a real log-in tells it, and are called what the hub calls them.
import type { SignInPerson } from './oidc.ts';
import { type Persona, type PersonaId, personas } from './personas.ts';
import { nameOf } from './world/relatives.ts';
import type { Citizen } from './world/types.ts';
import type { World } from './world/world.ts';

/** A citizen's id in the hub; undefined while there is none. */
export type CitizenIdOf = (cpr: string) => Promise<string | undefined>;

const about: Readonly<Record<Exclude<PersonaId, 'consumer-system'>, readonly [string, string]>> = {
  citizen: ['Borger med en plan på tværs', 'Citizen with a plan across systems'],
  'network-person': ['Majas mor, set med Majas samtykke', 'Maja’s mother, by Maja’s consent'],
  'caseworker-employment': ['Sagsbehandler i jobcentret', 'Caseworker in the job centre'],
  'caseworker-social': ['Sagsbehandler i socialforvaltningen', 'Caseworker in social services'],
  'caseworker-family': ['Familierådgiver', 'Caseworker for families'],
  'nurse-health': ['Hjemmesygeplejerske', 'Home nurse'],
  'private-provider': ['Mentor hos Fonden Broen', 'Mentor at a private provider'],
  administrator: ['Administrator: ser og handler', 'Administrator: looks and acts'],
  'administrator-view': ['Administrator: ser kun', 'Administrator: looks only'],
  dpo: ['Databeskyttelsesrådgiver', 'Data-protection officer'],
};

const groupOf = ({ kind }: Persona): SignInPerson['group'] =>
  kind === 'citizen' || kind === 'representative'
    ? 'citizen'
    : kind === 'professional'
      ? 'professional'
      : 'administration';

/** The personas that are people. @param showcase claims of the persona `citizen` */
export const personaPeople = (showcase?: SignInPerson['claims']): readonly SignInPerson[] =>
  personas.flatMap((persona: Persona): readonly SignInPerson[] => {
    const said = (about as Readonly<Record<string, readonly [string, string] | undefined>>)[persona.id];
    if (said === undefined) return [];
    const claims = persona.id === 'citizen' && showcase !== undefined ? { claims: showcase } : {};
    return [{ id: persona.id, group: groupOf(persona), persona, about: said, ...claims }];
  });

const oneOf = (kind: PersonaId): Persona => {
  const found = personas.find(({ id }) => id === kind);
  if (found === undefined) throw new Error(`There is no persona ${kind}.`);
  return found;
};

const ages = 365.25 * 86_400_000;
const ageOf = ({ person }: Citizen, today: string): number =>
  Math.floor((Date.parse(today) - Date.parse(person.birthDate)) / ages);

/** The municipality's people; made once, for a page that is shown often. */
export const municipalityPeople = (world: World, citizenIdOf: CitizenIdOf, further = 5): readonly SignInPerson[] => {
  const { today } = world.options;
  const citizen = oneOf('citizen');
  const signsInAs =
    (cpr: string): NonNullable<SignInPerson['claims']> =>
    async () => {
      const id = await citizenIdOf(cpr);
      return { cpr, ...(id === undefined ? {} : { person: `citizen-${id}` }) };
    };
  const others: SignInPerson[] = [];
  let parent: SignInPerson | undefined;
  for (const index of world.enrolled()) {
    if (index === world.showcase.index) continue;
    const known = world.citizenAt(index);
    const { person } = known;
    if (!person.child && others.length < further)
      others.push({
        id: `citizen-${index}`,
        group: 'citizen',
        persona: { ...citizen, id: `citizen-${index}`, name: nameOf(person), person: `citizen-${index}` },
        about: ['Borger', 'Citizen'],
        claims: signsInAs(person.cpr),
      });
    // Custody represents until fifteen.
    const holder =
      person.child && ageOf(known, today) < 14 ? known.relatives.find((one) => one.relation === 'parent') : undefined;
    if (parent === undefined && holder?.index !== undefined) {
      const cpr = world.citizenAt(holder.index).person.cpr;
      parent = {
        id: 'representative',
        group: 'citizen',
        persona: {
          ...citizen,
          id: 'representative',
          kind: 'representative',
          name: holder.name,
          person: `parent-${holder.index}`,
          role: 'representative',
        },
        about: [`Forælder til ${nameOf(person)}`, `Parent of ${nameOf(person)}`],
        claims: async () => ({ cpr }),
      };
    }
    if (others.length === further && parent !== undefined) break;
  }
  return [...personaPeople(signsInAs(world.showcase.cpr)), ...others, ...(parent === undefined ? [] : [parent])];
};
