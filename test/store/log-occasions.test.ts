// Which log entries were one look: one reader, one citizen, one moment, or one answer about many; nothing else, and
// nothing that comes later changes it.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LogDecision } from '../../src/store/log-entry.ts';
import { occasionsOf } from '../../src/store/log-occasions.ts';

interface Entry {
  readonly id: string;
  readonly at: Date;
  readonly actor_kind: string;
  readonly person: string;
  readonly consumer: string | null;
  readonly purpose: string;
  readonly endpoint: string;
  readonly decision: LogDecision;
  readonly emergency: boolean;
  readonly correlation: string;
  readonly citizen: string | null;
}

let count = 0;
const entry = (seconds: number, more: Partial<Entry> = {}): Entry => {
  count += 1;
  return {
    id: `e${count}`,
    at: new Date(Date.UTC(2026, 10, 17, 9, 0, 0) + seconds * 1000),
    actor_kind: 'professional',
    person: 'hato',
    consumer: null,
    purpose: 'coordinated-plan',
    endpoint: 'GET /v1/citizens/:id/plan',
    decision: 'partly',
    emergency: false,
    correlation: `c${count}`,
    citizen: 'maja',
    ...more,
  };
};
/** Sizes of the looks, oldest first. */
const looks = (oldestFirst: readonly Entry[]): readonly number[] => {
  const told = occasionsOf(oldestFirst.toReversed(), (one) => one.citizen);
  return [...Map.groupBy(told.toReversed(), (id) => id).values()].map((own) => own.length);
};

it('one page of one reader about one citizen is one look', () => {
  expect(looks([entry(0), entry(1, { endpoint: 'GET /v1/citizens/:id/comments' }), entry(2), entry(60)])).toEqual([
    3, 1,
  ]);
});

it('another reader, citizen, purpose, an emergency or a refusal is another look', () => {
  for (const more of [
    { person: 'bewi' },
    { citizen: 'bo' },
    { purpose: 'other' },
    { emergency: true },
    { decision: 'denied' },
    { consumer: 'portal' },
  ] satisfies Partial<Entry>[])
    expect(looks([entry(0), entry(1, more)]), JSON.stringify(more)).toEqual([1, 1]);
});

it('a long sitting is not one moment, and what is about nobody is not about the same', () => {
  expect(looks([0, 6, 12, 18].map((at) => entry(at)))).toEqual([2, 2]);
  expect(looks([entry(0, { correlation: 'stream' }), entry(60, { correlation: 'stream' })])).toEqual([1, 1]);
  expect(looks([entry(0, { citizen: null }), entry(1, { citizen: null })])).toEqual([1, 1]);
});

it('a list is one look about many, and no part of the look that follows it', () => {
  const list = { endpoint: 'GET /v1/citizens (names)', correlation: 'list' };
  const shown = ['bo', 'eva', 'maja'].map((citizen) => entry(0, { ...list, citizen }));
  expect(looks([...shown, entry(3), entry(4)])).toEqual([3, 2]);
});

it('keeps every entry, and what comes later changes nothing of what was before', () => {
  const some = fc.array(
    fc.record({
      gap: fc.integer({ min: 0, max: 12 }),
      person: fc.constantFrom('hato', 'bewi'),
      citizen: fc.constantFrom('maja', 'bo'),
    }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(some, fc.nat(20), (given, cut) => {
      let at = 0;
      const all = given.map(({ gap, ...more }) => {
        at += gap;
        return entry(at, more);
      });
      const whole = occasionsOf(all.toReversed(), (one) => one.citizen).toReversed();
      const part = occasionsOf(all.slice(0, cut).toReversed(), (one) => one.citizen).toReversed();
      expect(whole).toHaveLength(all.length);
      expect(part).toEqual(whole.slice(0, cut));
      for (const [index, id] of whole.entries()) {
        const first = all.find((one) => one.id === id);
        const own = all[index];
        expect([first?.person, first?.citizen]).toEqual([own?.person, own?.citizen]);
      }
    }),
  );
});
