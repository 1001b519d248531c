// The resource types this adapter reads and the shape a record must have to be used at all. Deliberately wide: only
// what identifies, places and refers is demanded, so that an oddity elsewhere costs a field and not the record.
import { z } from 'zod';
import type { KindSpec } from '../../src/adapter/contract.ts';
import { type Checkpoint, checkpoint } from './pull.ts';
import {
  address,
  annotation,
  coding,
  concept,
  contactPoint,
  extension,
  humanName,
  identifier,
  many,
  period,
  pointer,
  provision,
  reference,
  resource,
} from './shapes.ts';

const text = z.string().optional();
const subject = reference.optional();

const bodies = {
  Patient: resource('Patient', {
    identifier: many(identifier),
    name: many(humanName),
    gender: text,
    birthDate: text,
    address: many(address),
  }),
  RelatedPerson: resource('RelatedPerson', {
    patient: subject,
    relationship: many(concept),
    name: many(humanName),
    telecom: many(contactPoint),
    period: period.optional(),
  }),
  CarePlan: resource('CarePlan', {
    status: z.string(),
    subject,
    category: many(concept),
    basedOn: many(reference),
    partOf: many(reference),
    title: text,
    description: text,
    period: period.optional(),
    author: reference.optional(),
    careTeam: many(reference),
    goal: many(reference),
    addresses: many(reference),
    note: many(annotation),
    contained: many(z.looseObject({ member: many(z.looseObject({ entity: pointer.optional() })) })),
    activity: many(
      z.looseObject({
        detail: z
          .looseObject({
            code: concept.optional(),
            statusReason: concept.optional(),
            performer: many(reference),
            reasonReference: many(pointer),
            goal: many(pointer),
          })
          .optional(),
      }),
    ),
  }),
  Goal: resource('Goal', {
    lifecycleStatus: z.string(),
    subject,
    category: many(concept),
    description: concept.optional(),
    startDate: text,
    expressedBy: reference.optional(),
    addresses: many(reference),
    note: many(annotation),
    target: many(
      z.looseObject({ detailCodeableConcept: z.looseObject({ coding: many(coding) }).optional(), dueDate: text }),
    ),
  }),
  CareTeam: resource('CareTeam', {
    status: text,
    subject,
    category: many(concept),
    period: period.optional(),
    managingOrganization: many(reference),
    participant: many(
      z.looseObject({
        member: reference.optional(),
        onBehalfOf: reference.optional(),
        role: many(concept),
        period: period.optional(),
      }),
    ),
  }),
  Encounter: resource('Encounter', {
    status: z.string(),
    class: coding.optional(),
    type: many(concept),
    subject,
    period: period.optional(),
    participant: many(z.looseObject({ type: many(concept), individual: reference.optional() })),
    location: many(z.looseObject({ location: reference.optional() })),
    reasonReference: many(reference),
    serviceProvider: reference.optional(),
  }),
  Appointment: resource('Appointment', {
    status: z.string(),
    start: text,
    end: text,
    description: text,
    serviceType: many(concept),
    appointmentType: concept.optional(),
    requestedPeriod: many(z.looseObject({ end: text })),
    reasonReference: many(reference),
    participant: many(z.looseObject({ actor: reference.optional() })),
  }),
  DocumentReference: resource('DocumentReference', {
    subject,
    type: concept.optional(),
    description: text,
    date: text,
    masterIdentifier: identifier.optional(),
    identifier: many(identifier),
    securityLabel: many(z.looseObject({ coding: many(coding) })),
    content: many(z.looseObject({ attachment: z.looseObject({ title: text, creation: text }).optional() })),
  }),
  Condition: resource('Condition', {
    subject,
    code: concept.optional(),
    clinicalStatus: concept.optional(),
    severity: concept.optional(),
    onsetDateTime: text,
    abatementDateTime: text,
    recordedDate: text,
    note: many(annotation),
  }),
  Observation: resource('Observation', {
    subject,
    code: concept,
    focus: many(reference),
    effectiveDateTime: text,
    effectivePeriod: z.looseObject({ start: text }).optional(),
    effectiveInstant: text,
    issued: text,
    valueCodeableConcept: concept.optional(),
    valueString: text,
    note: many(annotation),
  }),
  Procedure: resource('Procedure', {
    status: z.string(),
    subject,
    code: concept.optional(),
    basedOn: many(reference),
    performedDateTime: text,
    performedPeriod: period.optional(),
    reasonReference: many(reference),
    note: many(annotation),
  }),
  ClinicalImpression: resource('ClinicalImpression', { subject }),
  Consent: resource('Consent', {
    status: z.string(),
    scope: concept.optional(),
    patient: subject,
    dateTime: text,
    sourceReference: reference.optional(),
    sourceAttachment: z.looseObject({ title: text }).optional(),
    verification: many(z.looseObject({ verified: z.boolean().optional() })),
    modifierExtension: many(extension),
    provision: provision.optional(),
  }),
  Communication: resource('Communication', { subject }),
  ServiceRequest: resource('ServiceRequest', { subject }),
  Task: resource('Task', { for: subject }),
  Account: resource('Account', {}),
  Organization: resource('Organization', {}),
  Practitioner: resource('Practitioner', {}),
  PractitionerRole: resource('PractitionerRole', {}),
  Provenance: resource('Provenance', {}),
  MessageHeader: resource('MessageHeader', {}),
} as const;

export type FhirKind = keyof typeof bodies;
export const kindNames = Object.keys(bodies) as readonly FhirKind[];
/** Types that are about no single citizen: nothing to fetch when one enrols. */
export const withoutCitizen: ReadonlySet<FhirKind> = new Set([
  'Account',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Provenance',
  'MessageHeader',
]);

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
  Consent: 'Consents and refusals, where configuration believes them',
  Communication: 'Messages (no mapping)',
  ServiceRequest: 'Requests (no mapping)',
  Task: 'Tasks (no mapping)',
  Account: 'Payers (no mapping)',
  Organization: 'Organisations (no mapping: they name references)',
  Practitioner: 'Professionals (no mapping: they name references)',
  PractitionerRole: 'Professionals’ roles (no mapping: they name references)',
  Provenance: 'Who changed what (no mapping)',
  MessageHeader: 'Message envelopes (no mapping)',
};

/** Withdrawn records are reported (entered-in-error); what a server purges, search never mentions: hence the weekly pull. */
const kindOf = (name: FhirKind): KindSpec<Checkpoint> => ({
  title: titles[name],
  body: bodies[name],
  checkpoint,
  capabilities: { mode: 'incremental', deletes: 'unseen' },
  ...(name === 'Patient' || withoutCitizen.has(name) ? {} : { after: ['Patient'] }),
});

export const kinds = Object.fromEntries(kindNames.map((name) => [name, kindOf(name)])) as Readonly<
  Record<FhirKind, KindSpec<Checkpoint>>
>;
