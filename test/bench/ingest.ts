// Benchmark (b): new and unchanged records through the whole line, from a job-centre server over HTTP, as a ratio to a
// bare loop over the same pages. Both sides in turn, several rounds, medians.
import type { Pool } from '../../src/store/db.ts';
import { bareCompare, bareUpsert, readStored } from './bare.ts';
import { startChild } from './child.ts';
import { withDatabase } from './database.ts';
import { benchDeps, benchSource, syncKind } from './line.ts';
import { enrolMany } from './people.ts';
import { citizenKey, type StubAnswer, type StubQuestion } from './stub.ts';
import { median } from './table.ts';

export interface IngestBench {
  readonly records: number;
  readonly fresh: { readonly line: number; readonly bare: number; readonly ratio: number };
  readonly unchanged: { readonly line: number; readonly bare: number; readonly ratio: number };
}

const pageSize = 500;
const citizens = 2_000;
const kinds = ['meeting', 'offer'] as const;
const paths = { meeting: 'meetings/citizen', offer: 'offers/citizen' } as const;

const forget = (pool: Pool) =>
  pool.query('truncate record, record_body, record_version, link, change, sync_state, load_page, run cascade');

const shared = {
  title: 'Jobcentret',
  domain: 'employment',
  ownerUnit: 'jobcenter',
  journalBaseUrl: 'https://momentum.egevang.example',
  budget: { requestsPerSecond: 100_000, concurrency: 8 },
};

/** The same server through its own adapter, and through the generic one by configuration alone. */
const settingsOf = {
  momentum: (url: string): object => ({
    ...shared,
    adapter: 'momentum',
    config: {
      baseUrl: url,
      tokenUrl: `${url}/token`,
      clientId: 'x',
      clientSecret: 'x',
      apiKey: 'x',
      resource: 'x',
      pageSize,
    },
  }),
  rest: (url: string): object => {
    const list = (path: string) => ({ path, method: 'POST', body: '{"filters": [], "sort": []}' });
    const kind = (path: string) => ({ list: list(path), records: 'data[]', key: 'id', deletes: 'unseen' });
    return {
      ...shared,
      adapter: 'rest',
      mappings: 'momentum',
      config: {
        baseUrl: url,
        auth: { type: 'oauth2', tokenUrl: `${url}/token`, clientId: 'x', clientSecret: 'x' },
        pageSize,
        paging: {
          style: 'page',
          in: 'body',
          page: 'paging.pageNumber',
          size: 'paging.pageSize',
          first: '0',
          total: 'totalSearchCount',
        },
        kinds: { citizen: kind('citizensearch'), meeting: kind(paths.meeting), offer: kind(paths.offer) },
      },
    };
  },
} as const;

/** Records per second. */
const rate = async (records: number, work: () => Promise<number>): Promise<number> => {
  const started = performance.now();
  const count = await work();
  if (count !== records) throw new Error(`${count} of ${records} records`);
  return records / ((performance.now() - started) / 1000);
};

export const benchIngest = async (options: {
  readonly rows: number;
  readonly rounds: number;
  readonly through: keyof typeof settingsOf;
}): Promise<IngestBench> => {
  const stub = startChild<StubQuestion, StubAnswer>(new URL('stub.ts', import.meta.url));
  try {
    const { url } = await stub.ask({ rows: options.rows, citizens });
    return await withDatabase(async ({ pool }) => {
      const deps = benchDeps(pool);
      const keys = new Map(Array.from({ length: citizens }, (_, n) => [citizenKey(n), n]));
      await enrolMany(pool, deps.keys, citizens, { source: 'employment', kind: 'citizen', keys });
      const source = benchSource('employment', settingsOf[options.through](url));
      const total = options.rows * kinds.length;
      const line = (want: 'next' | 'reload', counted: 'created' | 'unchanged') => async () => {
        let count = 0;
        for (const kind of kinds) count += (await syncKind(deps, source, kind, want))[counted];
        return count;
      };
      await line('next', 'created')();
      const stored = { meeting: await readStored(pool, 'meeting'), offer: await readStored(pool, 'offer') };
      const bare = (run: typeof bareUpsert) => async () => {
        let count = 0;
        for (const kind of kinds) count += await run(pool, `${url}/${paths[kind]}`, pageSize, stored[kind]);
        return count;
      };
      const rounds: Record<'freshBare' | 'freshLine' | 'unchangedBare' | 'unchangedLine', number>[] = [];
      for (let round = 0; round < options.rounds; round += 1) {
        await forget(pool);
        const freshBare = await rate(total, bare(bareUpsert));
        await forget(pool);
        const freshLine = await rate(total, line('next', 'created'));
        const unchangedBare = await rate(total, bare(bareCompare));
        const unchangedLine = await rate(total, line('reload', 'unchanged'));
        rounds.push({ freshBare, freshLine, unchangedBare, unchangedLine });
      }
      const of = (side: keyof (typeof rounds)[number]): number => median(rounds.map((round) => round[side]));
      const pair = (lineRate: number, bareRate: number) => ({
        line: lineRate,
        bare: bareRate,
        ratio: lineRate / bareRate,
      });
      return {
        records: total,
        fresh: pair(of('freshLine'), of('freshBare')),
        unchanged: pair(of('unchangedLine'), of('unchangedBare')),
      };
    });
  } finally {
    await stub.close();
  }
};
