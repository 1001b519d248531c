// Coverage and recorded records: who reads what, what nobody mentions, what never comes; and files that are wrong are told by
// their line, without their text.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compileMappings } from './compile.ts';
import { coverageOf } from './coverage.ts';
import { readFixtures } from './fixtures.ts';
import { compileShape, couldBeName, looksLikeField, shapeOf } from './shape.ts';
import { fileOf } from './testing.ts';

const mapping = compileMappings(
  [
    fileOf(`
mapping: x.k
to: appointment
version: 1
key: id
subject: { cpr: cpr }
when: { path: "type[system=urn:t].code", in: [a] }
fields:
  title: title
  start: { from: at, as: instant }
  status: { value: planned }
  participants: { each: "who[]", name: name, role: { from: role, optional: "true" } }
unused: [note]
`),
  ],
  new Map(),
).get('k');

const bodyOf = (more: object) => ({
  id: '1',
  cpr: '0702751238',
  title: 'Møde',
  at: '2026-02-01',
  type: [{ system: 'urn:t', code: 'a' }],
  ...more,
});

describe('coverageOf', () => {
  if (mapping === undefined) throw new Error('no mapping');
  const schema = z.looseObject({ id: z.string(), declared: z.string().optional() });
  const bodies = [
    bodyOf({ who: [{ name: 'Anna', nick: 'A' }], note: 'x', Hansen: { age: 7 } }),
    bodyOf({ note: 'y', extra: 1, title: '' }),
  ];
  const { paths, fields, records, rejected } = coverageOf({
    mapping,
    schema,
    bodies,
    unknownSince: new Map([
      ['extra', new Date('2026-01-02T03:04:05Z')],
      ['gone', new Date('2025-01-01T00:00:00Z')],
    ]),
  });
  const stateOf = (path: string) => paths.find((one) => one.path === path);

  it('tells who reads each path and how often it was there', () => {
    expect(records).toBe(2);
    expect(rejected).toBe(1);
    expect(stateOf('title')).toEqual({ path: 'title', state: 'used', readers: ['appointment.title'], seen: 1 });
    expect(stateOf('type.system')).toMatchObject({ state: 'used', readers: ['when'] });
    expect(stateOf('who.name')).toMatchObject({ state: 'used', readers: ['appointment.participants.name'] });
    expect(stateOf('who.role')).toMatchObject({ state: 'never seen', seen: 0 });
    expect(stateOf('note')).toMatchObject({ state: 'unused on purpose', seen: 2 });
    expect(stateOf('declared')).toMatchObject({ state: 'never seen' });
  });

  it('tells what is new and since when, also inside a list that is read', () => {
    expect(stateOf('who.nick')).toMatchObject({ state: 'new', seen: 1 });
    expect(stateOf('extra')).toMatchObject({ state: 'new', firstSeen: new Date('2026-01-02T03:04:05Z') });
    expect(stateOf('gone')).toMatchObject({ state: 'new', seen: 0 });
  });

  it('shows no name that only one record has, and no value', () => {
    expect(paths.some(({ path }) => path.includes('Hansen'))).toBe(false);
    expect(JSON.stringify(paths)).not.toMatch(/Anna|Møde|0702751238/);
  });

  it('tells how often each target field is filled', () => {
    expect(fields.find((one) => one.field === 'participants')).toEqual({
      entity: 'appointment',
      field: 'participants',
      filled: 1,
      of: 1,
    });
    expect(fields.find((one) => one.field === 'location')).toMatchObject({ filled: 0, of: 1 });
  });
});

describe('shapes', () => {
  it('hold types by path, lists as their elements, and nothing empty', () => {
    const shape = shapeOf({ a: [{ b: 1 }, { b: 'x' }], c: '', d: null, e: true, '070275-1238': 1, 'x\n': 2 });
    expect([...shape].map(([path, types]) => [path, [...types]])).toEqual([
      ['a', ['fields']],
      ['a.b', ['number', 'text']],
      ['e', ['yes/no']],
    ]);
  });

  it('of some paths are the same as of all of them', () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const inner = fc.dictionary(fc.constantFrom('a', 'b'), fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })));
    const outer = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.oneof(leaf, inner, fc.array(inner, { maxLength: 3 })),
    );
    fc.assert(
      fc.property(outer, fc.subarray(['a', 'b', 'a.a', 'b.a', 'c.b']), (body, paths) => {
        const asked = [...shapeOf(body)].filter(([path]) => paths.includes(path)).sort();
        expect([...compileShape(paths)(body)].sort()).toEqual(asked);
      }),
    );
  });

  it('tell a property from what could be a name', () => {
    expect(['navn', 'SagsId_2', '@type', 'a.b'].map(couldBeName)).toEqual([false, false, false, false]);
    expect(['Hansen', 'Anne Marie', 'a.Hansen'].map(couldBeName)).toEqual([true, true, true]);
    expect(['070275-1238', '', 'x'.repeat(99)].map(looksLikeField)).toEqual([false, false, false]);
  });
});

describe('readFixtures', () => {
  const folder = (files: Readonly<Record<string, string>>): string => {
    const root = mkdtempSync(join(tmpdir(), 'samspil-fixtures-'));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(root, name, '..'), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    return root;
  };

  it('reads a line a record, in a folder of the system or right here', () => {
    const line = '{"key":"1","body":{"a":1}}\n';
    expect(readFixtures(folder({ 'k.jsonl': `${line}\n${line}` }), 'x').get('k')).toHaveLength(2);
    expect(readFixtures(folder({ 'x/k.jsonl': line, 'y/k.jsonl': line }), 'x').get('k')).toEqual([
      { key: '1', body: { a: 1 } },
    ]);
  });

  it.each([
    ['no JSON', '{"key":"1","body":{}}\nAnna And', 'k.jsonl:2: not valid JSON'],
    ['no record', '{"nøgle":"Anna And"}', 'k.jsonl:1: not a recorded record'],
  ])('tells where there is %s', (_, text, message) => {
    const read = (): unknown => readFixtures(folder({ 'k.jsonl': text }), 'x');
    expect(read).toThrow(message);
    expect(read).not.toThrow(/Anna/);
  });

  it('says when there is nothing', () => {
    expect(() => readFixtures(folder({}), 'x')).toThrow('there are no recorded records');
    expect(() => readFixtures('/nowhere/at/all', 'x')).toThrow('there is no such folder');
  });
});
