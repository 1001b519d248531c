// Instants as sources write them: summer and winter, with and without a zone, days and seconds.
import { describe, expect, it, test } from 'vitest';
import { readInstant, writeInstant } from './instants.ts';

const summer = Date.parse('2026-07-01T22:30:15.250Z');

test.each([
  ['instant', '2026-07-01T22:30:15.250Z'],
  ['instant-seconds', '2026-07-01T22:30:15Z'],
  ['local', '2026-07-02T00:30:15'],
  ['date', '2026-07-02'],
  ['dk-date', '02-07-2026'],
  ['epoch', '1782945015'],
  ['epoch-ms', '1782945015250'],
] as const)('writes %s', (format, written) => {
  expect(writeInstant(summer, format)).toBe(written);
});

describe('reads', () => {
  it.each([
    ['2026-07-02T00:30:15+02:00', '2026-07-01T22:30:15.000Z'],
    ['2026-07-01T22:30:15.250Z', '2026-07-01T22:30:15.250Z'],
    ['2026-07-02 00:30:15', '2026-07-01T22:30:15.000Z'],
    ['2026-01-02T00:30:15', '2026-01-01T23:30:15.000Z'],
    ['02-07-2026', '2026-07-01T22:00:00.000Z'],
    ['31.12.2026 14:05', '2026-12-31T13:05:00.000Z'],
    ['2026-12-31', '2026-12-30T23:00:00.000Z'],
    ['1782945015', '2026-07-01T22:30:15.000Z'],
    ['1782945015250', '2026-07-01T22:30:15.250Z'],
  ])('%s', (text, instant) => {
    expect(new Date(readInstant(text) ?? Number.NaN).toISOString()).toBe(instant);
  });

  it.each(['', 'i går', '2026-13-01', '99'])('no time in "%s"', (text) => {
    expect(readInstant(text)).toBeUndefined();
  });
});
