// Volume against a kind's own history: says nothing without enough of it, is blunted by no outlier, and lets small kinds jump.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeVolume } from './volume.ts';

describe('judgeVolume', () => {
  it('says how much history it has and needs', () => {
    expect(judgeVolume([100, 100, 100, 100], 0)).toEqual({ verdict: 'unknown', median: 100, loads: 4, needed: 5 });
  });

  it.each([
    ['the same', [1000, 1001, 999, 1000, 1002], 1000, 'usual'],
    ['a fifth less', [1000, 1001, 999, 1000, 1002], 800, 'usual'],
    ['a quarter less', [1000, 1001, 999, 1000, 1002], 750, 'far'],
    ['twice as many', [1000, 1001, 999, 1000, 1002], 2000, 'far'],
    ['of a kind that always jumped about', [1000, 400, 1600, 700, 1300], 300, 'usual'],
    ['of a small kind', [12, 11, 12, 13, 12], 0, 'usual'],
    ['after one broken load', [1000, 0, 1001, 999, 1000, 1002], 0, 'far'],
  ] as const)('%s', (_, history, served, verdict) => {
    expect(judgeVolume(history, served).verdict).toBe(verdict);
  });

  it('never calls the median far, and once far stays far further away', () => {
    const history = fc.array(fc.nat(100_000), { minLength: 5, maxLength: 30 });
    fc.assert(
      fc.property(history, fc.nat(200_000), fc.nat(1000), (loads, served, more) => {
        const { median, verdict } = judgeVolume(loads, served);
        expect(judgeVolume(loads, median).verdict).toBe('usual');
        const further = served < median ? served - more : served + more;
        if (verdict === 'far') expect(judgeVolume(loads, further).verdict).toBe('far');
      }),
    );
  });
});
