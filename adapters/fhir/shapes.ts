// FHIR R4 data types as far as records use them, all loose. Deliberately wide: an oddity in a part that nobody needs
// costs that part and not the record. `type` and `resolved` of a reference are completed by the directory.
import { z } from 'zod';

const text = z.string().optional();

export const coding = z.looseObject({ system: text, code: text, display: text });
export const concept = z.looseObject({ coding: z.array(coding).optional(), text });
export const period = z.looseObject({ start: text, end: text });
export const identifier = z.looseObject({ use: text, system: text, value: text });
export const contactPoint = z.looseObject({ system: text, value: text });
/** Real data holds objects where a family name should be; the name is then written without it. */
export const humanName = z.looseObject({
  use: text,
  text,
  given: z.array(z.string()).optional(),
  family: z.unknown().optional(),
});
export const annotation = z.looseObject({ text });

const resolved = z.looseObject({
  telecom: z.array(contactPoint).optional(),
  contact: z.array(z.looseObject({ name: humanName.optional(), telecom: z.array(contactPoint).optional() })).optional(),
  organization: z.looseObject({ display: text }).optional(),
});
export const reference = z.looseObject({
  reference: text,
  type: text,
  display: text,
  identifier: identifier.optional(),
  resolved: resolved.optional(),
});

/** A reference of which only the target matters. */
export const pointer = z.looseObject({ reference: text });

export const extension = z.looseObject({
  url: z.string(),
  valueReference: pointer.optional(),
  valueCoding: coding.optional(),
  valueCodeableConcept: concept.optional(),
  extension: z.array(z.looseObject({ url: z.string(), valueReference: pointer.optional() })).optional(),
});

export const address = z.looseObject({
  use: text,
  text,
  line: z.array(z.string()).optional(),
  city: text,
  postalCode: text,
  extension: z.array(extension).optional(),
});

/** Several of a shape. */
export const many = <S extends z.ZodType>(shape: S) => z.array(shape).optional();

/** The rule of a Consent. */
export const provision = z.looseObject({
  type: text,
  period: period.optional(),
  actor: many(
    z.looseObject({ role: concept.optional(), reference: reference.optional(), modifierExtension: many(extension) }),
  ),
  action: many(concept),
  securityLabel: many(coding),
  purpose: many(coding),
  class: many(coding),
  code: many(concept),
  dataPeriod: period.optional(),
  data: many(z.looseObject({ reference: pointer.optional() })),
  provision: many(z.looseObject({ type: text })),
  modifierExtension: many(extension),
});

/** A resource of one type: what identifies it is demanded, the rest is as `shape` says. */
export const resource = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.looseObject({
    resourceType: z.literal(type),
    id: z.string().min(1),
    meta: z.looseObject({ lastUpdated: text, security: many(coding) }).optional(),
    extension: many(extension),
    ...shape,
  });
