// One mapping file compiled: whole body in, drafts and issues out. Each draft is checked against its kind's schema
// as the last step, whatever the mapping did.
import { entities } from '../model/told-consent.ts';
import { type Domain, domains, type Sensitivity, sensitivities } from '../model/values.ts';
import { addIssue, type Compiler, inside, maxIssues, type Reader, usePath } from './compiler.ts';
import type { MappingFile } from './format.ts';
import {
  compileAny,
  compileConditions,
  compileHop,
  compileJournal,
  compileLink,
  compileText,
  compileTexts,
} from './header.ts';
import { maxValues } from './paths.ts';
import { compileRepresentative } from './representative.ts';
import type { Draft, Issue, LinkDraft } from './result.ts';
import { entityTargets, type ObjectTarget, type Target } from './target.ts';
import { compileFields, compileValue } from './value.ts';

/** Appends what the file makes of the body. */
export type RecordReader = (body: unknown, drafts: Draft[], issues: Issue[]) => void;

const sensitivityTarget: Target = { type: 'enum', values: new Set(sensitivities) };
const domainTarget: Target = { type: 'enum', values: new Set(domains) };
const instantTarget: Target = entityTargets.get('appointment')?.fields.get('start')?.target ?? { type: 'any' };
const never = () => false;

/** Optional lines: when the mapping has none, reading costs nothing. */
const optional = <S, R>(spec: S | undefined, compile: (spec: S) => R): R | undefined =>
  spec === undefined ? undefined : compile(spec);

const checkIgnored = (names: readonly string[], target: ObjectTarget, compiler: Compiler): void => {
  for (const name of names) {
    const known = target.fields.has(name.split('.')[0] ?? '');
    if (!known) compiler.find('ignoreForChange', `"${name}" is not a field`);
  }
};

const compileHead = ({ spec }: MappingFile, compiler: Compiler) => ({
  unit: optional(spec.unit, (unit) => compileText(unit, 'unit', 'unit', compiler)),
  named: spec.named.map((name, index) => compileTexts(name, 'named', `named.${index}`, compiler)),
  sensitivity: optional(spec.sensitivity, (value) =>
    compileValue(value, sensitivityTarget, 'sensitivity', 'sensitivity', compiler),
  ),
  withheld: optional(spec.withheld, (condition) => compileConditions(condition, 'withheld', compiler)) ?? never,
  protected: optional(spec.protected, (condition) => compileConditions(condition, 'protected', compiler)) ?? never,
  updatedAt: optional(spec.updatedAt, (value) =>
    compileValue(value, instantTarget, 'updatedAt', 'updatedAt', compiler),
  ),
  domain: optional(spec.domain, (value) => compileValue(value, domainTarget, 'domain', 'domain', compiler)),
  journal:
    spec.journal !== undefined && 'template' in spec.journal
      ? compileJournal(spec.journal.template, compiler)
      : undefined,
  hop: spec.journal !== undefined && 'by' in spec.journal ? compileHop(spec.journal, compiler) : undefined,
  representative: optional(spec.representative, (value) => compileRepresentative(value, compiler)),
  limited: compileAny(spec.limitedBy, 'limitedBy', compiler),
  links: Object.entries(spec.links).flatMap(([rel, list]) =>
    list.map((link, index) => compileLink(rel as keyof typeof spec.links, link, `links.${rel}.${index}`, compiler)),
  ),
});

/** A code nobody translated must not make a record less protected than the source meant. */
const sensitivityOf = (read: Reader, item: unknown, body: unknown, issues: Issue[]): Sensitivity | undefined => {
  const before = issues.length;
  const value = read(item, body, issues) as Sensitivity | undefined;
  return value === undefined && issues.length > before ? 'sensitive' : value;
};

/** Fields that something could not be read of; of a record with too many issues to count, all. */
const doubtsOf = (issues: readonly Issue[], before: number): readonly string[] =>
  issues.length >= maxIssues
    ? Object.keys(entities.consent.shape)
    : [...new Set(issues.slice(before).map(({ path }) => path.split('.')[0] ?? ''))];

const compileDraft = (file: MappingFile, compiler: Compiler) => {
  const { spec } = file;
  const target = entityTargets.get(spec.to) ?? { type: 'object', fields: new Map() };
  const { slots, missing } = compileFields(spec.fields, target, '', 'fields', compiler);
  for (const name of missing) compiler.find('fields', `the required field "${name}" of ${spec.to} is missing`);
  checkIgnored(spec.ignoreForChange, target, compiler);
  if (spec.representative !== undefined && spec.to !== 'contact')
    compiler.find('representative', 'only a mapping to contact says who represents the citizen');
  if (spec.limitedBy.length > 0 && spec.to !== 'consent')
    compiler.find('limitedBy', 'only a mapping to consent says what it is limited by');
  const required = new Set([...target.fields].flatMap(([name, field]) => (field.required ? [name] : [])));
  const head = compileHead(file, compiler);
  const namedIn = (item: unknown, body: unknown, issues: Issue[]): readonly string[] => {
    const found: string[] = [];
    for (const read of head.named) {
      for (const id of read(item, body, issues)) if (!found.includes(id)) found.push(id);
    }
    return found;
  };
  const schema = entities[spec.to];
  const mapping = `${file.system}.${file.kind}@${spec.version}`;
  return (item: unknown, body: unknown, part: string, issues: Issue[]): Draft | undefined => {
    const fields: Record<string, unknown> = {};
    const before = issues.length;
    let complete = true;
    for (const slot of slots) {
      const value = slot.read(item, body, issues);
      if (value !== undefined) fields[slot.name] = value;
      else if (required.has(slot.name)) {
        complete = false;
        addIssue(issues, slot.name, 'missing', true);
      }
    }
    if (!complete) return undefined;
    const checked = schema.safeParse(fields);
    if (!checked.success) {
      const [first] = checked.error.issues;
      const path = (first?.path ?? []).filter((step) => typeof step === 'string').join('.');
      addIssue(issues, path, 'invalid', true);
      return undefined;
    }
    const links: LinkDraft[] = [];
    for (const link of head.links) link(item, body, issues, links);
    const draft: { -readonly [Name in keyof Draft]: Draft[Name] } = {
      mapping,
      entity: spec.to,
      part,
      fields,
      links,
      named: namedIn(item, body, issues),
      withheld: head.withheld(item, body),
      thirdPartyProtected: head.protected(item, body),
      ignoreForChange: spec.ignoreForChange,
    };
    const journalPath = head.journal?.(item, body);
    if (journalPath !== undefined) draft.journalPath = journalPath;
    const hop = head.hop?.(item, body);
    if (hop !== undefined) draft.hop = hop;
    const representative = head.representative?.(item, body);
    if (representative !== undefined) draft.representative = representative;
    if (spec.to === 'consent') draft.consent = { doubts: doubtsOf(issues, before), limited: head.limited(item, body) };
    const domain = head.domain?.(item, body, issues) as Domain | undefined;
    if (domain !== undefined) draft.domain = domain;
    const unit = head.unit?.(item, body, issues);
    if (unit !== undefined) draft.unit = unit;
    const sensitivity = head.sensitivity && sensitivityOf(head.sensitivity, item, body, issues);
    if (sensitivity !== undefined) draft.sensitivity = sensitivity;
    const sourceUpdatedAt = head.updatedAt?.(item, body, issues) as string | undefined;
    if (sourceUpdatedAt !== undefined) draft.sourceUpdatedAt = sourceUpdatedAt;
    return draft;
  };
};

export const compileRecord = (file: MappingFile, compiler: Compiler): RecordReader => {
  const { spec } = file;
  const each = spec.each === undefined ? undefined : usePath(spec.each, 'each', compiler);
  const within = spec.each === undefined ? compiler : inside(compiler, spec.each);
  if (each !== undefined && spec.part === undefined)
    compiler.find('part', '`each` needs `part`: what identifies the element');
  const when = compileConditions(spec.when, 'when', within);
  const part = spec.part === undefined ? undefined : compileText(spec.part, 'part', 'part', within);
  const draft = compileDraft(file, within);

  const rejectsPart = spec.part?.type === 'from' && spec.part.else === 'reject';

  const one = (item: unknown, body: unknown, drafts: Draft[], issues: Issue[]): void => {
    if (!when(item, body)) return;
    const name = part === undefined ? '' : part(item, body, issues);
    const known = drafts.some((other) => other.entity === spec.to && other.part === name);
    if (name === undefined || known) {
      addIssue(issues, 'part', known ? 'duplicate' : 'missing', !known && rejectsPart);
      return;
    }
    const made = draft(item, body, name, issues);
    if (made !== undefined) drafts.push(made);
  };

  if (each === undefined) return (body, drafts, issues) => one(body, body, drafts, issues);
  return (body, drafts, issues) => {
    const elements = each.every(body, body);
    // Storing the first part of a list would make the rest look deleted.
    if (elements.length >= maxValues) {
      addIssue(issues, 'each', 'too-many', true);
      return;
    }
    for (const element of elements) one(element, body, drafts, issues);
  };
};
