// The kinds a configuration describes. What is selected and expanded is what a record holds, so mappings are checked
// against it before any address is known.
import type { z } from 'zod';
import type { Capabilities, KindSpec, Kinds } from '../../src/adapter/contract.ts';
import { bodyOf } from '../../src/adapter/fields.ts';
import { listingCheckpoint } from '../../src/adapter/listing.ts';
import { type Expand, type KindConfig, kindSchema } from './kind.ts';

const fieldsOf = ({ select, expand }: Expand): readonly string[] => [
  ...select.map((name) => name.replaceAll('/', '.')),
  ...Object.entries(expand).flatMap(([name, inner]) => {
    const below = fieldsOf(inner);
    return below.length === 0 ? [name] : below.map((path) => `${name}.${path}`);
  }),
];

const capabilitiesOf = ({ changedSince, deletes }: KindConfig): Capabilities => {
  if (changedSince !== undefined)
    return { mode: 'incremental', deletes: typeof deletes === 'object' ? 'reported' : 'unseen' };
  return { mode: 'snapshot', deletes: deletes === 'unseen' ? 'unseen' : 'absent' };
};

const specOf = (name: string, kind: KindConfig): KindSpec => {
  const { parent } = kind;
  const carried = parent === undefined ? [] : parent.carry.map((field) => `${parent.as}.${field}`);
  const own = kind.select.length === 0 ? [] : fieldsOf(kind);
  return {
    title: kind.title ?? name,
    body: bodyOf([...own, ...carried, ...kind.fields], kind.required),
    checkpoint: listingCheckpoint as z.ZodType,
    capabilities: capabilitiesOf(kind),
    after: parent === undefined ? kind.after : [...new Set([parent.kind, ...kind.after])],
  };
};

/** Kinds whose configuration is right; what is wrong with the others is said by the configuration's own schema. */
export const configuredKinds = (block: unknown): Kinds =>
  Object.fromEntries(
    Object.entries(block !== null && typeof block === 'object' ? block : {}).flatMap(([name, raw]) => {
      const kind = kindSchema.safeParse(raw);
      return kind.success ? [[name, specOf(name, kind.data)]] : [];
    }),
  );
