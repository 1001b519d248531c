// Benchmark (h): what the indexes that the log is searched by cost whoever writes it. Many writers at once, as answers are
// given, with durable commits; the same entries with those indexes and without, round by round.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import type { Pool } from '../../src/store/db.ts';
import type { LogEntry } from '../../src/store/log-entry.ts';
import { withDatabase } from './database.ts';
import { median } from './table.ts';

export interface LogOptions {
  readonly entries: number;
  readonly rounds: number;
}
export interface LogBench {
  /** Entries a second. */
  readonly indexed: number;
  readonly bare: number;
  /** Median of the rounds' ratios. */
  readonly ratio: number;
  readonly indexes: number;
  /** Bytes of write-ahead log an entry: what the disk is given, whatever else the machine does. */
  readonly walIndexed: number;
  readonly walBare: number;
}

const migration = new URL('../../src/store/migrations/0035_log_search.sql', import.meta.url);
const writers = 64;
const decisions = ['allowed', 'allowed', 'allowed', 'partly', 'denied'] as const;

const entryOf = (n: number): LogEntry => ({
  actor: {
    kind: 'professional',
    person: `egevang-${n % 500}`,
    role: 'caseworker',
    organisation: 'egevang',
    unit: 'jobcenter',
    ...(n % 4 === 0 ? { consumer: 'fagsystem' } : {}),
  },
  purpose: 'coordinated-plan',
  endpoint: 'GET /v1/citizens/:id/plan',
  citizen: randomUUID(),
  records: Array.from({ length: 60 }, () => randomUUID()),
  decision: decisions[n % decisions.length] ?? 'allowed',
  bases: ['2 GDPR art. 6(1)(e)'],
  correlation: randomUUID(),
  emergency: n % 1000 === 0,
});

interface Written {
  readonly perSecond: number;
  readonly wal: number;
}

const walOf = async (pool: Pool): Promise<number> => {
  const { rows } = await pool.query<{ at: string }>(`select pg_current_wal_insert_lsn() - '0/0' as at`);
  return Number(rows[0]?.at ?? 0);
};

const writeAll = async (pool: Pool, count: number): Promise<Written> => {
  const log = createAccessLog(pool, createKeyRing(newKeyMaterial()));
  const entries = Array.from({ length: count }, (_, n) => entryOf(n));
  const [before, started] = [await walOf(pool), performance.now()];
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (let entry = entries.pop(); entry !== undefined; entry = entries.pop()) await log.write([entry]);
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  const wal = (await walOf(pool)) - before;
  await log.close();
  return { perSecond: count / seconds, wal: wal / count };
};

export const benchLog = ({ entries, rounds }: LogOptions): Promise<LogBench> =>
  withDatabase(async ({ pool }) => {
    const statements = readFileSync(migration, 'utf8').match(/create index [^;]+;/g) ?? [];
    const names = statements.map((sql) => sql.split(' ')[2] ?? '');
    // The table is not an empty one: indexes cost what their depth is.
    await writeAll(pool, entries);
    const given: { readonly indexed: Written; readonly bare: Written }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const first = round % 2 === 0 ? await writeAll(pool, entries) : undefined;
      await pool.query(`drop index ${names.join(', ')}`);
      const bare = await writeAll(pool, entries);
      for (const sql of statements) await pool.query(sql);
      given.push({ indexed: first ?? (await writeAll(pool, entries)), bare });
    }
    return {
      indexed: median(given.map(({ indexed }) => indexed.perSecond)),
      bare: median(given.map(({ bare }) => bare.perSecond)),
      ratio: median(given.map(({ indexed, bare }) => indexed.perSecond / bare.perSecond)),
      indexes: names.length,
      walIndexed: median(given.map(({ indexed }) => indexed.wal)),
      walBare: median(given.map(({ bare }) => bare.wal)),
    };
  });
