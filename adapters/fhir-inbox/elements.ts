// The elements read of each resource, as zod: only what a thread's state is made of. Everything else is left where it is.
import { z } from 'zod';

const text = z.string().min(1);
const instant = text.refine((value) => !Number.isNaN(Date.parse(value)), 'a FHIR dateTime');
const reference = z.looseObject({ reference: text.optional() });
export const identifier = z.looseObject({ system: text.optional(), value: text });
const coding = z.looseObject({ system: text.optional(), code: text });
const concept = z.looseObject({ coding: z.array(coding).min(1) });

export const messageHeader = z.looseObject({
  id: text.max(200),
  eventCoding: coding,
  destination: z.array(z.looseObject({ endpoint: text.optional(), receiver: reference.optional() })).optional(),
  sender: reference.optional(),
  source: z.looseObject({ endpoint: text.optional() }).optional(),
  focus: z.array(reference).optional(),
});

export const patient = z.looseObject({
  identifier: z.array(identifier).min(1),
  deceasedBoolean: z.boolean().optional(),
  deceasedDateTime: text.optional(),
});

export const encounter = z.looseObject({
  status: text,
  class: coding,
  period: z.looseObject({ start: instant, end: instant.optional() }),
  subject: reference.optional(),
  episodeOfCare: z.array(z.looseObject({ identifier: identifier.optional() })).optional(),
  serviceProvider: reference.optional(),
  extension: z
    .array(
      z.looseObject({
        url: text,
        valuePeriod: z.looseObject({ start: instant.optional(), end: instant.optional() }).optional(),
      }),
    )
    .optional(),
});

const extended = z.looseObject({
  extension: z.array(z.looseObject({ url: text, valueDateTime: instant.optional() })).optional(),
  contentString: z.string().optional(),
  contentAttachment: z.looseObject({}).optional(),
});

export const communication = z.looseObject({
  identifier: z.array(identifier).optional(),
  category: z.array(concept).optional(),
  priority: text.optional(),
  topic: z.looseObject({ text: text.optional() }).optional(),
  subject: reference.optional(),
  payload: z.array(extended).optional(),
});

export const organization = z.looseObject({ name: text.optional(), identifier: z.array(identifier).optional() });

export const provenance = z
  .looseObject({
    target: z.array(reference).min(1),
    occurredDateTime: instant.optional(),
    recorded: instant.optional(),
    activity: concept,
    entity: z.array(z.looseObject({ role: text, what: z.looseObject({ reference: text.optional() }) })).optional(),
  })
  .refine((value) => value.occurredDateTime !== undefined || value.recorded !== undefined, {
    path: ['recorded'],
    message: 'recorded or occurredDateTime',
  });
