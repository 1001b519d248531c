// How a plan, a conversation, a month and a course are put in order for people: nothing is lost, nothing is told twice.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Busy, daysOf, monthOf, type ShownMeeting } from '../../src/dashboard/pages/citizen/calendar-view.ts';
import { type ShownComment, threadsOf } from '../../src/dashboard/pages/citizen/comments-view.ts';
import { peopleOf } from '../../src/dashboard/pages/citizen/contacts.ts';
import { helpersOf } from '../../src/dashboard/pages/citizen/plan-people.ts';
import { planView } from '../../src/dashboard/pages/citizen/plan-view.ts';
import type { Shown, ShownPlan } from '../../src/dashboard/pages/citizen/shown.ts';
import { courseOf, scalesOf, type TimelineEntry } from '../../src/dashboard/pages/citizen/timeline-view.ts';

const carried = {
  domain: 'employment',
  source: 'momentum',
  sensitivity: 'confidential',
  observedAt: '2026-11-22T08:00:00Z',
} as const;
const goal = (id: string, more: Partial<Shown<'goal'>> = {}): Shown<'goal'> => ({
  ...carried,
  id,
  kind: 'goal',
  category: 'goal',
  text: id,
  status: 'active',
  ...more,
});
const planOf = (goals: readonly Shown<'goal'>[], links: ShownPlan['links'] = []): ShownPlan => ({
  citizen: { id: 'maja' },
  asOf: '2026-11-22T08:00:00Z',
  sources: [],
  goals,
  links,
});
const ids = ['a', 'b', 'c', 'd', 'e'];

describe('the plan', () => {
  it('tells every goal exactly once, however the sources linked them', () => {
    const link = fc.record({ from: fc.constantFrom(...ids), to: fc.constantFrom(...ids), rel: fc.constant('parent') });
    fc.assert(
      fc.property(fc.array(link, { maxLength: 8 }), (links) => {
        const { goals } = planView(
          planOf(
            ids.map((id) => goal(id)),
            links,
          ),
        );
        const told = goals.flatMap((one) => [one.goal, ...one.steps].map(({ id }) => id));
        expect(told.toSorted()).toEqual(ids);
      }),
    );
  });

  it('keeps wishes apart, the main goal first and the finished last', () => {
    const view = planView(
      planOf([
        goal('done', { status: 'completed' }),
        goal('late', { status: 'planned' }),
        goal('main', { status: 'planned', main: true }),
        goal('wish', { category: 'wish' }),
      ]),
    );
    expect(view.wishes.map(({ id }) => id)).toEqual(['wish']);
    expect(view.goals.map((one) => one.goal.id)).toEqual(['main', 'late']);
    expect(view.areas[0]?.finished.goals.map((one) => one.goal.id)).toEqual(['done']);
  });

  it('is in the same order however the feed gave it', () => {
    const goals = ids.map((id) => goal(id, { status: id < 'c' ? 'planned' : 'active' }));
    fc.assert(
      fc.property(fc.shuffledSubarray(goals, { minLength: goals.length }), (given) => {
        expect(planView(planOf(given))).toEqual(planView(planOf(goals)));
      }),
    );
  });

  it('counts the steps of a goal, and shows no area without anything in it', () => {
    const links = ['b', 'c'].map((from) => ({ from, to: 'a', rel: 'parent' }));
    const open = planView(planOf([goal('a'), goal('b', { status: 'completed' }), goal('c')], links));
    expect(open.areas).toEqual([]);
    expect(open.goals[0]).toMatchObject({ reached: 1, steps: [{ id: 'c' }, { id: 'b' }] });
    const over = planView(planOf([goal('a', { status: 'completed' })]));
    expect(over.areas.map(({ domain, finished }) => [domain, finished.goals.length])).toEqual([['employment', 1]]);
  });

  it('tells what the citizen does apart from what others do and what is done, the first due first', () => {
    const agreement = (id: string, responsible: string, more: Partial<Shown<'agreement'>> = {}) =>
      ({ ...carried, id, kind: 'agreement', text: id, responsible, status: 'active', ...more }) as const;
    const given = [
      agreement('a', 'Maja', { followUpAt: '2026-12-07' }),
      agreement('b', 'Maja Sandkasse', { followUpAt: '2026-11-30' }),
      agreement('c', 'Maja Holm'),
      agreement('d', 'Maja Sandkasse', { status: 'completed' }),
    ];
    const idsOf = (name?: string) => {
      const citizen = { id: 'maja', ...(name === undefined ? {} : { name }) };
      const { agreed } = planView({ ...planOf([]), citizen, agreements: given });
      return Object.values(agreed).map((list: typeof agreed.mine) => list.map(({ id }) => id));
    };
    expect(idsOf('Maja Sandkasse')).toEqual([['b', 'a'], ['c'], ['d']]);
    // Whoever may not know the citizen's name is not told whose it is.
    expect(idsOf()).toEqual([[], ['b', 'a', 'c'], ['d']]);
  });

  it('names whom to ask: for every area one, a person before a place, whoever coordinates first, nobody twice', () => {
    const contact = (name: string, code: string, more: Partial<Shown<'contact'>> = {}): Shown<'contact'> => ({
      ...carried,
      ...{ id: `${name}-${code}`, kind: 'contact', professional: true, name, role: { code, display: code } },
      ...more,
    });
    const given = [
      contact('Jobcentret', 'primaer-organisation', { organisation: 'Jobcentret' }),
      contact('Stine', 'mentor', { phone: '70211003' }),
      contact('Hanne', 'koordinerende-sagsbehandler', { unit: 'Jobcentret' }),
      contact('Hanne', 'koordinator', { domain: 'social', phone: '70211004' }),
      contact('Lars', 'primaer-behandler', { domain: 'family', period: { end: '2026-11-01' } }),
      contact('Kirsten', 'bisidder', { domain: 'family', professional: false }),
    ];
    expect(helpersOf(given, '2026-11-22')).toEqual([{ name: 'Hanne', role: 'koordinator', phone: '70211004' }]);
    const [first] = helpersOf([...given, contact('Ib', 'borgerkonsulent', { domain: 'shared' })], '2026-11-22');
    expect(first?.name).toBe('Ib');
  });
});

const comment = (id: string, replyTo?: string): ShownComment => ({
  ...carried,
  id,
  kind: 'comment',
  text: id,
  author: 'Borgeren',
  at: `2026-11-22T08:0${ids.indexOf(id)}:00Z`,
  version: 1,
  mine: false,
  ...(replyTo === undefined ? {} : { replyTo }),
});

it('a conversation loses no comment, and answers stand below what they answer', () => {
  expect(threadsOf([comment('a'), comment('b', 'a'), comment('c'), comment('d', 'b'), comment('e', 'gone')])).toEqual([
    { first: comment('e', 'gone'), answers: [] },
    { first: comment('c'), answers: [] },
    { first: comment('a'), answers: [comment('b', 'a'), comment('d', 'b')] },
  ]);
});

describe('the calendar', () => {
  it('has whole weeks from Monday, every day of the month once', () => {
    const month = fc.record({ year: fc.integer({ min: 2000, max: 2099 }), month: fc.integer({ min: 1, max: 12 }) });
    fc.assert(
      fc.property(month, ({ year, month: number }) => {
        const name = `${year}-${String(number).padStart(2, '0')}`;
        const { weeks, first, last, before, after } = monthOf(name);
        const days = weeks.flat();
        expect(new Date(`${days[0]?.day}T12:00:00Z`).getUTCDay()).toBe(1);
        expect(days.length % 7).toBe(0);
        const inside = days.filter((one) => one.inside).map(({ day }) => day);
        expect([inside[0], inside.at(-1), inside.length]).toEqual([first, last, new Date(year, number, 0).getDate()]);
        expect([monthOf(before).after, monthOf(after).before]).toEqual([name, name]);
      }),
    );
  });

  it('puts what happens after midnight here on the day it is here', () => {
    const meeting = { title: 'Nat', start: '2026-07-01T22:30:00Z', status: 'planned', records: [] } as ShownMeeting;
    const busy: Busy = { start: '2026-12-01T22:30:00Z', end: '2026-12-01T23:00:00Z' };
    expect(daysOf([meeting], [busy]).map(({ day }) => day)).toEqual(['2026-07-02', '2026-12-01']);
  });
});

it('busy from midnight to midnight here is the whole day, summer and winter', () => {
  const busyOf = (start: string, end: string) => daysOf([], [{ start, end }])[0]?.busy[0];
  expect(busyOf('2026-12-16T23:00:00Z', '2026-12-17T23:00:00Z')).toMatchObject({ allDay: true });
  expect(busyOf('2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z')).toMatchObject({ allDay: true });
  expect(busyOf('2026-12-17T22:30:00Z', '2026-12-17T23:30:00Z')).toMatchObject({ allDay: false, endsOn: '2026-12-18' });
});

const entry = (more: Partial<TimelineEntry>): TimelineEntry => ({
  at: '2026-11-01',
  what: 'begins',
  record: 'r',
  kind: 'intervention',
  source: 'momentum',
  domain: 'employment',
  title: 'Mentor',
  ...more,
});

describe('the course', () => {
  it('tells the same once with both systems, and status entries each', () => {
    const { months } = courseOf(
      [
        entry({ source: 'star', record: 'other' }),
        entry({ what: 'granted' }),
        entry({ what: 'status', record: 's1', title: 'Status', text: 'Godt' }),
        entry({ what: 'status', record: 's2', title: 'Status', text: 'Bedre' }),
      ],
      '2026-11-22',
    );
    expect(months[0]?.entries).toHaveLength(3);
    expect(months[0]?.entries[0]).toMatchObject({
      whats: ['begins', 'granted'],
      from: [{ source: 'star' }, { source: 'momentum' }],
    });
  });

  it('tells a meeting of two areas once, and help of the same name in two areas twice', () => {
    const both = (what: string, kind: string) =>
      (['employment', 'health'] as const).map((domain) =>
        entry({ what, kind, domain, source: domain, record: domain }),
      );
    const told = (entries: readonly TimelineEntry[]) => courseOf(entries, '2026-11-22').months[0]?.entries;
    expect(told(both('appointment', 'appointment'))).toMatchObject([{ domains: ['employment', 'health'] }]);
    expect(told(both('begins', 'intervention'))).toHaveLength(2);
  });

  it('has what comes nearest first and what was newest first', () => {
    const days = ['2026-12-24', '2026-12-01', '2026-11-22', '2026-10-03'];
    const { coming, months } = courseOf(
      days.map((at) => entry({ at, record: at, title: at })),
      '2026-11-22',
    );
    expect(coming.map(({ at }) => at)).toEqual(['2026-12-01', '2026-12-24']);
    expect(months.map(({ month }) => month)).toEqual(['2026-11-01', '2026-10-01']);
  });

  it('draws a measurement only where there is one to compare it with', () => {
    const of = (scale: string, at: string, value: number) => ({ at, measure: { scale, value } });
    const [one, two] = scalesOf([
      of('Alene', '2026-01-01', 1),
      of('Søvn', '2026-03-01', 3),
      of('Søvn', '2026-01-01', 2),
    ]);
    expect(one?.chart).toBeUndefined();
    expect(JSON.parse(two?.chart ?? '{}')).toMatchObject({ series: [{ label: 'Søvn', values: [2, 3] }] });
  });
});

it('one person in two systems is one card; without a name nobody is taken for another', () => {
  const contact = (id: string, more: Partial<Shown<'contact'>>): Shown<'contact'> =>
    ({
      ...carried,
      id,
      kind: 'contact',
      role: { code: 'x', display: 'Sagsbehandler' },
      professional: true,
      ...more,
    }) as Shown<'contact'>;
  const people = peopleOf([
    contact('1', { name: 'Hanne Toft', phone: '70211004' }),
    contact('2', { name: 'Hanne Toft', phone: '70211004', email: 'hato@egevang.example' }),
    contact('3', {}),
    contact('4', {}),
    contact('5', { name: 'Hanne Toft', professional: false }),
  ]);
  expect(people.map(({ roles }) => roles.length).toSorted()).toEqual([1, 1, 1, 2]);
  expect(people.find(({ roles }) => roles.length === 2)).toMatchObject({
    phones: ['70211004'],
    emails: ['hato@egevang.example'],
  });
});
