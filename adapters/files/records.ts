// What a row is once read: a loose object of text, column → value, empty values left out. Nothing is required here,
// because another vendor's file may name other columns; what a file must have is checked against its header.
import { z } from 'zod';
import type { KindSpec } from '../../src/adapter/contract.ts';
import type { KindShape } from './shape.ts';

/** One file as the last pull saw it. Names are hashed: a vendor may put a number of a person into them. */
const seenFile = z.strictObject({ id: z.string(), site: z.string(), size: z.number(), mtimeMs: z.number() });
export type SeenFile = z.infer<typeof seenFile>;

export const checkpoint = z.strictObject({
  /** The files this snapshot consists of, in reading order. */
  files: z.array(seenFile),
  /** Index of the file being read, and the byte of it to go on from (0 = from its first row). */
  at: z.number().int().nonnegative(),
  offset: z.number().int().nonnegative(),
  /** Rows so far, over all files. */
  rows: z.number().int().nonnegative(),
  /** Every file was read to its end and none had changed meanwhile. */
  done: z.boolean(),
});
export type FilesCheckpoint = z.infer<typeof checkpoint>;

/** A row whose cells cannot be told apart is an array of cells and fails this schema: that one record is bad. */
const bodyOf = (columns: readonly string[]): z.ZodType =>
  z.looseObject(Object.fromEntries(columns.map((column) => [column, z.string().optional()])));

export const kindSpec = (shape: KindShape): KindSpec<FilesCheckpoint> => ({
  title: shape.title,
  body: bodyOf(shape.columns),
  checkpoint,
  capabilities: { mode: 'snapshot', deletes: 'absent', seesUnchanged: true },
  after: shape.after,
});
