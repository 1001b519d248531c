// The overview of 40 sources with a year behind them: reading it, rendering it, and 200 viewers who stay. Alone:
// `node test/bench/overview.ts [days of runs]`. Times of this process, the database beside it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { systemClock } from '../../src/clock.ts';
import type { DashboardContext, Viewer } from '../../src/dashboard/context.ts';
import { registerOverview } from '../../src/dashboard/pages/overview.ts';
import { createPages } from '../../src/dashboard/render.ts';
import { createLogger } from '../../src/log.ts';
import type { Pool } from '../../src/store/db.ts';
import { daysUntil, kindsSql, type OverviewSource, readOverview, trendSql } from '../../src/store/overview.ts';
import { readRunPage } from '../../src/store/run-list.ts';
import { readSeries } from '../../src/store/run-series.ts';
import { readRunView } from '../../src/store/run-view.ts';
import { readSourceView } from '../../src/store/source-view.ts';
import { planOf, seedYear, yearSources } from '../store/year.ts';
import { withDatabase } from './database.ts';
import { median } from './table.ts';

const timed = async (what: string, work: () => Promise<unknown>): Promise<void> => {
  await work();
  const took: number[] = [];
  for (let round = 0; round < 15; round += 1) {
    const started = performance.now();
    await work();
    took.push(performance.now() - started);
  }
  console.log(`${what}: ${median(took).toFixed(1)} ms (worst of 15: ${Math.max(...took).toFixed(1)} ms)`);
};

const viewerOf = (person: string): Viewer => ({
  actor: { kind: 'administrator', person } as Viewer['actor'],
  name: person,
  rights: { view: true, operate: false, dpo: false },
  purpose: 'administration',
  purposes: ['administration'],
  endsAt: new Date(Date.now() + 86_400_000),
});

/** The overview's page as it is served, without the door in front of it. */
const startPages = async (pool: Pool, sources: readonly OverviewSource[]): Promise<FastifyInstance> => {
  const app = Fastify();
  app.addHook('onRequest', async (request) => {
    request.viewer = viewerOf(String(request.headers['x-person'] ?? 'bench'));
  });
  const context = {
    pool,
    clock: systemClock,
    log: createLogger({ level: 'warn' }),
    municipality: { code: '0999', name: 'Egevang' },
    sources: sources.map((source) => ({
      ...source,
      title: source.name,
      domain: 'social',
      kinds: source.kinds.map(({ name }) => ({ name, version: '1' })),
    })),
    stands: async () => true,
    csrfOf: () => 'x',
  } as unknown as DashboardContext;
  registerOverview(app, context, createPages(context));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app;
};

/** 200 viewers in a process of their own; `stir` is called every second and changes what is shown. */
const watchFor = async (app: FastifyInstance, seconds: number, stir: () => Promise<unknown>): Promise<void> => {
  const { port } = app.server.address() as AddressInfo;
  const viewers = fork(new URL('./viewers.ts', import.meta.url), [`http://127.0.0.1:${port}/admin/live`, '200']);
  const [open] = await once(viewers, 'message');
  if (open !== 'open') throw new Error('the viewers did not open');
  await setTimeout(3000);
  let bytes = 0;
  viewers.on('message', (more) => {
    bytes += Number(more);
  });
  const before = process.cpuUsage();
  for (let second = 0; second < seconds; second += 1) {
    await stir();
    await setTimeout(1000);
  }
  const { user, system } = process.cpuUsage(before);
  const share = (user + system) / 1e4 / seconds;
  console.log(
    `live, 200 viewers, every state different: ${share.toFixed(1)} % of a core, ${(bytes / 1e6 / seconds).toFixed(1)} MB/s`,
  );
  viewers.kill();
};

const days = Number(process.argv[2] ?? 90);

await withDatabase(async ({ pool }) => {
  const sources = yearSources(40, 6);
  const started = performance.now();
  await seedYear(pool, { sources: 40, kinds: 6, days, yearDays: 366 });
  const { rows } = await pool.query<{ runs: number; days: number }>(
    'select (select count(*) from run) as runs, (select count(*) from run_day) as days',
  );
  console.log(
    `${rows[0]?.runs} runs, ${rows[0]?.days} days of kinds (${Math.round((performance.now() - started) / 1000)} s)`,
  );
  const pairs = sources.flatMap(({ name, kinds }) => kinds.map((kind) => [name, kind.name] as const));
  console.log(await planOf(pool, `(analyze, costs off) ${kindsSql}`, [pairs.map(([n]) => n), pairs.map(([, k]) => k)]));
  console.log(await planOf(pool, `(analyze, costs off) ${trendSql}`, [daysUntil(new Date(), 14)[0]]));
  const read = () => readOverview(pool, sources, new Date());
  await timed('overview', read);
  const of = { source: 'source-07', kind: 'kind-3' };
  await timed('source', () => readSourceView(pool, of.source));
  await timed('series of a day', () => readSeries(pool, { ...of, range: 'day' }, new Date()));
  await timed('series of a day, all kinds', () => readSeries(pool, { source: of.source, range: 'day' }, new Date()));
  await timed('series of a week, all kinds', () => readSeries(pool, { source: of.source, range: 'week' }, new Date()));
  await timed('series of a year, all kinds', () => readSeries(pool, { source: of.source, range: 'year' }, new Date()));
  const page = await readRunPage(pool, { source: of.source, to: new Date(Date.now() - 86_400_000), limit: 50 });
  await timed('a page of runs', () => readRunPage(pool, { source: of.source, after: page.next ?? '', limit: 50 }));
  await timed('a page of all runs', () => readRunPage(pool, { limit: 50 }));
  await timed('failed runs of all', () => readRunPage(pool, { states: ['failed'], limit: 50 }));
  await timed('a run', () => readRunView(pool, page.runs[0]?.id ?? ''));
  const app = await startPages(pool, sources);
  await timed('the overview’s page', () => app.inject('/admin'));
  await watchFor(app, 20, () => pool.query('update run_day set stored = stored + 1000 where day > current_date - 2'));
  await app.close();
});
