// The kinds a configuration describes. What is selected and expanded is what a record holds, so mappings are checked
// against it before any address is known.
import type { KindSpec } from '../../src/adapter/contract.ts';
import { describedKinds, listedKind } from '../../src/adapter/listed-kind.ts';
import { type Expand, type KindConfig, kindSchema } from './kind.ts';

const fieldsOf = ({ select, expand }: Expand): readonly string[] => [
  ...select.map((name) => name.replaceAll('/', '.')),
  ...Object.entries(expand).flatMap(([name, inner]) => {
    const below = fieldsOf(inner);
    return below.length === 0 ? [name] : below.map((path) => `${name}.${path}`);
  }),
];

const specOf = (name: string, kind: KindConfig): KindSpec => {
  const { parent } = kind;
  const carried = parent === undefined ? [] : parent.carry.map((field) => `${parent.as}.${field}`);
  const own = kind.select.length === 0 ? [] : fieldsOf(kind);
  return listedKind(name, {
    ...kind,
    list: kind.set,
    fields: [...own, ...carried, ...kind.fields],
    after: parent === undefined ? kind.after : [...new Set([parent.kind, ...kind.after])],
  });
};

export const configuredKinds = describedKinds(kindSchema, specOf);
