// Each rule finds what it names and leaves alone what only looks like it.
import { describe, expect, it } from 'vitest';
import { type OverlapLink, type OverlapRecord, overlapsOf } from './overlaps-find.ts';

const now = new Date('2026-11-21T12:00:00Z');
const record = (id: string, kind: string, source: string, more: object): OverlapRecord => ({
  id,
  kind,
  source,
  domain: 'social',
  status: 'active',
  observedAt: '2026-11-20T10:00:00.000Z',
  ...more,
});
const found = (records: readonly OverlapRecord[], links: readonly OverlapLink[] = []) =>
  overlapsOf(records, links, ['a', 'b'], now).map(({ rule, sides }) =>
    [rule, ...sides.map((side) => side.record)].join(' '),
  );

describe('double bookings', () => {
  const meeting = (id: string, source: string, title: string, start: string, end?: string) =>
    record(id, 'appointment', source, { title, status: 'planned', start, ...(end === undefined ? {} : { end }) });

  it('are meetings that share time; one meeting in two systems is none, nor is what is past, cancelled or next to it', () => {
    const one = meeting('m1', 'a', 'Samtale', '2026-12-01T09:00:00Z', '2026-12-01T10:00:00Z');
    const same = meeting('m2', 'b', 'samtale!', '2026-12-01T09:00:00Z', '2026-12-01T10:00:00Z');
    expect(found([one, same])).toEqual([]);
    expect(found([one, meeting('m3', 'b', 'Tandlæge', '2026-12-01T09:30:00Z')])).toEqual(['doubleBooking m1 m3']);
    expect(found([one, meeting('m3', 'a', 'Tandlæge', '2026-12-01T09:30:00Z')])).toEqual(['doubleBooking m1 m3']);
    expect(found([one, meeting('m4', 'b', 'Tandlæge', '2026-12-01T10:00:00Z')])).toEqual([]);
    expect(found([one, { ...meeting('m5', 'b', 'Tandlæge', '2026-12-01T09:30:00Z'), status: 'cancelled' }])).toEqual(
      [],
    );
    const past = (id: string, title: string) => meeting(id, 'a', title, '2026-01-01T09:00:00Z', '2026-01-01T10:00:00Z');
    expect(found([past('m6', 'A'), past('m7', 'B')])).toEqual([]);
  });

  it('say from when to when', () => {
    const [overlap] = overlapsOf(
      [
        meeting('m1', 'a', 'Lang', '2026-12-01T08:00:00Z', '2026-12-01T12:00:00Z'),
        meeting('m2', 'b', 'Kort', '2026-12-01T09:00:00+01:00', '2026-12-01T10:00:00+01:00'),
      ],
      [],
      [],
      now,
    );
    expect(overlap).toMatchObject({ from: '2026-12-01T08:00:00.000Z', to: '2026-12-01T09:00:00.000Z' });
  });
});

describe('the same effort', () => {
  const effort = (id: string, source: string, more: object) =>
    record(id, 'intervention', source, { title: id, ...more });

  it.each([
    ['the same name', { title: 'Støtte i hjemmet' }, { title: 'støtte i  hjemmet' }, true],
    [
      'the same paragraph and provider',
      { legalBasis: ['SEL § 85'], provider: 'Broen' },
      { legalBasis: ['SEL § 85', 'x'], provider: 'broen' },
      true,
    ],
    [
      'the same paragraph, another provider',
      { legalBasis: ['SEL § 85'], provider: 'Broen' },
      { legalBasis: ['SEL § 85'], provider: 'Fjorden' },
      false,
    ],
    [
      'one after the other',
      { title: 'X', period: { end: '2026-01-31' } },
      { title: 'X', period: { start: '2026-02-01' } },
      false,
    ],
    [
      'the last day is the first',
      { title: 'X', period: { end: '2026-02-01' } },
      { title: 'X', period: { start: '2026-02-01' } },
      true,
    ],
    ['one is over', { title: 'X', status: 'completed' }, { title: 'X' }, false],
  ])('%s', (_, a, b, expected) => {
    expect(found([effort('i1', 'a', a), effort('i2', 'b', b)])).toEqual(expected ? ['sameEffort i1 i2'] : []);
    expect(found([effort('i1', 'a', a), effort('i2', 'a', b)])).toEqual([]);
  });
});

it('goals contradict each other when they want opposite things for the same area', () => {
  const area = (id: string, source: string, code: string) =>
    record(id, 'condition', source, { type: { code, display: code } });
  const goal = (id: string, source: string, type: string) => record(id, 'goal', source, { text: id, type });
  const records = [area('c1', 'a', 'mobility'), area('c2', 'b', 'mobility'), area('c3', 'b', 'sleep')];
  const about = (from: string, to: string): OverlapLink => ({ from, rel: 'about', to });
  const goals = [
    goal('g1', 'a', 'develop'),
    goal('g2', 'b', 'limitLoss'),
    goal('g3', 'b', 'limitLoss'),
    goal('g4', 'b', 'maintain'),
  ];
  const links = [about('g1', 'c1'), about('g2', 'c2'), about('g3', 'c3'), about('g4', 'c2')];
  expect(found([...records, ...goals], links)).toEqual(['contradictingGoals g1 g2']);
  expect(found([...records, ...goals])).toEqual([]);
  const below = [...links.slice(1), { from: 'g1', rel: 'parent', to: 'g0' }, about('g0', 'c1')];
  expect(found([...records, ...goals, goal('g0', 'a', 'develop')], below)).toEqual([
    'contradictingGoals g0 g2',
    'contradictingGoals g1 g2',
  ]);
});
