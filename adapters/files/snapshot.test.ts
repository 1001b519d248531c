// Which files make a snapshot, and which situations are failures instead of deletions.
import { describe, expect, it } from 'vitest';
import type { Drop, DropFile } from './drop.ts';
import type { FilesCheckpoint } from './records.ts';
import { chooseFiles, namePattern, newestPerSite, seenAs } from './snapshot.ts';

const file = (site: string, name: string, mtimeMs: number, size = 10): DropFile => ({
  path: `/${site}/${name}`,
  site,
  name,
  mtimeMs,
  size,
});
const now = Date.parse('2026-11-21T05:00:00Z');
const long = now - 3_600_000;

const dropOf = (...looks: DropFile[][]): Drop => {
  let look = 0;
  return {
    list: async () => looks[Math.min(look++, looks.length - 1)] ?? [],
    stat: async () => undefined,
    read: () => {
      throw new Error('not read here');
    },
    close: async () => undefined,
  };
};
const choose = (drop: Drop, before: DropFile[] | null = null, sites: string[] = []) => {
  const checkpoint: FilesCheckpoint | null = before && {
    files: before.map(seenAs),
    at: 0,
    offset: 0,
    rows: 0,
    done: true,
  };
  const signal = new AbortController().signal;
  const options = { pattern: 'Sager_*.csv', sites, settleSeconds: 0, now: () => new Date(now), signal };
  return chooseFiles(drop, checkpoint, options);
};

describe('namePattern', () => {
  it('matches names, not look-alikes and not transfers in progress', () => {
    const borger = namePattern('Borger_[0-9]*.csv');
    expect(['Borger_20261121.csv', 'BORGER_1.CSV'].every(borger)).toBe(true);
    expect(
      ['Borger_information_20261121.csv', 'xBorger_1.csv', 'Borger_1.csv.filepart', '.Borger_1.csv'].some(borger),
    ).toBe(false);
    expect(namePattern('Mål_*.csv')('Ma\u030al_1.csv')).toBe(true);
    expect(namePattern('Mål_*.csv')('Delmål_1.csv')).toBe(false);
    expect(namePattern('*')('Sager.uploading')).toBe(false);
  });
});

describe('chooseFiles', () => {
  it('takes the newest file of every site', async () => {
    const files = [
      file('b', 'Sager_1.csv', long),
      file('a', 'Sager_1.csv', long - 9),
      file('a', 'Sager_2.csv', long),
      file('a', 'Mål_3.csv', now),
    ];
    expect((await choose(dropOf(files))).map((one) => one.path)).toEqual(['/a/Sager_2.csv', '/b/Sager_1.csv']);
    expect(newestPerSite([file('', 'x1', 5), file('', 'x2', 5)], () => true)[0]?.name).toBe('x2');
  });

  it('fails when there is none', async () => {
    await expect(choose(dropOf([]))).rejects.toMatchObject({ code: 'source/not-found', fault: 'source' });
  });

  it('fails when a site that delivered has no file now', async () => {
    const [a, b] = [file('a', 'Sager_1.csv', long), file('b', 'Sager_1.csv', long)];
    await expect(choose(dropOf([a]), [a, b])).rejects.toMatchObject({ code: 'source/not-found' });
  });

  it('fails when a site the configuration names has no file, also in a first pull', async () => {
    const a = file('a', 'Sager_1.csv', long);
    await expect(choose(dropOf([a]), null, ['a', 'b'])).rejects.toMatchObject({ code: 'source/not-found' });
    expect(await choose(dropOf([a]), null, ['a'])).toEqual([a]);
  });

  it('fails when only an older file than the last one is left', async () => {
    const old = file('', 'Sager_1.csv', long - 86_400_000);
    await expect(choose(dropOf([old]), [file('', 'Sager_2.csv', long)])).rejects.toMatchObject({
      code: 'source/not-found',
    });
  });

  it('looks twice at a young file and takes a growing one for half-written', async () => {
    const young = file('', 'Sager_1.csv', now - 1_000);
    expect(await choose(dropOf([young], [young]))).toEqual([young]);
    await expect(choose(dropOf([young], [{ ...young, size: 20 }]))).rejects.toMatchObject({
      code: 'source/half-written',
      fault: 'transient',
      retryAfterMs: 60_000,
    });
  });
});
