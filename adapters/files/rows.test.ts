// Header and rows: which columns a file must have, how keys are made, and what becomes of rows that cannot be trusted.
import { describe, expect, it } from 'vitest';
import type { CsvRow } from '../../src/adapter/csv.ts';
import { sensumSettings } from '../../test/sandbox/sensum/settings.ts';
import { filesConfig, kindSettings } from './config.ts';
import type { FileKind } from './kinds.ts';
import { readHeader, rowReader } from './rows.ts';

const settings = (kind: string, override: object = {}) => {
  const config = filesConfig.parse(
    sensumSettings({ transport: 'folder', folder: '/drop', kinds: { [kind]: override } }),
  );
  return kindSettings(config, config.kinds[kind] as FileKind);
};
const row = (text: string, flaw?: CsvRow['flaw']): CsvRow => ({ cells: text.split(';'), end: 0, flaw });

describe('readHeader', () => {
  it('names the missing key column, and nothing from the file', () => {
    const person = row('1203701237;Åse Testperson;Nygade 1');
    expect(() => readHeader(person, settings('borger'))).toThrow('The file lacks the column BorgerId, CPR.');
    expect(() => readHeader(person, settings('borger'))).not.toThrow(/Testperson|1203701237/);
  });

  it('hints at the separator and at the encoding', () => {
    expect(() => readHeader(row('SagId,BorgerId'), settings('sag'))).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('separator') }),
    );
    expect(() => readHeader(row('M\ufffdlId;BorgerId', 'encoding'), settings('maal'))).toThrow(
      expect.objectContaining({ code: 'source/bad-answer', hint: expect.stringContaining('windows-1252') }),
    );
  });

  it('renames columns and reads å in either Unicode form', () => {
    const columns = readHeader(
      row('Nr;borger_nr;M\u0061\u030alNavn'),
      settings('maal', { columns: { Nr: 'MålId', borger_nr: 'BorgerId' } }),
    );
    expect(columns).toEqual(['MålId', 'BorgerId', 'MålNavn']);
  });

  it('refuses a key column that is there twice', () => {
    expect(() => readHeader(row('SagId;BorgerId;SagId'), settings('sag'))).toThrow(
      'The file has the column SagId twice.',
    );
  });
});

describe('rowReader', () => {
  const sag = (override: object = {}) => rowReader(['SagId', 'BorgerId', 'SagNavn', ''], settings('sag', override));

  it('leaves empty values out and keeps the rest as text', () => {
    expect(sag()(row('007;12,50;;'))).toEqual({ key: '007', body: { SagId: '007', BorgerId: '12,50' } });
  });

  it('joins composite keys so that they cannot be mistaken for each other', () => {
    const read = sag({ keyColumns: ['SagId', 'BorgerId'] });
    expect(read(row('a/b;c;;')).key).not.toBe(read(row('a;b/c;;')).key);
    expect(read(row('a;;;')).key).toBe('');
  });

  it('gives a row with the wrong number of cells as a bad record, its key only when it is surely the key', () => {
    expect(sag()(row('17;2'))).toEqual({ key: '17', body: ['17', '2'] });
    expect(sag()(row('og ringer til hende;2')).key).toBe('');
    expect(sag()(row('17;2;3;', 'quotes')).key).toBe('');
    expect(sag()(row('17;2;3\ufffd;', 'encoding'))).toEqual({ key: '17', body: ['17', '2', '3\ufffd', ''] });
  });

  it('keys sub-goals by goal and name, and numbers equal ones', () => {
    const read = () => rowReader(['MålId', 'DelmålNavn', 'StartDato'], settings('delmaal'));
    const rows = ['5;Ringe selv;1', '5;Handle ind;2', '6;Ringe selv;3', '5;ringe  selv;4'].map((text) => row(text));
    const keys = rows.map(read());
    expect(new Set(keys.map((record) => record.key)).size).toBe(4);
    expect(keys[3]?.key).toBe(`${keys[0]?.key}.2`);
    // Another order, other dates: the same keys.
    const again = ['6;Ringe selv;9', '5;Handle ind;9', '5;Ringe selv;9'].map((text) => row(text)).map(read());
    expect(again.map((record) => record.key)).toEqual([keys[2]?.key, keys[1]?.key, keys[0]?.key]);
  });
});
