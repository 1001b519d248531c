// The kinds a configuration describes: what their records hold, how they are read and how deletions show. Read from the
// raw block, so that mappings can be checked before any address is known.
import { z } from 'zod';
import type { Capabilities, KindSpec, Kinds } from '../../src/adapter/contract.ts';
import { bodyOf } from '../../src/adapter/fields.ts';
import { listingCheckpoint } from '../../src/adapter/listing.ts';
import { type KindConfig, kindSchema } from './kind.ts';

const capabilitiesOf = ({ list, changedSince, deletes }: KindConfig): Capabilities => {
  if (list === undefined) return { mode: 'snapshot', deletes: 'absent' };
  if (typeof deletes === 'object' && changedSince !== undefined) return { mode: 'incremental', deletes: 'reported' };
  if (changedSince !== undefined) return { mode: 'incremental', deletes: 'unseen' };
  return { mode: 'snapshot', deletes: deletes === 'unseen' ? 'unseen' : 'absent' };
};

const specOf = (name: string, kind: KindConfig): KindSpec => {
  const { title = name, fields, required, after } = kind;
  const spec = { title, body: bodyOf(fields, required), capabilities: capabilitiesOf(kind), after };
  return kind.list === undefined
    ? { ...spec, checkpoint: z.null(), crawl: true }
    : { ...spec, checkpoint: listingCheckpoint as z.ZodType };
};

/** Kinds whose configuration is right; what is wrong with the others is said by the configuration's own schema. */
export const configuredKinds = (block: unknown): Kinds =>
  Object.fromEntries(
    Object.entries(block !== null && typeof block === 'object' ? block : {}).flatMap(([name, raw]) => {
      const kind = kindSchema.safeParse(raw);
      return kind.success ? [[name, specOf(name, kind.data)]] : [];
    }),
  );
