// Which version of a case's properties stands at a time: open ends, gaps, overlaps, coming ones, times without a zone.
import { describe, expect, it } from 'vitest';
import type { XmlObject, XmlValue } from '../../src/adapter/xml.ts';
import { boundsOf, holding, holdingOrComing, instantOf, listOf, standing } from './effect.ts';

const open: XmlValue = { GraenseIndikator: 'true' };
const version = (name: string, from?: string, to?: string): XmlObject => ({
  name,
  Virkning: {
    FraTidspunkt: from === undefined ? open : { TidsstempelDatoTid: from },
    TilTidspunkt: to === undefined ? open : { TidsstempelDatoTid: to },
  },
});
const now = Date.parse('2026-06-01T12:00:00Z');
const names = (list: readonly XmlObject[]) => list.map(({ name }) => name);

describe('what stands now', () => {
  it.each([
    ['the one in effect', ['a', '2026-01-01T00:00:00Z', '2026-03-01T00:00:00Z'], ['b', '2026-03-01T00:00:00Z'], 'b'],
    ['of two in effect the one that began last', ['a', '2026-05-01T00:00:00Z'], ['b', '2026-03-01T00:00:00Z'], 'a'],
    [
      'of two that began together the later in the list',
      ['a', '2026-05-01T00:00:00Z'],
      ['b', '2026-05-01T00:00:00Z'],
      'b',
    ],
    ['not the one to come', ['a', '2026-01-01T00:00:00Z', '2026-07-01T00:00:00Z'], ['b', '2026-07-01T00:00:00Z'], 'a'],
    [
      'in a gap the one before',
      ['a', '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'],
      ['b', '2026-07-01T00:00:00Z'],
      'a',
    ],
    ['before the first the first', ['a', '2026-08-01T00:00:00Z'], ['b', '2026-07-01T00:00:00Z'], 'b'],
    ['ends are not part of it', ['a', undefined, '2026-06-01T12:00:00Z'], ['b', '2026-06-01T12:00:00Z'], 'b'],
    ['an unreadable start is an open one', ['a', 'engang'], ['b', '2026-07-01T00:00:00Z'], 'a'],
  ] as const)('%s', (_, [a, ...first], [b, ...second], expected) => {
    expect(standing([version(a, ...first), version(b, ...second)], now)?.['name']).toBe(expected);
  });

  it('nothing of nothing, and what says no time always', () => {
    expect(standing([], now)).toBeUndefined();
    expect(standing(listOf({ name: 'x' }), now)?.['name']).toBe('x');
    expect(listOf(undefined)).toEqual([]);
    expect(listOf('text')).toEqual([]);
  });

  it('several relations hold at once; those that are over, or to come, do not', () => {
    const list = [
      version('open'),
      version('over', undefined, '2026-05-01T00:00:00Z'),
      version('coming', '2026-07-01T00:00:00Z'),
      version('till', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'),
    ];
    expect(names(holding(list, now))).toEqual(['open', 'till']);
    expect(names(holdingOrComing(list, now))).toEqual(['open', 'coming', 'till']);
  });
});

describe('times', () => {
  it('reads zones, fractions, and Copenhagen time where none is told', () => {
    expect(new Date(instantOf('2014-03-23T14:54:23.234+01:00')).toISOString()).toBe('2014-03-23T13:54:23.234Z');
    expect(new Date(instantOf('2026-07-01T00:00:00')).toISOString()).toBe('2026-06-30T22:00:00.000Z');
    expect(instantOf('23-03-2014')).toBeNaN();
  });

  it('ends with the last moment, so that a day’s end is that day', () => {
    expect(boundsOf(version('a', '2026-01-31T23:00:00Z', '2026-02-28T23:00:00Z'))).toEqual({
      Fra: '2026-01-31T23:00:00.000Z',
      Til: '2026-02-28T22:59:59.999Z',
    });
    expect(boundsOf(version('a'))).toEqual({});
  });
});
