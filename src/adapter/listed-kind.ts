// Kinds that a configuration describes: what their records hold, how they are read and how deletions show. Read from the
// raw block, so that mappings can be checked before any address is known.
import { z } from 'zod';
import type { Capabilities, KindSpec, Kinds } from './contract.ts';
import { bodyOf } from './fields.ts';
import { listingCheckpoint } from './listing.ts';

export interface ListedKind {
  readonly title?: string | undefined;
  readonly fields: readonly string[];
  readonly required: readonly string[];
  readonly after: readonly string[];
  /** Absent: it is asked for citizen by citizen. */
  readonly list?: unknown;
  readonly changedSince?: unknown;
  /** An object: the field that reports them. */
  readonly deletes?: unknown;
}

const capabilitiesOf = ({ list, changedSince, deletes }: ListedKind): Capabilities => {
  if (list === undefined) return { mode: 'snapshot', deletes: 'absent' };
  if (typeof deletes === 'object' && changedSince !== undefined) return { mode: 'incremental', deletes: 'reported' };
  if (changedSince !== undefined) return { mode: 'incremental', deletes: 'unseen' };
  return { mode: 'snapshot', deletes: deletes === 'unseen' ? 'unseen' : 'absent' };
};

export const listedKind = (name: string, kind: ListedKind): KindSpec => {
  const { title = name, fields, required, after } = kind;
  const spec = { title, body: bodyOf(fields, required), capabilities: capabilitiesOf(kind), after };
  return kind.list === undefined
    ? { ...spec, checkpoint: z.null(), crawl: true }
    : { ...spec, checkpoint: listingCheckpoint as z.ZodType };
};

/** Kinds whose configuration is right; what is wrong with the others is said by the configuration's own schema. */
export const describedKinds =
  <Kind>(schema: z.ZodType<Kind>, specOf: (name: string, kind: Kind) => KindSpec) =>
  (block: unknown): Kinds =>
    Object.fromEntries(
      Object.entries(block !== null && typeof block === 'object' ? block : {}).flatMap(([name, raw]) => {
        const kind = schema.safeParse(raw);
        return kind.success ? [[name, specOf(name, kind.data)]] : [];
      }),
    );
