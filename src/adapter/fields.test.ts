// Paths of configured kinds: the schema they make, the values and keys they find.
import { expect, test } from 'vitest';
import { bodyOf, countAt, fieldPathSchema, keyAt, textAt, valuesAt } from './fields.ts';

test('paths become a loose schema in which only what is required must be there', () => {
  const body = bodyOf(['id', 'adresse.vej', 'deltagere[].navn'], ['id', 'status.kode']);
  expect(body.safeParse({ id: 1, status: { kode: 'A' } }).success).toBe(true);
  expect(body.safeParse({ id: '1', status: { kode: 'A' }, adresse: null, nyt: true }).success).toBe(true);
  expect(body.safeParse({ id: '1', status: { kode: 'A' }, deltagere: [{ navn: 'Bo' }] }).success).toBe(true);
  expect(body.safeParse({ id: '1', status: { kode: 'A' }, deltagere: { navn: 'Bo' } }).success).toBe(true);
  for (const wrong of [{}, { id: '', status: { kode: 'A' } }, { id: '1' }, { id: '1', status: { kode: null } }, 'text'])
    expect(body.safeParse(wrong).success).toBe(false);
});

test('without fields anything that is an object goes', () => {
  expect(bodyOf([]).safeParse({ hvad: 'som helst' }).success).toBe(true);
  expect(bodyOf([]).safeParse('tekst').success).toBe(false);
});

test('values are found through one and through many', () => {
  const row = { a: [{ b: 1 }, { b: '' }, { b: 3 }], c: { d: ' x ' }, n: '12', nul: null };
  expect(valuesAt(row, 'a[].b')).toEqual([1, 3]);
  expect(valuesAt(row, 'a.b')).toEqual([1, 3]);
  expect(valuesAt(row, 'nul')).toEqual([]);
  expect(textAt(row, 'c.d')).toBe('x');
  expect(textAt(row, 'c')).toBeUndefined();
  expect(countAt(row, 'n')).toBe(12);
  expect(countAt(row, 'c.d')).toBeUndefined();
  expect(keyAt(row, ['n', 'c.d'])).toBe('12|x');
  expect(keyAt(row, ['n', 'mangler'])).toBe('');
});

test.each(['a..b', '', 'a[0]', '{cpr}', '[]'])('%s is no path', (path) => {
  expect(fieldPathSchema.safeParse(path).success).toBe(false);
});
