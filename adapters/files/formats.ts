// One file as a stream of records, whatever it is written in: CSV, XML or JSON lines. Each record comes with how far the
// file is then read, so that a pull can go on from there. Memory is one chunk and one batch.
import type { RawRecord } from '../../src/adapter/contract.ts';
import { type CsvRow, readCsv } from '../../src/adapter/csv.ts';
import { readJsonLines } from '../../src/adapter/json-lines.ts';
import { readXml, type XmlObject } from '../../src/adapter/xml.ts';
import { HubError } from '../../src/errors.ts';
import type { KindSettings } from './config.ts';
import { nestedReader, requireFields } from './nested.ts';
import { absentColumns, readHeader, rowReader } from './rows.ts';
import { cutOff } from './snapshot.ts';

export interface FileBytes {
  readonly size: number;
  /** From here to the end of the file. */
  from(start: number): AsyncIterable<Uint8Array>;
  /** A part, to look at before. */
  part(start: number, end: number): AsyncIterable<Uint8Array>;
}

export interface Item {
  readonly record: RawRecord;
  /** Where the next record begins: a byte, or of XML the number of records so far. */
  readonly end: number;
}

/** Says what of the known columns a file does not have. */
type OnOpened = (absent: readonly string[]) => void;
type Reader = (
  file: FileBytes,
  offset: number,
  settings: KindSettings,
  opened: OnOpened,
) => AsyncGenerator<readonly Item[]>;

const csvOptions = ({ separator, encoding, quote, lastLine }: KindSettings) => ({
  separator,
  encoding: encoding ?? 'utf-8',
  lastLine,
  ...(quote === undefined ? {} : { quote }),
});

const headerOf = async (file: FileBytes, settings: KindSettings): Promise<CsvRow> => {
  if (settings.header !== undefined) return { cells: settings.header, end: 0, flaw: undefined };
  if (file.size > 0)
    for await (const [first] of readCsv(file.part(0, file.size - 1), { ...csvOptions(settings), start: 0 }))
      if (first !== undefined) return first;
  throw new HubError({
    code: 'source/bad-answer',
    fault: 'source',
    message: 'A file is empty: not even a header row.',
    hint: 'An empty delivery has its header row; without one nothing is concluded from it.',
  });
};

/** Numbering equal records needs all that came before: such a file is read again from its first one, without giving it. */
const numbers = (settings: KindSettings): boolean => settings.keyTextColumns.length > 0;

const csv: Reader = async function* (file, offset, settings, opened) {
  const header = await headerOf(file, settings);
  const columns = readHeader(header, settings);
  opened(absentColumns(columns, settings));
  const read = rowReader(columns, settings);
  const start = numbers(settings) ? header.end : Math.max(offset, header.end);
  if (start >= file.size) return;
  for await (const rows of readCsv(file.from(start), { ...csvOptions(settings), start })) {
    const items: Item[] = [];
    for (const row of rows) {
      const record = read(row);
      if (row.end > offset) items.push({ record, end: row.end });
    }
    yield items;
  }
};

const jsonl: Reader = async function* (file, offset, settings, opened) {
  opened([]);
  const read = nestedReader(settings);
  const start = numbers(settings) ? 0 : offset;
  if (start >= file.size) return;
  let first = offset === 0;
  for await (const lines of readJsonLines(file.from(start), { start, encoding: settings.encoding })) {
    const items = lines.map(({ value, end }) => ({ record: read(value ?? ''), end }));
    if (first)
      requireFields(
        items.map((item) => item.record),
        settings,
      );
    first = false;
    yield items.filter((item) => item.end > offset);
  }
};

const BATCH = 200;

/** What a document without a single record must not be: another document, or one whose records lie elsewhere. */
const requireEmpty = (rest: XmlObject, [root]: readonly string[]): void => {
  const [name] = Object.keys(rest);
  const inside = name === undefined ? undefined : rest[name];
  const lists = (value: unknown): boolean =>
    Array.isArray(value)
      ? value.some((one) => typeof one === 'object')
      : typeof value === 'object' && value !== null && Object.values(value).some(lists);
  if (name === undefined || ((root === '*' || name === root) && !lists(inside))) return;
  throw new HubError({
    code: 'source/bad-answer',
    fault: 'source',
    message: 'The XML has no records at the configured path, but it is not empty.',
    hint: 'Name the elements from the root to a record: `record: Export/Cases/Case`, without prefixes.',
  });
};

/** A whole document ends with the end of an element; the parser could not tell a cut one from a wrong one. */
const requireEnd = async (file: FileBytes): Promise<void> => {
  let tail = '';
  if (file.size > 0)
    for await (const chunk of file.part(Math.max(0, file.size - 64), file.size - 1))
      tail += Buffer.from(chunk).toString('latin1').replaceAll('\u0000', '');
  if (!/>\s*$/.test(tail)) throw cutOff();
};

const xml: Reader = async function* (file, offset, settings, opened) {
  await requireEnd(file);
  opened([]);
  const read = nestedReader(settings);
  const { encoding, record: records } = settings;
  let items: Item[] = [];
  let count = 0;
  for await (const item of readXml(file.from(0), { records, ...(encoding === undefined ? {} : { encoding }) })) {
    if (item.type === 'rest') {
      if (count === 0) requireEmpty(item.value, records);
      continue;
    }
    count += 1;
    // Skipped ones are read all the same where equal ones are numbered.
    if (count <= offset && !numbers(settings)) continue;
    const record = read(item.value);
    if (count > offset) items.push({ record, end: count });
    if (items.length < BATCH) continue;
    if (offset === 0 && count === BATCH)
      requireFields(
        items.map((one) => one.record),
        settings,
      );
    yield items;
    items = [];
  }
  if (offset === 0 && count < BATCH)
    requireFields(
      items.map((one) => one.record),
      settings,
    );
  yield items;
};

const readers = { csv, xml, jsonl } as const satisfies Record<KindSettings['format'], Reader>;

/** The records after `offset`, in batches. @throws HubError: source/half-written, source/bad-answer … */
export const readItems = (
  file: FileBytes,
  offset: number,
  settings: KindSettings,
  opened: OnOpened,
): AsyncGenerator<readonly Item[]> => readers[settings.format](file, offset, settings, opened);
