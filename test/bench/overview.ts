// The overview of 40 sources with a year behind them: reading it, rendering it, and 200 viewers who stay. Alone:
// `node test/bench/overview.ts [days of runs]`. Times of this process, the database beside it.
import { once } from 'node:events';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import Fastify from 'fastify';
import type { Viewer } from '../../src/dashboard/context.ts';
import { createLive } from '../../src/dashboard/live.ts';
import { daysUntil, kindsSql, readOverview, trendSql } from '../../src/store/overview.ts';
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

const viewer: Viewer = {
  actor: { kind: 'administrator', person: 'bench' } as Viewer['actor'],
  name: 'bench',
  rights: { view: true, operate: false, dpo: false },
  purpose: 'administration',
  purposes: ['administration'],
  endsAt: new Date(Date.now() + 86_400_000),
};

/** 200 streams in this process, each with a client of its own elsewhere in it; the clients' share is in the figure. */
const watchFor = async (seconds: number, render: () => Promise<string>): Promise<void> => {
  const live = createLive({ everyMs: 2000, mostEach: 200, render });
  const app = Fastify();
  app.get('/', (request, reply) => {
    request.viewer = viewer;
    live.open(request, reply, 'da');
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  let bytes = 0;
  const clients = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const request = get({ port, host: '127.0.0.1', agent: false });
      const [response] = await once(request, 'response');
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      request.on('error', () => undefined);
      return request;
    }),
  );
  await setTimeout(3000);
  const before = process.cpuUsage();
  const had = bytes;
  await setTimeout(seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  console.log(
    `live, ${live.watching} viewers with their clients, every state different: ${((user + system) / 1e4 / seconds).toFixed(1)} % of a core, ${((bytes - had) / 1e6 / seconds).toFixed(1)} MB/s`,
  );
  for (const client of clients) client.destroy();
  live.close();
  await app.close();
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
  await watchFor(20, async () => `${Math.random()} ${JSON.stringify(await read())}`);
});
