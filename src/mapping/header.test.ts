// Header lines: subject, numbers, conditions, links, journal template, sensitivity and the rest.
import { describe, expect, it } from 'vitest';
import { findingsOf, intervention, mappingOf } from './testing.ts';

const about = (subject: string) =>
  mappingOf(intervention('').replace('subject: { via: sag, key: sagId }', `subject: ${subject}`));

describe('subject', () => {
  it('is another record, or a number', () => {
    expect(about('{ via: sag, key: sagId }').subjects({ sagId: 7 })).toEqual([{ via: 'sag', key: '7' }]);
    expect(about('{ cpr: { from: c, as: pad-cpr } }').subjects({ c: '101011234' })).toEqual([{ cpr: '0101011234' }]);
    expect(about('{ cpr: c }').subjects({ c: '010101-1234' })).toEqual([{ cpr: '0101011234' }]);
  });

  it('may be several, each once', () => {
    const subjects = about('{ via: Patient, key: { from: "s[].reference", as: fhir-id } }').subjects({
      s: [{ reference: 'Patient/a' }, { reference: 'Patient/b' }, { reference: 'Patient/a/_history/2' }],
    });
    expect(subjects).toEqual([
      { via: 'Patient', key: 'a' },
      { via: 'Patient', key: 'b' },
    ]);
  });

  it('the first alternative that yields anything wins', () => {
    const { subjects, viaKinds } = about('[{ cpr: c }, { via: a, key: x }, { via: b, key: y }]');
    expect(viaKinds).toEqual(['a', 'b']);
    expect(subjects({ c: '', x: '1', y: '2' })).toEqual([{ via: 'a', key: '1' }]);
    expect(subjects({ y: '2' })).toEqual([{ via: 'b', key: '2' }]);
  });

  it('is unreadable rather than incomplete', () => {
    const { subjects } = about('{ cpr: "c[]" }');
    expect(subjects({ c: ['0101011234', 'unknown'] })).toEqual([]);
    for (const body of [null, 7, 'x', [], {}]) expect(subjects(body)).toEqual([]);
  });

  it('is the same in all files of a kind', () => {
    const other = intervention('').replace('sagId }', 'otherId }');
    expect(findingsOf(intervention(''), other).join()).toContain('must have the same subject');
  });
});

const citizen = `
mapping: x.k
to: citizen
version: 1
key: id
subject: { cpr: cpr }
numbers: { previous: "old[].nr", current: cpr }
fields: { name: name }
`;

describe('numbers', () => {
  it('says which numbers are one citizen', () => {
    const { numbers, mapsCitizen } = mappingOf(citizen);
    expect(mapsCitizen).toBe(true);
    expect(numbers({ cpr: '0101011234', old: [{ nr: '610101-1234' }, { nr: 'x' }] })).toEqual({
      previous: ['6101011234'],
      current: '0101011234',
    });
    expect(numbers({})).toEqual({ previous: [] });
    expect(mappingOf(intervention('')).numbers({ old: [] })).toEqual({ previous: [] });
  });

  it('belongs to citizens alone', () => {
    expect(findingsOf(intervention('', 'numbers: { previous: old }')).join()).toContain('only for citizen');
  });
});

describe('when', () => {
  const takes = (when: string, body: object) =>
    mappingOf(intervention('', `when: ${when}`)).map({ name: 'A', ...body }).drafts.length === 1;

  it.each([
    ['{ path: t, in: [a, "1"] }', { t: ' a ' }, true],
    ['{ path: t, in: [a, "1"] }', { t: 1 }, true],
    ['{ path: t, in: [a] }', {}, false],
    ['{ path: "t[].c", in: [a] }', { t: [{ c: 'b' }, { c: 'a' }] }, true],
    ['{ path: "t[]", other: [a] }', { t: ['a', 'b'] }, true],
    ['{ path: "t[]", other: [a, b] }', { t: ['a', 'b'] }, false],
    ['{ path: t, other: [a] }', {}, false],
    ['{ path: t, notIn: [a] }', {}, true],
    ['{ path: "t[]", notIn: [a] }', { t: ['b', 'a'] }, false],
    ['{ path: t, present: true }', { t: ' ' }, false],
    ['{ path: t, present: false }', { t: [] }, true],
    ['[{ path: t, in: [a] }, { path: u, present: true }]', { t: 'a' }, false],
    ['[{ path: t, in: [a] }, { path: u, present: true }]', { t: 'a', u: 0 }, true],
  ])('%s of %j: %s', (when, body, expected) => expect(takes(when, body)).toBe(expected));
});

describe('the rest of the header', () => {
  const draftOf = (header: string, body: object) =>
    mappingOf(intervention('', header)).map({ name: 'A', ...body }).drafts[0];

  it('links to every candidate kind of every key', () => {
    const header =
      'links: { plan: { from: "b[].r", as: fhir-id, kind: CarePlan, to: [plan, intervention] }, goal: [{ from: g, kind: maal, part: p }] }';
    expect(draftOf(header, { b: [{ r: 'CarePlan/1' }], g: 2, p: 'x' })?.links).toEqual([
      { rel: 'plan', kind: 'CarePlan', key: '1', entity: 'plan', part: '' },
      { rel: 'plan', kind: 'CarePlan', key: '1', entity: 'intervention', part: '' },
      { rel: 'goal', kind: 'maal', key: '2', entity: 'goal', part: 'x' },
    ]);
    expect(findingsOf(intervention('', 'links: { about: { from: a, kind: k } }')).join()).toContain('write `to:`');
  });

  it('builds a journal path of encoded single segments', () => {
    const header = 'journal: { template: "sager/{sagId}/x?id={i}" }';
    expect(draftOf(header, { sagId: '../7/ø', i: 'a&b' })?.journalPath).toBe('sager/..%2F7%2F%C3%B8/x?id=a%26b');
    expect(draftOf(header, { sagId: '7' })).not.toHaveProperty('journalPath');
    expect(draftOf(header, { sagId: '..', i: '1' })).not.toHaveProperty('journalPath');
    expect(findingsOf(intervention('', 'journal: { template: "https://x/{id}" }')).join()).toContain('write no host');
  });

  it('names the system a record is kept in and what a link into it may say, but no address', () => {
    const header = 'journal: { by: m.id, values: { sag: [nr, id], uuid: u } }';
    expect(draftOf(header, { m: { id: 'A-1' }, nr: '26/1', u: '..' })?.hop).toEqual({
      by: 'A-1',
      values: { sag: '26%2F1' },
    });
    expect(draftOf(header, { nr: '26/1' })).not.toHaveProperty('hop');
    const both = 'journal: { by: m, template: "x/{id}" }';
    expect(() => draftOf(both, {})).toThrow('by');
    expect(draftOf('domain: d', { d: 'family' })?.domain).toBe('family');
    expect(draftOf('domain: d', { d: 'church' })).not.toHaveProperty('domain');
  });

  it('an unknown sensitivity protects', () => {
    const header = 'sensitivity: { from: g, codes: status }';
    expect(findingsOf(intervention('', header)).join()).toContain('which the field does not take');
    expect(draftOf('sensitivity: g', { g: 'confidential' })?.sensitivity).toBe('confidential');
    expect(draftOf('sensitivity: g', { g: 'secret?' })?.sensitivity).toBe('sensitive');
    expect(draftOf('sensitivity: g', {})).not.toHaveProperty('sensitivity');
  });

  it('carries unit, named professionals, time and conditions', () => {
    const header = `unit: { from: u }
named: [a, "b[]"]
updatedAt: { from: t, as: instant }
withheld: { from: w, in: [ja] }
protected: { from: p, present: true }
ignoreForChange: [endReason]`;
    expect(draftOf(header, { u: 5, a: 'x', b: ['y', 'x'], t: '2026-02-01', w: 'ja', p: 'R' })).toMatchObject({
      unit: '5',
      named: ['x', 'y'],
      sourceUpdatedAt: '2026-01-31T23:00:00Z',
      withheld: true,
      thirdPartyProtected: true,
      ignoreForChange: ['endReason'],
      mapping: 'x.k@3',
    });
  });
});
