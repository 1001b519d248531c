// Benchmark (c): one big CSV file through the files adapter and the whole line at constant memory. One case in ten is an
// enrolled citizen's. The ceiling is csv-parse reading a part of the same rows and keeping none.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { writeBigCsv } from '../sandbox/sensum/big.ts';
import { startChild } from './child.ts';
import type { CsvAnswer, CsvQuestion } from './csv-side.ts';
import { withDatabase } from './database.ts';
import { enrolMany } from './people.ts';

export interface CsvBench {
  readonly bytes: number;
  readonly rows: number;
  readonly kept: number;
  readonly seconds: number;
  readonly peakMegabytes: number;
  readonly line: number;
  readonly bare: number;
  readonly ratio: number;
}

const cases = 1_000_000;
const enrolledCitizens = 20_000;

/** Every tenth case of the file, five to a citizen. */
const enrolledCases = (): ReadonlyMap<string, number> =>
  new Map(Array.from({ length: cases / 10 }, (_, n) => [`S${n * 10}`, n % enrolledCitizens]));

/** Left alone, V8 collects seldom on a big machine and memory says nothing; within this the line must do its work. */
export const heapLimit = ['--max-old-space-size=192', '--max-semi-space-size=8'] as const;

const alone = async (question: CsvQuestion): Promise<CsvAnswer> => {
  const child = startChild<CsvQuestion, CsvAnswer>(new URL('csv-side.ts', import.meta.url), heapLimit);
  try {
    return await child.ask(question);
  } finally {
    await child.close();
  }
};

export const benchCsv = (options: { readonly bytes: number }): Promise<CsvBench> =>
  withDatabase(async ({ pool, url, folder }) => {
    const keys = newKeyMaterial();
    await enrolMany(pool, createKeyRing(keys), enrolledCitizens, {
      source: 'social',
      kind: 'sag',
      keys: enrolledCases(),
    });
    const [whole, part] = [join(folder, 'whole'), join(folder, 'part')];
    await mkdir(whole);
    await mkdir(part);
    const name = 'Indsatser_20261121.csv';
    await writeBigCsv(join(part, name), options.bytes / 8);
    const before = await alone({ side: 'bare', file: join(part, name) });
    await writeBigCsv(join(whole, name), options.bytes);
    const line = await alone({ side: 'line', folder: whole, url, keys });
    const after = await alone({ side: 'bare', file: join(part, name) });
    const bare = (before.rows + after.rows) / (before.seconds + after.seconds);
    const rate = line.rows / line.seconds;
    return {
      bytes: options.bytes,
      rows: line.rows,
      kept: line.kept,
      seconds: line.seconds,
      peakMegabytes: line.peakMegabytes,
      line: rate,
      bare,
      ratio: rate / bare,
    };
  });
