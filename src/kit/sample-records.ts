// The records in a sample of unknown make: JSON, JSON lines, XML or CSV. Found by what repeats; where the reader must look
// for them is part of the answer.
import { parseXml } from '../adapter/xml.ts';

export interface SampledKind {
  /** As the sample calls it: an element, a property, the file. */
  readonly name: string;
  /** Where the records are: `data.items[]`, `Svar.Sager.Sag`; empty for lines and rows. */
  readonly at: string;
  readonly records: readonly Readonly<Record<string, unknown>>[];
  /** Known fields that the records may not show. */
  readonly fields?: readonly string[];
  /** Made up from a description: shows forms, not values. */
  readonly invented?: true;
  /** What the adapter is told beside where the records are, for example `{list: {path: /cases}}`. */
  readonly kind?: Readonly<Record<string, unknown>>;
}

export type SampleForm = 'json' | 'xml' | 'csv' | 'jsonl' | 'openapi' | 'wsdl' | 'odata' | 'fhir';

export interface Sampled {
  readonly form: SampleForm;
  readonly kinds: readonly SampledKind[];
  /** What the source's configuration must say of all kinds. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What somebody must look at. */
  readonly decisions: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MOST = 500;

interface Found {
  readonly path: readonly string[];
  readonly records: readonly Fields[];
}

/** Every list of objects down to four levels, the longest first; of equal ones the outermost. */
const listsIn = (value: unknown, path: readonly string[] = []): readonly Found[] => {
  if (Array.isArray(value)) {
    const records = value.filter(isFields);
    return records.length === 0 ? [] : [{ path, records }];
  }
  if (!isFields(value) || path.length > 4) return [];
  return Object.entries(value).flatMap(([name, inner]) => listsIn(inner, [...path, name]));
};

const longest = (found: readonly Found[]): Found | undefined =>
  found.toSorted((a, b) => b.records.length - a.records.length || a.path.length - b.path.length)[0];

export const sampleJson = (value: unknown, name: string): SampledKind => {
  if (Array.isArray(value)) return { name, at: '[]', records: value.filter(isFields).slice(0, MOST) };
  const found = longest(listsIn(value));
  // A record has lists too: only one that its surroundings say little beside is a page of records.
  const plain = isFields(value) ? Object.values(value).filter((one) => typeof one !== 'object').length : 0;
  if (found === undefined || (found.path.length === 1 && plain > 4) || found.path.length > 2)
    return { name, at: '.', records: isFields(value) ? [value] : [] };
  return { name: name, at: `${found.path.join('.')}[]`, records: found.records.slice(0, MOST) };
};

export const sampleXml = (text: string, name: string): SampledKind => {
  const document = parseXml(text);
  const found = longest(listsIn(document));
  if (found !== undefined)
    return { name: found.path.at(-1) ?? name, at: found.path.join('.'), records: found.records.slice(0, MOST) };
  // One record only: as deep as single elements go.
  let here: unknown = document;
  const path: string[] = [];
  while (isFields(here)) {
    const below: [string, unknown][] = Object.entries(here).filter(
      ([own, inner]) => !own.startsWith('@') && isFields(inner),
    );
    const others = Object.keys(here).length - below.length;
    const [only] = below;
    if (only === undefined || below.length > 1 || others > 2) break;
    path.push(only[0]);
    here = only[1];
  }
  return { name: path.at(-1) ?? name, at: path.join('.'), records: isFields(here) ? [here] : [] };
};

export const sampleLines = (text: string, name: string): SampledKind => ({
  name,
  at: '',
  records: text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, MOST)
    .map((line) => JSON.parse(line) as unknown)
    .filter(isFields),
});

export interface SampledCsv extends SampledKind {
  readonly separator: string;
  /** Names that a mapping's path cannot spell → names it can. */
  readonly columns: Readonly<Record<string, string>>;
}

const cellsOf = (line: string, separator: string): string[] => {
  const cells: string[] = [];
  for (const [, quoted, bare] of line.matchAll(
    new RegExp(`(?:^|${separator === '|' ? '\\|' : separator})(?:"((?:[^"]|"")*)"|([^${separator}]*))`, 'g'),
  ))
    cells.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'));
  return cells;
};

export const sampleCsv = (text: string, name: string): SampledCsv => {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  const [head = ''] = lines;
  const separator = [';', '\t', ',', '|'].toSorted((a, b) => head.split(b).length - head.split(a).length)[0] ?? ';';
  const names = cellsOf(head, separator).map((cell) => cell.trim().normalize('NFC'));
  const columns = Object.fromEntries(
    names.filter((own) => /[.[\]^]/.test(own)).map((own) => [own, own.replace(/[.[\]^]+/g, ' ').trim()]),
  );
  const ours = names.map((own) => columns[own] ?? own);
  const records = lines.slice(1, MOST).flatMap((line) => {
    const cells = cellsOf(line, separator);
    if (cells.length !== names.length) return [];
    return [Object.fromEntries(ours.flatMap((own, at) => (own === '' || cells[at] === '' ? [] : [[own, cells[at]]])))];
  });
  return { name, at: '', records, fields: ours.filter((own) => own !== ''), separator, columns };
};
