// Drift: names of fields no mapping knows, never a value.
import { describe, expect, it } from 'vitest';
import { compileUnknownFields } from './drift.ts';

const unknown = compileUnknownFields({
  used: ['id', 'period.start', 'list[].a', 'code[system=x].value', 'whole', '.'],
  unused: ['note', 'list[].b'],
});

describe('compileUnknownFields', () => {
  it('names what is new, at any depth', () => {
    const body = {
      id: 1,
      note: 'x',
      whole: { anything: { goes: 1 } },
      period: { start: 1, end: 2 },
      list: [{ a: 1 }, { b: 1, c: { d: 1 } }, { c: 2 }],
      code: [{ system: 'x', value: 1, text: 'hemmelig' }],
      fresh: { deep: 1 },
    };
    expect(unknown(body)).toEqual(['period.end', 'list[].c', 'code[].text', 'fresh']);
  });

  it('does not know all of a list because it goes through it element by element', () => {
    const used = ['id', 'list[]', 'list[].a', 'all[]'];
    const reads = [
      { path: 'list[]', place: 'each', to: 'goal' },
      { path: 'list[].a', place: 'fields.text', to: 'goal' },
      { path: 'all[]', place: 'fields.participants.each', to: 'goal' },
      { path: 'all[]', place: 'fields.text', to: 'goal' },
    ] as const;
    const body = { id: 1, list: [{ a: 1, fresh: 2 }], all: [{ any: 1 }] };
    expect(compileUnknownFields({ used, unused: [], reads })(body)).toEqual(['list[].fresh']);
  });

  it('hides numbers of persons that are used as names', () => {
    expect(unknown({ '010101-1234': {} })).toEqual(['‹number›']);
  });

  it('stays within bounds', () => {
    const wide = Object.fromEntries(Array.from({ length: 9_999 }, (_, n) => [`f${n}`, n]));
    expect(unknown(wide)).toHaveLength(50);
    let deep: object = {};
    for (let level = 0; level < 5_000; level += 1) deep = { list: [deep] };
    expect(unknown(deep)).toEqual(['list[].list']);
    for (const body of [null, 'x', 7, []]) expect(unknown(body)).toEqual([]);
  });
});
