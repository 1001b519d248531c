// Benchmark (e): a healthy source pulled by the worker, alone and beside a source whose server takes every connection and
// never answers. The dead one is kept busy with all its kinds, and its breaker never opens: worse than it can be.
import { type AddressInfo, createServer } from 'node:net';
import { openQueues, type Queues } from '../../src/jobs/queue.ts';
import { startWorker, type WorkDeps, type WorkSource } from '../../src/jobs/worker.ts';
import { createLogger } from '../../src/log.ts';
import { setPaused } from '../../src/store/sync-state.ts';
import { startChild } from './child.ts';
import { withDatabase } from './database.ts';
import { benchDeps, benchWork } from './line.ts';
import { enrolMany } from './people.ts';
import { citizenKey, type StubAnswer, type StubQuestion } from './stub.ts';
import { median } from './table.ts';

export interface DeadBench {
  readonly records: number;
  /** Records per second. */
  readonly alone: number;
  readonly beside: number;
  /** Median of the rounds' own ratios, and of the worker's processor time in them. */
  readonly ratio: number;
  readonly processorRatio: number;
  /** Connections the dead server held on average while the healthy source was measured. */
  readonly hanging: number;
}

const citizens = 2_000;
const kinds = ['meeting', 'offer'] as const;

const settings = (baseUrl: string, tokenUrl: string, more: object = {}) => ({
  adapter: 'momentum',
  title: 'Jobcentret',
  domain: 'employment',
  ownerUnit: 'jobcenter',
  journalBaseUrl: 'https://momentum.egevang.example',
  schedule: '0 0 1 1 *',
  budget: { requestsPerSecond: 100_000, concurrency: 8 },
  config: { baseUrl, tokenUrl, clientId: 'x', clientSecret: 'x', apiKey: 'x', resource: 'x', pageSize: '500', ...more },
});

/** Takes connections and says nothing. */
const startSilence = async (): Promise<{ url: string; open: () => number; close: () => Promise<void> }> => {
  let open = 0;
  const server = createServer((socket) => {
    open += 1;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      open -= 1;
    });
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => open,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const until = async (what: string, holds: () => Promise<boolean> | boolean): Promise<void> => {
  const deadline = performance.now() + 120_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${what}.`);
    await pause(10);
  }
};

interface Took {
  readonly seconds: number;
  /** Of this process. */
  readonly processor: number;
}

/** Pulls everything of the healthy source through the worker. */
const pullAll = async (deps: WorkDeps, source: string, trigger: string): Promise<Took> => {
  const started = performance.now();
  const before = process.cpuUsage();
  for (const kind of kinds)
    await deps.queues
      .queue(source)
      .add(`${source}.${kind}.${trigger}`, { type: 'sync', source, kind, want: 'reload', trigger });
  await until(`the pull of ${source}`, async () => {
    const { rows } = await deps.pool.query<{ n: number }>(
      `select count(*)::int as n from run where source = $1 and trigger = $2 and state = 'done'`,
      [source, trigger],
    );
    return rows[0]?.n === kinds.length;
  });
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - started) / 1000, processor: (user + system) / 1e6 };
};

const keepBusy = async (queues: Queues, { source }: WorkSource, round: number): Promise<void> => {
  for (let n = 0; n < 5; n += 1)
    for (const { name, mapping } of source.kinds)
      if (mapping !== undefined)
        await queues.queue(source.name).add(`${source.name}.${name}.${round}.${n}`, {
          type: 'sync',
          source: source.name,
          kind: name,
          want: 'next',
          trigger: 'schedule',
        });
};

export const benchDead = async (options: { readonly rows: number; readonly rounds: number }): Promise<DeadBench> => {
  const stub = startChild<StubQuestion, StubAnswer>(new URL('stub.ts', import.meta.url));
  const silence = await startSilence();
  try {
    const { url } = await stub.ask({ rows: options.rows, citizens });
    return await withDatabase(async ({ pool, url: databaseUrl }) => {
      const keys = new Map(Array.from({ length: citizens }, (_, n) => [citizenKey(n), n]));
      const healthy = benchWork('employment', settings(url, `${url}/token`));
      const dead = {
        ...benchWork('dead', settings(silence.url, `${url}/token`, { timeoutSeconds: '2', retries: '0' })),
        breaker: { failures: 1_000_000, probeAfter: 60_000 },
      };
      const queues = openQueues({ databaseUrl });
      // The dead source's own lines would be counted against the healthy one.
      const deps: WorkDeps = {
        ...benchDeps(pool),
        log: createLogger({ level: 'silent' }),
        queues,
        sources: new Map([healthy, dead].map((work) => [work.source.name, work])),
        sliceMs: 15_000,
        changeRetention: 86_400_000,
      };
      await enrolMany(pool, deps.keys, citizens, { source: 'employment', kind: 'citizen', keys });
      await pool.query(
        `insert into sync_state (source, kind, load, last_complete_at) values ('employment', 'citizen', 1, now()), ('dead', 'citizen', 1, now())`,
      );
      const worker = startWorker(deps);
      try {
        const hanging: number[] = [];
        /** Paused, its waiting jobs do nothing when their time comes. */
        const setDead = (paused: boolean) =>
          setPaused(
            pool,
            'dead',
            dead.source.kinds.map(({ name }) => name),
            paused,
          );
        const alone = async (round: number): Promise<Took> => {
          await until('nothing hanging', () => silence.open() === 0);
          return pullAll(deps, 'employment', `alone-${round}`);
        };
        const beside = async (round: number): Promise<Took> => {
          await setDead(false);
          await keepBusy(queues, dead, round);
          await until('the dead source hanging', () => silence.open() >= dead.concurrency);
          const timer = setInterval(() => hanging.push(silence.open()), 50);
          const took = await pullAll(deps, 'employment', `beside-${round}`);
          clearInterval(timer);
          await setDead(true);
          return took;
        };
        await alone(-1);
        const rounds: { readonly alone: Took; readonly beside: Took }[] = [];
        for (let round = 0; round < options.rounds; round += 1) {
          // First the one, then the other: a machine that slows down must not look like the dead source's doing.
          const [first, second] = round % 2 === 0 ? [alone, beside] : [beside, alone];
          const [a, b] = [await first(round), await second(round)];
          rounds.push(round % 2 === 0 ? { alone: a, beside: b } : { alone: b, beside: a });
        }
        const records = options.rows * kinds.length;
        return {
          records,
          alone: records / median(rounds.map((round) => round.alone.seconds)),
          beside: records / median(rounds.map((round) => round.beside.seconds)),
          ratio: median(rounds.map((round) => round.alone.seconds / round.beside.seconds)),
          processorRatio: median(rounds.map((round) => round.alone.processor / round.beside.processor)),
          hanging: hanging.reduce((sum, open) => sum + open, 0) / Math.max(1, hanging.length),
        };
      } finally {
        await worker.close();
        await queues.close();
      }
    });
  } finally {
    await stub.close();
    await silence.close();
  }
};
