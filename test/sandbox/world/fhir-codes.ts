// Code systems and status codes the sandbox's FHIR resources are written with (FHIR R4; kl-term 2.3.0; dk-core 3.7.0).
import type { Status } from './types.ts';

export const systems = {
  cpr: 'urn:oid:1.2.208.176.1.2',
  fsiii: 'urn:oid:1.2.208.176.2.21',
  ffb: 'urn:oid:1.2.208.176.2.22',
  careSocial: 'http://fhir.kl.dk/term/CodeSystem/CareSocialCodes',
  municipality: 'http://hl7.dk/fhir/core/CodeSystem/dk-core-municipality-codes',
  clinical: 'http://terminology.hl7.org/CodeSystem/condition-clinical',
  actCode: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  roleCode: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode',
  confidentiality: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
} as const;

export interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

export const coding = (system: string, value: string, display?: string): Coding => ({
  system,
  code: value,
  ...(display === undefined ? {} : { display }),
});
export const concept = (system: string, value: string, display?: string): { readonly coding: readonly Coding[] } => ({
  coding: [coding(system, value, display)],
});
/** A security label. */
export const code = (value: string, display: string): Coding => coding(systems.confidentiality, value, display);

const carePlan = {
  planned: 'draft',
  active: 'active',
  onHold: 'on-hold',
  completed: 'completed',
  cancelled: 'revoked',
} as const satisfies Record<Status, string>;

export const statusOf = {
  carePlan,
  goal: { planned: 'planned', active: 'active', onHold: 'on-hold', completed: 'completed', cancelled: 'cancelled' },
  appointment: {
    planned: 'booked',
    active: 'booked',
    onHold: 'pending',
    completed: 'fulfilled',
    cancelled: 'cancelled',
  },
  encounter: {
    planned: 'planned',
    active: 'in-progress',
    onHold: 'onleave',
    completed: 'finished',
    cancelled: 'cancelled',
  },
  /** FSIII's scale of functional level, 0–4. */
  level: [
    '9c5cfb57-a498-40e5-98a7-792bf5fb205b',
    'fcc16cb1-41f0-4832-b834-110fba0aaabe',
    'd984ad21-48fe-4619-845e-2aa0303048e7',
    '1ceef776-0cfa-4acd-b222-c5bb2424e0c1',
    'f4c9f159-5806-4c06-95e9-e69b83bab1a1',
  ],
} as const;

/** FFB's goal types. */
export const goalTypeCode = {
  develop: { code: 'd41c8072-52f8-42b5-9375-ddbea454d27f', display: 'Udvikle funktionsevne' },
  maintain: { code: '10752a63-00b4-4958-b7f4-9f3a18f74266', display: 'Fastholde funktionsevne' },
  limitLoss: { code: 'e47c22bd-d88d-48ab-882b-419923e1f44e', display: 'Begrænse tab af funktionsevne' },
} as const;

/** FSIII's results of a follow-up. */
export const followUpResults = [
  { code: '9c90b0e5-9c0a-4b72-a18c-76cd6d6c6213', display: 'Fortsættes' },
  { code: 'c6e71993-5d72-409a-8ab9-ecc094968635', display: 'Ændres inden for rammen' },
  { code: '59753987-c38d-41c5-b201-0eeff3032fef', display: 'Afsluttes' },
] as const;

/** FFB's support needs from none to complete. */
export const supportNeeds = [
  'ae9f388a-91c3-46cf-af55-f81952f2977c',
  'dd628e73-d6c9-4837-a2b8-aa62d73bd6ae',
  '401a397b-b3aa-4ca3-8b23-bd8f99dd3f76',
  'b99a0790-4d70-4152-b149-3fe58b745583',
  'e99763d6-6c43-4969-ad52-2b1a7055f9dc',
] as const;
