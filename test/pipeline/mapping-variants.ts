// Ways of translating the toy source's cases, for trying one mapping against another: each says something differently about
// what is shown, to whom, or of whom.
import { parseYaml } from '../../src/config/yaml.ts';
import { codeTableFormat, compileCodeTable } from '../../src/mapping/codes.ts';
import { compileMappings, type KindMapping } from '../../src/mapping/compile.ts';
import { mappingFormat } from '../../src/mapping/format.ts';
import type { ToyRecord } from './toy.ts';

const head = (version: number, subject = '"persons[].cpr"') => `
mapping: toy.case
to: plan
version: ${version}
key: id
subject: { cpr: ${subject} }
`;
const type = '  type: { code: { value: plan }, display: { value: Handleplan } }\n  status: { value: active }\n';

const levels = compileCodeTable(
  codeTableFormat.parse(
    parseYaml(
      'table: levels\nsource: a source\ndate: 2026-11-01\nsystem: urn:x:levels\ntarget: enum\ncodes: { "1": normal, "2": sensitive }\n',
      'levels',
    ),
  ),
);

/** By name; each text is one mapping file of the kind. */
export const variants: Readonly<Record<string, (version: number) => readonly string[]>> = {
  plain: (version) => [`${head(version)}fields:\n${type}  title: title\n`],
  'other title': (version) => [`${head(version)}fields:\n${type}  title: { from: [other, title] }\n`],
  'fewer fields, withheld': (version) => [
    `${head(version)}withheld: { path: secret, in: ["yes"] }\nfields:\n${type}  title: { value: En plan }\n`,
  ],
  'sensitive, with unit and dates': (version) => [
    `${head(version)}sensitivity: { value: sensitive }\nunit: unit\nfields:\n${type}  title: title\n  purpose: other\n  period: { start: { from: start, as: iso-date, optional: "true" } }\n`,
  ],
  'sensitivity by code': (version) => [
    `${head(version)}sensitivity: { from: level, codes: levels }\nfields:\n${type}  title: title\n`,
  ],
  'only the first person': (version) => [`${head(version, '"persons[0].cpr"')}fields:\n${type}  title: title\n`],
  'subject elsewhere': (version) => [`${head(version, 'owner')}fields:\n${type}  title: title\n`],
  'some not at all': (version) => [
    `${head(version)}when: { path: other, present: "true" }\nfields:\n${type}  title: title\n`,
  ],
  'dates must be right': (version) => [
    `${head(version)}fields:\n${type}  title: title\n  period: { start: { from: start, as: iso-date, else: reject } }\n`,
  ],
  'change of title is no news': (version) => [
    `${head(version)}ignoreForChange: [title]\nfields:\n${type}  title: { from: [other, title] }\n`,
  ],
  'a goal besides': (version) => [
    `${head(version)}fields:\n${type}  title: title\n`,
    `${head(version).replace('to: plan', 'to: goal')}when: { path: other, present: "true" }\nfields:\n  category: { value: goal }\n  text: other\n  status: { value: active }\nlinks:\n  plan: { from: id, kind: case }\njournal: { template: "goals/{id}" }\n`,
  ],
};

export const compileVariant = (name: string, version: number): KindMapping => {
  const files = (variants[name]?.(version) ?? []).map((text, n) => {
    const spec = mappingFormat.parse(parseYaml(text, 'toy'));
    return { file: `toy/case.${n}.yaml`, system: 'toy', kind: 'case', spec };
  });
  const mapping = compileMappings(files, new Map([[levels.name, levels]])).get('case');
  if (mapping === undefined) throw new Error('no mapping');
  return mapping;
};

export interface CaseBody {
  readonly persons: readonly string[];
  readonly owner?: string | undefined;
  readonly title: string;
  readonly other?: string | undefined;
  readonly unit?: string | undefined;
  readonly secret?: string | undefined;
  readonly start?: string | undefined;
}

export const richCase = (key: string, { persons, ...more }: CaseBody): ToyRecord => ({
  key,
  body: JSON.parse(JSON.stringify({ id: key, persons: persons.map((cpr) => ({ cpr })), ...more })) as unknown,
});
