// When a kind is due: Copenhagen wall clock through both daylight-saving changes, maintenance windows, jitter.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HubError } from '../errors.ts';
import { inMaintenance, intervalMs, nextDue, type ScheduleRule, slotOf } from './schedule.ts';

const rule = (cron: string, more: Partial<ScheduleRule> = {}): ScheduleRule => ({
  source: 'social',
  kind: 'sag',
  cron,
  maintenance: [],
  ...more,
});

const hour = 3_600_000;
const wall = (at: Date): string =>
  at.toLocaleString('sv-SE', { timeZone: 'Europe/Copenhagen', dateStyle: 'short', timeStyle: 'short' });

/** The slots of some days, without their jitter (which is less than a minute). */
const slots = (cron: string, from: string, to: string): readonly string[] => {
  const found: string[] = [];
  for (let at = nextDue(rule(cron), new Date(from)); at < new Date(to); at = nextDue(rule(cron), at))
    found.push(new Date(Math.floor(at.getTime() / 60_000) * 60_000).toISOString());
  return found;
};

describe('cron in Copenhagen', () => {
  it('keeps the wall-clock hour when summer time begins', () => {
    expect(slots('0 6 * * *', '2027-03-27T00:00:00Z', '2027-03-29T12:00:00Z')).toEqual([
      '2027-03-27T05:00:00.000Z',
      '2027-03-28T04:00:00.000Z',
      '2027-03-29T04:00:00.000Z',
    ]);
  });

  it('keeps the wall-clock hour when summer time ends', () => {
    expect(slots('0 6 * * *', '2026-10-24T00:00:00Z', '2026-10-26T12:00:00Z')).toEqual([
      '2026-10-24T04:00:00.000Z',
      '2026-10-25T05:00:00.000Z',
      '2026-10-26T05:00:00.000Z',
    ]);
  });

  it('fires once on the day its hour does not exist, and once on the day it comes twice', () => {
    expect(slots('30 2 * * *', '2027-03-27T12:00:00Z', '2027-03-28T22:00:00Z')).toHaveLength(1);
    expect(slots('30 2 * * *', '2026-10-24T12:00:00Z', '2026-10-25T22:00:00Z')).toHaveLength(1);
  });

  it('goes on hourly through both changes, with no hour left out', () => {
    expect(slots('0 * * * *', '2027-03-27T22:30:00Z', '2027-03-28T04:30:00Z')).toHaveLength(6);
    const autumn = slots('0 * * * *', '2026-10-24T22:30:00Z', '2026-10-25T04:30:00Z').map((at) => Date.parse(at));
    expect(autumn.length).toBeGreaterThanOrEqual(5);
    expect(new Set(autumn).size).toBe(autumn.length);
  });

  it('says clearly what is wrong with a pattern, and where', () => {
    const bad = (): Date => nextDue(rule('every day'), new Date());
    expect(bad).toThrow(HubError);
    expect(bad).toThrow(/sources\.social: the schedule of sag is not a cron pattern/);
    try {
      bad();
    } catch (error) {
      expect(error).toMatchObject({ code: 'config/invalid', fault: 'config' });
    }
  });

  it('knows the interval between two runs', () => {
    expect(intervalMs('*/20 * * * * *')).toBe(20_000);
    expect(intervalMs('15 * * * *')).toBe(hour);
  });
});

describe('maintenance windows', () => {
  const at = (time: string): Date => new Date(`2026-11-21T${time}:00+01:00`);

  it('may pass midnight; the first minute is inside, the last is not', () => {
    const windows = ['22:00-05:00'];
    for (const time of ['22:00', '23:59', '00:00', '04:59']) expect(inMaintenance(at(time), windows)).toBe(true);
    for (const time of ['21:59', '05:00', '12:00']) expect(inMaintenance(at(time), windows)).toBe(false);
  });

  it('may lie within a day', () => {
    expect(inMaintenance(at('12:30'), ['12:00-13:00'])).toBe(true);
    expect(inMaintenance(at('13:00'), ['12:00-13:00'])).toBe(false);
  });

  it('follow the wall clock on the day summer time ends', () => {
    expect(inMaintenance(new Date('2026-10-25T00:30:00Z'), ['02:00-03:00'])).toBe(true);
    expect(inMaintenance(new Date('2026-10-25T01:30:00Z'), ['02:00-03:00'])).toBe(true);
    expect(inMaintenance(new Date('2026-10-25T02:30:00Z'), ['02:00-03:00'])).toBe(false);
  });

  it('move a slot to the first one after them', () => {
    const due = nextDue(rule('0 * * * *', { maintenance: ['22:00-05:00'] }), at('21:30'));
    expect(wall(due)).toBe('2026-11-22 05:00');
  });

  it('that leave no slot are refused', () => {
    expect(() => nextDue(rule('0 3 * * *', { maintenance: ['02:00-04:00'] }), at('12:00'))).toThrow(/never due/);
  });
});

const cronOf = fc.constantFrom(
  '*/5 * * * *',
  '59 21 * * *',
  '*/20 * * * * *',
  '0 */3 * * *',
  '30 4 * * 1',
  '*/7 3-22 * * *',
);
const name = fc.stringMatching(/^[a-z]{1,12}$/);
const instant = fc.date({ min: new Date('2026-01-01'), max: new Date('2028-01-01'), noInvalidDate: true });

describe('jitter', () => {
  it('is the same every time, at most a minute and a tenth of the interval, and never reaches into maintenance', () => {
    const maintenance = ['22:00-03:00', '12:00-12:30'];
    fc.assert(
      fc.property(cronOf, name, name, instant, (cron, source, kind, after) => {
        const own = rule(cron, { source, kind, maintenance });
        const due = nextDue(own, after);
        expect(nextDue(own, after)).toEqual(due);
        expect(due.getTime()).toBeGreaterThan(after.getTime());
        expect(inMaintenance(due, maintenance)).toBe(false);
      }),
      { numRuns: 100 },
    );
    const spread = (kind: string): number =>
      nextDue(rule('0 * * * *', { kind }), new Date('2026-11-21T12:30:00Z')).getTime() -
      Date.parse('2026-11-21T13:00Z');
    const shifts = Array.from({ length: 100 }, (_, n) => spread(`kind${n}`));
    expect(Math.min(...shifts)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...shifts)).toBeLessThan(60_000);
    expect(new Set(shifts.map((shift) => Math.floor(shift / 6000))).size).toBe(10);
    const short = nextDue(rule('*/20 * * * * *'), new Date('2026-11-21T12:30:01Z')).getTime();
    expect(short - Date.parse('2026-11-21T12:30:20Z')).toBeLessThanOrEqual(2000);
  });

  it('spreads the sources of a municipality', () => {
    const at = new Date('2026-11-21T12:30:00Z');
    const seen = new Set(
      Array.from({ length: 200 }, (_, n) => nextDue(rule('*/5 * * * *', { source: `s${n}` }), at).getTime()),
    );
    expect(seen.size).toBeGreaterThan(150);
  });
});

describe('a slot', () => {
  it('is told from its continuations and from what somebody asked for', () => {
    const own = rule('0 * * * *');
    const at = new Date('2026-11-21T13:00:02Z');
    expect(slotOf(own, `social.sag.${at.getTime()}`)).toEqual(at);
    for (const id of [
      `social.sag.start.${at.getTime()}`,
      `social.sync.social.sag.${at.getTime()}.1`,
      'social.sag.',
      '',
    ])
      expect(slotOf(own, id)).toBeUndefined();
  });
});
