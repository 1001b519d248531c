// Jobs as they run in a hub, on the toy source: a real queue (Redis when REDIS_URL is set, else Postgres), a real
// database, and the log as data. Source names are unique, so that test files can share one Redis.
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterEach } from 'vitest';
import { openQueues, type Queues, type SyncWant } from '../../src/jobs/queue.ts';
import type { ScheduleRule } from '../../src/jobs/schedule.ts';
import { startWatchdog, type Watchdog } from '../../src/jobs/watchdog.ts';
import { startWorker, type WorkDeps, type WorkSource } from '../../src/jobs/worker.ts';
import { createLogger } from '../../src/log.ts';
import { parseNumber } from '../../src/model/cpr.ts';
import type { OpenSource, SyncSource } from '../../src/pipeline/source.ts';
import type { Pool } from '../../src/store/db.ts';
import { enrol } from '../../src/store/enrolment.ts';
import { listRuns, type Run } from '../../src/store/runs.ts';
import { toyDeps } from '../pipeline/toy.ts';
import type { TestDatabase } from '../postgres.ts';

export interface LogEntry {
  readonly event: string;
  readonly source?: string;
  readonly kind?: string;
  readonly [field: string]: unknown;
}

export interface Bench {
  readonly deps: WorkDeps;
  readonly queues: Queues;
  readonly log: readonly LogEntry[];
  readonly lines: readonly string[];
  sync(source: string, kind: string, want?: SyncWant, trigger?: string): Promise<string>;
  runs(source?: string, kind?: string): Promise<readonly Run[]>;
  work(): { close(): Promise<void> };
  watch(graceMs?: number): Watchdog;
}

/** Never due while a test runs. */
export const yearly = '0 0 1 1 *';

export const workSource = (
  source: SyncSource,
  options: { cron?: string; breaker?: WorkSource['breaker'] } = {},
): WorkSource => {
  const name = `${source.name}-${randomBytes(4).toString('hex')}`;
  const rules = source.kinds.map(
    (kind): ScheduleRule => ({ source: name, kind: kind.name, cron: options.cron ?? yearly, maintenance: [] }),
  );
  return {
    source: { ...source, name },
    rules,
    breaker: options.breaker ?? { failures: 100, probeAfter: 60_000 },
    concurrency: 3,
  };
};

/** The same source, with something happening before each page is handed over. */
export const guarded = (
  source: SyncSource,
  before: (kind: string, how: 'pull' | 'citizen', signal: AbortSignal) => Promise<void> | void,
): SyncSource => ({
  ...source,
  open: async () => {
    const opened = await source.open();
    const wrap = <O extends { signal: AbortSignal }, P>(
      pulls: Readonly<Record<string, (options: O) => AsyncIterable<P>>>,
      how: 'pull' | 'citizen',
    ) =>
      Object.fromEntries(
        Object.entries(pulls).map(([kind, pull]) => [
          kind,
          async function* (options: O): AsyncIterable<P> {
            for await (const page of pull(options)) {
              await before(kind, how, options.signal);
              yield page;
            }
          },
        ]),
      );
    return {
      ...opened,
      pull: wrap(opened.pull, 'pull'),
      ...(opened.byCitizen === undefined ? {} : { byCitizen: wrap(opened.byCitizen, 'citizen') }),
    } as OpenSource;
  },
});

export const useJobs = (database: TestDatabase) => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    await database.pool().query('truncate sync_state, schedule, run, breaker, citizen_fetch, citizen_fetch_kind');
  });
  return (
    sources: readonly WorkSource[],
    options: { sliceMs?: number; redisUrl?: string; deps?: Partial<WorkDeps> } = {},
  ): Bench => {
    const redisUrl = options.redisUrl ?? process.env['REDIS_URL'];
    const queues = openQueues({ databaseUrl: database.url(), ...(redisUrl === undefined ? {} : { redisUrl }) });
    closers.push(() => queues.close());
    const lines: string[] = [];
    const log: LogEntry[] = [];
    const deps: WorkDeps = {
      ...toyDeps(database.pool()),
      log: createLogger({
        destination: {
          write: (line) => {
            lines.push(line);
            log.push(JSON.parse(line) as LogEntry);
          },
        },
      }),
      queues,
      sources: new Map(sources.map((work) => [work.source.name, work])),
      changeRetention: 90 * 86_400_000,
      sliceMs: options.sliceMs ?? 15_000,
      ...options.deps,
    };
    return {
      deps,
      queues,
      log,
      lines,
      async sync(source, kind, want = 'next', trigger = 'test') {
        const id = `${source}.${kind}.${want}.asked.${randomBytes(6).toString('hex')}`;
        await queues.queue(source).add(id, { type: 'sync', source, kind, want, trigger });
        return id;
      },
      runs: (source, kind) =>
        listRuns(database.pool(), {
          ...(source === undefined ? {} : { source }),
          ...(kind === undefined ? {} : { kind }),
          limit: 200,
        }),
      work() {
        const worker = startWorker(deps);
        closers.push(() => worker.close());
        return worker;
      },
      watch(graceMs) {
        const watchdog = startWatchdog(deps, { everyMs: 200, ...(graceMs === undefined ? {} : { graceMs }) });
        closers.push(() => watchdog.stop());
        return watchdog;
      },
    };
  };
};

/** Everything the queue's store holds, or its jobs alone, as text. */
export const queueStoreText = async (
  pool: Pool,
  tableName = '%',
  redisUrl = process.env['REDIS_URL'],
): Promise<string> => {
  if (redisUrl === undefined) {
    const { rows: tables } = await pool.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'bullmq' and tablename like $1`,
      [tableName],
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await pool.query<{ text: string }>(`select t::text as text from ${name} t`);
      texts.push(...rows.map((row) => row.text));
    }
    return texts.join('\n');
  }
  const redis = new Redis(redisUrl);
  const texts: string[] = [];
  for (const key of await redis.keys('bull:*'))
    if ((await redis.type(key)) === 'hash') texts.push(key, JSON.stringify(await redis.hgetall(key)));
  redis.disconnect();
  return texts.join('\n');
};

/** Loses everything the queue's store holds. */
export const emptyQueueStore = async (pool: Pool, redisUrl: string | undefined): Promise<void> => {
  if (redisUrl !== undefined) {
    const redis = new Redis(redisUrl);
    await redis.flushdb();
    redis.disconnect();
    return;
  }
  const { rows } = await pool.query<{ names: string }>(
    `select string_agg(format('%I.%I', schemaname, tablename), ', ') as names from pg_tables
     where schemaname = 'bullmq' and tablename not in ('migration', 'meta')`,
  );
  await pool.query(`truncate ${rows[0]?.names ?? ''}`);
};

/** Enrols a number that is then fetched from these sources. */
export const enrolIn = async (deps: WorkDeps, number: string, sources: readonly string[]): Promise<string> => {
  const parsed = parseNumber(number);
  if (parsed === undefined) throw new Error('not a number');
  return (await enrol(deps.pool, deps.keys, sources, { number: parsed, basis: 'lab-40-3', by: 'test' })).citizenId;
};
