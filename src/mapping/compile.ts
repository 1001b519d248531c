// All mapping files of one system, compiled once to closures that never throw. Several files of a kind are tried in
// the order of their names; they share one subject.
import { createHash } from 'node:crypto';
import { HubError } from '../errors.ts';
import type { Entity } from '../model/told-consent.ts';
import type { CodeTables } from './codes.ts';
import { addIssue, type Compiler, type Finding } from './compiler.ts';
import type { MappingFile } from './format.ts';
import { compileNumbers, compileSubject } from './header.ts';
import { fromBody } from './paths.ts';
import { compileRecord } from './record.ts';
import type { Draft, Issue, MapResult, SubjectRef } from './result.ts';

export interface KindMapping {
  readonly system: string;
  readonly kind: string;
  /** The versions of all its files: `3`, or `2+1`. */
  readonly version: string;
  /** Of its files and of every code table: differs when anything in them does. */
  readonly digest: string;
  readonly files: readonly string[];
  /** Source kinds its subject is found through. */
  readonly viaKinds: readonly string[];
  readonly mapsCitizen: boolean;
  /** Makes nothing but consents: of a source whose consents are not believed, nothing at all. */
  readonly onlyConsents: boolean;
  /** Who the record is about; empty when that cannot be read. Never throws. */
  subjects(body: unknown): readonly SubjectRef[];
  /** Numbers that the source says are one citizen. Never throws. */
  numbers(body: unknown): { readonly previous: readonly string[]; readonly current?: string };
  /** Never throws. */
  map(body: unknown): MapResult;
  /** Source paths read, and those deliberately not stored; from the whole body, lists as written. */
  readonly used: readonly string[];
  readonly unused: readonly string[];
  /** Who reads each used path: the place in the file, for example `fields.title`, and what the file makes. */
  readonly reads: readonly PathRead[];
}

export interface PathRead {
  readonly path: string;
  readonly place: string;
  readonly to: Entity;
}

const digestOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64');

const safely = <T>(read: () => T, otherwise: T): T => {
  try {
    return read();
  } catch {
    return otherwise;
  }
};

const mapWith =
  (readers: readonly ReturnType<typeof compileRecord>[]) =>
  (body: unknown): MapResult => {
    const drafts: Draft[] = [];
    const issues: Issue[] = [];
    try {
      for (const read of readers) read(body, drafts, issues);
    } catch {
      addIssue(issues, '', 'mapping-failed', true);
    }
    return issues.some((issue) => issue.reject) ? { drafts: [], issues } : { drafts, issues };
  };

const sameSubject = (
  files: readonly MappingFile[],
  find: (file: string, place: string, message: string) => void,
): void => {
  const first = JSON.stringify(files[0]?.spec.subject);
  for (const { file, spec } of files) {
    if (JSON.stringify(spec.subject) !== first) {
      find(file, 'subject', 'files of one source kind must have the same subject; write alternatives as a list');
    }
  }
};

const compileKind = (files: readonly MappingFile[], codes: CodeTables, findings: Finding[]): KindMapping => {
  const used = new Set<string>();
  const reads: PathRead[] = [];
  const compilerOf = ({ file, spec }: MappingFile): Compiler => ({
    within: '',
    codes,
    find: (path, message) => findings.push({ file, path, message }),
    use: (path, place) => {
      used.add(path);
      reads.push({ path, place, to: spec.to });
    },
  });
  sameSubject(files, (file, path, message) => findings.push({ file, path, message }));
  const [head] = files as readonly [MappingFile, ...MappingFile[]];
  const subjects = compileSubject(head.spec.subject, compilerOf(head));
  const withNumbers = files.find((file) => file.spec.numbers !== undefined);
  const numbers = withNumbers?.spec.numbers && compileNumbers(withNumbers.spec.numbers, compilerOf(withNumbers));
  if (
    withNumbers !== undefined &&
    (withNumbers.spec.to !== 'citizen' || !head.spec.subject.some((one) => 'cpr' in one))
  ) {
    findings.push({ file: withNumbers.file, path: 'numbers', message: 'only for citizen with subject {cpr}' });
  }
  const readers = files.map((file) => compileRecord(file, compilerOf(file)));
  for (const file of files) for (const path of file.spec.key) compilerOf(file).use(path, 'key');
  return {
    system: head.system,
    kind: head.kind,
    version: files.map((file) => file.spec.version).join('+'),
    digest: digestOf([files.map((file) => file.spec), [...codes.values()].map((table) => table.digest)]),
    files: files.map((file) => file.file),
    viaKinds: [...new Set(head.spec.subject.flatMap((subject) => ('via' in subject ? [subject.via] : [])))],
    onlyConsents: files.every((file) => file.spec.to === 'consent'),
    mapsCitizen: files.some((file) => file.spec.to === 'citizen'),
    subjects: (body) => safely(() => subjects(body), []),
    numbers: (body) => safely(() => numbers?.(body) ?? { previous: [] }, { previous: [] }),
    map: mapWith(readers),
    used: [...used],
    unused: files.flatMap((file) => file.spec.unused.map((path) => fromBody(path, ''))),
    reads,
  };
};

/** Compiles and collects what is wrong instead of throwing. */
export const compileWithFindings = (files: readonly MappingFile[], codes: CodeTables) => {
  const findings: Finding[] = [];
  const ordered = [...files].sort((a, b) => (a.file < b.file ? -1 : 1));
  const kinds = Map.groupBy(ordered, (file) => file.kind);
  const mappings = new Map([...kinds].map(([kind, own]) => [kind, compileKind(own, codes, findings)] as const));
  return { mappings, findings };
};

export const refuse = (findings: readonly Finding[]): void => {
  if (findings.length === 0) return;
  const lines = findings.slice(0, 20).map(({ file, path, message }) => `${file}: ${path}: ${message}`);
  const more = findings.length > 20 ? [`… and ${findings.length - 20} more`] : [];
  throw new HubError({
    code: 'mapping/invalid',
    fault: 'config',
    message: [...lines, ...more].join('\n'),
    hint: 'Correct the mapping files; `samspil mappings check` shows everything.',
  });
};

/** @throws HubError `mapping/invalid` listing file, place and what to write instead. */
export const compileMappings = (files: readonly MappingFile[], codes: CodeTables): ReadonlyMap<string, KindMapping> => {
  const { mappings, findings } = compileWithFindings(files, codes);
  refuse(findings);
  return mappings;
};
