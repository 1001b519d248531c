// One meeting or two: time alone decides nothing, and nothing is lost or shown twice when records are put together.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Appointment, busyOf, meetingsOf } from './calendar-meetings.ts';

const one = (id: string, source: string, more: Partial<Appointment> = {}): Appointment => ({
  id,
  source,
  domain: 'employment',
  observedAt: '2026-11-20T10:00:00.000Z',
  title: 'Samtale',
  start: '2026-12-01T09:00:00.000Z',
  status: 'planned',
  ...more,
});
const groups = (appointments: readonly Appointment[]) =>
  meetingsOf(appointments, ['momentum', 'dfdg']).map(({ records }) => records.map(({ id }) => id).join('+'));

describe('records of two systems', () => {
  it('are one meeting when time and title agree, whatever the spelling and the form of the instant', () => {
    const [meeting] = meetingsOf(
      [
        one('b', 'dfdg', {
          title: 'SAMTALE: job',
          start: '2026-12-01T10:00:00+01:00',
          end: '2026-12-01T11:00:00+01:00',
          cancelBy: '2026-11-30T12:00:00.000Z',
        }),
        one('a', 'momentum', { title: 'Samtale – job', location: 'Rådhuset', journalUrl: 'https://m.example/a' }),
      ],
      ['momentum'],
    );
    expect(meeting).toMatchObject({
      title: 'Samtale – job',
      location: 'Rådhuset',
      end: '2026-12-01T11:00:00+01:00',
      cancelBy: '2026-11-30T12:00:00.000Z',
      records: [
        { id: 'a', source: 'momentum', journalUrl: 'https://m.example/a' },
        { id: 'b', source: 'dfdg' },
      ],
    });
    expect(meeting).not.toHaveProperty('source');
  });

  it.each([
    ['another title and nobody in common: a double booking', { title: 'Tandlæge' }, ['a', 'b']],
    ['another end', { end: '2026-12-01T12:00:00.000Z' }, ['a', 'b']],
    ['the whole day', { allDay: true }, ['a', 'b']],
    ['a participant in common', { title: 'Opfølgning', participants: [{ name: 'Hanne Toft' }] }, ['a+b']],
    ['only the citizen in common', { title: 'X', participants: [{ name: 'Maja', role: 'borger' }] }, ['a', 'b']],
  ])('%s', (_, more, expected) => {
    const first = one('a', 'momentum', {
      end: '2026-12-01T10:00:00.000Z',
      participants: [
        { name: 'Hanne  Toft', role: 'sagsbehandler' },
        { name: 'Maja', role: 'Borger' },
      ],
    });
    expect(groups([first, one('b', 'dfdg', more)])).toEqual(expected);
  });

  it('of one system are two meetings, even when they look alike', () => {
    expect(groups([one('a', 'momentum'), one('b', 'momentum'), one('c', 'dfdg')])).toEqual(['a+c', 'b']);
  });

  it('count as cancelled only when every system says so', () => {
    const status = (a: Appointment['status'], b: Appointment['status']) =>
      meetingsOf([one('a', 'momentum', { status: a }), one('b', 'dfdg', { status: b })], [])[0]?.status;
    expect([status('cancelled', 'planned'), status('cancelled', 'cancelled')]).toEqual(['planned', 'cancelled']);
  });
});

const minute = fc.integer({ min: 0, max: 600 });
const anyAppointment = fc
  .tuple(
    minute,
    fc.option(fc.integer({ min: 1, max: 240 }), { nil: undefined }),
    fc.constantFrom('A', 'B'),
    fc.constantFrom('x', 'y', 'z'),
  )
  .map(([at, length, title, source]): Omit<Appointment, 'id'> => {
    const start = Date.UTC(2026, 11, 1) + at * 60_000;
    const end = length === undefined ? {} : { end: new Date(start + length * 60_000).toISOString() };
    return { ...one('', source, { title, start: new Date(start).toISOString() }), ...end };
  });
const appointments = fc
  .array(anyAppointment, { maxLength: 12 })
  .map((list) => list.map((each, n) => ({ ...each, id: `r${n}` })));

it('every record is in exactly one meeting, whatever the order they came in', () => {
  fc.assert(
    fc.property(appointments, (list) => {
      const ids = meetingsOf(list, ['x']).flatMap(({ records }) => records.map(({ id }) => id));
      expect(ids.toSorted()).toEqual(list.map(({ id }) => id).toSorted());
      expect(groups(list.toReversed())).toEqual(groups(list));
    }),
  );
});

it('busy times are in order, apart from each other, and cover exactly the appointments', () => {
  fc.assert(
    fc.property(appointments, (list) => {
      const busy = busyOf(list);
      for (const [n, { start }] of busy.entries()) {
        const before = busy[n - 1];
        if (before !== undefined) expect(Date.parse(start)).toBeGreaterThan(Date.parse(before.end));
      }
      const inside = (at: number): boolean =>
        busy.some(({ start, end }) => Date.parse(start) <= at && at <= Date.parse(end));
      for (const { start, end } of list) {
        expect(inside(Date.parse(start))).toBe(true);
        if (end !== undefined) expect(inside(Date.parse(end))).toBe(true);
      }
    }),
  );
  expect(busyOf([one('a', 'x', { status: 'cancelled' })])).toEqual([]);
});
