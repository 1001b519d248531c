// Reads a mappings folder: `<system>/*.yaml` and `codes/*.yaml`. Findings name file and place; the text of a value
// is never repeated.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { readYaml } from '../config/yaml.ts';
import { HubError } from '../errors.ts';
import { type CodeTable, type CodeTables, codeTableFormat, compileCodeTable } from './codes.ts';
import { compileWithFindings, type KindMapping, refuse } from './compile.ts';
import type { Finding } from './compiler.ts';
import { type MappingFile, mappingFormat } from './format.ts';

const yamlFiles = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /\.ya?ml$/.test(name))
        .sort()
    : [];

const parse = <T>(schema: z.ZodType<T>, raw: unknown, file: string, findings: Finding[]): T | undefined => {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    findings.push({ file, path: issue.path.join('.') || '(top)', message: issue.message });
  }
  return undefined;
};

/** A file that is not YAML is a finding like any other. */
const read = (path: string, file: string, findings: Finding[]): unknown => {
  try {
    return readYaml(path, { jsonAt: ['examples', '*', 'given'] });
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown;
    findings.push({ file, path: '(file)', message: `${thrown.message} ${thrown.hint ?? ''}`.trim() });
    return undefined;
  }
};

export const readCodeTables = (folder: string, findings: Finding[]): CodeTables => {
  const tables = new Map<string, CodeTable>();
  for (const name of yamlFiles(join(folder, 'codes'))) {
    const file = `codes/${name}`;
    const raw = read(join(folder, 'codes', name), file, findings);
    const table = raw === undefined ? undefined : parse(codeTableFormat, raw, file, findings);
    if (table === undefined) continue;
    if (`${table.table}.yaml` !== name) findings.push({ file, path: 'table', message: 'must be the name of the file' });
    tables.set(table.table, compileCodeTable(table));
  }
  return tables;
};

export const readMappingFiles = (folder: string, system: string, findings: Finding[]): readonly MappingFile[] =>
  yamlFiles(join(folder, system)).flatMap((name) => {
    const file = `${system}/${name}`;
    const raw = read(join(folder, system, name), file, findings);
    const spec = raw === undefined ? undefined : parse(mappingFormat, raw, file, findings);
    if (spec === undefined) return [];
    const [named = '', kind = ''] = spec.mapping.split('.');
    if (named !== system || name.split('.')[0] !== kind) {
      findings.push({ file, path: 'mapping', message: 'must be <folder>.<file name up to its first point>' });
    }
    return [{ file, system: named, kind, spec }];
  });

/**
 * The compiled mappings of one system by source kind.
 * @throws HubError `mapping/invalid` with every finding.
 */
export const loadMappings = (folder: string, system: string): ReadonlyMap<string, KindMapping> => {
  const findings: Finding[] = [];
  const codes = readCodeTables(folder, findings);
  const files = readMappingFiles(folder, system, findings);
  if (files.length === 0 && findings.length === 0) {
    findings.push({ file: `${system}/`, path: '(folder)', message: 'there are no mapping files' });
  }
  const compiled = compileWithFindings(files, codes);
  refuse([...findings, ...compiled.findings]);
  return compiled.mappings;
};
