// Figures are counted once a month from what is stored, sealed or not, and what is read of them is suppressed.
import { beforeAll, describe, expect, test } from 'vitest';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { countCitizen } from '../../src/store/figure-count.ts';
import { leastEnrolled, takeFigures } from '../../src/store/figure-months.ts';
import { readFigures } from '../../src/store/figures.ts';
import { createWorld, type Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';

const at = new Date('2026-11-22T12:00:00Z');

describe('one citizen', () => {
  const count = (records: Parameters<typeof countCitizen>[0]) => countCitizen(records, at, new Set(['2026-10']));
  const cell = (records: Parameters<typeof countCitizen>[0], name: string) =>
    count(records).find((one) => one.name === name)?.cell;
  const appointment = (start: string, end: string, more: object = {}) => ({
    kind: 'appointment',
    domain: 'social',
    status: 'planned',
    start,
    end,
    ...more,
  });

  test('is in one cell of each partition, also with nothing at all', () => {
    expect(count([])).toEqual([
      { name: 'plans', cell: '0', amount: 0 },
      { name: 'contacts', cell: '0', amount: 0 },
      { name: 'professionals', cell: '0', amount: 0 },
      { name: 'double-booked', cell: 'no', amount: 1 },
    ]);
  });

  test('knows a person of several systems once, and who is a professional', () => {
    const contact = (name: string, professional: boolean) => ({
      kind: 'contact',
      domain: 'social',
      name,
      professional,
    });
    const contacts = [
      contact('Anne  Holm', true),
      contact('anne holm', true),
      contact('Mor', false),
      contact('Bo', true),
    ];
    expect(count(contacts)).toContainEqual({ name: 'contacts', cell: '3-5', amount: 3 });
    expect(count(contacts)).toContainEqual({ name: 'professionals', cell: '1-2', amount: 2 });
  });

  test('is double-booked when two appointments to come overlap that are not one known twice', () => {
    const first = appointment('2026-12-01T09:00:00Z', '2026-12-01T10:00:00Z');
    const is = (...all: Parameters<typeof countCitizen>[0]) => cell(all, 'double-booked');
    expect(is(first, appointment('2026-12-01T09:30:00Z', '2026-12-01T11:00:00Z'))).toBe('yes');
    expect(is(first, appointment('2026-12-01T10:00:00Z', '2026-12-01T11:00:00Z'))).toBe('no');
    expect(is(first, first)).toBe('no');
    expect(is(first, appointment('2026-12-01T09:30:00Z', '2026-12-01T11:00:00Z', { status: 'cancelled' }))).toBe('no');
    expect(is(first, appointment('2026-12-01T00:00:00Z', '2026-12-02T00:00:00Z', { allDay: true }))).toBe('no');
    const [past, late] = ['2026-11-01', '2027-03-01'];
    for (const day of [past, late])
      expect(
        is(appointment(`${day}T09:00:00Z`, `${day}T10:00:00Z`), appointment(`${day}T09:30:00Z`, `${day}T11:00:00Z`)),
      ).toBe('no');
  });

  test('has met goals and been at network meetings in the months that are asked for', () => {
    const goal = (status: string, end?: string) => ({
      kind: 'goal',
      domain: 'employment',
      status,
      ...(end === undefined ? {} : { period: { end } }),
    });
    const held = appointment('2026-10-31T23:30:00Z', '2026-11-01T00:30:00Z', { type: { code: 'netvaerksmoede' } });
    const met = count([
      goal('completed', '2026-10-02'),
      goal('completed', '2026-10-30'),
      goal('completed', '2026-09-30'),
      goal('completed'),
      goal('active', '2026-10-02'),
      // One meeting in two systems; and one that is November here.
      appointment('2026-10-05T08:00:00Z', '2026-10-05T09:00:00Z', { type: { display: 'Netværksmøde' } }),
      appointment('2026-10-05T08:00:00Z', '2026-10-05T09:00:00Z', { convened: true }),
      held,
    ]).filter(({ month }) => month !== undefined);
    expect(met).toEqual([
      { name: 'goals-met', cell: 'employment', amount: 2, month: '2026-10' },
      { name: 'network-meetings', cell: 'held', amount: 1, month: '2026-10' },
    ]);
  });
});

describe('a month', () => {
  const database = useDatabase();
  const keys = createKeyRing(newKeyMaterial());
  const people: Person[] = [];
  beforeAll(async () => {
    const world = createWorld(database.pool(), keys);
    for (let n = 0; n < leastEnrolled + 10; n += 1)
      people.push(await world.person(`${String((n % 28) + 1).padStart(2, '0')}0190${4000 + n}`));
    await database.pool().query(`update enrolment set starts_at = '2026-10-10T10:00:00Z'`);
    for (const [index, person] of people.entries()) {
      // 3 have two plans, 27 have one; six have met a goal, of which the texts are sealed.
      for (let n = 0; n < (index < 3 ? 2 : 1); n += 1) await world.record({ kind: 'plan', citizens: [person] });
      if (index < 6)
        await world.record({
          kind: 'goal',
          citizens: [person],
          encrypted: true,
          fields: { status: 'completed', period: { end: '2026-10-20' } },
        });
      await world.record({
        kind: 'intervention',
        citizens: [person],
        domain: index < 4 ? 'health' : 'social',
        fields: { legalBasis: [index === 0 ? 'Aftale med Anna' : 'SEL  § 85'] },
      });
    }
  });
  const loaded = () =>
    database.pool().query(`insert into sync_state (source, kind, last_complete_at) values ('momentum', 'x', now())`);

  test('is not counted before everything is there, and then once', async () => {
    const pool = database.pool();
    expect(await takeFigures(pool, keys, at)).toBeUndefined();
    await loaded();
    expect((await readFigures(pool)).months).toEqual([]);
    expect(await takeFigures(pool, keys, at, AbortSignal.abort())).toBeUndefined();
    expect((await readFigures(pool)).months).toEqual([]);
    const taken = await Promise.all([takeFigures(pool, keys, at), takeFigures(pool, keys, at)]);
    expect(taken.filter((month) => month !== undefined)).toEqual(['2026-11']);
    expect(await takeFigures(pool, keys, new Date('2026-11-30T12:00:00Z'))).toBeUndefined();
  });

  test('is read without anybody in it: small cells, what would give them away, and names only few have are left out', async () => {
    const figures = await readFigures(database.pool());
    expect(figures.months).toMatchObject([{ month: '2026-11', citizens: 30 }]);
    const [month] = figures.months;
    expect(month?.partitions.plans).toEqual({
      total: 30,
      cells: [
        { cell: '0', persons: 0, amount: 0 },
        { cell: '1', persons: null, amount: null },
        { cell: '2', persons: null, amount: null },
        { cell: '3', persons: 0, amount: 0 },
        { cell: '4+', persons: 0, amount: 0 },
      ],
    });
    expect(month?.partitions['double-booked'].cells).toEqual([
      { cell: 'no', persons: 30, amount: 30 },
      { cell: 'yes', persons: 0, amount: 0 },
    ]);
    expect(month?.standings['interventions-by-domain']).toEqual([{ cell: 'social', persons: 25, amount: 25 }]);
    expect(month?.standings['interventions-by-paragraph']).toEqual([{ cell: 'SEL § 85', persons: 30, amount: 30 }]);
    expect(figures.happenings['goals-met'].at(-1)).toEqual({
      month: '2026-10',
      cells: [{ cell: 'employment', persons: 5, amount: 5 }],
    });
    expect(figures.happenings['goals-met']).toHaveLength(12);
    expect(figures.happenings.enrolments.at(-1)?.cells).toEqual([{ cell: 'begun', persons: 30, amount: 30 }]);
    const text = JSON.stringify(figures);
    for (const { id, cpr } of people) {
      expect(text).not.toContain(id);
      expect(text).not.toContain(cpr);
    }
    expect(text).not.toContain('Anna');
    const { rows } = await database.pool().query<{ cell: string }>('select distinct cell from figure');
    expect(rows.map(({ cell }) => cell)).not.toContain('Aftale med Anna');
  });

  test('stands when a citizen leaves; the next one tells what happened in it', async () => {
    const pool = database.pool();
    const before = await readFigures(pool);
    await pool.query('update enrolment set ended_at = now() where citizen_id = $1', [people[0]?.id]);
    await createWorld(pool, keys).record({
      kind: 'goal',
      citizens: people.slice(5, 12),
      fields: { status: 'completed', period: { end: '2026-11-25' } },
    });
    expect(await takeFigures(pool, keys, new Date('2026-12-01T06:00:00Z'))).toBe('2026-12');
    const after = await readFigures(pool);
    expect(after.months[0]).toEqual(before.months[0]);
    expect(after.happenings['goals-met'].slice(0, 12)).toEqual(before.happenings['goals-met']);
    expect(after.happenings['goals-met'].at(-1)).toEqual({
      month: '2026-11',
      cells: [{ cell: 'employment', persons: 5, amount: 5 }],
    });
  });
});
