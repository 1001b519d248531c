// When a delivery is tried again, and when it is given up.
import { describe, expect, it } from 'vitest';
import { type Outcome, verdictOf, waits } from './schedule.ts';

const failed: Outcome = { name: 'failing', ms: 1 };
const hour = 3_600_000;

const all = (random: () => number): readonly number[] => {
  const found: number[] = [];
  for (let attempts = 1; ; attempts += 1) {
    const verdict = verdictOf('hint', attempts, failed, random);
    if (verdict.state !== 'waiting') return found;
    found.push(verdict.waitMs);
  }
};

describe('the schedule', () => {
  it('is ten attempts over about 75 hours, each wait moved by up to a tenth', () => {
    expect(all(() => 0.5)).toEqual(waits);
    const total = (random: number): number => all(() => random).reduce((sum, wait) => sum + wait, 0) / hour;
    expect(total(0.5)).toBeCloseTo(75.58, 1);
    expect(total(0)).toBeGreaterThan(68);
    expect(total(1)).toBeLessThan(84);
    expect(verdictOf('hint', 10, failed, Math.random)).toEqual({ state: 'failed', gone: false });
  });

  it('obeys Retry-After where it asks for more, up to a day', () => {
    const asked = (retryAfterMs: number) => verdictOf('hint', 1, { name: 'too-many', retryAfterMs, ms: 1 }, () => 0.5);
    expect(asked(60_000)).toEqual({ state: 'waiting', waitMs: 60_000, quiet: true });
    expect(asked(1000)).toEqual({ state: 'waiting', waitMs: 5000, quiet: true });
    expect(asked(900 * hour)).toMatchObject({ waitMs: 24 * hour });
  });

  it('ends at once when the receiver is gone; a challenge is tried for half an hour', () => {
    expect(verdictOf('hint', 1, { name: 'gone', ms: 1 }, Math.random)).toEqual({ state: 'failed', gone: true });
    expect(verdictOf('challenge', 3, failed, Math.random).state).toBe('waiting');
    expect(verdictOf('challenge', 4, failed, Math.random)).toEqual({ state: 'failed', gone: false });
    expect(verdictOf('challenge', 1, { name: 'delivered', ms: 1 }, Math.random)).toEqual({ state: 'delivered' });
  });
});
