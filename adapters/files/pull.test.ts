// Whole pulls from a folder: pages, resuming, what is unchanged, and every way a delivery can be harmed.
import { appendFile, mkdtemp, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Page, PullOptions } from '../../src/adapter/contract.ts';
import { systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import { writeSensumDrop } from '../../test/sandbox/sensum/drop.ts';
import { sensumSettings } from '../../test/sandbox/sensum/settings.ts';
import { files } from './index.ts';
import { checkpoint, type FilesCheckpoint } from './records.ts';

let folder: string;
let logged: string;
const long = new Date(Date.now() - 3_600_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drop-'));
  logged = '';
});
afterEach(() => rm(folder, { recursive: true }));

const sager = (count: number, note = 'Støtte; "hverdag"') =>
  Array.from({ length: count }, (_, index) => ({ SagId: `${index + 1}`, BorgerId: `${index % 7}`, SagNavn: note }));

const open = (config: object = {}) => {
  const write = (line: string): void => {
    logged += line;
  };
  const log = createLogger({ destination: { write } });
  const refuse = () => Promise.reject(new Error('no network here'));
  const http = { request: refuse, stream: refuse };
  const settings = sensumSettings({ transport: 'folder', folder, settleSeconds: 0, ...config });
  return files.open(files.config.parse(settings), { http, log, clock: systemClock });
};
const begin = async (kind: string, options: PullOptions<FilesCheckpoint>, config: object = {}) => {
  const pages = (await open(config)).pull[kind]?.(options) as AsyncIterable<Page<FilesCheckpoint>>;
  return pages[Symbol.asyncIterator]();
};
/** The hash is only there when a file was read in one go. */
const bare = (page: Page<FilesCheckpoint> | undefined) => ({
  ...page?.checkpoint,
  files: page?.checkpoint.files.map(({ hash: _, ...file }) => file),
});

const pull = async (
  kind: string,
  after: FilesCheckpoint | null = null,
  config: object = {},
  take = Number.POSITIVE_INFINITY,
) => {
  const pages: Page<FilesCheckpoint>[] = [];
  const reading = await begin(kind, { after, signal: new AbortController().signal }, config);
  for (let next = await reading.next(); next.done !== true; next = await reading.next()) {
    pages.push(next.value);
    if (pages.length >= take) break;
  }
  return pages;
};
const keys = (pages: readonly Page<FilesCheckpoint>[]) =>
  pages.flatMap((page) => page.records.map((record) => record.key));

describe('a pull from a folder', () => {
  it('gives pages of at most 1,000 rows and says done on the last one only', async () => {
    await writeSensumDrop(folder, { sag: sager(2_000) }, { modified: long, bom: true });
    const pages = await pull('sag');
    expect(pages.map((page) => page.records.length)).toEqual([1_000, 1_000, 0]);
    expect(pages.map((page) => page.checkpoint.done)).toEqual([false, false, true]);
    expect(pages.at(-1)?.checkpoint.rows).toBe(2_000);
    expect(pages[0]?.records[0]).toEqual({
      key: '1',
      body: { SagId: '1', BorgerId: '0', SagNavn: 'Støtte; "hverdag"' },
    });
  });

  it.each(['sag', 'delmaal'] as const)(
    'continues %s from every checkpoint without losing or repeating a row',
    async (kind) => {
      const delmaal = Array.from({ length: 3_500 }, (_, i) => ({
        MålId: `${i % 9}`,
        DelmålNavn: `Trin ${i % 40}\nved "Åen"`,
      }));
      await writeSensumDrop(join(folder, 'nord'), { sag: sager(2_500), delmaal }, { modified: long });
      await writeSensumDrop(
        join(folder, 'syd'),
        { sag: [{ SagId: 's1', BorgerId: '1' }], delmaal: [{ MålId: 's', DelmålNavn: 'x' }] },
        { modified: long },
      );
      const whole = await pull(kind);
      expect(new Set(keys(whole)).size).toBe(kind === 'sag' ? 2_501 : 3_501);
      for (const [index, page] of whole.slice(0, -1).entries()) {
        const rest = await pull(kind, checkpoint.parse(page.checkpoint));
        expect(keys(rest)).toEqual(keys(whole.slice(index + 1)));
        expect(bare(rest.at(-1))).toEqual(bare(whole.at(-1)));
      }
    },
  );

  it('says unchanged for the same file, and reads a newer one whole', async () => {
    await writeSensumDrop(folder, { sag: sager(5) }, { stamp: '20261120', modified: new Date(long.getTime() - 1_000) });
    const done = (await pull('sag')).at(-1)?.checkpoint ?? null;
    expect(await pull('sag', done)).toEqual([{ records: [], deleted: [], checkpoint: done, unchanged: true }]);
    await writeSensumDrop(folder, { sag: sager(3) }, { stamp: '20261121', modified: long });
    expect(keys(await pull('sag', done))).toEqual(['1', '2', '3']);
  });

  it('says that the nightly file has not come, where it is known when one is due; what came is read first', async () => {
    const hours = (n: number): Date => new Date(Date.now() - n * 3_600_000);
    const due = { newWithinHours: '30' };
    await writeSensumDrop(folder, { sag: sager(5) }, { stamp: '20261120', modified: hours(47) });
    const done = (await pull('sag', null, due)).at(-1)?.checkpoint ?? null;
    expect(done).toMatchObject({ done: true, rows: 5 });
    await expect(pull('sag', done, due)).rejects.toMatchObject({
      code: 'source/not-delivered',
      fault: 'source',
      message: 'No new file for 47 hours; one is due within 30.',
    });
    expect(await pull('sag', done)).toMatchObject([{ unchanged: true }]);
    await writeSensumDrop(folder, { sag: sager(5) }, { stamp: '20261121', modified: hours(2) });
    expect(await pull('sag', done, due)).toMatchObject([{ unchanged: true }]);
  });

  it('takes a file with a header only for a complete snapshot of nothing', async () => {
    await writeSensumDrop(folder, { sag: [] }, { modified: long });
    const [page, ...more] = await pull('sag');
    expect(more).toEqual([]);
    expect(page).toMatchObject({ records: [], checkpoint: { rows: 0, done: true } });
    expect(page?.unchanged).toBeUndefined();
  });

  it('fails without a file, on an empty one, and on one that lacks a key column', async () => {
    await expect(pull('sag')).rejects.toMatchObject({ code: 'source/not-found' });
    await expect(pull('sag', null, { folder: join(folder, 'away') })).rejects.toMatchObject({
      code: 'source/not-found',
    });
    await writeFile(join(folder, 'Sager_1.csv'), '');
    await expect(pull('sag')).rejects.toMatchObject({ code: 'source/bad-answer' });
    await writeFile(join(folder, 'Sager_1.csv'), 'BorgerId;SagNavn\r\n1;x\r\n');
    await expect(pull('sag')).rejects.toThrow('The file lacks the column SagId.');
  });

  it.each([3, 1])('takes a file cut %i bytes before its end for half-written, and never says done', async (bytes) => {
    const { sag = '' } = await writeSensumDrop(folder, { sag: sager(1_500) });
    const size = (await pull('sag')).at(-1)?.checkpoint.files[0]?.size ?? 0;
    await truncate(sag, size - bytes);
    const seen: boolean[] = [];
    const pages = await begin('sag', { after: null, signal: new AbortController().signal });
    const reading = (async () => {
      for (let next = await pages.next(); next.done !== true; next = await pages.next())
        seen.push(next.value.checkpoint.done);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'source/half-written', fault: 'transient' });
    expect(seen).toEqual([false]);
  });

  it('takes a file that changes while it is read for half-written', async () => {
    const { sag = '' } = await writeSensumDrop(folder, { sag: sager(1_500) }, { modified: long });
    const reading = await begin('sag', { after: null, signal: new AbortController().signal });
    await reading.next();
    await appendFile(sag, '9999;1;;;;;;;;;;;;;;;;;;;;\r\n');
    await expect(reading.next()).rejects.toMatchObject({ code: 'source/half-written' });
  });

  it('begins anew when a newer file came before the last was read to its end', async () => {
    await writeSensumDrop(folder, { sag: sager(1_500) }, { stamp: '20261120', modified: long });
    const [first] = await pull('sag', null, {}, 1);
    await writeSensumDrop(
      folder,
      { sag: sager(1_600) },
      { stamp: '20261121', modified: new Date(long.getTime() + 1_000) },
    );
    const anew = await pull('sag', first?.checkpoint);
    expect(anew.map((page) => page.begins)).toEqual([true, undefined]);
    expect(keys(anew)).toHaveLength(1_600);
    expect((await pull('sag', anew[0]?.checkpoint))[0]?.begins).toBeUndefined();
  });

  it('ends within one page when aborted', async () => {
    await writeSensumDrop(folder, { sag: sager(3_000) }, { modified: long });
    const abort = new AbortController();
    const reading = await begin('sag', { after: null, signal: abort.signal });
    await reading.next();
    abort.abort();
    await expect(reading.next()).rejects.toMatchObject({ code: 'run/cancelled' });
  });

  it('reads another vendor’s file by configuration alone', async () => {
    const path = join(folder, 'export-sager.txt');
    await writeFile(path, Buffer.from('Nr,Person,Titel\n1,77,St\xf8tte\n', 'latin1'));
    await utimes(path, long, long);
    const sag = {
      pattern: 'export-sager*.txt',
      separator: ',',
      encoding: 'windows-1252',
      columns: { Nr: 'SagId', Person: 'BorgerId' },
    };
    expect((await pull('sag', null, { kinds: { sag } }))[0]?.records).toEqual([
      { key: '1', body: { SagId: '1', BorgerId: '77', Titel: 'Støtte' } },
    ]);
    const own = {
      pattern: 'export-sager*.txt',
      separator: ',',
      encoding: 'windows-1252',
      keyColumns: ['Nr'],
      requiredColumns: ['Person'],
    };
    expect(keys(await pull('sag', null, { kinds: { sag: own } }))).toEqual(['1']);
  });

  it('logs neither names of files nor anything in them, and probes without reading', async () => {
    const name = 'Borger_1203701237.csv';
    await writeFile(join(folder, name), 'BorgerId;CPR;Fornavn\r\n1;1203701237;Kanariefugl\r\n');
    await pull('borger');
    expect(logged).toContain('file.opened');
    expect(logged).not.toMatch(/1203701237|Kanariefugl/);
    const source = await open();
    expect(await source.probe(new AbortController().signal)).toMatchObject({
      up: true,
      detail: 'files for 1 of 7 kinds',
    });
    const away = await open({ folder: join(folder, 'away') });
    expect(await away.probe(new AbortController().signal)).toMatchObject({ up: false, code: 'source/not-found' });
  });
});
