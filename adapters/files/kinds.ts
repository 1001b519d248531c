// What a configuration says about one kind of file: which files there are, how they are written, what tells a record
// apart and what must be in it. The adapter knows no system's files; those of a known system lie beside its mappings.
// Scalars may arrive as text (the hub's YAML has only text).
import { z } from 'zod';
import { csvEncodings, csvQuotes } from '../../src/adapter/csv.ts';

const column = z.string().min(1);
/** A file that comes every night is due within 30, say: without a newer one pulls fail and the source grows late. */
export const newWithinHours = z.coerce.number().positive().max(10_000);
export const separator = z
  .string()
  .length(1)
  .regex(/^[\x20-\x7e\t]$/, 'one ASCII character');

const settings = z.strictObject({
  /** One line for people; default the kind's name. */
  title: z.string().min(1).optional(),
  /** File name with `*`, `?` and `[0-9]`; upper and lower case are the same. */
  pattern: z.string().min(1),
  format: z.enum(['csv', 'xml', 'jsonl']).default('csv'),
  /** `full`: the newest file holds everything there is. `delta`: every file holds what changed since the one before. */
  delivery: z.enum(['full', 'delta']).default('full'),
  newWithinHours: newWithinHours.optional(),
  encoding: z.enum(csvEncodings).optional(),
  /** CSV only. */
  separator: separator.optional(),
  quote: z.enum(csvQuotes).optional(),
  /** Names of the columns of a file without a header row. */
  header: z.array(column).min(1).optional(),
  /** `any`: the vendor does not end the last line, so that a cut-off file cannot be told from a whole one by it. */
  lastLine: z.enum(['terminated', 'any']).default('terminated'),
  /** XML only: names of the elements from the root to a record, `Export/Cases/Case`; `*` is any one element. */
  record: z
    .string()
    .regex(/^[^/\s]+(\/[^/\s]+)+$/, 'names with / between them, from the root to a record')
    .optional(),
  /** The file's name → the name mappings use. */
  columns: z.record(column, column).default({}),
  /** What makes the key, names after `columns` was applied; in XML and JSON also paths: `case.id`. */
  keyColumns: z.array(column).min(1),
  /** Text that is hashed into the key, for records without an id of their own; equal ones are numbered. */
  keyTextColumns: z.array(column).default([]),
  /** Without these the file is not read: mostly those that lead to the citizen. */
  requiredColumns: z.array(column).default([]),
  /** All names seen so far, so that a mapping's misspelling and the source's news show. */
  fields: z.array(column).default([]),
  /** Kinds that must be pulled first. */
  after: z.array(z.string().min(1)).default([]),
  /** Of a delta: records that say that theirs is gone. */
  deleted: z.strictObject({ column, in: z.array(z.string()).min(1) }).optional(),
});

type Settings = z.infer<typeof settings>;

const faults: readonly (readonly [keyof Settings, string, (kind: Settings) => boolean])[] = [
  ['record', 'format xml needs the path of its records', (kind) => kind.format === 'xml' && kind.record === undefined],
  ['record', 'only XML has it', (kind) => kind.format !== 'xml' && kind.record !== undefined],
  ['header', 'only CSV has it', (kind) => kind.format !== 'csv' && kind.header !== undefined],
  ['separator', 'only CSV has it', (kind) => kind.format !== 'csv' && kind.separator !== undefined],
  ['quote', 'only CSV has it', (kind) => kind.format !== 'csv' && kind.quote !== undefined],
  // Equal records are numbered within a delivery; the next one would number others.
  ['keyTextColumns', 'a delta needs ids', (kind) => kind.delivery === 'delta' && kind.keyTextColumns.length > 0],
  ['deleted', 'only a delta has it', (kind) => kind.delivery !== 'delta' && kind.deleted !== undefined],
];

export const fileKind = settings.superRefine((kind, context) => {
  for (const [path, message, isSo] of faults)
    if (isSo(kind)) context.addIssue({ code: 'custom', path: [path], message });
});

export type FileKind = z.infer<typeof fileKind>;

export const kindName = z.string().regex(/^[A-Za-z0-9][\w-]{0,62}$/, 'letters, digits, _ and -');
