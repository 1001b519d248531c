// Copenhagen wall-clock time, against the product's own clock, over both changes of the year.
import { describe, expect, it } from 'vitest';
import { copenhagenInstant } from '../../../src/clock.ts';
import { instantAt, plusDays, workday } from './days.ts';

describe('days', () => {
  it('gives the instants the clock gives', () => {
    for (let day = '2026-01-01'; day < '2028-01-01'; day = plusDays(day, 1))
      for (const time of ['00:00', '08:30', '14:00', '23:45'])
        expect(instantAt(day, time)).toBe(copenhagenInstant(day, time).toISOString());
  });

  it('moves weekends to Monday', () => {
    expect(workday('2026-11-21')).toBe('2026-11-23');
    expect(workday('2026-11-22')).toBe('2026-11-23');
    expect(workday('2026-11-24')).toBe('2026-11-24');
  });
});
