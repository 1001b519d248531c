// The kinds and their bodies: loose, so that a new field is drift and not a failure. All are asked for citizen by
// citizen. Where each is known from, and which fields are guesses: README.md.
import { z } from 'zod';
import type { Capabilities } from '../../src/adapter/contract.ts';

const id = z.union([z.number(), z.string().min(1)]);
const text = z.string().nullish();
const flag = z.boolean().nullish();
const number = z.number().nullish();
const version = z.number().nullish();
const ofPatient = { patientId: z.string().min(1) };
/** The pathway of the tree that holds it. */
const placed = { ...ofPatient, pathwayId: text };

const patient = z.looseObject({
  id,
  version,
  patientIdentifier: z.looseObject({ identifier: z.string().min(1), type: text }),
  firstName: text,
  lastName: text,
  fullName: text,
  gender: text,
  birthDate: text,
  currentAddress: z
    .looseObject({ addressLine1: text, postalCode: text, postalDistrict: text, restricted: flag })
    .nullish(),
});

const node = { type: z.string(), id: id.nullish(), version, name: text, date: text };

const pathway = z.looseObject({
  ...placed,
  ...node,
  name: z.string().min(1),
  pathwayStatus: text,
  patientPathwayId: id,
  programPathwayId: id.nullish(),
  pathwayTypeId: id.nullish(),
  parentPathwayId: id.nullish(),
});

const document = z.looseObject({ ...placed, ...node, id, name: z.string().min(1) });
const professional = z.looseObject({ ...placed, ...node, id, name: z.string().min(1) });

const element = z.unknown();
const dated = z.looseObject({ date: text }).nullish();
const written = z.looseObject({ text }).nullish();
const counted = z.looseObject({ number }).nullish();
const municipality = z.looseObject({ municipality: z.looseObject({ name: text, municipalityCode: text }).nullish() });
const legalParagraph = z.looseObject({ name: text, section: text });

/** The elements of KMD's prototype that a mapping may rely on; the others stand in the mapping under `unused`. */
const elements = z.looseObject({
  paragraph: z.looseObject({ paragraph: legalParagraph.nullish() }).nullish(),
  supplier: z.looseObject({ supplier: z.looseObject({ id: id.nullish(), name: text }).nullish() }).nullish(),
  actingMunicipality: municipality.nullish(),
  payingMunicipality: municipality.nullish(),
  plannedDate: dated,
  workflowRequestedDate: dated,
  workflowApprovedDate: dated,
  orderedDate: dated,
  entryDate: dated,
  serviceDelivery: dated,
  followUpDate: dated,
  rejectedDate: dated,
  removedDate: dated,
  cancelledDate: dated,
  renouncedDate: dated,
  basketGrantEndDate: dated,
  orderGrantEndDate: dated,
  repetition: z
    .looseObject({
      pattern: text,
      count: number,
      next: z
        .looseObject({
          weekdays: number,
          weekenddays: number,
          next: z.looseObject({ visits: number, shifts: element }).nullish(),
        })
        .nullish(),
    })
    .nullish(),
  visitatedDurationInMinutes: counted,
  resourceCount: counted,
  klMapping: z.looseObject({ text, klCatalogGrant: z.looseObject({ code: text, name: text }).nullish() }).nullish(),
  kmdSag: z.looseObject({ kleNumber: z.looseObject({ name: text, description: text }).nullish() }).nullish(),
  description: written,
  supplementaryInformation: written,
});

const grant = z.looseObject({
  ...placed,
  id,
  version,
  name: z.string().min(1),
  workflowState: z.looseObject({ id: id.nullish(), name: z.string() }).nullish(),
  elements,
});

const appointment = z.looseObject({
  ...ofPatient,
  id,
  version,
  title: text,
  type: text,
  start: z.string().min(1),
  end: text,
  allDay: flag,
  status: text,
  location: text,
  organiser: text,
  participants: z.array(z.looseObject({ name: text, role: text })).nullish(),
});

const organisation = z.looseObject({
  ...ofPatient,
  id,
  version,
  organization: z.looseObject({ id: id.nullish(), name: z.string().min(1) }),
  effectiveAtPresent: flag,
  effectiveStartDate: text,
  effectiveEndDate: text,
  primaryOrganization: flag,
});

const message = z.looseObject({ ...ofPatient, id, version, subject: text, date: text, type: text, state: text });

const crawled = <Body extends z.ZodType, After extends readonly string[]>(title: string, body: Body, after: After) => ({
  title,
  body,
  checkpoint: z.null(),
  capabilities: { mode: 'snapshot', deletes: 'absent' } as const satisfies Capabilities,
  after,
  crawl: true as const,
});

export const kinds = {
  patient: crawled('Borgere', patient, []),
  pathway: crawled('Forløb', pathway, ['patient']),
  grant: crawled('Indsatser (bevillinger)', grant, ['patient', 'pathway']),
  appointment: crawled('Kalender', appointment, ['patient']),
  organisation: crawled('Organisationer om borgeren', organisation, ['patient']),
  professional: crawled('Medarbejdere på forløb', professional, ['patient', 'pathway']),
  document: crawled('Dokumenter og skemaer', document, ['patient', 'pathway']),
  message: crawled('MedCom-indbakke', message, ['patient']),
} as const;

export type NexusKinds = typeof kinds;
export type NexusKind = keyof NexusKinds;
export const kindNames = Object.keys(kinds) as readonly NexusKind[];
