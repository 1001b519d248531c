// What is seen of a queue, and what can be done to its jobs, is the same on either store: where each job is and when it is
// due, what its attempts failed with, one more try with all its attempts, run before its time, put away, and too late.
import { randomBytes } from 'node:crypto';
import { afterEach, expect, it, vi } from 'vitest';
import { HubError } from '../../src/errors.ts';
import { jobError } from '../../src/jobs/outcome.ts';
import { openQueues, type Queues } from '../../src/jobs/queue.ts';
import type { QueueLook } from '../../src/jobs/queue-look.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
const open: Queues[] = [];
afterEach(async () => {
  for (const queues of open.splice(0)) await queues.close();
});

const hour = 3_600_000;
const start = () => {
  const redisUrl = process.env['REDIS_URL'];
  const queues = openQueues({ databaseUrl: database.url(), ...(redisUrl === undefined ? {} : { redisUrl }) });
  open.push(queues);
  const source = `look-${randomBytes(4).toString('hex')}`;
  const queue = queues.queue(source);
  const add = (id: string, delayMs?: number) =>
    queue.add(
      `${source}.${id}`,
      { type: 'sync', source, kind: id, want: 'next', trigger: 'test' },
      ...(delayMs === undefined ? [] : [{ delayMs }]),
    );
  const work = (handle: () => Promise<void>) => queues.work(source, 1, handle, () => undefined);
  const kinds = async (...[state, from, limit]: Parameters<QueueLook['jobs']>) =>
    (await queue.jobs(state, from, limit)).map(({ data }) => data['kind']);
  return { queues, queue, source, add, work, kinds, id: (name: string): string => `${source}.${name}` };
};

const refuse = (fault: 'transient' | 'config', retryAfterMs?: number) => () => {
  const code = fault === 'transient' ? 'source/timeout' : 'source/forbidden';
  return Promise.reject(
    jobError(
      new HubError({ code, fault, message: 'It said no.', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }),
    ),
  );
};

it('shows who comes next first, page by page, and one job as it lies there', async () => {
  const { queue, add, kinds, id, source } = start();
  for (const name of ['a', 'b', 'c']) await add(name);
  await add('late', 2 * hour);
  await add('soon', hour);
  expect(await queue.depth()).toEqual({ waiting: 3, active: 0, delayed: 2, failed: 0 });
  expect(await kinds('waiting', 0, 2)).toEqual(['a', 'b']);
  expect(await kinds('waiting', 2, 2)).toEqual(['c']);
  expect(await kinds('delayed', 0, 9)).toEqual(['soon', 'late']);
  expect(await kinds('failed', 0, 9)).toEqual([]);
  const job = await queue.job(id('soon'));
  expect(job).toMatchObject({
    state: 'delayed',
    type: 'sync',
    attempts: 0,
    attemptsMost: 6,
    reason: undefined,
    log: [],
  });
  expect(job?.data).toEqual({ type: 'sync', source, kind: 'soon', want: 'next', trigger: 'test' });
  expect(job?.nextAt?.getTime()).toBe((job?.addedAt.getTime() ?? 0) + hour);
  expect(await queue.job('nobody')).toBeUndefined();
});

it('a job that was given up tells why and when, and gets all its attempts again', async () => {
  const { queue, add, kinds, id, work } = start();
  await add('first');
  await add('second');
  const failing = work(refuse('config'));
  await vi.waitFor(async () => expect((await queue.depth()).failed).toBe(2), 10_000);
  await failing.close();
  expect(await kinds('failed', 0, 1)).toEqual(['second']);
  const reason = { code: 'source/forbidden', message: 'It said no.' };
  const job = await queue.job(id('first'));
  expect(job).toMatchObject({ state: 'failed', attempts: 1, reason, log: [reason], nextAt: undefined });
  expect(job?.endedAt?.getTime()).toBeGreaterThanOrEqual(job?.log[0]?.at.getTime() ?? Number.POSITIVE_INFINITY);
  expect(await queue.promote(id('first'))).toBe(false);
  expect(await queue.retry(id('first'))).toBe(true);
  expect(await queue.retry(id('first'))).toBe(false);
  expect(await queue.job(id('first'))).toMatchObject({ state: 'waiting', attempts: 0 });
  expect(await queue.remove(id('second'))).toBe(true);
  expect(await queue.remove(id('second'))).toBe(false);
  expect(await queue.depth()).toEqual({ waiting: 1, active: 0, delayed: 0, failed: 0 });
});

it('a job between two attempts says when the next one is, and can be run before', async () => {
  const { queue, add, id, work } = start();
  await add('only');
  const failing = work(refuse('transient', hour));
  await vi.waitFor(async () => expect((await queue.depth()).delayed).toBe(1), 10_000);
  await failing.close();
  const job = await queue.job(id('only'));
  expect(job).toMatchObject({ state: 'delayed', attempts: 1, reason: { code: 'source/timeout' } });
  expect(job?.nextAt?.getTime()).toBe((job?.log[0]?.at.getTime() ?? 0) + hour);
  expect((await queue.jobs('delayed', 0, 9))[0]?.nextAt).toEqual(job?.nextAt);
  expect(await queue.promote(id('only'))).toBe(true);
  expect(await queue.depth()).toMatchObject({ waiting: 1, delayed: 0 });
});

it('what a worker has taken is not put away', async () => {
  const { queue, add, id, work } = start();
  await add('busy');
  const { promise, resolve } = Promise.withResolvers<void>();
  const working = work(() => promise);
  await vi.waitFor(async () => expect((await queue.depth()).active).toBe(1), 10_000);
  expect(await queue.job(id('busy'))).toMatchObject({ state: 'active', startedAt: expect.any(Date) });
  expect([await queue.remove(id('busy')), await queue.retry(id('busy'))]).toEqual([false, false]);
  resolve();
  await vi.waitFor(async () => expect(await queue.job(id('busy'))).toBeUndefined(), 10_000);
  await working.close();
});

it('text that the hub did not write is not shown', async () => {
  const { queue, add, id, work } = start();
  await add('odd');
  const failing = work(() => Promise.reject(new Error('connect 10.0.0.7: password of svc_hub')));
  await vi.waitFor(async () => expect((await queue.depth()).delayed).toBe(1), 10_000);
  await failing.close();
  const job = await queue.job(id('odd'));
  const reason = { code: 'bug/unexpected', message: '' };
  expect(job).toMatchObject({ reason, log: [reason] });
  expect(JSON.stringify(job)).not.toContain('svc_hub');
});
