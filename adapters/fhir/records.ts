// The resource types this adapter reads and the shape a record must have to be used at all. Deliberately wide: only
// what identifies, places and refers is demanded, so that an oddity elsewhere costs a field and not the record.
import { z } from 'zod';
import type { KindSpec } from '../../src/adapter/contract.ts';
import { type Checkpoint, checkpoint } from './pull.ts';

const reference = z.looseObject({ reference: z.string().optional(), display: z.string().optional() });
const coding = z.looseObject({
  system: z.string().optional(),
  code: z.string().optional(),
  display: z.string().optional(),
});
const concept = z.looseObject({ coding: z.array(coding).optional(), text: z.string().optional() });
const period = z.looseObject({ start: z.string().optional(), end: z.string().optional() });
const contactPoint = z.looseObject({ system: z.string().optional(), value: z.string().optional() });
const identifier = z.looseObject({ system: z.string().optional(), value: z.string().optional() });
/** Real data holds objects where a family name should be; the name is then left out by the mapping. */
const humanName = z.looseObject({ text: z.string().optional(), given: z.array(z.string()).optional() });
const extension = z.looseObject({ url: z.string() });
const annotation = z.looseObject({ text: z.string() });

const resource = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.looseObject({
    resourceType: z.literal(type),
    id: z.string().min(1),
    meta: z.looseObject({ lastUpdated: z.string().optional(), security: z.array(coding).optional() }).optional(),
    extension: z.array(extension).optional(),
    ...shape,
  });

const bodies = {
  Patient: resource('Patient', {
    identifier: z.array(identifier).optional(),
    name: z.array(humanName).optional(),
    gender: z.string().optional(),
    birthDate: z.string().optional(),
    address: z.array(z.looseObject({})).optional(),
    telecom: z.array(contactPoint).optional(),
    link: z.array(z.looseObject({ other: reference, type: z.string() })).optional(),
  }),
  RelatedPerson: resource('RelatedPerson', {
    patient: reference.optional(),
    relationship: z.array(concept).optional(),
    name: z.array(humanName).optional(),
    telecom: z.array(contactPoint).optional(),
    period: period.optional(),
  }),
  CarePlan: resource('CarePlan', {
    status: z.string(),
    intent: z.string().optional(),
    subject: reference.optional(),
    category: z.array(concept).optional(),
    basedOn: z.array(reference).optional(),
    partOf: z.array(reference).optional(),
    title: z.string().optional(),
    description: z.string().optional(),
    period: period.optional(),
    created: z.string().optional(),
    author: reference.optional(),
    contributor: z.array(reference).optional(),
    careTeam: z.array(reference).optional(),
    goal: z.array(reference).optional(),
    addresses: z.array(reference).optional(),
    activity: z.array(z.looseObject({ detail: z.looseObject({ code: concept.optional() }).optional() })).optional(),
  }),
  Goal: resource('Goal', {
    lifecycleStatus: z.string(),
    subject: reference.optional(),
    category: z.array(concept).optional(),
    description: concept.optional(),
    startDate: z.string().optional(),
    target: z.array(z.looseObject({ measure: concept.optional() })).optional(),
    addresses: z.array(reference).optional(),
  }),
  CareTeam: resource('CareTeam', {
    status: z.string().optional(),
    subject: reference.optional(),
    category: z.array(concept).optional(),
    period: period.optional(),
    participant: z
      .array(
        z.looseObject({
          member: reference.optional(),
          onBehalfOf: reference.optional(),
          role: z.array(concept).optional(),
        }),
      )
      .optional(),
  }),
  Encounter: resource('Encounter', {
    status: z.string(),
    class: coding.optional(),
    type: z.array(concept).optional(),
    subject: reference.optional(),
    period: period.optional(),
    reasonReference: z.array(reference).optional(),
    serviceProvider: reference.optional(),
  }),
  Appointment: resource('Appointment', {
    status: z.string(),
    start: z.string().optional(),
    end: z.string().optional(),
    description: z.string().optional(),
    participant: z.array(z.looseObject({ actor: reference.optional(), status: z.string().optional() })).optional(),
  }),
  DocumentReference: resource('DocumentReference', {
    status: z.string(),
    subject: reference.optional(),
    type: concept.optional(),
    description: z.string().optional(),
    date: z.string().optional(),
    content: z.array(z.looseObject({ attachment: z.looseObject({ title: z.string().optional() }) })).optional(),
  }),
  Condition: resource('Condition', {
    subject: reference.optional(),
    code: concept.optional(),
    clinicalStatus: concept.optional(),
    severity: concept.optional(),
    recordedDate: z.string().optional(),
    note: z.array(annotation).optional(),
  }),
  Observation: resource('Observation', {
    status: z.string(),
    subject: reference.optional(),
    code: concept,
    focus: z.array(reference).optional(),
    effectiveDateTime: z.string().optional(),
    valueCodeableConcept: concept.optional(),
    note: z.array(annotation).optional(),
  }),
  Procedure: resource('Procedure', {
    status: z.string(),
    subject: reference.optional(),
    code: concept.optional(),
    performedDateTime: z.string().optional(),
    performedPeriod: period.optional(),
    note: z.array(annotation).optional(),
  }),
  ClinicalImpression: resource('ClinicalImpression', { subject: reference.optional() }),
  Consent: resource('Consent', { patient: reference.optional() }),
  Communication: resource('Communication', { subject: reference.optional() }),
  ServiceRequest: resource('ServiceRequest', { subject: reference.optional() }),
  Task: resource('Task', { for: reference.optional() }),
  Account: resource('Account', {}),
  Organization: resource('Organization', {}),
  MessageHeader: resource('MessageHeader', {}),
} as const;

export type FhirKind = keyof typeof bodies;
export const kindNames = Object.keys(bodies) as readonly FhirKind[];
/** Types that are about no single citizen: nothing to fetch when one enrols. */
export const withoutCitizen: ReadonlySet<FhirKind> = new Set(['Account', 'Organization', 'MessageHeader']);

const titles: Readonly<Record<FhirKind, string>> = {
  Patient: 'Citizens',
  RelatedPerson: 'Relatives, guardians and other private contacts',
  CarePlan: 'Plans and planned interventions',
  Goal: 'Goals, purposes and wishes',
  CareTeam: 'Offers and the professionals around the citizen',
  Encounter: 'Planned follow-ups and visits carried out',
  Appointment: 'Appointments',
  DocumentReference: 'References to documents',
  Condition: 'Target groups and conditions',
  Observation: 'Assessments and results of follow-up',
  Procedure: 'Interventions carried out',
  ClinicalImpression: 'Assessments as containers of observations (no mapping)',
  Consent: 'The source’s own consents (no mapping: the hub keeps its own)',
  Communication: 'Messages (no mapping)',
  ServiceRequest: 'Requests (no mapping)',
  Task: 'Tasks (no mapping)',
  Account: 'Payers (no mapping)',
  Organization: 'Organisations (no mapping: they name references)',
  MessageHeader: 'Message envelopes (no mapping)',
};

const kindOf = (name: FhirKind): KindSpec<Checkpoint> => ({
  title: titles[name],
  body: bodies[name],
  checkpoint,
  capabilities: { mode: 'incremental', deletes: 'reported' },
  ...(name === 'Patient' || withoutCitizen.has(name) ? {} : { after: ['Patient'] }),
});

export const kinds = Object.fromEntries(kindNames.map((name) => [name, kindOf(name)])) as Readonly<
  Record<FhirKind, KindSpec<Checkpoint>>
>;
