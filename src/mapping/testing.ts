// For the tests of this folder: a mapping written as YAML text, compiled as `load` compiles a file.
import { parseYaml } from '../config/yaml.ts';
import { type CodeTable, codeTableFormat, compileCodeTable } from './codes.ts';
import { compileWithFindings, type KindMapping } from './compile.ts';
import { type MappingFile, mappingFormat } from './format.ts';

export const codeTable = (text: string): CodeTable =>
  compileCodeTable(codeTableFormat.parse(parseYaml(text, 'codes.yaml')));

export const status = codeTable(`
table: status
source: a source
date: 2026-11-01
system: urn:x:status
target: status
codes: { "1": { code: active, display: Aktiv }, "2": completed }
`);

export const coded = codeTable(`
table: coded
source: a source
date: 2026-11-01
system: http://a/codes
aliases: [urn:oid:1.2]
target: coded
codes: { "a": { code: alpha, display: Første }, "b": { display: Anden } }
`);

const tables = new Map([status, coded].map((table) => [table.name, table]));

export const fileOf = (text: string, name = 'x/k.yaml'): MappingFile => {
  const spec = mappingFormat.parse(parseYaml(text, name, { jsonAt: ['examples', '*', 'given'] }));
  const [system = '', kind = ''] = spec.mapping.split('.');
  return { file: name, system, kind, spec };
};

export const findingsOf = (...texts: readonly string[]): readonly string[] =>
  compileWithFindings(
    texts.map((text, index) => fileOf(text, `x/k.${index}.yaml`)),
    tables,
  ).findings.map(({ path, message }) => `${path}: ${message}`);

/** The mapping of the one kind the texts are about; findings fail the test. */
export const mappingOf = (...texts: readonly string[]): KindMapping => {
  const files = texts.map((text, index) => fileOf(text, `x/k.${index}.yaml`));
  const { mappings, findings } = compileWithFindings(files, tables);
  const mapping = mappings.get(files[0]?.kind ?? '');
  if (findings.length > 0 || mapping === undefined) throw new Error(JSON.stringify(findings));
  return mapping;
};

/** An intervention with everything required, and what the test adds. */
export const intervention = (fields: string, header = ''): string => `
mapping: x.k
to: intervention
version: 3
key: id
subject: { via: sag, key: sagId }
${header}
fields:
  title: name
  type: { value: intervention }
  status: { value: active }
${fields.replace(/^/gm, '  ')}
`;
