// Runs the examples inside a mapping file. An expected value is compared as text and only where it is named, so an
// example shows what it is about and nothing else.
import type { CodeTables } from './codes.ts';
import { compileWithFindings, type KindMapping } from './compile.ts';
import type { Finding } from './compiler.ts';
import type { Example, MappingFile } from './format.ts';
import type { Draft } from './result.ts';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Places where `actual` does not have what `expected` names. */
const differences = (expected: unknown, actual: unknown, place: string): readonly string[] => {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [`${place}: expected a list`];
    if (actual.length !== expected.length)
      return [`${place}: expected ${expected.length} elements, got ${actual.length}`];
    return expected.flatMap((element, index) => differences(element, actual[index], `${place}[${index}]`));
  }
  if (isRecord(expected)) {
    if (!isRecord(actual)) return [`${place}: ${actual === undefined ? 'is absent' : 'expected nested fields'}`];
    return Object.entries(expected).flatMap(([name, value]) =>
      differences(value, actual[name], place === '' ? name : `${place}.${name}`),
    );
  }
  if (actual === undefined) return [`${place}: is absent`];
  return String(actual) === String(expected) ? [] : [`${place}: expected "${expected}", got "${String(actual)}"`];
};

const same = (what: string, expected: readonly string[], actual: readonly string[]): readonly string[] => {
  const [wanted, got] = [[...new Set(expected)].sort().join(', '), [...new Set(actual)].sort().join(', ')];
  return wanted === got ? [] : [`${what}: expected ${wanted || 'none'}, got ${got || 'none'}`];
};

const valueAt = (fields: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((here, name) => (isRecord(here) ? here[name] : undefined), fields);

const compareDraft = (expected: unknown, draft: Draft | undefined, absent: readonly string[]): readonly string[] => [
  ...differences(expected, draft?.fields, ''),
  ...absent.filter((path) => valueAt(draft?.fields, path) !== undefined).map((path) => `${path}: expected absent`),
];

const linksOf = (drafts: readonly Draft[]): readonly string[] =>
  drafts.flatMap((draft) => draft.links.map((link) => `${link.rel} ${link.kind}/${link.key}`));

const runExample = (example: Example, mapping: KindMapping): readonly string[] => {
  const { drafts, issues } = mapping.map(example.given);
  const expected = Array.isArray(example.expect) ? example.expect : [example.expect];
  const count = drafts.length === expected.length ? [] : [`expected ${expected.length} records, got ${drafts.length}`];
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
export const runExamples = (file: MappingFile, codes: CodeTables): readonly Finding[] => {
  const mapping = compileWithFindings([file], codes).mappings.get(file.kind);
  if (mapping === undefined) return [];
  return file.spec.examples.flatMap((example) =>
    runExample(example, mapping).map((message) => ({ file: file.file, path: `examples "${example.name}"`, message })),
  );
};
