// Times as people say them: nothing is 60 minutes or 24 hours away.
import { expect, it } from 'vitest';
import { createFormat } from './format.ts';

const now = new Date('2026-11-22T05:00:00Z');
const told = (ms: number) => createFormat('da', () => now).ago(new Date(now.getTime() + ms));

it.each([
  [3_590_000, 'om 1 time'],
  [3_500_000, 'om 58 min.'],
  [-3_599_000, '1 time siden'],
  [59_700, 'om 1 min.'],
  [23.8 * 3_600_000, 'i morgen'],
  [-400, 'nu'],
])('%i ms from now', (ms, words) => {
  expect(told(ms)).toBe(words);
});
