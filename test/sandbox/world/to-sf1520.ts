// Citizens as the CPR register knows them: every one, with name, home, protection, family by number, custody of children
// and guardians. A former number answers with the one in force.
import { parseNumber } from '../../../src/model/cpr.ts';
import type { PartObject } from '../sf1520/server.ts';
import { plusDays } from './days.ts';
import { indexOfNumber } from './number.ts';
import { isProtected } from './person.ts';
import { randomOf } from './random.ts';
import type { Address, Citizen, Person } from './types.ts';
import type { World } from './world.ts';

const midnight = (day: string): string => `${day}T00:00:00.000+01:00`;

const home = ({ line, postalCode, city }: Address, person: Person): PartObject => {
  const [street = ''] = line.split(', ');
  const number = /\s(\d+[A-Z]?)$/.exec(street)?.[1];
  return {
    kommunekode: Number(person.municipality.code),
    husnummer: number,
    postnummer: postalCode,
    postdistrikt: city,
    vejnavn: street.replace(/\s\d+[A-Z]?$/, ''),
    standardadresse: line,
    tilflytningsdato: { dato: midnight(person.movedFrom?.on ?? person.birthDate) },
  };
};

const protection = (person: Person, today: string): PartObject | undefined => {
  if (person.protection === undefined) return undefined;
  const { until } = person.protection;
  return {
    startdato: plusDays(until ?? today, until === undefined ? -400 : -365),
    slutdato: until,
    beskyttet: isProtected(person, today),
  };
};

/** A few are protected against directories only. */
const directories = (seed: number, person: Person): PartObject =>
  randomOf(seed, 'vejviser', person.index).chance(0.02)
    ? { startdato: '2019-05-01', beskyttet: true }
    : { beskyttet: false };

const familyOf = (citizen: Citizen, personAt: (index: number) => Person): PartObject | undefined => {
  const own = (relation: string): readonly Person[] =>
    citizen.relatives.flatMap((one) =>
      one.relation === relation && one.index !== undefined ? [personAt(one.index)] : [],
    );
  const parents = own('parent');
  const mother = parents.find(({ gender }) => gender === 'female');
  const father = parents.find(({ gender }) => gender === 'male');
  const [spouse] = own('spouse');
  const held = { foraeldremyndighedStartdato: { dato: citizen.person.birthDate } };
  const custody = [
    ...(mother === undefined ? [] : [{ foraeldremyndighedtype: 3, ...held }]),
    ...(father === undefined ? [] : [{ foraeldremyndighedtype: 4, ...held }]),
  ];
  const children = own('child').map(({ cpr }) => ({ personnummer: cpr }));
  if (mother === undefined && father === undefined && spouse === undefined && children.length === 0) return undefined;
  return {
    aegtefaelle: spouse && { personnummer: spouse.cpr },
    barn: children,
    mor: mother && { personnummer: mother.cpr },
    far: father && { personnummer: father.cpr },
    ...(citizen.person.child ? { foraeldremyndighed: custody } : {}),
  };
};

const incapacity = ({ relatives, person }: Citizen): PartObject | undefined => {
  const guardian = relatives.find(({ relation, guardianship }) => relation === 'guardian' && guardianship === '6');
  if (guardian === undefined) return undefined;
  return {
    umyndiggorelseRelationType: guardian.protected === true ? 1 : 2,
    relationVaergenavn: guardian.protected === true ? undefined : guardian.name,
    umyndiggoerelseStartdato: { dato: plusDays(person.birthDate, 365 * 20) },
    umyndiggjort: true,
  };
};

const written = (citizen: Citizen, asked: string, world: World): PartObject => {
  const { person } = citizen;
  const { seed, today } = world.options;
  const [first = '', ...middle] = person.given;
  const years = Math.floor((Date.parse(today) - Date.parse(person.birthDate)) / (365.25 * 86_400_000));
  return {
    persondata: {
      personnummer: asked,
      gaeldendePersonnummer: person.cpr,
      navn: {
        personadresseringsnavn: [first, person.family].join(' '),
        fornavn: first,
        mellemnavn: middle.length === 0 ? undefined : middle.join(' '),
        efternavn: person.family,
      },
      foedselsdato: { dato: person.birthDate },
      alder: years,
      koen: person.gender === 'female' ? 'K' : 'M',
      antalBoernUnder18: citizen.relatives.filter(({ relation }) => relation === 'child').length,
      status: { status: 1, statusdato: { dato: midnight(person.birthDate) } },
      umyndiggoerelse: incapacity(citizen),
      adressebeskyttelse: protection(person, today),
      vejviserbeskyttelse: directories(seed, person),
      tilmeldtDigitalpost: !person.child,
    },
    adresse: { aktuelAdresse: home(person.address, person) },
    relationer: familyOf(citizen, (index) => world.citizenAt(index).person),
  };
};

/** Of citizens of this municipality, by their number or a former one. */
export const registerOf =
  (world: World) =>
  (cpr: string): PartObject | undefined => {
    const birthDate = parseNumber(cpr)?.birthDate;
    const index = birthDate === undefined ? -1 : indexOfNumber(cpr, birthDate);
    if (index < 0 || index >= world.options.citizens) return undefined;
    const citizen = world.citizenAt(index);
    return [citizen.person.cpr, citizen.person.formerCpr].includes(cpr) ? written(citizen, cpr, world) : undefined;
  };
