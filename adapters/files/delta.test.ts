// Deliveries that hold what changed: every file once, oldest first, also those that arrive late; deletions as the file
// says them; going on in the middle.
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { remembered } from './delta.ts';
import type { FilesCheckpoint } from './records.ts';
import { pullFiles } from './testing.ts';

let folder: string;
const hour = 3_600_000;
const long = Date.now() - 100 * hour;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'delta-'));
});
afterEach(() => rm(folder, { recursive: true }));

const kind = {
  pattern: 'd*.csv',
  delivery: 'delta',
  keyColumns: ['nr'],
  deleted: { column: 'handling', in: ['slet', 'D'] },
};
const write = async (name: string, rows: readonly string[], hours: number): Promise<void> => {
  await writeFile(join(folder, name), `nr;handling\n${rows.map((row) => `${row}\n`).join('')}`);
  const time = new Date(long + hours * hour);
  await utimes(join(folder, name), time, time);
};
const pull = (after: FilesCheckpoint | null = null) => pullFiles({ folder, kind, after });
const told = (pages: Awaited<ReturnType<typeof pull>>) =>
  pages.map((page) => [page.records.map(({ key }) => key), page.deleted]);
const last = (pages: Awaited<ReturnType<typeof pull>>) => pages.at(-1)?.checkpoint ?? null;

describe('deliveries of changes', () => {
  it('reads every file once, oldest first, and nothing when nothing came', async () => {
    expect(await pull()).toEqual([]);
    await write('d2.csv', ['2;ny'], 2);
    await write('d1.csv', ['1;ny', '9;slet'], 1);
    const pages = await pull();
    expect(told(pages)).toEqual([
      [['1'], ['9']],
      [['2'], []],
    ]);
    expect(await pull(last(pages))).toEqual([]);
    await write('d3.csv', ['3;ny'], 3);
    expect(told(await pull(last(pages)))).toEqual([[['3'], []]]);
  });

  it('says that the next file has not come, where one is due', async () => {
    await write('d1.csv', ['1;ny'], 1);
    const read = last(await pull());
    const due = (newWithinHours: string) => pullFiles({ folder, kind: { ...kind, newWithinHours }, after: read });
    await expect(due('0.5')).rejects.toMatchObject({ code: 'source/not-delivered' });
    expect(await due('9999')).toEqual([]);
  });

  it('reads a file that arrives late, and one that was written anew under its name', async () => {
    await write('d5.csv', ['5;ny'], 5);
    const first = await pull();
    await write('d4.csv', ['4;ny'], 4);
    const second = await pull(last(first));
    expect(told(second)).toEqual([[['4'], []]]);
    expect(await pull(last(second))).toEqual([]);
    await write('d5.csv', ['5;ny', '6;ny'], 6);
    expect(told(await pull(last(second)))).toEqual([[['5', '6'], []]]);
  });

  it('keeps the last word on a key', async () => {
    await write('d1.csv', ['1;ny', '1;slet', '2;D', '2;ny'], 1);
    expect(told(await pull())).toEqual([[['2'], ['1']]]);
  });

  it('goes on from every checkpoint', async () => {
    await write(
      'd1.csv',
      Array.from({ length: 2_500 }, (_, i) => `${i};ny`),
      1,
    );
    await write('d2.csv', ['x;ny'], 2);
    const pages = await pull();
    expect(pages.map((page) => page.records.length)).toEqual([1_000, 1_000, 500, 1]);
    for (const [at, page] of pages.entries())
      expect(told(await pull(page.checkpoint))).toEqual(told(pages.slice(at + 1)));
  });

  it('remembers a week of files', () => {
    const file = (id: string, days: number) => ({ id, site: '', size: 1, mtimeMs: days * 24 * hour });
    expect(remembered([file('a', 1), file('c', 9), file('b', 3)]).map(({ id }) => id)).toEqual(['b', 'c']);
  });
});
