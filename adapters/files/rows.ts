// From a CSV file's cells to raw records: the header checked once, then one closure per file that gives key and body.
// A row that cannot be trusted keeps its cells as an array, which the kind's schema refuses: a bad record, not a
// failed run.
import type { RawRecord } from '../../src/adapter/contract.ts';
import type { CsvRow } from '../../src/adapter/csv.ts';
import { HubError } from '../../src/errors.ts';
import type { KindSettings } from './config.ts';
import { type KeyMaker, keyMaker } from './keys.ts';

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

/** Known columns the file does not have: told once per file, never a failure. */
export const absentColumns = (columns: readonly string[], settings: KindSettings): readonly string[] =>
  settings.fields.filter((column) => !columns.includes(column));

/** What an id looks like; anything else in a row with the wrong number of cells is the tail of somebody's text. */
const idLike = /^(?=.*\d)[\p{L}\d._:-]{1,64}$/u;

export type RowReader = (row: CsvRow) => RawRecord;

/** Gives the record of each row of one file; rows must come in file order. */
export const rowReader = (
  columns: readonly string[],
  settings: KindSettings,
  key: KeyMaker = keyMaker(settings),
): RowReader => {
  const keyAt = settings.keyColumns.map((column) => columns.indexOf(column));
  const textAt = settings.keyTextColumns.map((column) => columns.indexOf(column));
  // A name every object has by birth is no column; an empty one comes from a separator at the end of each line.
  const kept = columns.map((name) => name !== '' && name !== '__proto__');
  const at = (cells: readonly string[], indexes: readonly number[]): string[] =>
    indexes.map((index) => cells[index] ?? '');
  const keyOf = (cells: readonly string[]): string => key(at(cells, keyAt), at(cells, textAt));

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
