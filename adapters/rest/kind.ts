// What the configuration says about one kind of record of a REST source. The words are explained in README.md. A CPR is
// never part of an address: a configuration that would put one there is refused.
import { z } from 'zod';
import { fieldPathSchema } from '../../src/adapter/fields.ts';
import { errorsSchema } from '../../src/adapter/inner-errors.ts';
import { instantFormats } from '../../src/adapter/instants.ts';
import { pagingSchema } from './paging-config.ts';

export const encodingSchema = z
  .string()
  .refine((label) => {
    try {
      new TextDecoder(label);
      return true;
    } catch {
      return false;
    }
  }, 'is no known encoding; write it as the source’s documentation does: utf-8, iso-8859-1, windows-1252 …')
  .transform((label) => new TextDecoder(label).encoding);

export const formatSchema = z.enum(['json', 'xml']);

/** Relative to the base address; no host, so that credentials go nowhere else. */
const path = z
  .string()
  .regex(/^(?![a-z][a-z0-9+.-]*:)(?!\/\/)[^\s#\\]+$/i, 'must be a path below baseUrl, without host, blanks or #')
  .transform((text) => text.replace(/^\/+/, ''));

const noNumber = (text: string): boolean => !text.includes('{cpr}');
const never =
  'a CPR may never be part of a URL: let it travel in a header (`header`) or in the body of a POST (`body` with {cpr})';
const safePath = path.refine(noNumber, never);
const safeQuery = z.record(z.string().min(1), z.string().refine(noNumber, never)).default({});

/** A map is sent as it stands, its values as text; a text is JSON, for sources that want numbers and true or false. */
const bodyTemplate = z.union([
  z.record(z.string(), z.unknown()),
  z.string().transform((text, context) => {
    try {
      return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a map, or the text of a JSON object' });
      return z.NEVER;
    }
  }),
]);

const request = {
  method: z.enum(['GET', 'POST']).default('GET'),
  query: safeQuery,
  /** Of a POST. Parameters of paging and `changedSince` are added to it. */
  body: bodyTemplate.optional(),
  send: z.enum(['json', 'form']).default('json'),
};

const list = z
  .strictObject({ path: safePath, ...request })
  .refine(({ method, body }) => method === 'POST' || body === undefined, {
    message: 'only a POST has a body',
    path: ['body'],
  });

const detail = z.strictObject({
  path: safePath.refine((text) => text.includes('{key}'), 'must hold {key}'),
  query: safeQuery,
  /** Where in the answer the whole record is; left out: the answer itself. */
  record: fieldPathSchema.optional(),
  /** A key that may be a CPR is put into no address; `yes` where ten digits are the source's own numbers. */
  keyIsNoCpr: z
    .enum(['yes', 'no'])
    .default('no')
    .transform((text) => text === 'yes'),
  /** Requests for one page's records at the same time; the source's budget is the ceiling anyway. */
  concurrency: z.coerce.number().int().min(1).max(32).default(4),
});

const changedSince = z.strictObject({
  param: z.string().min(1),
  in: z.enum(['query', 'body']).default('query'),
  format: z.enum(instantFormats).default('instant'),
  /** What is written around it, for sources with a filter language: `aendret ge {since}`. */
  template: z.string().includes('{since}').default('{since}'),
  overlapSeconds: z.coerce.number().int().min(0).max(2_678_400).default(600),
  /** The record's own time of change. Without it the hub goes on from when it began to ask, by its own clock. */
  field: fieldPathSchema.optional(),
});

const reported = z.strictObject({
  /** In the record: the field that tells that it is deleted. */
  path: fieldPathSchema,
  values: z.array(z.string()).min(1),
});

/** How a citizen's number travels, and which statuses mean that nobody of that number is known. */
const numbered = {
  ...request,
  header: z.string().min(1).optional(),
  cprFormat: z.enum(['plain', 'dashed']).default('plain'),
  none: z.array(z.coerce.number().int()).default([404]),
};

interface Numbered {
  readonly method: 'GET' | 'POST';
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  readonly header?: string | undefined;
}

const carriesNumber = (one: Numbered, context: z.RefinementCtx): void => {
  const inBody = JSON.stringify(one.body ?? {}).includes('{cpr}');
  if (one.body !== undefined && one.method === 'GET')
    context.addIssue({ code: 'custom', message: 'only a POST has a body', path: ['body'] });
  if (one.header === undefined && !inBody)
    context.addIssue({
      code: 'custom',
      message: 'must carry the number: `header`, or `method: POST` and {cpr} in `body`',
      path: [],
    });
};

/** The source's own id of a citizen, for kinds whose `byCitizen.path` holds {citizen}. */
export const lookupSchema = z
  .strictObject({
    path: safePath,
    ...numbered,
    /** Where in the answer the id is; several are all asked for. */
    id: fieldPathSchema,
  })
  .superRefine(carriesNumber);
export type LookupConfig = z.infer<typeof lookupSchema>;

const byCitizen = z
  .strictObject({
    path: safePath,
    ...numbered,
    /** Where the records are, when elsewhere than in the list. */
    records: z.string().min(1).optional(),
    /** The field of a record that then holds the citizen's id, where answers do not repeat it. */
    as: z.string().min(1).optional(),
  })
  .superRefine((one, context) => {
    if (!one.path.includes('{citizen}')) carriesNumber(one, context);
  });

export const kindSchema = z
  .strictObject({
    title: z.string().min(1).optional(),
    /** Kinds whose keys these records name their citizen by. */
    after: z.array(z.string().min(1)).default([]),
    list: list.optional(),
    /** JSON: a path such as `data.items[]`, `[]` when the answer is the list, `.` when it is the record. XML: the way from
     * the root to the records' element, `svar.liste.ung`; `*` is any one element. */
    records: z.string().min(1),
    key: z.union([fieldPathSchema.transform((one) => [one]), z.array(fieldPathSchema).min(1)]),
    /** All fields the documentation names; drift is what is not among them. */
    fields: z.array(fieldPathSchema).default([]),
    required: z.array(fieldPathSchema).default([]),
    paging: pagingSchema.optional(),
    detail: detail.optional(),
    changedSince: changedSince.optional(),
    deletes: z.union([z.enum(['absent', 'unseen']), reported]).optional(),
    byCitizen: byCitizen.optional(),
    errors: errorsSchema.optional(),
    format: formatSchema.optional(),
    encoding: encodingSchema.optional(),
  })
  .superRefine(({ list: has, byCitizen: asks, changedSince: since, deletes }, context) => {
    const say = (path: string, message: string): void => context.addIssue({ code: 'custom', message, path: [path] });
    if (has === undefined && asks === undefined) say('list', 'a kind has a `list`, or `byCitizen`, or both');
    if (has === undefined && since !== undefined) say('changedSince', 'only a `list` can be asked for changes');
    if (since !== undefined && deletes === 'absent')
      say('deletes', 'what changed since a time says nothing of what is gone: `unseen`, or the field that reports it');
  });
export type KindConfig = z.infer<typeof kindSchema>;
