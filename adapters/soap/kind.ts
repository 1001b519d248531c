// What the configuration says about one kind of record of a SOAP source. The words are those of the `rest` adapter where
// they mean the same; README.md explains them.
import { z } from 'zod';
import { fieldPathSchema } from '../../src/adapter/fields.ts';
import { errorsSchema } from '../../src/adapter/inner-errors.ts';
import { instantFormats } from '../../src/adapter/instants.ts';
import type { XmlInput } from '../../src/adapter/soap.ts';

/** Element names to texts, further elements or lists of them; `@name` is an attribute. */
export const inputSchema: z.ZodType<XmlInput> = z.record(
  z.string(),
  z.lazy(() => z.union([z.string(), inputSchema, z.array(z.union([z.string(), inputSchema]))])),
);

export const pagingSchema = z.discriminatedUnion('style', [
  /** Everything in one answer, which is read as it comes. */
  z.strictObject({ style: z.literal('none'), total: fieldPathSchema.optional() }),
  /** `{first}` is the number of the first record wanted, `{max}` how many. */
  z.strictObject({
    style: z.literal('offset'),
    /** The very first record's number. */
    first: z.enum(['0', '1']).default('0').transform(Number),
    total: fieldPathSchema.optional(),
    overlap: z.coerce.number().int().min(0).max(100).default(5),
  }),
  /** `{page}` is the page's number, `{max}` how many records it holds. */
  z.strictObject({
    style: z.literal('page'),
    first: z.enum(['0', '1']).default('1').transform(Number),
    hasMore: fieldPathSchema.optional(),
    total: fieldPathSchema.optional(),
  }),
]);
export type Paging = z.infer<typeof pagingSchema>;

/** The way from the answer's element, which stands in the Body, to the records. */
const way = z
  .string()
  .regex(
    /^[^.[\]{}]+(\.[^.[\]{}]+)*$/,
    'is the way from below the Body to the records: HentSagerSvar.Sager.Sag, without []',
  );

/** Is `{name}` anywhere in it? */
export const holds = (input: XmlInput, name: string): boolean => JSON.stringify(input).includes(`{${name}}`);

const list = z.strictObject({ operation: z.string().min(1), input: inputSchema.default({}) });

const byCitizen = z
  .strictObject({
    operation: z.string().min(1),
    input: inputSchema,
    cprFormat: z.enum(['plain', 'dashed']).default('plain'),
    /** Where the records are, when elsewhere than in the list. */
    records: way.optional(),
  })
  .refine(({ input }) => holds(input, 'cpr'), { message: 'must hold {cpr}', path: ['input'] });

const changedSince = z.strictObject({
  format: z.enum(instantFormats).default('instant'),
  overlapSeconds: z.coerce.number().int().min(0).max(2_678_400).default(600),
  /** Asked for the first time, as the source writes it. Left out: elements with {since} are not sent then. */
  initial: z.string().min(1).optional(),
  /** The record's own time of change. Without it the hub goes on from when it began to ask, by its own clock. */
  field: fieldPathSchema.optional(),
});

const reported = z.strictObject({
  /** In the record: the field that tells that it is deleted. */
  path: fieldPathSchema,
  values: z.array(z.string()).min(1),
});

/** What a SOAP fault means where its code alone does not tell. */
export const faultsSchema = z.strictObject({
  /** In the fault's detail: `ServiceplatformFault.ErrorList.Error.ErrorCode`. Left out: the fault's own code. */
  path: fieldPathSchema.optional(),
  retry: z.array(z.string()).default([]),
  unauthorised: z.array(z.string()).default([]),
  forbidden: z.array(z.string()).default([]),
  none: z.array(z.string()).default([]),
});
export type FaultsConfig = z.infer<typeof faultsSchema>;

export const kindSchema = z
  .strictObject({
    title: z.string().min(1).optional(),
    /** Kinds whose keys these records name their citizen by. */
    after: z.array(z.string().min(1)).default([]),
    list: list.optional(),
    records: way,
    key: z.union([fieldPathSchema.transform((one) => [one]), z.array(fieldPathSchema).min(1)]),
    /** All fields the documentation names; drift is what is not among them. */
    fields: z.array(fieldPathSchema).default([]),
    required: z.array(fieldPathSchema).default([]),
    paging: pagingSchema.optional(),
    changedSince: changedSince.optional(),
    deletes: z.union([z.enum(['absent', 'unseen']), reported]).optional(),
    byCitizen: byCitizen.optional(),
    errors: errorsSchema.optional(),
    faults: faultsSchema.optional(),
  })
  .superRefine(({ list: has, byCitizen: asks, changedSince: since, deletes }, context) => {
    const say = (path: string, message: string): void => context.addIssue({ code: 'custom', message, path: [path] });
    if (has === undefined && asks === undefined) say('list', 'a kind has a `list`, or `byCitizen`, or both');
    if (has !== undefined && holds(has.input, 'cpr'))
      say('list', 'a list is of all citizens: {cpr} belongs to `byCitizen`');
    if (since !== undefined && (has === undefined || !holds(has.input, 'since')))
      say('changedSince', 'the input of the `list` must hold {since}');
    if (since === undefined && has !== undefined && holds(has.input, 'since'))
      say('changedSince', 'the input holds {since}: say its format here');
    if (since !== undefined && deletes === 'absent')
      say('deletes', 'what changed since a time says nothing of what is gone: `unseen`, or the field that reports it');
  });
export type KindConfig = z.infer<typeof kindSchema>;

/** Placeholders that a way of paging needs in the input. */
export const placeholdersOf = ({ style }: Paging): readonly string[] =>
  style === 'none' ? [] : style === 'offset' ? ['first', 'max'] : ['page'];
