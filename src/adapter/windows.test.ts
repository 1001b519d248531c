// Budgets by the clock and by name: another rate at night, one budget for sources that are one system, and a timeline
// that several processes share.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { createBudget, createBudgets, type Reserve, rateAt } from './budget.ts';

const night = { between: '22:00-05:00', requestsPerSecond: 20, concurrency: 8 };

describe('by the clock', () => {
  test.each([
    ['2026-11-21T20:59:59Z', 2, 1],
    ['2026-11-21T21:00:00Z', 20, 8],
    ['2026-11-22T03:59:59Z', 20, 8],
    ['2026-11-22T04:00:00Z', 2, 1],
    // Summer time: 22:00 in Copenhagen is 20:00 UTC.
    ['2026-07-01T19:59:59Z', 2, 1],
    ['2026-07-01T20:00:00Z', 20, 8],
  ])('%s', (at, requestsPerSecond, concurrency) => {
    const options = { requestsPerSecond: 2, concurrency: 1, windows: [night] };
    expect(rateAt(options, new Date(at))).toEqual({ requestsPerSecond, concurrency });
  });

  test('the first window that holds the moment counts, and what it leaves out stays as by day', () => {
    const windows = [{ between: '00:00-24:00', concurrency: 3 }, night];
    expect(rateAt({ requestsPerSecond: 2, concurrency: 1, windows }, new Date('2026-11-21T23:00:00Z'))).toEqual({
      requestsPerSecond: 2,
      concurrency: 3,
    });
  });

  test('an impossible window is refused', () => {
    const windows = [{ between: '22:00-05:00', requestsPerSecond: 0 }];
    expect(() => createBudget({ requestsPerSecond: 1, concurrency: 1, windows }, systemClock)).toThrow(/more than 0/);
  });
});

describe('under a fake clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse('2026-11-21T20:59:58Z') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const starts = (budget: { take(): Promise<() => void> }, count: number): number[] => {
    const at: number[] = [];
    for (let n = 0; n < count; n += 1)
      void budget.take().then((giveBack) => {
        at.push(Date.now());
        giveBack();
      });
    return at;
  };

  test('who waits when the window opens goes on at its rate', async () => {
    const budget = createBudget({ requestsPerSecond: 1, concurrency: 8, windows: [night] }, systemClock);
    const at = starts(budget, 60);
    await vi.advanceTimersByTimeAsync(1_900);
    expect(at).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(3_200);
    expect(at.length).toBeGreaterThan(55);
  });

  test('sources of one name share one budget, others do not', async () => {
    const budgets = createBudgets(systemClock);
    const rate = { requestsPerSecond: 2, concurrency: 8 };
    const one = starts(budgets.of('shared nexus', rate), 10);
    const two = starts(budgets.of('shared nexus', rate), 10);
    const other = starts(budgets.of('source x', rate), 10);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(one.length + two.length).toBe(6);
    expect(other).toHaveLength(6);
  });

  test('sources that say different things about one budget are refused', () => {
    const budgets = createBudgets(systemClock);
    budgets.of('shared nexus', { requestsPerSecond: 2, concurrency: 8 });
    expect(() => budgets.of('shared nexus', { requestsPerSecond: 3, concurrency: 8 })).toThrow(/different things/);
  });

  test('nobody starts before the shared timeline says so; giving up gives the place back', async () => {
    const reserve: Reserve = async () => 500;
    const budget = createBudget({ requestsPerSecond: 10, concurrency: 1, reserve }, systemClock);
    const abort = new AbortController();
    const given = budget.take(abort.signal);
    const refused = expect(given).rejects.toMatchObject({ code: 'run/cancelled' });
    const next = starts(budget, 1);
    await vi.advanceTimersByTimeAsync(400);
    abort.abort();
    await refused;
    await vi.advanceTimersByTimeAsync(499);
    expect(next).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(2);
    expect(next).toHaveLength(1);
  });

  test('a fast source asks the timeline once for a twentieth of a second', async () => {
    const reserve = vi.fn<Reserve>(async () => 0);
    const budget = createBudget({ requestsPerSecond: 200, concurrency: 1, reserve }, systemClock);
    const at = starts(budget, 100);
    await vi.advanceTimersByTimeAsync(100);
    expect(at).toHaveLength(100);
    expect(reserve).toHaveBeenCalledTimes(10);
    expect(reserve).toHaveBeenCalledWith(10, 200);
  });
});
