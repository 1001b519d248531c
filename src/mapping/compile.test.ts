// Whole records: several files of a kind, one record per element, parts, versions, and no exceptions.
import { describe, expect, it } from 'vitest';
import { HubError } from '../errors.ts';
import { compileMappings } from './compile.ts';
import { fileOf, findingsOf, intervention, mappingOf } from './testing.ts';

const contact = (header: string, role = 'R'): string => `
mapping: x.k
to: contact
version: 2
key: id
subject: { via: sag, key: sagId }
${header}
fields:
  name: name
  professional: { value: "true" }
  role: { code: { value: ${role} }, display: { value: ${role} } }
`;

const each = contact('each: "team[]"\npart: { from: id }\nwhen: { path: kind, in: [person] }');

describe('each', () => {
  it('gives one record per element, told apart by its part', () => {
    const { drafts, issues } = mappingOf(each).map({
      team: [
        { id: 1, kind: 'person', name: 'Ane' },
        { id: 2, kind: 'house', name: 'Hus' },
        { id: 3, kind: 'person', name: 'Bo' },
      ],
    });
    expect(drafts.map((draft) => [draft.part, draft.fields['name']])).toEqual([
      ['1', 'Ane'],
      ['3', 'Bo'],
    ]);
    expect(issues).toEqual([]);
  });

  it('leaves out an element without part, and a part that comes twice', () => {
    const team = [{ kind: 'person', name: 'Ane' }, ...['Bo', 'Ib'].map((name) => ({ id: 1, kind: 'person', name }))];
    const { drafts, issues } = mappingOf(each).map({ team });
    expect(drafts.map((draft) => draft.fields['name'])).toEqual(['Bo']);
    expect(issues.map((issue) => issue.code)).toEqual(['part/missing', 'part/duplicate']);
  });

  it('sets the whole record aside when one element fails: half a team would look like members who left', () => {
    const team = [
      { id: 1, kind: 'person', name: 'Ane' },
      { id: 2, kind: 'person' },
    ];
    expect(mappingOf(each).map({ team })).toEqual({
      drafts: [],
      issues: [{ code: 'name/missing', path: 'name', reject: true }],
    });
  });

  it('refuses more elements than it reads', () => {
    const team = Array.from({ length: 3_000 }, (_, id) => ({ id, kind: 'person', name: 'A' }));
    expect(mappingOf(each).map({ team })).toMatchObject({
      drafts: [],
      issues: [{ code: 'each/too-many', reject: true }],
    });
  });

  it('needs a part', () => {
    expect(findingsOf(contact('each: "team[]"')).join()).toContain('`each` needs `part`');
  });
});

describe('several files of one kind', () => {
  it('each makes its own, in the order of the file names', () => {
    const mapping = mappingOf(
      intervention('', 'when: { path: t, in: [i] }'),
      contact('part: { value: first }', 'A'),
      contact('part: { value: second }', 'B'),
    );
    expect(mapping.version).toBe('3+2+2');
    expect(mapping.map({ name: 'X' }).drafts.map((draft) => `${draft.entity}/${draft.part}`)).toEqual([
      'contact/first',
      'contact/second',
    ]);
    expect(mapping.map({ name: 'X', t: 'i' }).drafts).toHaveLength(3);
  });
});

describe('what is read', () => {
  it('is listed from the whole body', () => {
    const { used, unused } = mappingOf(`${each}\nunused: [note]`);
    expect([...used].sort()).toEqual(['id', 'sagId', 'team[]', 'team[].id', 'team[].kind', 'team[].name']);
    expect(unused).toEqual(['note']);
  });
});

describe('compileMappings', () => {
  it('refuses with file, place and what to write', () => {
    const compile = () => compileMappings([fileOf(intervention('grantedAt: { from: a, as: dato }'))], new Map());
    expect(compile).toThrow(HubError);
    expect(compile).toThrow(/^x\/k\.yaml: fields\.grantedAt: there is no conversion "dato": use one of dk-date/);
  });

  it('finds a required field nobody maps', () => {
    expect(findingsOf(intervention('').replace('title: name', ''))).toEqual([
      'fields: the required field "title" of intervention is missing',
    ]);
  });
});
