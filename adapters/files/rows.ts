// From a file's cells to raw records: the header checked once, then one closure per file that gives key and body.
// A row that cannot be trusted keeps its cells as an array, which the kind's schema refuses: a bad record, not a
// failed run.
import { createHash } from 'node:crypto';
import type { RawRecord } from '../../src/adapter/contract.ts';
import type { CsvRow } from '../../src/adapter/csv.ts';
import { HubError } from '../../src/errors.ts';
import type { KindSettings } from './config.ts';

const badHeader = (message: string, hint?: string): HubError =>
  new HubError({ code: 'source/bad-answer', fault: 'source', message, ...(hint === undefined ? {} : { hint }) });

/**
 * The columns of a header row, by the names mappings use. Only names from our own configuration are ever told: a file
 * without a header has a person in its first row.
 */
export const readHeader = (row: CsvRow, settings: KindSettings): readonly string[] => {
  const columns = row.cells.map((cell) => {
    const name = cell.trim().normalize('NFC');
    return settings.rename.get(name) ?? name;
  });
  if (row.flaw === 'encoding')
    throw badHeader(
      'The header row has bytes that are not of the configured encoding.',
      'Set encoding: windows-1252 (or iso-8859-1) for this source or kind.',
    );
  const needed = [...settings.keyColumns, ...settings.keyTextColumns, ...settings.requiredColumns];
  const missing = needed.filter((column) => !columns.includes(column));
  if (missing.length > 0)
    throw badHeader(
      `The file lacks the column ${[...new Set(missing)].join(', ')}.`,
      columns.length === 1
        ? 'The header is one column: check the separator.'
        : 'If the vendor renamed it, say so under columns: {their name: our name}.',
    );
  const doubled = needed.find((column) => columns.indexOf(column) !== columns.lastIndexOf(column));
  if (doubled !== undefined) throw badHeader(`The file has the column ${doubled} twice.`);
  return columns;
};

/** Preset columns the file does not have: told once per file, never a failure. */
export const absentColumns = (columns: readonly string[], settings: KindSettings): readonly string[] =>
  settings.columns.filter((column) => !columns.includes(column));

/** What an id looks like; anything else in a row with the wrong number of cells is the tail of somebody's text. */
const idLike = /^(?=.*\d)[\p{L}\d._:-]{1,64}$/u;

const textHash = (texts: readonly string[]): string =>
  createHash('sha256')
    .update(texts.map((text) => text.replace(/\s+/g, ' ').trim().toLowerCase()).join('\u0000'))
    .digest('base64url')
    .slice(0, 16);

/** Remembers which keys came before, as 48-bit numbers: about 45 bytes a row, and only for kinds without an id. */
const occurrenceCounter = (): ((key: string) => number) => {
  const seen = new Map<number, number>();
  return (key) => {
    const digest = createHash('sha256').update(key).digest();
    const number = digest.readUIntBE(0, 6);
    const count = (seen.get(number) ?? 0) + 1;
    seen.set(number, count);
    return count;
  };
};

export type RowReader = (row: CsvRow) => RawRecord;

/** Gives the record of each row of one file; rows must come in file order. */
export const rowReader = (
  columns: readonly string[],
  settings: KindSettings,
  occurrence = occurrenceCounter(),
): RowReader => {
  const keyAt = settings.keyColumns.map((column) => columns.indexOf(column));
  const textAt = settings.keyTextColumns.map((column) => columns.indexOf(column));
  // A name every object has by birth is no column; an empty one comes from a separator at the end of each line.
  const kept = columns.map((name) => name !== '' && name !== '__proto__');

  const keyOf = (cells: readonly string[]): string => {
    const parts = keyAt.map((index) => (cells[index] ?? '').trim());
    if (parts.includes('')) return '';
    const id = parts.length === 1 ? (parts[0] ?? '') : parts.map(encodeURIComponent).join('/');
    if (textAt.length === 0) return id;
    const key = `${id}.${textHash(textAt.map((index) => cells[index] ?? ''))}`;
    const nth = occurrence(key);
    return nth === 1 ? key : `${key}.${nth}`;
  };

  return (row) => {
    const { cells } = row;
    if (row.flaw === 'quotes') return { key: '', body: [...cells] };
    if (cells.length !== columns.length) {
      // Cells after a stray separator or line break have moved; an id in the first column has not.
      const sure =
        settings.keyTextColumns.length === 0 && keyAt.length === 1 && keyAt[0] === 0 && idLike.test(cells[0] ?? '');
      return { key: sure ? (cells[0] ?? '') : '', body: [...cells] };
    }
    if (row.flaw === 'encoding') return { key: keyOf(cells), body: [...cells] };
    const body: Record<string, string> = {};
    for (let index = 0; index < cells.length; index += 1) {
      const cell = cells[index];
      const name = columns[index];
      if (cell !== undefined && cell !== '' && name !== undefined && kept[index]) body[name] = cell;
    }
    return { key: keyOf(cells), body };
  };
};
