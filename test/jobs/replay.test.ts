// A replay asked for on a page: there from the moment it is asked, one however often the form is sent, written down with
// who asked, ended whatever comes of it; and one that is cancelled before anybody began is never done.
import { beforeEach, expect, it, vi } from 'vitest';
import { askForReplay, cancelReplay } from '../../src/jobs/replay.ts';
import { lockKind } from '../../src/store/kind-lock.ts';
import { readRun } from '../../src/store/runs.ts';
import { replayLock } from '../../src/store/sync-state.ts';
import { noData, toySource } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { useJobs, workSource } from './fixture.ts';

const database = useDatabase();
const open = useJobs(database);
const noted: string[] = [];
const note = async (_: unknown, runId: string): Promise<void> => void noted.push(runId);

beforeEach(() => {
  noted.length = 0;
});

const started = () => {
  const work = workSource(toySource(noData()));
  const bench = open([work]);
  const pool = database.pool();
  const ask = (once: string) => askForReplay({ pool, queues: bench.queues }, { source: work.source.name }, once, note);
  return { bench, ask, source: work.source.name, pool };
};

const ends = (runId: string, state: string) =>
  vi.waitFor(async () => expect(await readRun(database.pool(), runId)).toMatchObject({ state }), { timeout: 8000 });

it('is one run however often it is sent, and ends though nothing waits', async () => {
  const { bench, ask } = started();
  const runId = await ask('one');
  expect(await readRun(database.pool(), runId)).toMatchObject({ state: 'queued', mode: 'replay', kind: '*' });
  expect(await ask('one')).toBe(runId);
  expect(noted).toEqual([runId]);
  bench.work();
  await ends(runId, 'done');
  expect(await ask('one')).toBe(runId);
  expect(noted).toEqual([runId]);
});

it('says so when somebody else replays this source', async () => {
  const { bench, ask, source, pool } = started();
  const lock = await lockKind(pool, source, replayLock);
  const runId = await ask('two');
  bench.work();
  await ends(runId, 'skipped');
  expect(await readRun(pool, runId)).toMatchObject({ errorCode: 'run/locked' });
  await lock?.release();
});

it('cancelled before anybody began, it is not done', async () => {
  const { bench, ask, pool } = started();
  const runId = await ask('three');
  expect(await cancelReplay(pool, runId, note)).toBe(true);
  expect(await cancelReplay(pool, runId, note)).toBe(false);
  expect(noted).toEqual([runId, runId]);
  const after = await ask('four');
  bench.work();
  await ends(after, 'done');
  expect(await readRun(pool, runId)).toMatchObject({ state: 'cancelled', attempt: 0 });
});
