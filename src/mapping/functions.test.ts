// Named functions: pure, and absent when there is nothing to say.
import { describe, expect, it } from 'vitest';
import { functions } from './functions.ts';

const call = (name: string, ...given: readonly unknown[][]) => functions.get(name)?.(...given);

describe('functions', () => {
  it('joins what is there', () => {
    expect(call('join-lines', ['a'], [], [' b ', 7])).toBe('a\nb\n7');
    expect(call('join-words', [' '], [])).toBeUndefined();
    expect(call('join-commas', ['a', {}], [null, 'b'])).toBe('a, b');
    expect(call('join-key', ['a'], ['b'])).toBe('a|b');
  });

  it('adds up visits to hours a week', () => {
    expect(call('visit-hours', [30], ['WEEK'], [1], [1], [2, 0])).toBe(1);
    expect(call('visit-hours', [45], ['WEEK'], [2], [1], [1])).toBe(0.38);
    expect(call('visit-hours', [15], ['DAY'], [1], [3])).toBe(5.25);
    expect(call('visit-hours', [15], ['DAY'], [], [])).toBe(1.75);
    expect(call('visit-hours', [], ['DAY'], [1], [3])).toBeUndefined();
    expect(call('visit-hours', [30], ['MONTH'], [1], [3])).toBeUndefined();
    expect(call('visit-hours', [30], ['WEEK'], [1], [1], [])).toBeUndefined();
  });

  it('writes a name as it is used', () => {
    const names = [
      { use: 'old', given: ['Ane'], family: 'Holm' },
      { use: 'official', given: ['Ane', 'Lise'], family: 'Berg' },
    ];
    expect(call('human-name', names)).toBe('Ane Lise Berg');
    expect(call('human-name', [{ text: 'Ane Berg' }])).toBe('Ane Berg');
    expect(call('human-name', [{ family: { odd: 1 } }])).toBeUndefined();
    expect(call('human-name')).toBeUndefined();
  });

  it('writes an address as one line', () => {
    const home = { use: 'home', line: ['Åvej 1', '2. tv'], postalCode: '8000', city: 'Aarhus C' };
    expect(call('address-line', [{ use: 'work', city: 'Vejle' }, home])).toBe('Åvej 1, 2. tv, 8000 Aarhus C');
    expect(call('address-line', [{ text: 'Åvej 1' }])).toBe('Åvej 1');
    expect(call('address-line', [])).toBeUndefined();
  });

  it('adds hours and minutes', () => {
    expect(call('hours-and-minutes', ['7'], [30])).toBe(7.5);
    expect(call('hours-and-minutes', [], ['45'])).toBe(0.75);
    expect(call('hours-and-minutes', ['7,5'], [])).toBe(7.5);
    expect(call('hours-and-minutes', [], [])).toBeUndefined();
  });

  it('says yes for any of several, and when the last of them ends', () => {
    expect(call('any-true', ['false'], ['true'])).toBe(true);
    expect(call('any-true', ['false'], [])).toBe(false);
    expect(call('any-true', ['måske'], ['nej'])).toBe(true);
    expect(call('any-true', [], [])).toBeUndefined();
    expect(call('last-end', ['true'], ['2027-01-01'], ['1'], ['2026-01-01'])).toBe('2027-01-01');
    expect(call('last-end', ['false'], ['2027-01-01'], ['true'], ['2026-01-01'])).toBe('2026-01-01');
    expect(call('last-end', ['true'], ['2027-01-01'], ['true'], [])).toBeUndefined();
    expect(call('last-end', ['false'], ['2027-01-01'])).toBeUndefined();
  });

  it('chooses and filters', () => {
    expect(call('first-of', [' '], [{}], ['b', 'c'])).toBe('b');
    expect(call('one-of', ['b'], ['a'], ['b'])).toBe('b');
    expect(call('one-of', ['x'], ['a'])).toBeUndefined();
    expect(call('starting-with', ['SEL'], ['LAB § 1', 'SEL § 85'])).toBe('SEL § 85');
    expect(call('sensitive-if', [false], [0, 'nej'], [null])).toBeUndefined();
    expect(call('sensitive-if', [false], [true])).toBe('sensitive');
    expect(call('sensitive-if', ['måske'])).toBe('sensitive');
    expect(call('is-day', ['2026-02-01'])).toBe(true);
    expect(call('is-day', ['2026-02-01T10:00:00Z'])).toBe(false);
    expect(call('is-day', [])).toBeUndefined();
  });

  it('never throws', () => {
    const odd = [null, undefined, 7, 'x', {}, [], { use: Object.create(null), given: 7, line: null }];
    for (const [name, named] of functions) expect(() => named(odd, odd, odd), name).not.toThrow();
  });
});
