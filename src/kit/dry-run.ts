// What a source would give the citizen plan, told without storing or showing anything of anybody: counts, codes, names of
// fields, and the form of a few mapped records.
import type { KindSpec } from '../adapter/contract.ts';
import type { KindMapping } from '../mapping/compile.ts';
import { compileUnknownFields } from '../mapping/drift.ts';
import type { Draft } from '../mapping/result.ts';
import { looksLikeField } from '../mapping/shape.ts';
import { parseNumber } from '../model/cpr.ts';
import { masked } from '../model/mask.ts';
import type { Captured } from './capture.ts';
import { classOf, type FieldClass, isPersonal, looksLikeCpr } from './field-class.ts';
import { leavesOf } from './persons.ts';

export interface KindReport {
  readonly kind: string;
  readonly looked: number;
  /** The source has more than was looked at. */
  readonly more: boolean;
  readonly hasMapping: boolean;
  /** Records whose shape is not the adapter's, by the path of what is wrong. */
  readonly undecodable: Readonly<Record<string, number>>;
  readonly withoutKey: number;
  /** Plan records by entity. */
  readonly mapped: Readonly<Record<string, number>>;
  readonly rejected: number;
  readonly notMapped: number;
  readonly issues: Readonly<Record<string, number>>;
  readonly unmappedFields: readonly string[];
  /** Path → what it looks like. Names of fields, never values. */
  readonly personal: Readonly<Record<string, FieldClass>>;
  /** Records that say whom they are about, and that name a number nobody can read. */
  readonly subjects: { readonly readable: number; readonly unreadable: number };
  readonly samples: readonly string[];
  readonly failure?: { readonly code: string; readonly message: string; readonly hint?: string };
}

const SAMPLES = 3;

const count = (into: Record<string, number>, name: string): void => {
  into[name] = (into[name] ?? 0) + 1;
};

/** A field's name as shown: what does not look like one could be somebody's. */
const shownPath = (path: string): string =>
  path
    .split('.')
    .map((name) => (looksLikeField(name.replaceAll('[]', '')) ? name : '…'))
    .join('.');

const personalIn = (body: unknown, into: Map<string, FieldClass>): void => {
  for (const { path, value } of leavesOf(body)) {
    if (value.trim() === '') continue;
    const own = classOf(path);
    const kind = looksLikeCpr(value) && own !== 'text' ? 'cpr' : own;
    if (isPersonal(kind) || looksLikeCpr(value)) into.set(shownPath(path), looksLikeCpr(value) ? 'cpr' : kind);
  }
};

const sampleOf = (draft: Draft): string => {
  const shown = (value: unknown, path: string): string =>
    Array.isArray(value)
      ? `[${value.length === 0 ? '' : `${shown(value[0], path)}${value.length > 1 ? `, … ${value.length}` : ''}`}]`
      : typeof value === 'object' && value !== null
        ? `{${Object.entries(value)
            .map(([name, inner]) => `${name}: ${shown(inner, `${path}.${name}`)}`)
            .join(', ')}}`
        : masked(draft.entity, path, value, false);
  const fields = Object.entries(draft.fields).map(([name, value]) => `${name}: ${shown(value, name)}`);
  return `${draft.entity} { ${fields.join(', ')} }`;
};

const decodeFault = (spec: KindSpec, body: unknown): string | undefined => {
  const result = spec.body.safeParse(body);
  if (result.success) return undefined;
  const [issue] = result.error.issues;
  return shownPath((issue?.path ?? []).map(String).join('.')) || '(record)';
};

export const reportKind = (captured: Captured, spec: KindSpec, mapping: KindMapping | undefined): KindReport => {
  const unknownFields = mapping && compileUnknownFields(mapping);
  const [undecodable, mapped, issues] = [{}, {}, {}] as Record<string, number>[] as [
    Record<string, number>,
    Record<string, number>,
    Record<string, number>,
  ];
  const unmapped = new Set<string>();
  const personal = new Map<string, FieldClass>();
  const samples: string[] = [];
  const totals = { withoutKey: 0, rejected: 0, notMapped: 0, readable: 0, unreadable: 0 };
  for (const { key, body } of captured.records) {
    if (key === '') totals.withoutKey += 1;
    personalIn(body, personal);
    const fault = decodeFault(spec, body);
    if (fault !== undefined) {
      count(undecodable, fault);
      continue;
    }
    const result = mapping?.map(body) ?? { drafts: [], issues: [] };
    for (const draft of result.drafts) count(mapped, draft.entity);
    for (const issue of result.issues) count(issues, issue.code);
    if (result.issues.some((issue) => issue.reject)) totals.rejected += 1;
    else if (result.drafts.length === 0) totals.notMapped += 1;
    for (const path of unknownFields?.(body) ?? []) unmapped.add(shownPath(path));
    const subjects = mapping?.subjects(body) ?? [];
    const good = subjects.some((one) => ('cpr' in one ? parseNumber(one.cpr) !== undefined : one.key !== ''));
    totals[good ? 'readable' : 'unreadable'] += 1;
    for (const draft of result.drafts) if (samples.length < SAMPLES) samples.push(sampleOf(draft));
  }
  const { failure } = captured;
  return {
    kind: captured.kind,
    looked: captured.records.length,
    more: captured.cut,
    hasMapping: mapping !== undefined,
    undecodable,
    withoutKey: totals.withoutKey,
    mapped,
    rejected: totals.rejected,
    notMapped: totals.notMapped,
    issues,
    unmappedFields: [...unmapped].sort(),
    personal: Object.fromEntries([...personal].sort(([a], [b]) => (a < b ? -1 : 1))),
    subjects: { readable: totals.readable, unreadable: totals.unreadable },
    samples,
    ...(failure === undefined
      ? {}
      : {
          failure: {
            code: failure.code,
            message: failure.message,
            ...(failure.hint === undefined ? {} : { hint: failure.hint }),
          },
        }),
  };
};

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, times]) => `${times} ${name}`)
    .join(', ');

/** One kind for people. */
export const printKind = (report: KindReport): string => {
  const lines: string[] = [];
  const say = (title: string, text: string): void => {
    if (text !== '') lines.push(`  ${title.padEnd(18)} ${text}`);
  };
  const { looked, more, failure } = report;
  say(
    'served',
    `${looked}${more ? ' (there are more)' : ''}${report.withoutKey > 0 ? `, ${report.withoutKey} without a key` : ''}`,
  );
  if (failure !== undefined) {
    say('FAILED', `${failure.code}: ${failure.message}`);
    if (failure.hint !== undefined) say('', `→ ${failure.hint}`);
  }
  say('wrong shape', listed(report.undecodable));
  say('mapped', report.hasMapping ? listed(report.mapped) || 'none' : 'there is no mapping of this kind');
  if (report.rejected > 0) say('set aside', String(report.rejected));
  if (report.hasMapping && report.notMapped > 0) say('no mapping takes', String(report.notMapped));
  say('issues', listed(report.issues));
  const { readable, unreadable } = report.subjects;
  if (report.hasMapping && looked > 0)
    say('whose it is', unreadable === 0 ? 'can be read' : `can be read of ${readable}, not of ${unreadable}`);
  say(
    'personal fields',
    Object.entries(report.personal)
      .map(([path, kind]) => `${path} (${kind})`)
      .join(', '),
  );
  if (report.hasMapping) say('not mapped', report.unmappedFields.join(', '));
  for (const sample of report.samples) say('for example', sample);
  return `${report.kind}\n${lines.join('\n')}\n`;
};
