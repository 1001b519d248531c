// What a record is once read: a loose object, name → value. Of CSV every value is text and empty ones are left out; of
// XML and JSON it is what stood there. Nothing is required here: what a file must have is checked as it is opened.
import { z } from 'zod';
import type { KindSpec } from '../../src/adapter/contract.ts';
import { bodyOf as pathsBody } from '../../src/adapter/fields.ts';
import { describedKinds } from '../../src/adapter/listed-kind.ts';
import { type FileKind, fileKind } from './kinds.ts';

/** One file as the last pull saw it. Names are hashed: a vendor may put a number of a person into them. */
const seenFile = z.strictObject({
  id: z.string(),
  site: z.string(),
  size: z.number(),
  mtimeMs: z.number(),
  /** Of its bytes, where it was read in one go: tells a delivery that only has a new date. */
  hash: z.string().optional(),
});
export type SeenFile = z.infer<typeof seenFile>;

export const checkpoint = z.strictObject({
  /** The files this snapshot consists of, in reading order; of deltas those read lately, the last being read. */
  files: z.array(seenFile),
  /** Index of the file being read, and how far (0 = from its first record): the byte to go on from, in XML records. */
  at: z.number().int().nonnegative(),
  offset: z.number().int().nonnegative(),
  /** Records so far, over all files. */
  rows: z.number().int().nonnegative(),
  /** Every file was read to its end and none had changed meanwhile. */
  done: z.boolean(),
});
export type FilesCheckpoint = z.infer<typeof checkpoint>;

/** Without names nothing is promised; a record that could not be read is no object and fails: that one is bad. */
const bodyOf = ({ fields, format }: FileKind): z.ZodType =>
  format === 'csv' && fields.length > 0
    ? z.looseObject(Object.fromEntries(fields.map((name) => [name, z.string().optional()])))
    : pathsBody(fields);

const specOf = (name: string, kind: FileKind): KindSpec<FilesCheckpoint> => ({
  title: kind.title ?? name,
  body: bodyOf(kind),
  checkpoint,
  capabilities:
    kind.delivery === 'full'
      ? { mode: 'snapshot', deletes: 'absent', seesUnchanged: true }
      : { mode: 'incremental', deletes: 'reported' },
  after: kind.after,
});

export const configuredKinds = describedKinds(fileKind, (name, kind) => specOf(name, kind) as KindSpec);
