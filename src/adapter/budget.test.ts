// The rate budget under a fake clock: never faster, never more at once, in order, and nobody starves.
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { createBudget } from './budget.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a burst, then the rate', async () => {
  const budget = createBudget({ requestsPerSecond: 10, concurrency: 100, burst: 3 }, systemClock);
  const starts: number[] = [];
  const all = Array.from({ length: 8 }, () => budget.take().then(() => starts.push(Date.now())));
  await vi.advanceTimersByTimeAsync(2000);
  await Promise.all(all);
  expect(starts.slice(0, 3)).toEqual([0, 0, 0]);
  expect(starts.at(-1)).toBeGreaterThanOrEqual(500);
  expect(starts.at(-1)).toBeLessThanOrEqual(520);
});

test('concurrency holds until a place is given back; giving back twice counts once', async () => {
  const budget = createBudget({ requestsPerSecond: 1000, concurrency: 1 }, systemClock);
  const first = await budget.take();
  const order: string[] = [];
  const second = budget.take().then((release) => {
    order.push('second');
    return release;
  });
  const third = budget.take().then(() => order.push('third'));
  await vi.advanceTimersByTimeAsync(1000);
  expect(order).toEqual([]);
  first();
  first();
  await vi.advanceTimersByTimeAsync(10);
  expect(order).toEqual(['second']);
  (await second)();
  await third;
  expect(order).toEqual(['second', 'third']);
});

test('a caller that gives up leaves the queue and takes no place', async () => {
  const budget = createBudget({ requestsPerSecond: 1000, concurrency: 1 }, systemClock);
  const release = await budget.take();
  const abort = new AbortController();
  const given = budget.take(abort.signal);
  const next = budget.take();
  abort.abort();
  await expect(given).rejects.toMatchObject({ code: 'run/cancelled' });
  await expect(budget.take(abort.signal)).rejects.toMatchObject({ code: 'run/cancelled' });
  release();
  (await next)();
});

test('a clock that is set back does not stop it', async () => {
  let now = 1_000_000;
  const budget = createBudget({ requestsPerSecond: 1, concurrency: 10, burst: 1 }, { now: () => new Date(now) });
  await budget.take();
  now = 0;
  const next = budget.take();
  await vi.advanceTimersByTimeAsync(1);
  now = 1000;
  await vi.advanceTimersByTimeAsync(1100);
  await expect(next).resolves.toBeTypeOf('function');
});

test('what is reserved together begins together: nobody goes before the shared timeline says so', async () => {
  let next = 400;
  const reserve = async (requests: number, rate: number): Promise<number> => {
    const wait = Math.max(0, next - Date.now());
    next += (requests / rate) * 1000;
    return wait;
  };
  const budget = createBudget({ requestsPerSecond: 100, concurrency: 20, reserve }, systemClock);
  const starts: number[] = [];
  const take = async (): Promise<void> => {
    (await budget.take())();
    starts.push(Date.now());
  };
  const first = take();
  await vi.advanceTimersByTimeAsync(1);
  const others = Promise.all(Array.from({ length: 9 }, take));
  await vi.advanceTimersByTimeAsync(2000);
  await Promise.all([first, others]);
  starts.forEach((at, n) => {
    expect(at).toBeGreaterThanOrEqual(400 + Math.floor(n / 5) * 50);
  });
});

test('impossible budgets are refused', () => {
  expect(() => createBudget({ requestsPerSecond: 0, concurrency: 1 }, systemClock)).toThrow(/requests per second/);
  expect(() => createBudget({ requestsPerSecond: 1, concurrency: 0 }, systemClock)).toThrow(/concurrency/);
});

test('property: never more than burst + rate × time started, never more than concurrency under way, all served', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        rate: fc.integer({ min: 1, max: 50 }),
        concurrency: fc.integer({ min: 1, max: 5 }),
        burst: fc.integer({ min: 1, max: 5 }),
        jobs: fc.array(fc.record({ at: fc.integer({ min: 0, max: 500 }), takes: fc.integer({ min: 0, max: 300 }) }), {
          minLength: 1,
          maxLength: 20,
        }),
      }),
      async ({ rate, concurrency, burst, jobs }) => {
        vi.setSystemTime(0);
        const budget = createBudget({ requestsPerSecond: rate, concurrency, burst }, systemClock);
        const starts: number[] = [];
        let underWay = 0;
        let most = 0;
        const work = jobs.map(async (job) => {
          await new Promise((resolve) => setTimeout(resolve, job.at));
          const release = await budget.take();
          starts.push(Date.now());
          underWay += 1;
          most = Math.max(most, underWay);
          await new Promise((resolve) => setTimeout(resolve, job.takes));
          underWay -= 1;
          release();
        });
        await vi.advanceTimersByTimeAsync(60_000);
        await Promise.all(work);
        expect(starts).toHaveLength(jobs.length);
        expect(most).toBeLessThanOrEqual(concurrency);
        starts.forEach((from, first) => {
          starts.slice(first).forEach((to, more) => {
            expect(more + 1).toBeLessThanOrEqual(burst + ((to - from) * rate) / 1000 + 1e-6);
          });
        });
      },
    ),
    { numRuns: 60 },
  );
});
