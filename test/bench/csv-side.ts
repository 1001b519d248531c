// Reads a big CSV file in a process of its own, so that its memory is its own: through the files adapter and the whole
// line, or with csv-parse and nothing else.
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { createKeyRing, type KeyMaterial } from '../../src/store/crypto.ts';
import { createPool } from '../../src/store/db.ts';
import { answerQuestions } from './child.ts';
import { benchDeps, benchSource, syncKind } from './line.ts';

export type CsvQuestion =
  | { readonly side: 'bare'; readonly file: string }
  | { readonly side: 'line'; readonly folder: string; readonly url: string; readonly keys: KeyMaterial };

export interface CsvAnswer {
  readonly rows: number;
  readonly kept: number;
  readonly seconds: number;
  /** The most memory this process ever had resident, in megabytes. */
  readonly peakMegabytes: number;
}

const bare = (file: string): Promise<number> =>
  new Promise((resolve, reject) => {
    let rows = 0;
    createReadStream(file)
      .on('error', reject)
      .pipe(parse({ delimiter: ';', columns: true, bom: true }))
      .on('data', () => {
        rows += 1;
      })
      .on('error', reject)
      .on('end', () => resolve(rows));
  });

const line = async (question: CsvQuestion & { readonly side: 'line' }): Promise<{ rows: number; kept: number }> => {
  const pool = createPool(question.url, { max: 4 });
  try {
    const source = benchSource('social', {
      adapter: 'files',
      title: 'Socialforvaltningen',
      domain: 'social',
      mappings: 'sensum',
      ownerUnit: 'social',
      journalBaseUrl: 'https://sensum.egevang.example',
      config: { transport: 'folder', folder: question.folder, settleSeconds: '0' },
    });
    const deps = { ...benchDeps(pool), keys: createKeyRing(question.keys) };
    const counts = await syncKind(deps, source, 'indsats', 'next');
    return { rows: counts.served, kept: counts.stored };
  } finally {
    await pool.end();
  }
};

const run = async (question: CsvQuestion): Promise<CsvAnswer> => {
  const started = performance.now();
  const read = question.side === 'line' ? await line(question) : { rows: await bare(question.file), kept: 0 };
  return {
    ...read,
    seconds: (performance.now() - started) / 1000,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
};

if (process.send !== undefined) answerQuestions(run);
