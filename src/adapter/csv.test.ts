// The CSV reader against csv-parse as its oracle, in every cut of the bytes; and what marks a row or fails a file.
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvOptions, type CsvRow, readCsv } from './csv.ts';

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const read = async (bytes: Buffer, size = 64, options: Partial<CsvOptions> = {}): Promise<CsvRow[]> => {
  const rows: CsvRow[] = [];
  const start = options.start ?? 0;
  for await (const batch of readCsv(cut(bytes.subarray(start), size), {
    separator: ';',
    encoding: 'utf-8',
    start,
    ...options,
  }))
    rows.push(...batch);
  return rows;
};

const cell = fc.oneof(
  fc.constantFrom('', 'æøå', 'Mål; delmål', '1.234,50', '"', 'a"b', '""', 'to\nlinjer', 'to\r\nlinjer', '😀'),
  fc.string({ unit: fc.constantFrom('a', 'ø', ';', '"', '\n', '\r\n', ' ', '€'), maxLength: 8 }),
);
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const written = (row: readonly string[], always: boolean): string =>
  row.map((text) => (always || /[";\r\n]/.test(text) ? quoted(text) : text)).join(';');

describe('readCsv', () => {
  it('agrees with csv-parse on any rows, any cut and both line breaks', async () => {
    const tables = fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        tables,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        async (table, size, end, always) => {
          const bytes = Buffer.from(table.map((row) => written(row, always) + end).join(''));
          const expected = parse(bytes, { delimiter: ';', relax_column_count: true, record_delimiter: [end] });
          const rows = await read(bytes, size);
          expect(rows.map((row) => row.cells)).toEqual(expected);
          expect(rows.at(-1)?.end).toBe(bytes.length);
          expect(rows.every((row) => row.flaw === undefined)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('goes on from the end of any row as if it had never stopped', async () => {
    const bytes = Buffer.from('\ufeffId;Navn\r\n1;"Åse\nMarie"\r\n2;Bo\r\n\r\n3;"x;y"\r\n');
    const rows = await read(bytes);
    expect(rows[0]?.cells).toEqual(['Id', 'Navn']);
    for (const [index, row] of rows.entries())
      expect(await read(bytes, 5, { start: row.end })).toEqual(rows.slice(index + 1));
  });

  it('decodes windows-1252 and ISO 8859-1', async () => {
    const bytes = Buffer.from([...Buffer.from('Id;'), 0xe6, 0xd8, 0x80, 0x96, 0x0a]);
    expect((await read(bytes, 2, { encoding: 'windows-1252' }))[0]?.cells).toEqual(['Id', 'æØ€–']);
    expect((await read(bytes, 2, { encoding: 'iso-8859-1' }))[0]?.cells).toEqual(['Id', 'æØ\u0080\u0096']);
    expect((await read(bytes, 2))[0]?.flaw).toBe('encoding');
  });

  it('marks a row whose quotes do not close where they should', async () => {
    const rows = await read(Buffer.from('1;"Hej\n2;"Bo";x\n3;12" rør\n'));
    expect(rows.map((row) => row.flaw)).toEqual(['quotes', undefined]);
    expect(rows[1]?.cells).toEqual(['3', '12" rør']);
  });

  it.each(['1;a\n2;"never closed\n3;b\n', '1;a\n2;b', '1;a\n2;"b"', '1;a\r\n2;"b\r\n'])(
    'takes %j for half-written',
    async (text) => {
      await expect(read(Buffer.from(text))).rejects.toMatchObject({ code: 'source/half-written', fault: 'transient' });
    },
  );

  it('takes an unended last line for a row where the vendor never ends it, but not an open quote', async () => {
    const rows = await read(Buffer.from('1;a\n2;"b"'), 3, { lastLine: 'any' });
    expect(rows.map((row) => [row.cells, row.end])).toEqual([
      [['1', 'a'], 4],
      [['2', 'b'], 9],
    ]);
    await expect(read(Buffer.from('1;a\n2;"b'), 3, { lastLine: 'any' })).rejects.toMatchObject({
      code: 'source/half-written',
    });
  });

  it('bounds a row and refuses UTF-16', async () => {
    const endless = Buffer.from(`1;"${'x'.repeat(5_000)}`);
    await expect(read(endless, 64, { maxRowBytes: 1_000 })).rejects.toMatchObject({ code: 'source/bad-answer' });
    await expect(read(Buffer.from('\ufeffa;b\n', 'utf16le'))).rejects.toMatchObject({ code: 'source/bad-answer' });
  });

  it('reads an empty file as no rows and a tiny one as it is', async () => {
    expect(await read(Buffer.alloc(0))).toEqual([]);
    expect((await read(Buffer.from('a\n'), 1)).map((row) => row.cells)).toEqual([['a']]);
  });
});
