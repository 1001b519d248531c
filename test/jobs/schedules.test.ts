// Schedules as the worker lives them: a slot fires once, a job that outlasts its interval never runs twice at once, and
// what the queue's store loses is put back.
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { armAtStart } from '../../src/jobs/schedule.ts';
import { readSchedule } from '../../src/store/schedules.ts';
import { carl, caseOf, noData, toySource } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { emptyQueueStore, guarded, useJobs, workSource } from './fixture.ts';

const database = useDatabase();
const open = useJobs(database);
const data = noData();

// This file empties the queue's store, so it has a Redis database of its own.
const redisUrl = process.env['REDIS_URL'] === undefined ? undefined : new URL('/7', process.env['REDIS_URL']).href;
const own = redisUrl === undefined ? {} : { redisUrl };

beforeAll(() => {
  data.case = [caseOf('c1', [carl], 'Plan')];
});

const onlyCase = () => {
  const source = toySource(data);
  return { ...source, kinds: source.kinds.filter((kind) => kind.name === 'case') };
};

describe('a schedule', () => {
  it('fires each slot once, whatever number of workers there is and however often they start', async () => {
    const work = workSource(onlyCase(), { cron: '* * * * * *' });
    const { name } = work.source;
    const one = open([work], own);
    const two = open([work], own);
    for (const { deps, queues } of [one, two, one])
      for (const rule of work.rules) await armAtStart(deps.pool, queues, rule, new Date());
    one.work();
    two.work();
    await vi.waitFor(async () => expect((await one.runs(name)).length).toBeGreaterThanOrEqual(3), { timeout: 10_000 });
    const triggers = (await one.runs(name)).map((run) => run.trigger);
    expect(new Set(triggers).size).toBe(triggers.length);
    expect(triggers.every((trigger) => trigger.startsWith('schedule '))).toBe(true);
    const row = await readSchedule(database.pool(), name, 'case');
    expect(row?.lastFiredAt).not.toBeNull();
    expect(row?.rearmed).toBe(0);
  });

  it('never runs twice at once when a job outlasts its interval: the second is skipped and says so', async () => {
    let inside = 0;
    let most = 0;
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const work = workSource(
      guarded(onlyCase(), async () => {
        inside += 1;
        most = Math.max(most, inside);
        await released;
        inside -= 1;
      }),
      { cron: '* * * * * *' },
    );
    const bench = open([work], own);
    for (const rule of work.rules) await armAtStart(bench.deps.pool, bench.queues, rule, new Date());
    bench.work();
    const skipped = async () => (await bench.runs(work.source.name)).filter((run) => run.state === 'skipped');
    await vi.waitFor(async () => expect((await skipped()).length).toBeGreaterThanOrEqual(2), { timeout: 15_000 });
    release();
    expect((await skipped())[0]).toMatchObject({ errorCode: 'run/locked' });
    await vi.waitFor(async () => {
      expect((await bench.runs(work.source.name)).some((run) => run.state === 'done')).toBe(true);
    });
    expect(most).toBe(1);
  });

  it('is armed again after the queue store was emptied, and the log says so', async () => {
    const work = workSource(onlyCase(), { cron: '* * * * * *' });
    const { name } = work.source;
    const bench = open([work], own);
    for (const rule of work.rules) await armAtStart(bench.deps.pool, bench.queues, rule, new Date());
    bench.work();
    const fired = async () =>
      (await bench.runs(name)).filter((run) => run.trigger.startsWith('schedule') && run.state === 'done').length;
    await vi.waitFor(async () => expect(await fired()).toBeGreaterThanOrEqual(1), { timeout: 10_000 });
    // Between two slots, or a job under way would write the next slot itself: empty it until nothing fires any more.
    await vi.waitFor(
      async () => {
        await emptyQueueStore(database.pool(), redisUrl);
        const next = (await readSchedule(database.pool(), name, 'case'))?.nextAt ?? new Date();
        expect(Date.now() - next.getTime()).toBeGreaterThan(1500);
      },
      { timeout: 10_000, interval: 50 },
    );
    const before = await fired();
    bench.watch(1000);
    await vi.waitFor(async () => expect(await fired()).toBeGreaterThan(before), { timeout: 10_000 });
    expect(bench.log).toContainEqual(
      expect.objectContaining({ event: 'schedule.rearmed', source: name, kind: 'case' }),
    );
    expect((await readSchedule(database.pool(), name, 'case'))?.rearmed).toBeGreaterThanOrEqual(1);
    expect((await bench.runs(name)).some((run) => run.trigger === 'watchdog')).toBe(true);
  });

  it('that was changed while nobody worked gets its next slot at start; one in order keeps its own', async () => {
    const work = workSource(onlyCase());
    const [rule] = work.rules;
    if (rule === undefined) throw new Error('no rule');
    const bench = open([work], own);
    const now = new Date('2026-11-21T12:00:00Z');
    await armAtStart(bench.deps.pool, bench.queues, rule, now);
    const first = await readSchedule(database.pool(), rule.source, 'case');
    await armAtStart(bench.deps.pool, bench.queues, rule, new Date(now.getTime() + 60_000));
    expect(await readSchedule(database.pool(), rule.source, 'case')).toEqual(first);
    await armAtStart(bench.deps.pool, bench.queues, { ...rule, cron: '0 14 * * *' }, now);
    const changed = await readSchedule(database.pool(), rule.source, 'case');
    expect(changed?.nextAt.getTime()).toBeLessThan(now.getTime() + 86_400_000);
  });
});
