// What the configuration says about one kind of record of an OData source: an entity set, what of it is selected and
// expanded, in which order, and how changes and one citizen are asked for. A CPR is never part of an address.
import { z } from 'zod';
import { fieldPathSchema } from '../../src/adapter/fields.ts';

const noNumber = (text: string): boolean => !text.includes('{cpr}');
const never = 'a CPR may never be part of a URL: `byCitizen.filter` is sent in the body of a POST';

const property = z.string().regex(/^[\p{L}_][\p{L}\p{N}_/]*$/u, 'must be the name of a property');

export interface Expand {
  readonly select: readonly string[];
  readonly expand: Readonly<Record<string, Expand>>;
}

const expandValue: z.ZodType<Expand> = z.lazy(() =>
  z.union([
    z.array(property).transform((select) => ({ select, expand: {} })),
    z.strictObject({ select: z.array(property).default([]), expand: expandSchema }),
  ]),
);
/** Navigation property → what of it; `navn[]` when it holds several. */
const expandSchema: z.ZodType<Readonly<Record<string, Expand>>> = z
  .record(z.string().regex(/^[\p{L}_][\p{L}\p{N}_]*(\[\])?$/u, 'must be a navigation property'), expandValue)
  .default({});

/** An entity set, or a function bound to one; `{key}` is the parent's key. */
const setPath = z
  .string()
  .regex(/^[\p{L}_][\p{L}\p{N}_./()={}',-]*$/u, 'must be an entity set or a bound function')
  .refine(noNumber, never);

const reported = z.strictObject({ path: fieldPathSchema, values: z.array(z.string()).min(1) });

const parent = z.strictObject({
  /** The kind whose records have these below them. */
  kind: z.string().min(1),
  /** The property of the child that then holds the parent: its key, and what of it is carried along. */
  as: property,
  carry: z.array(property).default([]),
  /** Parents whose children are fetched at the same time; the source's budget is the ceiling anyway. */
  concurrency: z.coerce.number().int().min(1).max(32).default(4),
});

export const kindSchema = z
  .strictObject({
    title: z.string().min(1).optional(),
    after: z.array(z.string().min(1)).default([]),
    set: setPath,
    parent: parent.optional(),
    key: z.union([property.transform((one) => [one]), z.array(property).min(1)]),
    select: z.array(property).default([]),
    expand: expandSchema,
    filter: z.string().min(1).refine(noNumber, never).optional(),
    /** Must be total, so that pages do not overlap by chance; left out: the key. */
    orderby: z.string().min(1).optional(),
    /** Fields inside selected properties, for the check of mappings. */
    fields: z.array(fieldPathSchema).default([]),
    required: z.array(fieldPathSchema).default([]),
    changedSince: z
      .strictObject({
        field: property,
        /** How the property is typed: Edm.DateTimeOffset or Edm.Date. */
        format: z.enum(['instant', 'date']).default('instant'),
        overlapSeconds: z.coerce.number().int().min(0).max(2_678_400).default(600),
      })
      .optional(),
    deletes: z.union([z.enum(['absent', 'unseen']), reported]).optional(),
    byCitizen: z
      .strictObject({
        /** `{cpr}` inside quotes; sent to `<set>/$query` in the body (OData 4.01). */
        filter: z.string().includes('{cpr}', { message: 'must hold {cpr}' }),
        cprFormat: z.enum(['plain', 'dashed']).default('plain'),
      })
      .optional(),
  })
  .superRefine((kind, context) => {
    const say = (path: string, message: string): void => context.addIssue({ code: 'custom', message, path: [path] });
    if (kind.set.includes('{key}') !== (kind.parent !== undefined))
      say('set', '{key} is the key of a `parent`: name both or neither');
    if (kind.parent !== undefined && kind.changedSince !== undefined)
      say('changedSince', 'records below a parent are read with it, as a whole');
    if (kind.parent !== undefined && kind.byCitizen !== undefined)
      say('byCitizen', 'records below a parent are found by the parent’s');
    if (kind.changedSince !== undefined && kind.deletes === 'absent')
      say(
        'deletes',
        'what changed since a time says nothing of what is gone: `unseen`, or the property that reports it',
      );
  });
export type KindConfig = z.infer<typeof kindSchema>;
