// A relation's role is a UUID from KOMBIT's classification system. Those that KOMBIT's public samples name are known;
// the others are configured. What has no name here keeps its UUID and is of no consequence.
import { textAt } from '../../src/adapter/soap.ts';
import type { XmlObject } from '../../src/adapter/xml.ts';

export const knownRoles = {
  Ejer: '9e979b84-b846-4472-8622-58007dc63c7e',
  Ansvarlig: 'a1263342-d348-44ba-a566-233f37c4cb67',
  PrimaerBehandler: 'bf1f93ed-9441-4af4-835b-baeb201f3076',
  PrimaerPart: 'd839f26a-d4d1-4441-b2d6-3dbbb12a9404',
  PrimaerKlasse: 'a86c6581-ec85-412d-a655-31a1f1d5b14f',
  Handlingsklasse: '05ef7011-11a7-4e4c-a46b-3de6aa457fc3',
  Master: '251c24fd-57b0-4afc-9d73-b063d1957eb3',
} as const;

/** Roles whose UUIDs no public document names: a municipality reads them in its classification system. */
export const configuredRoles = [
  'AndreBehandlere',
  'UdlaantTil',
  'Bopaelskommune',
  'SekundaerPart',
  'Ydelsesmodtager',
  'Foelsomhedsklasse',
  'Indsatsklasse',
  'Ydelsesklasse',
  'Afgoerelsesklasse',
  'Afsender',
] as const;

export const roleNames = [...(Object.keys(knownRoles) as (keyof typeof knownRoles)[]), ...configuredRoles] as const;
export type RoleName = (typeof roleNames)[number];

/** An identifier of a relation: the UUID, or the URN. */
export const idOf = (element: XmlObject, name: 'Rolle' | 'ReferenceID'): string =>
  textAt(element, name, 'UUIDIdentifikator')?.toLowerCase() ?? textAt(element, name, 'URNIdentifikator') ?? '';

/** A relation's role by name; its identifier when it has none. */
export type RoleOf = (relation: XmlObject) => string;

export const createRoleOf = (configured: Readonly<Partial<Record<RoleName, string>>>): RoleOf => {
  const names = new Map(Object.entries({ ...knownRoles, ...configured }).map(([name, id]) => [id.toLowerCase(), name]));
  return (relation) => {
    const id = idOf(relation, 'Rolle');
    return names.get(id.toLowerCase()) ?? id;
  };
};
