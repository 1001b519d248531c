// The check of a whole folder: files, rules about people, links, schemas, examples.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { HubError } from '../errors.ts';
import { checkMappings } from './check.ts';
import { loadMappings } from './load.ts';
import { intervention } from './testing.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const folderOf = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mappings-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
};

const sag = `
mapping: x.sag
to: journalReference
version: 1
key: id
subject: { cpr: cpr }
fields: { title: name, type: { value: case } }
`;

const findings = (files: Readonly<Record<string, string>>): string =>
  checkMappings([folderOf(files)])
    .findings.map(({ file, path, message }) => `${file}: ${path}: ${message}`)
    .join('\n');

describe('checkMappings', () => {
  it('is content with what is right', () => {
    const folder = folderOf({ 'x/sag.yaml': sag, 'x/k.yaml': intervention('') });
    const report = checkMappings([folder]);
    expect(report).toMatchObject({ ok: true, systems: ['x'], files: 2, findings: [] });
    expect([...loadMappings([folder], 'x').keys()]).toEqual(['k', 'sag']);
  });

  it.each([
    ['not YAML', { 'x/sag.yaml': 'a: [' }, 'x/sag.yaml: (file): '],
    ['another name', { 'x/case.yaml': sag }, 'x/case.yaml: mapping: must be <folder>.<file name'],
    [
      'no such via',
      { 'x/k.yaml': intervention('') },
      'x/k.yaml: subject: `via` names source kind "sag", which has no mapping',
    ],
    [
      'a link to nothing',
      { 'x/sag.yaml': sag, 'x/k.yaml': intervention('', 'links: { plan: { from: a, kind: sag } }') },
      'no mapping of this system makes plan from source kind "sag"',
    ],
    [
      'a circle',
      { 'x/sag.yaml': sag.replace('{ cpr: cpr }', '{ via: sag, key: parent }') },
      '`via` leads round in a circle',
    ],
    ['a table without date', { 'codes/a.yaml': 'table: a' }, 'codes/a.yaml: date: '],
    [
      'a table under another name',
      { 'codes/a.yaml': 'table: b\nsource: s\ndate: 2026-01-01\nsystem: u\ntarget: text\ncodes: {}' },
      'codes/a.yaml: table: must be the name of the file',
    ],
  ])('finds %s', (_, files, message) => expect(findings(files)).toContain(message));

  it.each([
    ['fields: { title: name, number: cpr', 'fields.number: "cpr" names a CPR'],
    ['journal: { template: "x/{cpr}" }\nfields: { title: name', 'journal.template: "cpr" names a CPR'],
    ['unit: cpr\nfields: { title: { from: [a, cpr] }', 'unit: "cpr" names a CPR'],
    ['fields: { title: { call: join-words, with: [name, cpr] }', 'fields.title: "cpr" names a CPR'],
  ])('keeps CPRs where they belong: %s', (fields, message) => {
    expect(findings({ 'x/sag.yaml': sag.replace('fields: { title: name', fields) })).toContain(message);
  });

  it('takes a way back to the same kind beside one that ends', () => {
    const both = sag.replace('{ cpr: cpr }', '[{ via: sag, key: parent }, { cpr: cpr }]');
    expect(findings({ 'x/sag.yaml': both })).toBe('');
  });

  it('keeps the key of the citizen out of titles', () => {
    const file = intervention('').replace('title: name', 'title: sagId');
    expect(findings({ 'x/sag.yaml': sag, 'x/k.yaml': file })).toContain('"sagId" is the key of the citizen');
  });

  it('runs the examples', () => {
    const example = (expected: string) =>
      `${sag}examples:\n  - name: e\n    given: { id: 1, name: A, cpr: 0101011234 }\n${expected}`;
    expect(
      findings({ 'x/sag.yaml': example('    expect: { title: A, type: case }\n    subjects: [cpr/0101011234]') }),
    ).toBe('');
    expect(findings({ 'x/sag.yaml': example('    expect: { title: B }') })).toBe(
      'x/sag.yaml: examples "e": title: expected "B", got "A"',
    );
    expect(findings({ 'x/sag.yaml': example('    expect: []') })).toContain('expected 0 records, got 1');
    expect(findings({ 'x/sag.yaml': example('    expect: { title: A }\n    issues: [title/missing]') })).toContain(
      'issues: expected title/missing, got none',
    );
    expect(findings({ 'x/sag.yaml': example('    expect: {}\n    absent: [title]') })).toContain(
      'title: expected absent',
    );
  });

  it('compares paths with the records of the adapter', () => {
    const folder = folderOf({ 'x/sag.yaml': sag });
    const strict = z.object({
      id: z.string(),
      cpr: z.string(),
      note: z.string().optional(),
      list: z.array(z.object({ a: z.string() })),
    });
    const report = checkMappings([folder], { bodiesOf: () => ({ sag: strict }) });
    expect(report.findings).toMatchObject([
      { path: 'name', message: 'the adapter\'s records of "sag" have no "name"' },
    ]);
    expect(report.unmentioned).toEqual(['x.sag: note', 'x.sag: list[].a']);
    const loose = checkMappings([folder], {
      bodiesOf: () => ({ sag: z.looseObject({ id: z.string(), cpr: z.string() }) }),
    });
    expect(loose.findings).toEqual([]);
    expect(loose.warnings.map((warning) => warning.path)).toEqual(['examples', 'name']);
  });

  it('stops the start with every finding', () => {
    const folder = folderOf({ 'x/sag.yaml': sag.replace('title: name', 'titel: name') });
    expect(() => loadMappings([folder], 'x')).toThrow(HubError);
    expect(() => loadMappings([folder], 'x')).toThrow(
      /titel: there is no such field[\s\S]*"title" of journalReference is missing/,
    );
    expect(() => loadMappings([folder], 'y')).toThrow(/y\/: \(folder\): there are no mapping files/);
  });
});
