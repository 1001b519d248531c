// Drift on one page: fields no mapping knows and codes no table knows. Looked for in a few records of each page, so that
// bulk pulls keep their speed; names only, never values.

import type { KindMapping } from '../mapping/compile.ts';
import { compileUnknownFields, type UnknownFields } from '../mapping/drift.ts';
import type { Issue } from '../mapping/result.ts';
import type { DriftType } from '../store/drift.ts';
import type { SyncKind } from './source.ts';
import type { WithSubject } from './subject.ts';

const looked = 20;
const compiled = new WeakMap<KindMapping, UnknownFields>();

const unknownFieldsOf = (mapping: KindMapping): UnknownFields => {
  const known = compiled.get(mapping) ?? compileUnknownFields(mapping);
  compiled.set(mapping, known);
  return known;
};

/**
 * A field name may be data (an object keyed by a person's name): what does not look like a property is never counted,
 * and what could be a name only when records of two citizens have it.
 */
const property = /^[\p{L}_][\p{L}\d_ .[\]-]{0,100}$/u;
const identifier = /^[a-z_][A-Za-z\d_]*$/;
const couldBeName = (path: string): boolean =>
  path.split('.').some((segment) => !identifier.test(segment.replaceAll('[]', '')));

const unknownFieldsIn = (mapping: KindMapping, records: readonly WithSubject[]): readonly string[] => {
  const unknownFields = unknownFieldsOf(mapping);
  const citizens = new Map<string, Set<string>>();
  const found: string[] = [];
  for (const record of records.slice(0, looked))
    for (const name of unknownFields(record.body).filter((path) => property.test(path))) {
      found.push(name);
      const known = citizens.get(name) ?? new Set();
      citizens.set(name, known.add(record.subjects[0]?.citizenId ?? ''));
    }
  return found.filter((name) => !couldBeName(name) || (citizens.get(name)?.size ?? 0) > 1);
};

export const driftOf = (
  kind: SyncKind,
  records: readonly WithSubject[],
  issues: readonly Issue[],
): readonly { readonly type: DriftType; readonly name: string; readonly times: number }[] => {
  const counts = new Map<string, { type: DriftType; name: string; times: number }>();
  const add = (type: DriftType, name: string): void => {
    const entry = counts.get(`${type} ${name}`) ?? { type, name, times: 0 };
    entry.times += 1;
    counts.set(`${type} ${name}`, entry);
  };
  for (const name of kind.mapping === undefined ? [] : unknownFieldsIn(kind.mapping, records))
    add('unknown-field', name);
  for (const issue of issues) if (issue.code.endsWith('/unknown-code')) add('unknown-code', issue.path);
  return [...counts.values()];
};
