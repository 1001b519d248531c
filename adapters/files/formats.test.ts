// Deliveries of systems nobody here has heard of: XML and JSON lines beside CSV, headerless and oddly quoted files, what
// is cut off, what lies elsewhere than configured, and a delivery that only has a new date.
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Delivery, pullFiles } from './testing.ts';

let folder: string;
const long = Date.now() - 3_600_000;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'formats-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (name: string, content: string | Buffer, age = 0): Promise<void> => {
  await writeFile(join(folder, name), content);
  const time = new Date(long - age);
  await utimes(join(folder, name), time, time);
};
const pull = (kind: object, after: Delivery['after'] = null) => pullFiles({ folder, kind, after });
const keys = (pages: Awaited<ReturnType<typeof pull>>) => pages.flatMap((page) => page.records.map(({ key }) => key));

const xml = { pattern: 'sager*.xml', format: 'xml', record: 'Eksport/Sager/Sag', keyColumns: ['@id'] };
const xmlOf = (count: number): string =>
  `<?xml version="1.0" encoding="ISO-8859-1"?><x:Eksport xmlns:x="urn:x"><Sager>${Array.from(
    { length: count },
    (_, i) => `<Sag id="${i}"><Titel>St\xf8tte</Titel><Person><Cpr>010101000${i % 10}</Cpr></Person></Sag>`,
  ).join('')}</Sager></x:Eksport>\n`;
const jsonl = { pattern: 'sager*.jsonl', format: 'jsonl', keyColumns: ['sag.id'], requiredColumns: ['cpr'] };
const lineOf = (i: number): string => JSON.stringify({ sag: { id: i }, cpr: '0101010000', note: 'Støtte\n' });

describe('XML', () => {
  it('gives records in the declared encoding, and goes on from every checkpoint', async () => {
    await write('sager1.xml', Buffer.from(xmlOf(2_300), 'latin1'));
    const pages = await pull(xml);
    expect(pages.map((page) => page.records.length)).toEqual([1_000, 1_000, 300]);
    expect(pages[0]?.records[3]).toEqual({
      key: '3',
      body: { '@id': '3', Titel: 'Støtte', Person: { Cpr: '0101010003' } },
    });
    for (const [at, page] of pages.entries())
      expect(keys(await pull(xml, page.checkpoint))).toEqual(keys(pages.slice(at + 1)));
    expect(await pull(xml, pages[2]?.checkpoint)).toMatchObject([{ unchanged: true }]);
  });

  it('takes a cut-off document for half-written and never says done', async () => {
    const whole = Buffer.from(xmlOf(1_500), 'latin1');
    await write('sager1.xml', whole.subarray(0, whole.length - 5));
    await expect(pull(xml)).rejects.toMatchObject({ code: 'source/half-written' });
    // Cut between two elements: only the parser sees it.
    await write('sager1.xml', whole.subarray(0, whole.lastIndexOf('</Sager>')));
    await expect(pull(xml)).rejects.toMatchObject({ code: 'source/bad-answer' });
  });

  it('tells an empty delivery from one whose records lie elsewhere or have no key', async () => {
    await write('sager1.xml', '<Eksport><Dato>2026</Dato><Sager/></Eksport>');
    expect(await pull(xml)).toMatchObject([{ records: [], checkpoint: { done: true } }]);
    await write('sager1.xml', '<Eksport><Liste><Sag id="1"/><Sag id="2"/></Liste></Eksport>');
    await expect(pull(xml)).rejects.toMatchObject({ code: 'source/bad-answer' });
    await write('sager1.xml', '<Fejl><Kode>7</Kode></Fejl>');
    await expect(pull(xml)).rejects.toMatchObject({ code: 'source/bad-answer' });
    await write('sager1.xml', '<Eksport><Sager><Sag nr="1"><Titel>Anna</Titel></Sag></Sager></Eksport>');
    await expect(pull(xml)).rejects.toThrow('The first records of the file lack @id.');
  });
});

describe('JSON lines', () => {
  it('gives records, goes on from every checkpoint, and needs no last line break', async () => {
    await write('sager1.jsonl', `\ufeff${Array.from({ length: 2_100 }, (_, i) => lineOf(i)).join('\n')}`);
    const pages = await pull(jsonl);
    expect(pages.map((page) => page.records.length)).toEqual([1_000, 1_000, 100]);
    expect(pages[0]?.records[1]).toEqual({ key: '1', body: { sag: { id: 1 }, cpr: '0101010000', note: 'Støtte\n' } });
    for (const [at, page] of pages.entries())
      expect(keys(await pull(jsonl, page.checkpoint))).toEqual(keys(pages.slice(at + 1)));
  });

  it('gives a line that is not JSON as a bad record, and takes a cut-off last one for half-written', async () => {
    await write('sager1.jsonl', `${lineOf(1)}\nnot json\n${lineOf(2)}\n`);
    expect(keys(await pull(jsonl))).toEqual(['1', '', '2']);
    await write('sager1.jsonl', `${lineOf(1)}\n${lineOf(2).slice(0, -2)}`);
    await expect(pull(jsonl)).rejects.toMatchObject({ code: 'source/half-written' });
  });

  it('renames top-level names and says what is missing', async () => {
    await write('sager1.jsonl', `${lineOf(1)}\n`);
    const renamed = { ...jsonl, columns: { cpr: 'personnummer' }, requiredColumns: ['personnummer'] };
    expect((await pull(renamed))[0]?.records[0]?.body).toMatchObject({ personnummer: '0101010000' });
    await expect(pull({ ...jsonl, requiredColumns: ['citizen'] })).rejects.toThrow('lack citizen');
  });
});

describe('CSV of other vendors', () => {
  it('reads a file without header, with tabs and without quotes', async () => {
    await write('a.tsv', '1\tHun sagde "nej\t0101010000\n2\tx\t0101010001\n');
    const kind = {
      pattern: '*.tsv',
      separator: '\t',
      quote: 'none',
      header: ['nr', 'note', 'cpr'],
      keyColumns: ['nr'],
    };
    expect((await pull(kind))[0]?.records).toEqual([
      { key: '1', body: { nr: '1', note: 'Hun sagde "nej', cpr: '0101010000' } },
      { key: '2', body: { nr: '2', note: 'x', cpr: '0101010001' } },
    ]);
  });

  it("reads values between '", async () => {
    await write('a.csv', "nr;note\n1;'a;b''c'\n");
    expect((await pull({ pattern: '*.csv', quote: "'", keyColumns: ['nr'] }))[0]?.records[0]?.body).toEqual({
      nr: '1',
      note: "a;b'c",
    });
  });
});

describe('a delivery that only has a new date', () => {
  it('is unchanged; one of the same size with other bytes is read', async () => {
    const kind = { pattern: 'a*.csv', keyColumns: ['nr'] };
    await write('a1.csv', 'nr;note\n1;ja\n', 9_000);
    const done = (await pull(kind)).at(-1)?.checkpoint ?? null;
    await write('a2.csv', 'nr;note\n1;ja\n', 6_000);
    const [again, ...more] = await pull(kind, done);
    expect([again?.unchanged, more]).toEqual([true, []]);
    await write('a3.csv', 'nr;note\n1;nu\n', 3_000);
    expect(keys(await pull(kind, again?.checkpoint))).toEqual(['1']);
  });
});
