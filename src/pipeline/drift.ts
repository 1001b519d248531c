// Drift on one page: fields no mapping knows, codes no table knows, types that changed, fields that are gone. Looked for in a
// few records of each page, so that bulk pulls keep their speed; names only, never values, but for codes that look like it.
import type { Page } from '../adapter/contract.ts';
import type { KindMapping } from '../mapping/compile.ts';
import { compileUnknownFields, type UnknownFields } from '../mapping/drift.ts';
import { couldBeName } from '../mapping/shape.ts';
import type { DriftFound, DriftType } from '../store/drift.ts';
import { shownCodes } from './drift-codes.ts';
import type { DriftWatch } from './drift-watch.ts';
import type { Sorted } from './map.ts';
import type { SyncKind } from './source.ts';
import type { WithSubject } from './subject.ts';

const recordsLooked = 20;
const compiled = new WeakMap<KindMapping, UnknownFields>();

const unknownFieldsOf = (mapping: KindMapping): UnknownFields => {
  const known = compiled.get(mapping) ?? compileUnknownFields(mapping);
  compiled.set(mapping, known);
  return known;
};

/** A field name may be data (an object keyed by a person's name): what does not look like a property is never counted. */
const property = /^[\p{L}_][\p{L}\d_ .[\]-]{0,100}$/u;

/** What could be a name counts only when records of two citizens have it. */
const unknownFieldsIn = (mapping: KindMapping, records: readonly WithSubject[]): readonly string[] => {
  const unknownFields = unknownFieldsOf(mapping);
  const citizens = new Map<string, Set<string>>();
  const found: string[] = [];
  for (const record of records.slice(0, recordsLooked))
    for (const name of unknownFields(record.body).filter((path) => property.test(path))) {
      found.push(name);
      const known = citizens.get(name) ?? new Set();
      citizens.set(name, known.add(record.subjects[0]?.citizenId ?? ''));
    }
  return found.filter((name) => !couldBeName(name) || (citizens.get(name)?.size ?? 0) > 1);
};

const counted = (type: DriftType, names: readonly string[]): readonly DriftFound[] =>
  [...Map.groupBy(names, (name) => name)].map(([name, all]) => ({ type, name, times: all.length }));

/** The raw bodies of the first records: what decoding made of them may have other types. */
const rawOf = (page: Page<unknown>, records: readonly WithSubject[]): readonly unknown[] => {
  const wanted = new Set(records.slice(0, recordsLooked).map((record) => record.key));
  return page.records.filter((record) => wanted.has(record.key)).map((record) => record.body);
};

/** What came anew or differently first: there drift is. */
const inOrder = (enrolled: readonly WithSubject[], sorted: Sorted): readonly WithSubject[] => {
  const fresh = [...sorted.mappedKeys, ...sorted.failed.map(({ record }) => record), ...sorted.notMapped];
  return fresh.length >= recordsLooked ? fresh : [...new Set([...fresh, ...enrolled])];
};

/** @throws HubError `run/drift-held`, `run/drift-stopped`: nothing of the page may be stored. */
export const lookForDrift = (
  kind: SyncKind,
  page: Page<unknown>,
  enrolled: readonly WithSubject[],
  sorted: Sorted,
  watch: DriftWatch | undefined,
): readonly DriftFound[] => {
  const { mapping } = kind;
  if (mapping === undefined) return [];
  const untranslated = sorted.issues.filter((issue) => issue.code.endsWith('/unknown-code')).map((issue) => issue.path);
  const records = inOrder(enrolled, sorted);
  const codes = shownCodes(mapping, records, new Set(untranslated));
  const found = [
    ...counted('unknown-field', unknownFieldsIn(mapping, records)),
    ...counted('unknown-code', untranslated).map((one) => ({ ...one, codes: codes.get(one.name) ?? [] })),
  ];
  return watch === undefined ? found : watch.page(rawOf(page, records), found);
};
