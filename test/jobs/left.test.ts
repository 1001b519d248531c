// What looks left behind and is not: a run between two slices, whose next one waits for its turn, and a slot that waits for
// a busy source. What is left behind goes on as the run it was.
import { beforeEach, expect, it, vi } from 'vitest';
import { armAtStart } from '../../src/jobs/schedule.ts';
import { readSchedule } from '../../src/store/schedules.ts';
import { readSyncState } from '../../src/store/sync-state.ts';
import { anna, caseOf, noData, person, type ToyData, toySource } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { emptyQueueStore, enrolIn, guarded, useJobs, workSource } from './fixture.ts';

const database = useDatabase();
const open = useJobs(database);
let data: ToyData;

beforeEach(async () => {
  await database.pool().query('truncate citizen, subject_key, record, record_body, link, change, load_page cascade');
  data = noData();
  data.person = [person('p1', anna, 'Anna And')];
  data.case = Array.from({ length: 12 }, (_, n) => caseOf(`c${n}`, [anna], `Plan ${n}`));
});

/** One kind, pulled page by page, with something happening before each page. */
const slowly = (before: () => Promise<void> | void = () => undefined, cron?: string) => {
  const toy = toySource(data);
  const source = { ...toy, kinds: toy.kinds.filter(({ name }) => name === 'case') };
  return { ...workSource(guarded(source, before), cron === undefined ? {} : { cron }), concurrency: 1 };
};
const complete = async (source: string): Promise<boolean> =>
  (await readSyncState(database.pool(), source, 'case')).lastCompleteAt !== null;

it('a load between two slices has one run, whoever comes by meanwhile', async () => {
  const work = slowly(() => new Promise((resolve) => setTimeout(resolve, 400)), '* * * * * *');
  const { name } = work.source;
  const bench = open([work], { sliceMs: 0 });
  await enrolIn(bench.deps, anna, [name]);
  for (const rule of work.rules) await armAtStart(bench.deps.pool, bench.queues, rule, new Date());
  bench.watch();
  bench.work();
  const ended = async () =>
    (await bench.runs(name, 'case')).some(({ mode, state }) => mode === 'load' && state === 'done');
  await vi.waitFor(async () => expect(await ended()).toBe(true), { timeout: 20_000 });
  const runs = (await bench.runs(name, 'case')).toReversed();
  const [load, ...later] = runs.filter(({ mode, state }) => mode === 'load' && state !== 'skipped');
  expect(load).toMatchObject({ state: 'done', attempt: 1, pages: 6, errorCode: null });
  // A slot after its end has begun the next one.
  expect(later.filter(({ queuedAt }) => queuedAt < (load?.endedAt ?? new Date()))).toEqual([]);
  expect(runs.filter(({ trigger }) => trigger === 'resume')).toEqual([]);
  expect(bench.log.filter(({ event }) => event === 'run.abandoned')).toEqual([]);
}, 30_000);

it('a load whose job was lost goes on as the run it was', async () => {
  let release: () => void = () => undefined;
  let pages = 0;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const work = slowly(async () => {
    pages += 1;
    if (pages === 3) await held;
  });
  const { name } = work.source;
  const bench = open([work], { sliceMs: 0 });
  await enrolIn(bench.deps, anna, [name]);
  await bench.sync(name, 'case');
  bench.work();
  await vi.waitFor(() => expect(pages).toBe(3), { timeout: 10_000 });
  const [run] = await bench.runs(name, 'case');
  // The queue's store forgets the job in the worker's hands, and so the one that would have followed it.
  const emptied = vi.waitFor(
    async () => {
      await emptyQueueStore(database.pool(), process.env['REDIS_URL']);
      expect(await complete(name)).toBe(true);
    },
    { timeout: 15_000, interval: 300 },
  );
  release();
  bench.watch();
  await emptied;
  const [same, ...others] = (await bench.runs(name, 'case')).filter(({ state }) => state !== 'skipped');
  expect(same).toMatchObject({ id: run?.id, state: 'done', attempt: 1 });
  expect(others).toEqual([]);
}, 30_000);

it('a slot that waits for a busy source has fired', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const work = slowly(() => held, '* * * * * *');
  const { name } = work.source;
  const bench = open([work]);
  await enrolIn(bench.deps, anna, [name]);
  await bench.sync(name, 'case');
  bench.work();
  await vi.waitFor(async () => expect((await bench.runs(name, 'case'))[0]?.state).toBe('running'), { timeout: 10_000 });
  for (const rule of work.rules) await armAtStart(bench.deps.pool, bench.queues, rule, new Date());
  const due = (await readSchedule(database.pool(), name, 'case'))?.nextAt.getTime() ?? 0;
  const watchdog = bench.watch(500);
  await vi.waitFor(() => expect(Date.now() - due).toBeGreaterThan(1500), { timeout: 10_000 });
  await watchdog.look();
  expect(bench.log.filter(({ event }) => event === 'schedule.rearmed')).toEqual([]);
  expect((await readSchedule(database.pool(), name, 'case'))?.rearmed).toBe(0);
  release();
  await vi.waitFor(async () => expect(await complete(name)).toBe(true), { timeout: 10_000 });
}, 30_000);
