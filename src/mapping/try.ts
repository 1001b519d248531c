// `samspil mappings try`: what a sample record becomes, for the person writing the mapping. Nothing is stored. The
// sample's own values are shown, but never a whole CPR.
import { readFileSync } from 'node:fs';
import { parseYaml } from '../config/yaml.ts';
import { HubError } from '../errors.ts';
import { maskNumbers } from '../model/cpr.ts';
import type { KindMapping } from './compile.ts';
import { compileUnknownFields } from './drift.ts';
import type { Draft, Issue } from './result.ts';

export interface Tried {
  /** `sag/7`, or `cpr/` and a masked number; empty when the subject cannot be read. */
  readonly subjects: readonly string[];
  readonly drafts: readonly Draft[];
  readonly issues: readonly Issue[];
  /** Fields of the sample that the mapping neither uses nor lists as unused. */
  readonly unknown: readonly string[];
}

const parseJson = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser's own message quotes the text.
    throw new HubError({ code: 'config/invalid', fault: 'config', message: `${path}: not valid JSON.`, cause });
  }
};

/** The records in a sample file: JSON or YAML, one record or a list. */
export const readSample = (path: string): readonly unknown[] => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new HubError({
      code: 'config/invalid',
      fault: 'config',
      message: `${path}: the file cannot be read.`,
      cause,
    });
  }
  const sample = /\.ya?ml$/.test(path) ? parseYaml(text, path, { jsonAt: [] }) : parseJson(text, path);
  return Array.isArray(sample) ? sample : [sample];
};

export const tryMapping = (mapping: KindMapping, body: unknown): Tried => ({
  subjects: mapping
    .subjects(body)
    .map((subject) => ('cpr' in subject ? `cpr/${maskNumbers(subject.cpr)}` : `${subject.via}/${subject.key}`)),
  ...mapping.map(body),
  unknown: compileUnknownFields(mapping)(body),
});

const indented = (value: unknown, depth: number): string => {
  const margin = '  '.repeat(depth);
  if (typeof value !== 'object' || value === null) return ` ${maskNumbers(String(value))}\n`;
  if (Array.isArray(value)) return `\n${value.map((element) => `${margin}-${indented(element, depth + 1)}`).join('')}`;
  return `\n${Object.entries(value)
    .map(([name, below]) => `${margin}${name}:${indented(below, depth + 1)}`)
    .join('')}`;
};

const printDraft = (draft: Draft): string => {
  const part = draft.part === '' ? '' : ` (part ${draft.part})`;
  const links = draft.links.map((link) => `${link.rel} → ${link.entity} from ${link.kind}/${link.key}`);
  const marks = [
    ...(draft.unit === undefined ? [] : [`unit ${draft.unit}`]),
    ...(draft.sensitivity === undefined ? [] : [`sensitivity ${draft.sensitivity}`]),
    ...(draft.withheld ? ['withheld from the citizen'] : []),
    ...(draft.thirdPartyProtected ? ['names a protected third person'] : []),
    ...(draft.journalPath === undefined ? [] : [`journal ${draft.journalPath}`]),
    ...(draft.hop === undefined ? [] : [`journal of ${draft.hop.by}`]),
    ...(draft.domain === undefined ? [] : [`domain ${draft.domain}`]),
    ...(draft.sourceUpdatedAt === undefined ? [] : [`updated ${draft.sourceUpdatedAt}`]),
    ...draft.named.map((id) => `names ${id}`),
    ...links,
  ].map((mark) => `  · ${maskNumbers(mark)}\n`);
  return `${draft.entity}${part}, by ${draft.mapping}${indented(draft.fields, 1)}${marks.join('')}`;
};

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;

export const printTried = (tried: Tried): string => {
  const rejected = tried.issues.some((issue) => issue.reject);
  const outcome = rejected ? 'Set aside: an issue rejects the record.\n' : 'Not mapped: no mapping file takes it.\n';
  return [
    section('Subject', tried.subjects.length === 0 ? ['cannot be read'] : tried.subjects),
    tried.drafts.length === 0 ? outcome : tried.drafts.map(printDraft).join(''),
    section(
      'Issues',
      tried.issues.map((issue) => `${issue.code}${issue.reject ? ' (rejects)' : ''}`),
    ),
    section('Fields no mapping mentions', tried.unknown),
  ]
    .filter((part) => part !== '')
    .join('\n');
};
