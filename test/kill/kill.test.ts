// A worker that is killed twenty times during its first load ends with exactly what an undisturbed one has. The moments
// are random; the seed stands in the test's name, and SAMSPIL_KILL_SEED sets it.
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { openStage, type Stage } from './municipality.ts';
import { startWorkerProcess, type WorkerProcess } from './process.ts';
import { isComplete, kindsComplete, whatIsStored } from './what-is-stored.ts';

const kills = 20;
const seed = Number(process.env['SAMSPIL_KILL_SEED'] ?? Date.now() % 1_000_000);

/** Mulberry32: numbers from 0 up to 1. */
const randomFrom = (start: number): (() => number) => {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const undisturbed = useDatabase();
const killed = useDatabase();
let stage: Stage;
const running: WorkerProcess[] = [];

const start = (url: string, redisDatabase: number): WorkerProcess => {
  const redis = process.env['REDIS_URL'];
  const worker = startWorkerProcess({
    ...stage.environment,
    DATABASE_URL: url,
    ...(redis === undefined ? {} : { REDIS_URL: new URL(`/${redisDatabase}`, redis).href }),
  });
  running.push(worker);
  return worker;
};

beforeAll(async () => {
  stage = await openStage();
  await stage.enrolAll(undisturbed.pool());
  await stage.enrolAll(killed.pool());
});
afterAll(async () => {
  await Promise.all(running.map((worker) => worker.end('SIGKILL')));
  await stage?.close();
});

it(`a worker killed at ${kills} random moments of a load stores the same as an undisturbed one (seed ${seed})`, async () => {
  const random = randomFrom(seed);
  const reference = start(undisturbed.url(), 8);
  let during = 0;
  let slowest = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const worker = start(killed.url(), 9);
    // One in ten dies while it starts.
    if (random() < 0.1) await wait(random() * 1000);
    else {
      await worker.logged('worker.started');
      const began = performance.now();
      await worker.logged('page.stored');
      slowest = Math.max(slowest, performance.now() - began);
      await worker.logged('page.stored', 1 + Math.floor(random() * 8));
      await wait(random() * 40);
    }
    await worker.end('SIGKILL');
    expect(worker.errors()).toBe('');
    if (!(await isComplete(killed.pool()))) during += 1;
  }
  const last = start(killed.url(), 9);
  for (const database of [killed, undisturbed])
    await vi.waitFor(async () => expect(await isComplete(database.pool())).toBe(true), {
      timeout: 150_000,
      interval: 250,
    });
  await Promise.all([last.end('SIGTERM'), reference.end('SIGTERM')]);

  expect(during).toBe(kills);
  // A new worker goes on by itself; nothing waits half a minute for the queue to find out that a worker has died.
  expect(slowest).toBeLessThan(25_000);
  expect(await kindsComplete(undisturbed.pool())).toBeGreaterThan(20);
  const expected = await whatIsStored(undisturbed.pool());
  expect(expected.records.length).toBeGreaterThan(1000);
  expect(await whatIsStored(killed.pool())).toEqual(expected);
}, 300_000);
