// Drift on one page: fields no mapping knows and codes no table knows. Looked for in a few records of each page, so that
// bulk pulls keep their speed; names only, never values.

import type { KindMapping } from '../mapping/compile.ts';
import { compileUnknownFields, type UnknownFields } from '../mapping/drift.ts';
import type { Issue } from '../mapping/result.ts';
import type { DriftType } from '../store/drift.ts';
import type { Decoded } from './decode.ts';
import type { SyncKind } from './source.ts';

const looked = 20;
const compiled = new WeakMap<KindMapping, UnknownFields>();

const unknownFieldsOf = (mapping: KindMapping): UnknownFields => {
  const known = compiled.get(mapping) ?? compileUnknownFields(mapping);
  compiled.set(mapping, known);
  return known;
};

/** A field name may be data (an object keyed by a person's name): only what looks like a property is counted. */
const property = /^[\p{L}_][\p{L}\d_ .[\]-]{0,100}$/u;

export const driftOf = (
  kind: SyncKind,
  records: readonly Decoded[],
  issues: readonly Issue[],
): readonly { readonly type: DriftType; readonly name: string; readonly times: number }[] => {
  const counts = new Map<string, { type: DriftType; name: string; times: number }>();
  const add = (type: DriftType, name: string): void => {
    const entry = counts.get(`${type} ${name}`) ?? { type, name, times: 0 };
    entry.times += 1;
    counts.set(`${type} ${name}`, entry);
  };
  if (kind.mapping !== undefined) {
    const unknownFields = unknownFieldsOf(kind.mapping);
    for (const record of records.slice(0, looked))
      for (const name of unknownFields(record.body)) if (property.test(name)) add('unknown-field', name);
  }
  for (const issue of issues) if (issue.code.endsWith('/unknown-code')) add('unknown-code', issue.path);
  return [...counts.values()];
};
