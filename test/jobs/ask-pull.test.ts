// A pull asked for on a page: the worker does it as the run that was told; asked twice with one form it is one; one under
// way stops when somebody wishes it, and the next goes on where it stopped.
import { beforeEach, expect, it, vi } from 'vitest';
import { askForPull } from '../../src/jobs/ask-pull.ts';
import { readRun, wantStop } from '../../src/store/runs.ts';
import { readSyncState } from '../../src/store/sync-state.ts';
import { anna, noData, person, storedRecords, type ToyData, toySource } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { enrolIn, guarded, useJobs, workSource } from './fixture.ts';

const database = useDatabase();
const open = useJobs(database);
let data: ToyData;

beforeEach(async () => {
  await database.pool().query('truncate citizen, subject_key, record, record_body, link, change, load_page cascade');
  data = noData();
  data.person = Array.from({ length: 6 }, (_, n) => person(`p${n}`, anna, 'Anna And'));
});

it('is one run, however often the form is sent, and says that a page asked for it', async () => {
  const work = workSource(toySource(data));
  const { name } = work.source;
  const bench = open([work]);
  const asked = { source: name, kinds: ['person', 'case'], want: 'reload', once: 'a'.repeat(8) } as const;
  const [first] = await askForPull(bench.queues, asked);
  expect(await askForPull(bench.queues, asked)).toContainEqual(first);
  bench.work();
  await vi.waitFor(async () => expect((await bench.runs(name)).map(({ state }) => state)).toEqual(['done', 'done']), {
    timeout: 8000,
  });
  expect(await readRun(database.pool(), first?.runId ?? '')).toMatchObject({
    kind: 'person',
    mode: 'load',
    trigger: 'dashboard',
  });
});

it('stops after the page in hand, and the next goes on from there', async () => {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let page = 0;
  const work = workSource(
    guarded(toySource(data, { mode: 'incremental' }), async () => {
      page += 1;
      if (page === 2) await released;
    }),
  );
  const { name } = work.source;
  const bench = open([work]);
  await enrolIn(bench.deps, anna, [name]);
  bench.work();
  const ask = (once: string) => askForPull(bench.queues, { source: name, kinds: ['person'], want: 'next', once });
  const [{ runId } = { runId: '' }] = await ask('one');
  await vi.waitFor(() => expect(page).toBe(2), { timeout: 5000 });
  expect(await wantStop(database.pool(), runId)).toBe(true);
  // It looks once a second.
  await new Promise((resolve) => setTimeout(resolve, 1050));
  release();
  const ended = () => readRun(database.pool(), runId);
  await vi.waitFor(async () => expect(await ended()).toMatchObject({ state: 'cancelled' }), { timeout: 5000 });
  expect(await ended()).toMatchObject({ errorCode: 'run/cancelled', attempt: 1 });
  expect((await readSyncState(database.pool(), name, 'person')).loadComplete).toBe(false);
  expect(await storedRecords(database.pool())).not.toHaveLength(6);
  await ask('two');
  await vi.waitFor(async () => expect((await readSyncState(database.pool(), name, 'person')).loadComplete).toBe(true), {
    timeout: 8000,
  });
  expect((await readSyncState(database.pool(), name, 'person')).load).toBe(1);
});
