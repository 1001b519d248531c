// What a failed run becomes: tried again with back-off (the source's own wish first), or left to the next schedule; and
// the breaker, which keeps a dead source from delaying any other.
import { describe, expect, it, vi } from 'vitest';
import { HubError, type HubErrorFields } from '../../src/errors.ts';
import type { SyncSource } from '../../src/pipeline/source.ts';
import { listBreakers } from '../../src/store/breaker.ts';
import { noData, toySource } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { guarded, queueStoreText, useJobs, workSource } from './fixture.ts';

const database = useDatabase();
const open = useJobs(database);

const failing = (
  fails: (attempt: number) => Partial<HubErrorFields> | Error | undefined,
): { source: SyncSource; attempts: number[] } => {
  const attempts: number[] = [];
  const source = guarded(toySource(noData()), () => {
    attempts.push(performance.now());
    const failure = fails(attempts.length);
    if (failure instanceof Error) throw failure;
    if (failure !== undefined)
      throw new HubError({
        code: 'source/unavailable',
        fault: 'transient',
        message: 'The source is away.',
        ...failure,
      });
  });
  return { source, attempts };
};

const idsIn = (text: string, start: string): ReadonlySet<string> =>
  new Set(text.match(new RegExp(`${start}[.\\w-]*`, 'g')));

const breakerOf = async (source: string) =>
  (await listBreakers(database.pool())).find((breaker) => breaker.source === source);

describe('a failed run', () => {
  it('is tried again when time can heal it, as the same run', async () => {
    const { source, attempts } = failing((attempt) => (attempt === 1 ? {} : undefined));
    const work = workSource(source);
    const bench = open([work]);
    bench.work();
    await bench.sync(work.source.name, 'case');
    await vi.waitFor(async () => expect((await bench.runs(work.source.name))[0]?.state).toBe('done'), {
      timeout: 12_000,
    });
    expect(await bench.runs(work.source.name)).toHaveLength(1);
    expect((await bench.runs(work.source.name))[0]).toMatchObject({ attempt: 2, errorCode: null });
    expect((attempts[1] ?? 0) - (attempts[0] ?? 0)).toBeGreaterThan(1400);
  });

  it('waits as long as the source asked', async () => {
    const { source, attempts } = failing((attempt) =>
      attempt === 1 ? { code: 'source/rate-limited', retryAfterMs: 4500 } : undefined,
    );
    const work = workSource(source);
    const bench = open([work]);
    bench.work();
    await bench.sync(work.source.name, 'case');
    await vi.waitFor(() => expect(attempts).toHaveLength(2), { timeout: 15_000 });
    expect((attempts[1] ?? 0) - (attempts[0] ?? 0)).toBeGreaterThan(4400);
  });

  it.each([
    ['config', { code: 'source/unauthorised', fault: 'config' }],
    ['source', { code: 'source/bad-answer', fault: 'source' }],
    ['bug', new TypeError('cannot read 120375-1234')],
  ] as const)('is not tried again when it is a matter of %s', async (fault, failure) => {
    const { source, attempts } = failing(() => failure);
    const work = workSource(source);
    const { name } = work.source;
    const bench = open([work]);
    bench.work();
    await bench.sync(name, 'case');
    await vi.waitFor(async () => expect((await bench.runs(name))[0]?.state).toBe('failed'), { timeout: 10_000 });
    // A later job of the same queue has run, and the first back-off (2.5 s at most) has passed.
    const after = performance.now();
    await vi.waitFor(() => expect(performance.now() - after).toBeGreaterThan(3000), { timeout: 4000 });
    expect(attempts).toHaveLength(1);
    expect((await breakerOf(name))?.failures ?? 0).toBe(0);
    const failed = bench.log.find((entry) => entry.event === 'run.failed');
    expect(failed?.['error']).toMatchObject({ fault });
    expect(bench.lines.join('')).not.toContain('120375');
  });
});

describe('the breaker', () => {
  it('opens after some failures in a row, lets a probe through, and closes when it succeeds', async () => {
    let dead = true;
    const { source, attempts } = failing(() => (dead ? {} : undefined));
    const work = workSource(source, { breaker: { failures: 2, probeAfter: 1500 } });
    const { name } = work.source;
    const bench = open([work]);
    bench.work();
    await bench.sync(name, 'case');
    await bench.sync(name, 'person');
    await vi.waitFor(async () => expect((await breakerOf(name))?.state).toBe('open'), { timeout: 10_000 });
    expect(bench.log.some((entry) => entry.event === 'breaker.opened')).toBe(true);
    const asked = attempts.length;
    expect(asked).toBe(2);
    // A probe that fails keeps it open.
    await vi.waitFor(() => expect(attempts.length).toBeGreaterThan(asked), { timeout: 10_000 });
    await vi.waitFor(async () => expect((await breakerOf(name))?.state).toBe('open'));
    dead = false;
    await vi.waitFor(async () => expect((await breakerOf(name))?.state).toBe('closed'), { timeout: 15_000 });
    expect((await breakerOf(name))?.failures).toBe(0);
  });

  it('while open, leaves one waiting job per kind, however many slots and resumes pass', async () => {
    const { source, attempts } = failing(() => ({}));
    const work = workSource(source, { breaker: { failures: 1, probeAfter: 60_000 } });
    const { name } = work.source;
    const bench = open([work]);
    bench.work();
    await bench.sync(name, 'case');
    await vi.waitFor(async () => expect((await breakerOf(name))?.state).toBe('open'), { timeout: 10_000 });
    for (let n = 0; n < 20; n += 1) await bench.sync(name, 'case', 'next', 'resume');
    // Twenty jobs were asked for within a moment: none of them is left, and those waiting in their place are few.
    await vi.waitFor(
      async () => {
        const stored = await queueStoreText(database.pool(), 'job');
        expect(idsIn(stored, `${name}.case.next.asked`).size).toBe(0);
        expect(idsIn(stored, `${name}.case.next.waits`).size).toBeLessThanOrEqual(3);
      },
      { timeout: 10_000 },
    );
    expect(attempts).toHaveLength(1);
  });

  it('one dead source delays no other', async () => {
    const dead = workSource(
      guarded(toySource(noData()), async (_, __, signal) => {
        // A job that begins while the worker is closing is given a signal that has fired already.
        if (signal.aborted) return;
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      }),
    );
    const alive = workSource(toySource(noData()));
    const bench = open([dead, alive]);
    bench.work();
    for (let n = 0; n < 10; n += 1)
      for (const kind of ['person', 'case', 'task']) await bench.sync(dead.source.name, kind);
    const began = performance.now();
    await bench.sync(alive.source.name, 'case');
    await vi.waitFor(async () => expect((await bench.runs(alive.source.name))[0]?.state).toBe('done'), {
      timeout: 10_000,
    });
    expect(performance.now() - began).toBeLessThan(5000);
    expect((await bench.runs(dead.source.name)).some((run) => run.state === 'done')).toBe(false);
  });
});
