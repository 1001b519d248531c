// Runs the examples inside a mapping file. An expected value is compared as text and only where it is named, so an
// example shows what it is about and nothing else. A miss says the field, what was expected and what came.
import type { CodeTables } from './codes.ts';
import { compileWithFindings, type KindMapping } from './compile.ts';
import type { Finding } from './compiler.ts';
import type { Example, MappingFile } from './format.ts';
import type { Draft } from './result.ts';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export interface Miss {
  /** Target field, or `records`, `issues`, `subjects`, `links`. */
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}

export interface ExampleResult {
  readonly file: string;
  readonly example: string;
  readonly misses: readonly Miss[];
}

const absent = 'absent';
const shown = (value: unknown): string =>
  value === undefined ? absent : typeof value === 'object' ? JSON.stringify(value) : `"${String(value)}"`;

/** Places where `actual` does not have what `expected` names. */
const differences = (expected: unknown, actual: unknown, field: string): readonly Miss[] => {
  const miss = [{ field, expected: shown(expected), got: shown(actual) }];
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return miss;
    if (actual.length !== expected.length)
      return [{ field, expected: `${expected.length} elements`, got: String(actual.length) }];
    return expected.flatMap((element, index) => differences(element, actual[index], `${field}[${index}]`));
  }
  if (isRecord(expected)) {
    if (!isRecord(actual)) return miss;
    return Object.entries(expected).flatMap(([name, value]) =>
      differences(value, actual[name], field === '' ? name : `${field}.${name}`),
    );
  }
  return actual !== undefined && String(actual) === String(expected) ? [] : miss;
};

const same = (field: string, expected: readonly string[], actual: readonly string[]): readonly Miss[] => {
  const [wanted, got] = [[...new Set(expected)].sort().join(', '), [...new Set(actual)].sort().join(', ')];
  return wanted === got ? [] : [{ field, expected: wanted || 'none', got: got || 'none' }];
};

const valueAt = (fields: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((here, name) => (isRecord(here) ? here[name] : undefined), fields);

const compareDraft = (expected: unknown, draft: Draft | undefined, without: readonly string[]): readonly Miss[] => [
  ...differences(expected, draft?.fields, ''),
  ...without.flatMap((field) => {
    const value = valueAt(draft?.fields, field);
    return value === undefined ? [] : [{ field, expected: absent, got: shown(value) }];
  }),
];

const linksOf = (drafts: readonly Draft[]): readonly string[] =>
  drafts.flatMap((draft) => draft.links.map((link) => `${link.rel} ${link.kind}/${link.key}`));

const runExample = (example: Example, mapping: KindMapping): readonly Miss[] => {
  const { drafts, issues } = mapping.map(example.given);
  const expected = Array.isArray(example.expect) ? example.expect : [example.expect];
  const count =
    drafts.length === expected.length
      ? []
      : [{ field: 'records', expected: `${expected.length} records`, got: String(drafts.length) }];
  const subjects = mapping
    .subjects(example.given)
    .map((subject) => ('cpr' in subject ? `cpr/${subject.cpr}` : `${subject.via}/${subject.key}`));
  return [
    ...count,
    ...(count.length > 0
      ? []
      : expected.flatMap((fields, index) => compareDraft(fields, drafts[index], example.absent))),
    ...same(
      'issues',
      example.issues,
      issues.map((issue) => issue.code),
    ),
    ...(example.subjects === undefined ? [] : same('subjects', example.subjects, subjects)),
    ...(example.links === undefined ? [] : same('links', example.links, linksOf(drafts))),
  ];
};

/** Each example against its own file alone: other files of the kind do not disturb it. */
export const runExamples = (file: MappingFile, codes: CodeTables): readonly ExampleResult[] => {
  const mapping = compileWithFindings([file], codes).mappings.get(file.kind);
  if (mapping === undefined) return [];
  return file.spec.examples.map((example) => ({
    file: file.file,
    example: example.name,
    misses: runExample(example, mapping),
  }));
};

/** The misses as findings about the file. */
export const exampleFindings = (file: MappingFile, codes: CodeTables): readonly Finding[] =>
  runExamples(file, codes).flatMap(({ example, misses }) =>
    misses.map(({ field, expected, got }) => ({
      file: file.file,
      path: `examples "${example}"`,
      message: `${field}${field === '' ? '' : ': '}expected ${expected}, got ${got}`,
    })),
  );
