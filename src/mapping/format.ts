// The mapping file as zod: strict objects, every scalar a string (the YAML is read with the failsafe schema).
import { z } from 'zod';
import { kindNames, saidHere } from '../model/kinds.ts';
import type { Entity } from '../model/told-consent.ts';
import { linkRels } from '../model/values.ts';
import { fieldsObject, flag, paths, valueSpec } from './value-format.ts';

const text = z.string().min(1, 'is empty');
const texts = z.array(text);
// Comments are written in the hub; no source makes them.
const mapped: readonly Entity[] = [...kindNames.filter((name) => !saidHere.includes(name)), 'consent'];
const entity = z.enum(mapped, { error: `must be one of ${mapped.join(', ')}` });

const oneOf = z.array(z.string()).min(1);
const conditionShape = {
  path: paths.optional(),
  from: paths.optional(),
  in: oneOf.optional(),
  notIn: oneOf.optional(),
  other: oneOf.optional(),
  present: flag.optional(),
};

/** `{path|from, in}`, `{path|from, notIn}`, `{path|from, other}` or `{path|from, present}`. */
export const condition = z.strictObject(conditionShape).transform((raw, context) => {
  const from = raw.path ?? raw.from;
  const tests = [raw.in, raw.notIn, raw.other, raw.present].filter((test) => test !== undefined);
  if (from === undefined || (raw.path !== undefined && raw.from !== undefined) || tests.length !== 1) {
    context.addIssue({ code: 'custom', message: 'needs `path` and exactly one of `in`, `notIn`, `other`, `present`' });
    return z.NEVER;
  }
  return { from, in: raw.in, notIn: raw.notIn, other: raw.other, present: raw.present };
});
export type Condition = z.infer<typeof condition>;
const oneOrMore = <T>(schema: z.ZodType<T>) =>
  z.unknown().transform((raw, context): readonly T[] => {
    const result = z
      .array(schema)
      .min(1)
      .safeParse(Array.isArray(raw) ? raw : [raw]);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const path = Array.isArray(raw) ? issue.path : issue.path.slice(1);
      context.addIssue({ code: 'custom', path: [...path], message: issue.message });
    }
    return z.NEVER;
  });

const conditions = oneOrMore(condition);

const subject = z.union([z.strictObject({ via: text, key: valueSpec }), z.strictObject({ cpr: valueSpec })], {
  error: 'must be {via: kind, key: path} or {cpr: path}',
});
export type SubjectSpec = z.infer<typeof subject>;

const isRecord = (raw: unknown): raw is Readonly<Record<string, unknown>> =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);

const linkHead = z.strictObject({ kind: text, to: oneOrMore(entity).optional(), part: valueSpec.optional() });

/** A value spec with `kind`, `to` and `part` beside it. */
const link = z.unknown().transform((raw, context) => {
  if (!isRecord(raw)) {
    context.addIssue({ code: 'custom', message: 'must be {from: path, kind: source kind}' });
    return z.NEVER;
  }
  const { kind, to, part, ...rest } = raw;
  const head = linkHead.safeParse({
    kind,
    ...(to === undefined ? {} : { to }),
    ...(part === undefined ? {} : { part }),
  });
  const key = valueSpec.safeParse(rest);
  for (const issue of [...(head.error?.issues ?? []), ...(key.error?.issues ?? [])]) {
    context.addIssue({ code: 'custom', path: [...issue.path], message: issue.message });
  }
  return head.success && key.success ? { ...head.data, key: key.data } : z.NEVER;
});
export type LinkSpec = z.infer<typeof link>;

/** Below the source's own journal, or into whichever system the record is kept in. */
const journal = z.union(
  [
    z.strictObject({ template: text }),
    z.strictObject({ by: paths, values: z.record(z.string().regex(/^[A-Za-z]\w*$/), paths) }),
  ],
  { error: 'must be {template} or {by: path, values: {name: path}}' },
);

export type HopSpec = Extract<z.infer<typeof journal>, { by: unknown }>;

const representative = z.strictObject({
  type: z.enum(['custody', 'guardian']),
  /** The paragraph of værgemålsloven. */
  form: z.enum(['5', '6', '7']).optional(),
  number: oneOrMore(z.strictObject({ when: conditions.default([]), from: paths })),
});

const anyObject = z.record(z.string(), z.unknown());
const example = z.strictObject({
  name: text,
  given: z.unknown(),
  /** The fields; a list when one source record gives several or none. What is not named is not compared. */
  expect: z.union([anyObject, z.array(anyObject)]),
  /** Target fields that must be left out. */
  absent: texts.default([]),
  issues: texts.default([]),
  /** `sag/123` or `cpr/0101011234`. */
  subjects: texts.optional(),
  /** `plan sag/123`. */
  links: texts.optional(),
});
export type Example = z.infer<typeof example>;

export const mappingFormat = z.strictObject({
  mapping: z.string().regex(/^[\p{L}\d-]+\.[\p{L}\d_-]+$/u, 'must be <system>.<source kind>'),
  to: entity,
  version: z.string().regex(/^[1-9]\d{0,5}$/, 'must be a whole number from 1'),
  key: paths,
  each: text.optional(),
  part: valueSpec.optional(),
  subject: oneOrMore(subject),
  numbers: z.strictObject({ previous: paths, current: paths.optional() }).optional(),
  /** Of a contact: who represents the citizen, by number. */
  representative: representative.optional(),
  /** Of a consent: limits the hub has no word for. One that holds is enough, and a grant is not understood. */
  limitedBy: conditions.default([]),
  when: conditions.default([]),
  fields: fieldsObject,
  sensitivity: valueSpec.optional(),
  domain: valueSpec.optional(),
  withheld: conditions.optional(),
  unit: valueSpec.optional(),
  named: z.array(valueSpec).default([]),
  protected: conditions.optional(),
  updatedAt: valueSpec.optional(),
  links: z.partialRecord(z.enum(linkRels), oneOrMore(link)).default({}),
  journal: journal.optional(),
  ignoreForChange: texts.default([]),
  unused: texts.default([]),
  examples: z.array(example).default([]),
});
export type MappingSpec = z.infer<typeof mappingFormat>;

/** A mapping file as read, with the name people know it by: `sensum/indsats.intervention.yaml`. */
export interface MappingFile {
  readonly file: string;
  readonly system: string;
  readonly kind: string;
  readonly spec: MappingSpec;
}
