// Where values come from and what happens when they do not fit: copy, constant, convert, translate, else.
import { describe, expect, it } from 'vitest';
import { findingsOf, intervention, mappingOf } from './testing.ts';

const run = (fields: string, body: object) => {
  const { drafts, issues } = mappingOf(intervention(fields)).map({ name: 'Støtte', ...body });
  return { fields: drafts[0]?.fields, issues: issues.map((issue) => `${issue.code}${issue.reject ? '!' : ''}`) };
};

describe('copied values', () => {
  it('trims; empty is absent', () => {
    const { fields, issues } = run('provider: by\nendReason: why', { by: '  Alfa ', why: '   ' });
    expect(fields).toMatchObject({ title: 'Støtte', provider: 'Alfa' });
    expect(fields).not.toHaveProperty('endReason');
    expect(issues).toEqual([]);
  });

  it('takes numbers as they are, numbers in text only converted', () => {
    expect(run('hoursPerWeek: h', { h: 7.5 }).fields).toMatchObject({ hoursPerWeek: 7.5 });
    expect(run('hoursPerWeek: h', { h: '7.5' }).issues).toEqual(['hoursPerWeek/bad-number']);
    expect(run('hoursPerWeek: h', { h: 900 }).issues).toEqual(['hoursPerWeek/out-of-range']);
    expect(run('hoursPerWeek: { from: h, as: decimal-comma }', { h: '7,5' }).fields).toMatchObject({
      hoursPerWeek: 7.5,
    });
  });

  it('cuts long text visibly and says so', () => {
    const { fields, issues } = run('provider: by', { by: 'x'.repeat(600) });
    expect(fields?.['provider']).toBe(`${'x'.repeat(499)}…`);
    expect(issues).toEqual(['provider/too-long']);
  });

  it('leaves out what databases and JSON cannot hold', () => {
    expect(run('provider: by', { by: 'a\u0000b\ud800' }).fields).toMatchObject({ provider: 'ab\ufffd' });
  });

  it('does not take objects for text', () => {
    expect(run('provider: by', { by: { a: 1 } }).issues).toEqual(['provider/unexpected-value']);
  });

  it('uses the first path that yields anything', () => {
    expect(run('provider: { from: [a, "b[].c"] }', { a: ' ', b: [{}, { c: 'C' }] }).fields).toMatchObject({
      provider: 'C',
    });
  });

  it('collects a list', () => {
    expect(run('legalBasis: { from: "p[].t", list: true }', { p: [{ t: 'a' }, {}, { t: 'b' }] }).fields).toMatchObject({
      legalBasis: ['a', 'b'],
    });
    expect(run('legalBasis: p', { p: ['a', null, 'b'] }).fields).toMatchObject({ legalBasis: ['a', 'b'] });
    const many = run('legalBasis: p', { p: Array.from({ length: 60 }, (_, n) => `§ ${n}`) });
    expect(many.fields?.['legalBasis']).toHaveLength(50);
    expect(many.issues).toEqual(['legalBasis/too-many']);
  });
});

describe('else', () => {
  const bad = { from: '31-02-2026' };

  it('issue: the field is left out', () => {
    expect(run('grantedAt: { from: from, as: dk-date }', bad)).toEqual({
      fields: { title: 'Støtte', type: 'intervention', status: 'active' },
      issues: ['grantedAt/bad-date'],
    });
  });

  it('reject: the record is set aside', () => {
    expect(run('grantedAt: { from: from, as: dk-date, else: reject }', bad)).toEqual({
      fields: undefined,
      issues: ['grantedAt/bad-date!'],
    });
  });

  it('keep: the text as written, without an issue', () => {
    expect(run('provider: { from: c, codes: coded, else: keep }', { c: 'zzz' })).toMatchObject({
      fields: { provider: 'zzz' },
      issues: [],
    });
    expect(run('provider: { from: c, codes: coded, else: keep }', { c: 'a' }).fields).toMatchObject({
      provider: 'Første',
    });
  });

  it('a required field that ends up empty sets the record aside', () => {
    const { drafts, issues } = mappingOf(intervention('')).map({ name: ' ' });
    expect(drafts).toEqual([]);
    expect(issues).toEqual([{ code: 'title/missing', path: 'title', reject: true }]);
  });
});

describe('nested values', () => {
  it('a nested object is absent when nothing is in it', () => {
    expect(run('period: { start: { from: s, as: iso-date } }', {}).fields).not.toHaveProperty('period');
    expect(run('period: { start: { from: s, as: iso-date } }', { s: '2026-02-01' }).fields).toMatchObject({
      period: { start: '2026-02-01' },
    });
    expect(run('period: { start: { from: s, as: iso-date }, end: e }', { s: 'x', e: '2026-02-01' })).toMatchObject({
      fields: { period: { end: '2026-02-01' } },
      issues: ['period.start/bad-date'],
    });
  });

  it('calls a named function', () => {
    expect(run('endReason: { call: join-lines, with: [a, "b[]"] }', { a: '1', b: ['2', '3'] }).fields).toMatchObject({
      endReason: '1\n2\n3',
    });
  });
});

describe('protection', () => {
  const mapping = mappingOf(`
mapping: x.k
to: citizen
version: 1
key: id
subject: { cpr: cpr }
fields: { protection: { name: n, address: { from: a, as: boolean }, until: { from: u, as: iso-date } } }
`);

  it.each([
    [{ n: true, a: 'nej' }, { name: true, address: false }, []],
    [{ n: 'yes?', a: 'nej' }, { name: true, address: false }, ['protection.name/bad-boolean']],
    [{ n: false, a: 'måske' }, { name: false, address: true }, ['protection.address/bad-boolean']],
    [{ a: 'ja' }, { name: true, address: true }, []],
    [{ a: 'nej' }, { name: false, address: false }, []],
    [{ a: 'ja', n: false, u: 'snart' }, { name: false, address: true }, ['protection.until/bad-date']],
    [{}, undefined, []],
  ])('%j is %j', (body, expected, codes) => {
    const { drafts, issues } = mapping.map(body);
    expect(drafts[0]?.fields['protection']).toEqual(expected);
    expect(issues.map((issue) => issue.code)).toEqual(codes);
  });
});

describe('findings', () => {
  it.each([
    ['nosuch: a', 'fields.nosuch: there is no such field'],
    ['provider: { from: a, as: dk-dato }', 'there is no conversion "dk-dato"'],
    ['provider: { from: a, codes: nosuch }', 'add mappings/codes/nosuch.yaml'],
    ['provider: { call: nosuch, with: [a] }', 'there is no function "nosuch"'],
    ['provider: "a..b"', 'is not a path'],
    ['grantedAt: { from: a, as: instant }', '"instant" gives a instant, the field wants day'],
    ['hoursPerWeek: { value: "900" }', 'the field does not take the constant'],
    ['hoursPerWeek: { from: a, codes: coded }', 'code table "coded" gives "alpha"'],
    ['grantedAt: { from: a, as: dk-date, else: keep }', '`else: keep` needs a field that takes text'],
    ['provider: { a: b }', 'the field wants text, not nested fields'],
    ['period: a', 'the field wants nested fields, not one value'],
    ['provider: { from: a, list: true }', '`list: true` needs a field that takes a list'],
    ['legalBasis: { each: "a[]", x: y }', 'no `each`'],
  ])('%s', (fields, message) => expect(findingsOf(intervention(fields)).join('\n')).toContain(message));
});
