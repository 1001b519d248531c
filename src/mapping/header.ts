// The header lines of a mapping besides its fields: conditions, subject, numbers, links, journal template.
import { parseNumber } from '../model/cpr.ts';
import type { Kind } from '../model/kinds.ts';
import type { LinkRel } from '../model/values.ts';
import { addIssue, type Compiler, type Reader, usePath, usePaths } from './compiler.ts';
import type { Condition, HopSpec, LinkSpec, MappingSpec, SubjectSpec } from './format.ts';
import type { Path } from './paths.ts';
import type { Draft, Issue, LinkDraft, SubjectRef } from './result.ts';
import { keyTarget, type Target } from './target.ts';
import { scalarText } from './text.ts';
import { compileValue } from './value.ts';
import type { ValueSpec } from './value-format.ts';

type Test = (item: unknown, body: unknown) => boolean;

const compileCondition = (condition: Condition, place: string, compiler: Compiler): Test => {
  const paths = usePaths(condition.from, place, compiler);
  if (condition.present !== undefined) {
    const wanted = condition.present;
    return (item, body) => paths.some((path) => path.first(item, body) !== undefined) === wanted;
  }
  const values = new Set(condition.in ?? condition.notIn ?? condition.other);
  if (condition.other !== undefined)
    return (item, body) => paths.some((path) => path.every(item, body).some((value) => !values.has(scalarText(value))));
  const wanted = condition.in !== undefined;
  const matches = (value: unknown): boolean => values.has(scalarText(value));
  return (item, body) => paths.some((path) => path.every(item, body).some(matches)) === wanted;
};

/** All must hold; an empty list holds. */
export const compileConditions = (conditions: readonly Condition[], place: string, compiler: Compiler): Test => {
  const tests = conditions.map((condition, index) => compileCondition(condition, `${place}.${index}`, compiler));
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return (item, body) => tests.every((test) => test(item, body));
};

/** One that holds is enough; an empty list does not hold. */
export const compileAny = (conditions: readonly Condition[], place: string, compiler: Compiler): Test => {
  const tests = conditions.map((condition, index) => compileCondition(condition, `${place}.${index}`, compiler));
  return (item, body) => tests.some((test) => test(item, body));
};

const severalKeys: Target = { type: 'list', of: keyTarget, max: 200 };

/** Every value of the spec as text. */
export const compileTexts = (spec: ValueSpec, at: string, place: string, compiler: Compiler) => {
  const read: Reader = compileValue(spec, severalKeys, at, place, compiler);
  return (item: unknown, body: unknown, issues: Issue[]): readonly string[] => {
    const texts = (read(item, body, issues) ?? []) as readonly string[];
    return texts.length < 2 ? texts : [...new Set(texts)];
  };
};

/** One value of the spec as text. */
export const compileText = (spec: ValueSpec, at: string, place: string, compiler: Compiler) => {
  const read: Reader = compileValue(spec, keyTarget, at, place, compiler);
  return (item: unknown, body: unknown, issues: Issue[]) => read(item, body, issues) as string | undefined;
};

/** One unreadable number spoils its alternative: a record must not lose a subject unseen. */
const numbersOf = (texts: readonly string[]): readonly SubjectRef[] => {
  const numbers = texts.map((text) => parseNumber(text)?.number);
  return numbers.some((number) => number === undefined) ? [] : [...new Set(numbers)].map((cpr) => ({ cpr: cpr ?? '' }));
};

/** Always from the whole body; the first alternative that yields anything wins. */
export const compileSubject = (specs: readonly SubjectSpec[], compiler: Compiler) => {
  const alternatives = specs.map((spec, index) => {
    const place = `subject.${index}`;
    if ('cpr' in spec) {
      const read = compileTexts(spec.cpr, 'subject', place, compiler);
      return (body: unknown) => numbersOf(read(body, body, []));
    }
    const read = compileTexts(spec.key, 'subject', place, compiler);
    return (body: unknown) => read(body, body, []).map((key): SubjectRef => ({ via: spec.via, key }));
  });
  return (body: unknown): readonly SubjectRef[] => {
    for (const alternative of alternatives) {
      const found = alternative(body);
      if (found.length > 0) return found;
    }
    return [];
  };
};

export const compileNumbers = (spec: NonNullable<MappingSpec['numbers']>, compiler: Compiler) => {
  const previous = usePaths(spec.previous, 'numbers.previous', compiler);
  const current = usePaths(spec.current ?? [], 'numbers.current', compiler);
  const read = (values: readonly unknown[]): readonly string[] =>
    values.flatMap((value) => (typeof value === 'string' ? (parseNumber(value)?.number ?? []) : []));
  return (body: unknown): { previous: readonly string[]; current?: string } => {
    const [now] = read(current.map((path) => path.first(body, body)));
    const before = [...new Set(previous.flatMap((path) => read(path.every(body, body))))];
    return now === undefined ? { previous: before } : { previous: before, current: now };
  };
};

export const defaultEntities: Readonly<Record<LinkRel, readonly Kind[]>> = {
  plan: ['plan'],
  parent: ['goal'],
  goal: ['goal'],
  meeting: ['appointment'],
  about: [],
};

export const compileLink = (rel: LinkRel, spec: LinkSpec, place: string, compiler: Compiler) => {
  const at = `links.${rel}`;
  const keys = compileTexts(spec.key, at, place, compiler);
  const part = spec.part === undefined ? undefined : compileText(spec.part, at, `${place}.part`, compiler);
  const entities = spec.to ?? defaultEntities[rel];
  if (entities.length === 0) compiler.find(place, 'write `to:` the kind of record it points to');
  return (item: unknown, body: unknown, issues: Issue[], links: LinkDraft[]): void => {
    const found = keys(item, body, issues);
    if (found.length === 0) return;
    const partOf = part === undefined ? '' : part(item, body, issues);
    if (partOf === undefined) {
      addIssue(issues, at, 'missing-part', false);
      return;
    }
    for (const key of found) {
      for (const entity of entities) links.push({ rel, kind: spec.kind, key, entity, part: partOf });
    }
  };
};

/** One segment of a link; undefined when the value is none. `.` and `..` are no segments a browser would keep. */
const segmentOf = (value: unknown): string | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim();
  if (text === '' || /^\.{1,2}$/.test(text)) return undefined;
  return /^[\w-]+$/.test(text) ? text : encodeURIComponent(text.toWellFormed());
};

/** `{path}` becomes one percent-encoded segment; a missing value leaves the link out. */
export const compileJournal = (template: string, compiler: Compiler) => {
  if (/^[a-z]+:|^\/\//i.test(template))
    compiler.find('journal.template', 'write no host: it comes from the configuration');
  const pieces = template
    .split(/\{([^}]*)\}/)
    .map((piece, index) => (index % 2 === 1 ? usePath(piece, 'journal.template', compiler) : piece));
  return (item: unknown, body: unknown): string | undefined => {
    let result = '';
    for (const piece of pieces) {
      const text = typeof piece === 'string' ? piece : segmentOf(piece.first(item, body));
      if (text === undefined) return undefined;
      result += text;
    }
    return result;
  };
};

/** Which system keeps the record, and what a link into it may name; the links' templates come from the configuration. */
export const compileHop = (spec: HopSpec, compiler: Compiler) => {
  const by = usePaths(spec.by, 'journal.by', compiler);
  const named = Object.entries(spec.values).map(
    ([name, paths]) => [name, usePaths(paths, `journal.values.${name}`, compiler)] as const,
  );
  const firstOf = (paths: readonly Path[], item: unknown, body: unknown): unknown =>
    paths.map((path) => path.first(item, body)).find((value) => value !== undefined);
  return (item: unknown, body: unknown): Draft['hop'] => {
    const system = scalarText(firstOf(by, item, body));
    if (system === '') return undefined;
    const values = named.flatMap(([name, paths]) => {
      const segment = segmentOf(firstOf(paths, item, body));
      return segment === undefined ? [] : [[name, segment] as const];
    });
    return { by: system, values: Object.fromEntries(values) };
  };
};
