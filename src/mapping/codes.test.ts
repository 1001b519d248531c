// Code tables: plain codes and FHIR codings, aliases, the original beside the translation, unknown codes.
import { describe, expect, it } from 'vitest';
import { codeTableFormat } from './codes.ts';
import { codeTable, mappingOf } from './testing.ts';

const condition = (type: string): string => `
mapping: x.k
to: condition
version: 1
key: id
subject: { cpr: cpr }
fields: { type: ${type}, status: { from: s, codes: status } }
`;

const run = (type: string, body: object) => {
  const { drafts, issues } = mappingOf(condition(type)).map({ s: '1', ...body });
  return {
    type: drafts[0]?.fields['type'],
    status: drafts[0]?.fields['status'],
    issues: issues.map((issue) => issue.code),
  };
};

describe('code tables', () => {
  it('keeps the original beside the translation', () => {
    expect(run('{ from: c, codes: coded }', { c: 'a' }).type).toEqual({
      code: 'alpha',
      display: 'Første',
      original: { system: 'http://a/codes', code: 'a' },
    });
  });

  it('takes the first coding it knows, under any alias of its system', () => {
    const coding = [
      { system: 'http://other', code: 'a' },
      { system: 'urn:oid:1.2', code: 'b', display: 'Second' },
    ];
    for (const path of ['code.coding[]', 'code.coding']) {
      expect(run(`{ from: "${path}", codes: coded }`, { code: { coding } }).type).toEqual({
        code: 'b',
        display: 'Anden',
        original: { system: 'urn:oid:1.2', code: 'b', display: 'Second' },
      });
    }
  });

  it('keeps an unknown coding where the mapping says so', () => {
    const coding = [{ system: 'http://other', code: 'x', display: 'Noget' }];
    expect(run('{ from: "c[]", codes: coded, else: keep }', { c: coding })).toEqual({
      type: { code: 'x', display: 'Noget', original: { system: 'http://other', code: 'x', display: 'Noget' } },
      status: 'active',
      issues: [],
    });
  });

  it('sets a record aside whose required code is unknown', () => {
    expect(run('{ from: c, codes: coded }', { c: 'zzz' }).issues).toEqual(['type/unknown-code', 'type/missing']);
  });

  it('an unknown status is unknown, and counted', () => {
    const constant = '{ code: { value: a }, display: { value: A } }';
    expect(run(constant, { s: '99' })).toMatchObject({ status: 'unknown', issues: ['status/unknown-code'] });
    expect(run(constant, { s: 2 })).toMatchObject({ status: 'completed', issues: [] });
    expect(run(constant, { s: '' }).issues).toEqual(['status/missing']);
  });

  it('translates a constant without claiming an original', () => {
    expect(run('{ value: a, codes: coded }', {}).type).toEqual({ code: 'alpha', display: 'Første' });
  });

  it('wants a display where people will read it, and a source with a date', () => {
    const table = {
      table: 't',
      source: 's',
      date: '2026-01-01',
      system: 'u',
      target: 'coded',
      codes: { a: { code: 'x' } },
    };
    expect(codeTableFormat.safeParse(table).error?.issues[0]?.path).toEqual(['codes', 'a', 'display']);
    expect(codeTableFormat.safeParse({ ...table, date: 'last week' }).success).toBe(false);
  });

  it('reads `01` and `NO` as the codes they are', () => {
    const text = 'table: t\nsource: s\ndate: 2026-01-01\nsystem: u\ntarget: text\ncodes: { 01: Et, NO: Norge }';
    expect([...codeTable(text).entries.keys()]).toEqual(['01', 'NO']);
  });
});
