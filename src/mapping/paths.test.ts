// Paths: what each form reads, and that nothing else is a path.
import { describe, expect, it } from 'vitest';
import { compilePath, fromBody } from './paths.ts';

const every = (text: string, item: unknown, body: unknown = item): readonly unknown[] | undefined =>
  compilePath(text)?.every(item, body);

describe('compilePath', () => {
  const body = {
    id: '7',
    'Primær målgruppe': 'Unge',
    name: { given: ['Ane', ' ', 'Lise'] },
    list: [{ a: 1 }, { a: '' }, { a: 2 }],
    one: { a: 'alone' },
    identifier: [
      { system: 'urn:oid:1.2.3', value: 'x' },
      { system: 'http://a.b/c?d=e', value: 'y' },
    ],
  };

  it.each([
    ['id', ['7']],
    ['Primær målgruppe', ['Unge']],
    ['name.given[]', ['Ane', 'Lise']],
    ['name.given[0]', ['Ane']],
    ['name.given[9]', []],
    ['list[].a', [1, 2]],
    ['one[].a', ['alone']],
    ['one[0].a', ['alone']],
    ['identifier[system=urn:oid:1.2.3].value', ['x']],
    ['identifier[system=http://a.b/c?d=e].value', ['y']],
    ['identifier[system=none].value', []],
    ['list.a', []],
    ['id.deeper', []],
    ['constructor', []],
    ['__proto__', []],
    ['list.length', []],
  ])('%s', (path, expected) => {
    expect(every(path, body)).toEqual(expected);
    expect(compilePath(path)?.first(body, body)).toEqual(expected[0]);
  });

  it('reads the element, or with ^ the whole body', () => {
    expect(every('.', 'text')).toEqual(['text']);
    expect(every('^id', { id: 'element' }, body)).toEqual(['7']);
    expect(every('^', 'x', 'all')).toEqual(['all']);
    expect(every('[].a', [{ a: 1 }])).toEqual([1]);
  });

  it.each(['a..b', 'a[', 'a]', 'a[b]', 'a[x=1', '.a', 'a.', 'a.[]', 'a^b'])('refuses %s', (path) => {
    expect(compilePath(path)).toBeUndefined();
  });

  it('stops at a bound', () => {
    expect(every('a[]', { a: Array.from({ length: 5_000 }, (_, n) => n) })).toHaveLength(2_000);
  });
});

describe('fromBody', () => {
  it.each([
    ['id', '', 'id'],
    ['id', 'a[]', 'a[].id'],
    ['.', 'a[]', 'a[]'],
    ['^id', 'a[]', 'id'],
    ['^', 'a[]', '.'],
  ])('%s within %s', (path, within, expected) => expect(fromBody(path, within)).toBe(expected));
});
