// A record as lines: what could not be read is marked, and only that, wherever in it it stands.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { markedLines } from './marked-lines.ts';

const marked = (body: unknown, paths: readonly string[]): readonly string[] =>
  markedLines(body, paths)
    .filter((line) => line.marked)
    .map(({ text }) => text.trim());

it('marks a field in a list, as mappings and as decoding write its path', () => {
  const body = { id: 'g1', goals: [{ state: 'x', text: 'a' }, { text: 'b' }], state: 'open' };
  expect(marked(body, ['goals[].state'])).toEqual(['"state": "x",']);
  expect(marked(body, ['goals.[].state'])).toEqual(['"state": "x",']);
});

it('marks an object with all that is in it, and nothing that only begins alike', () => {
  const body = { period: { start: '1', end: '2' }, periodEnd: '3' };
  expect(marked(body, ['period'])).toEqual(['"period": {', '"start": "1",', '"end": "2"', '},']);
  expect(marked(body, ['period.end'])).toEqual(['"end": "2"']);
});

it('marks nothing where nothing is known or the field is missing', () => {
  expect(marked({ a: 1 }, [])).toEqual([]);
  expect(marked({ a: 1 }, [''])).toEqual([]);
  expect(marked({ a: 1 }, ['b'])).toEqual([]);
});

it('is the record, whatever it holds', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(fc.string()), (body, paths) => {
      const text = markedLines(body, paths)
        .map((line) => line.text)
        .join('\n');
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(body)));
    }),
  );
});
