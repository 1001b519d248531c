// Reads mapping folders: `<system>/*.yaml` and `codes/*.yaml`. A hub has its own folders first and the shipped one last:
// the first that knows a system or a code table counts. Findings name file and place, never the text of a value.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
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

/** Its own folders first, the shipped one last. */
export type MappingFolders = readonly string[];

export const systemFile = 'system.yaml';

const notMappings = ['codes', 'node_modules'];

/** Names of the systems that any of the folders knows. */
export const systemsIn = (folders: MappingFolders): readonly string[] =>
  [
    ...new Set(
      folders.flatMap((folder) =>
        existsSync(folder)
          ? readdirSync(folder, { withFileTypes: true })
              .filter(
                (entry) => entry.isDirectory() && !notMappings.includes(entry.name) && !entry.name.startsWith('.'),
              )
              .map((entry) => entry.name)
          : [],
      ),
    ),
  ].sort();

const folderOf = (folders: MappingFolders, system: string): string | undefined =>
  folders.map((folder) => join(folder, system)).find((folder) => existsSync(folder));

export const readCodeTables = (folders: MappingFolders, findings: Finding[]): CodeTables => {
  const tables = new Map<string, CodeTable>();
  const files = folders.flatMap((folder) => yamlFiles(join(folder, 'codes')).map((name) => ({ folder, name })));
  for (const { folder, name } of files) {
    const file = `codes/${name}`;
    if (tables.has(name.replace(/\.ya?ml$/, ''))) continue;
    const raw = read(join(folder, 'codes', name), file, findings);
    const table = raw === undefined ? undefined : parse(codeTableFormat, raw, file, findings);
    if (table === undefined) continue;
    if (`${table.table}.yaml` !== name) findings.push({ file, path: 'table', message: 'must be the name of the file' });
    tables.set(table.table, compileCodeTable(table));
  }
  return tables;
};

const systemFormat = z.strictObject({
  system: z.string().min(1, 'is empty'),
  title: z.string().min(1, 'is empty'),
  adapter: z.string().min(1, 'is empty'),
  /** What belongs to the system and not to one municipality: its kinds, its ways of paging; never addresses or secrets. */
  config: z.record(z.string(), z.unknown()).default({}),
});
export type SystemFile = z.infer<typeof systemFormat>;

/** What is known of a system apart from its mappings. @returns undefined when there is no such file or it is wrong. */
export const readSystemFile = (
  folders: MappingFolders,
  system: string,
  findings: Finding[],
): SystemFile | undefined => {
  const path = join(folderOf(folders, system) ?? '', systemFile);
  const file = `${system}/${systemFile}`;
  if (!existsSync(path)) return undefined;
  const raw = read(path, file, findings);
  const found = raw === undefined ? undefined : parse(systemFormat, raw, file, findings);
  if (found !== undefined && found.system !== system)
    findings.push({ file, path: 'system', message: 'must be the name of the folder' });
  return found;
};

/** @throws HubError `mapping/invalid` with every finding. */
export const loadSystemFile = (folders: MappingFolders, system: string): SystemFile | undefined => {
  const findings: Finding[] = [];
  const found = readSystemFile(folders, system, findings);
  refuse(findings);
  return found;
};

export const readMappingFiles = (
  folders: MappingFolders,
  system: string,
  findings: Finding[],
): readonly MappingFile[] => {
  const folder = folderOf(folders, system);
  const names = folder === undefined ? [] : yamlFiles(folder).filter((name) => name !== systemFile);
  return names.flatMap((name) => {
    const file = `${system}/${name}`;
    const raw = read(join(folder ?? '', name), file, findings);
    const spec = raw === undefined ? undefined : parse(mappingFormat, raw, file, findings);
    if (spec === undefined) return [];
    const [named = '', kind = ''] = spec.mapping.split('.');
    if (named !== system || name.split('.')[0] !== kind) {
      findings.push({ file, path: 'mapping', message: 'must be <folder>.<file name up to its first point>' });
    }
    return [{ file, system: named, kind, spec }];
  });
};

/**
 * The compiled mappings of one system by source kind.
 * @throws HubError `mapping/invalid` with every finding.
 */
export const loadMappings = (folders: MappingFolders, system: string): ReadonlyMap<string, KindMapping> => {
  const findings: Finding[] = [];
  const codes = readCodeTables(folders, findings);
  const files = readMappingFiles(folders, system, findings);
  if (files.length === 0 && findings.length === 0) {
    findings.push({ file: `${system}/`, path: '(folder)', message: 'there are no mapping files' });
  }
  const compiled = compileWithFindings(files, codes);
  refuse([...findings, ...compiled.findings]);
  return compiled.mappings;
};
