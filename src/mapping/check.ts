// `samspil mappings check` and the check at start: every file's format, what compiling finds, rules about people,
// links between kinds, paths against the adapter's schemas, and the examples.
import type { z } from 'zod';
import type { CodeTables } from './codes.ts';
import { compileWithFindings, type KindMapping } from './compile.ts';
import type { Finding } from './compiler.ts';
import { compileUnknownFields } from './drift.ts';
import { exampleFindings } from './examples.ts';
import type { MappingFile } from './format.ts';
import { defaultEntities } from './header.ts';
import {
  type MappingFolders,
  readCodeTables,
  readMappingFiles,
  readSystemFile,
  type SystemFile,
  systemsIn,
} from './load.ts';
import { checkPath, declaredPaths } from './schema-paths.ts';
import { checkSubjectFields } from './subject-fields.ts';

/** The zod body of each source kind. */
export type Bodies = Readonly<Record<string, z.ZodType>>;
/** The bodies of a system's kinds; undefined when its adapter or their configuration is not known. */
export type BodiesOf = (system: string, file: SystemFile | undefined) => Bodies | undefined;

export interface CheckReport {
  readonly ok: boolean;
  readonly systems: readonly string[];
  readonly files: number;
  readonly examples: number;
  /** These stop the start. */
  readonly findings: readonly Finding[];
  /** These do not: a path the schema does not declare, a file without examples. */
  readonly warnings: readonly Finding[];
  /** Source fields that are neither used nor listed as unused, `system.kind: path`. */
  readonly unmentioned: readonly string[];
}

const checkLinks = (file: MappingFile, files: readonly MappingFile[]): readonly Finding[] =>
  Object.entries(file.spec.links).flatMap(([rel, list]) =>
    list.flatMap((link, index): readonly Finding[] => {
      const entities = link.to ?? defaultEntities[rel as keyof typeof defaultEntities];
      const exists = files.some((other) => other.kind === link.kind && entities.includes(other.spec.to));
      const message = `no mapping of this system makes ${entities.join(' or ')} from source kind "${link.kind}"`;
      return exists || entities.length === 0 ? [] : [{ file: file.file, path: `links.${rel}.${index}`, message }];
    }),
  );

/** The citizen must be found in the end: every `via` leads to a known kind, and some way ends at a CPR. */
const checkVia = (files: readonly MappingFile[], kinds: readonly string[]): readonly Finding[] => {
  const subjects = new Map(files.map((file) => [file.kind, file.spec.subject]));
  const foreign = (kind: string): boolean => !subjects.has(kind) && kinds.includes(kind);
  const grounded = new Set<string>();
  for (let before = -1; before !== grounded.size; ) {
    before = grounded.size;
    for (const [kind, ways] of subjects) {
      if (ways.some((way) => 'cpr' in way || grounded.has(way.via) || foreign(way.via))) grounded.add(kind);
    }
  }
  return [...subjects].flatMap(([kind, ways]) => {
    const at = { file: files.find((file) => file.kind === kind)?.file ?? '', path: 'subject' };
    const unknown = ways.flatMap((way) =>
      'via' in way && !subjects.has(way.via) && !foreign(way.via) ? [way.via] : [],
    );
    if (unknown.length > 0) {
      return unknown.map((via) => ({ ...at, message: `\`via\` names source kind "${via}", which has no mapping` }));
    }
    return grounded.has(kind) ? [] : [{ ...at, message: '`via` leads round in a circle: no citizen is ever found' }];
  });
};

const checkSchema = (
  mapping: KindMapping,
  schema: z.ZodType,
  findings: Finding[],
  warnings: Finding[],
): readonly string[] => {
  for (const path of mapping.used) {
    const verdict = checkPath(schema, path);
    const message = `the adapter's records of "${mapping.kind}" have no "${path}"`;
    const finding = { file: mapping.files.join(', '), path, message };
    if (verdict === 'impossible') findings.push(finding);
    if (verdict === 'undeclared') warnings.push(finding);
  }
  const unknown = compileUnknownFields(mapping);
  return declaredPaths(schema)
    .filter(
      (path) =>
        unknown(path.split('.').reduceRight<unknown>((below, name) => ({ [name.replace('[]', '')]: below }), ''))
          .length > 0,
    )
    .map((path) => `${mapping.system}.${mapping.kind}: ${path}`);
};

const checkSystem = (folders: MappingFolders, system: string, codes: CodeTables, bodiesOf: BodiesOf | undefined) => {
  const findings: Finding[] = [];
  const warnings: Finding[] = [];
  const files = readMappingFiles(folders, system, findings);
  const bodies = bodiesOf?.(system, readSystemFile(folders, system, findings)) ?? {};
  const compiled = compileWithFindings(files, codes);
  findings.push(...compiled.findings, ...checkVia(files, Object.keys(bodies)));
  for (const file of files) {
    findings.push(...checkSubjectFields(file), ...checkLinks(file, files), ...exampleFindings(file, codes));
    if (file.spec.examples.length === 0)
      warnings.push({ file: file.file, path: 'examples', message: 'there are none' });
  }
  const unmentioned = [...compiled.mappings.values()].flatMap((mapping) => {
    const schema = bodies[mapping.kind];
    return schema === undefined ? [] : checkSchema(mapping, schema, findings, warnings);
  });
  return { findings, warnings, unmentioned, files };
};

export const checkMappings = (
  folders: MappingFolders,
  options: { readonly bodiesOf?: BodiesOf; readonly systems?: readonly string[] } = {},
): CheckReport => {
  const findings: Finding[] = [];
  const codes = readCodeTables(folders, findings);
  const systems = options.systems ?? systemsIn(folders);
  const checked = systems.map((system) => checkSystem(folders, system, codes, options.bodiesOf));
  findings.push(...checked.flatMap((one) => one.findings));
  const files = checked.flatMap((one) => one.files);
  return {
    ok: findings.length === 0,
    systems,
    files: files.length,
    examples: files.reduce((sum, file) => sum + file.spec.examples.length, 0),
    findings,
    warnings: checked.flatMap((one) => one.warnings),
    unmentioned: checked.flatMap((one) => one.unmentioned),
  };
};
