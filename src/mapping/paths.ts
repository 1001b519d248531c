// Paths of mapping files: `a.b`, `a[].b`, `a[0]`, `a[system=urn:x].value`, `^` for the whole body, `.` for the
// element itself. Nothing else, no expressions. Compiled once; reading never throws and visits a bounded number of values.
import { scalarText } from './text.ts';

type Step =
  | { readonly type: 'property'; readonly name: string }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'every' }
  | { readonly type: 'equal'; readonly name: string; readonly value: string };

export interface Path {
  readonly text: string;
  /** Starts at the whole body although it is used inside an `each`. */
  readonly fromBody: boolean;
  /** May yield several values. */
  readonly several: boolean;
  /** The first value that is not empty. */
  first(item: unknown, body: unknown): unknown;
  /** Every value that is not empty, at most `maxValues`. */
  every(item: unknown, body: unknown): readonly unknown[];
}

export const maxValues = 2_000;

/** Null, absent, blank text and the empty list say nothing. */
export const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.length === 0);

const segment = /^([^.[\]^]+)?((?:\[[^\]]*\])*)$/;

const splitSegments = (text: string): readonly string[] => {
  const parts: string[] = [];
  let depth = 0;
  let current = '';
  for (const char of text) {
    if (char === '[') depth += 1;
    if (char === ']') depth -= 1;
    if (char === '.' && depth === 0) {
      parts.push(current);
      current = '';
    } else current += char;
  }
  return [...parts, current];
};

const selector = (inside: string): Step | undefined => {
  if (inside === '') return { type: 'every' };
  if (/^\d{1,4}$/.test(inside)) return { type: 'index', index: Number(inside) };
  const equals = inside.indexOf('=');
  if (equals < 1) return undefined;
  return { type: 'equal', name: inside.slice(0, equals).trim(), value: inside.slice(equals + 1).trim() };
};

/** @returns undefined when the text is not a path. */
export const parseSteps = (text: string): readonly Step[] | undefined => {
  if (text === '.' || text === '') return [];
  const steps: Step[] = [];
  for (const [at, part] of splitSegments(text).entries()) {
    const match = segment.exec(part);
    const name = match?.[1]?.trim();
    // Only the first segment may be selectors alone: `[].id` when the body itself is a list.
    if (match === null || (name === undefined && (at > 0 || match[2] === ''))) return undefined;
    if (name !== undefined) steps.push({ type: 'property', name });
    for (const [, inside = ''] of (match[2] ?? '').matchAll(/\[([^\]]*)\]/g)) {
      const step = selector(inside);
      if (step === undefined) return undefined;
      steps.push(step);
    }
  }
  return steps;
};

const propertyOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

// A single object where a list is expected counts as a list of one: XML and some JSON sources write it so.
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : isEmpty(value) ? [] : [value]);

/** Calls `visit` for each value until it returns true. */
const walk = (steps: readonly Step[], at: number, value: unknown, visit: (value: unknown) => boolean): boolean => {
  let here = value;
  for (let index = at; index < steps.length; index += 1) {
    const step = steps[index] as Step;
    if (step.type === 'property') here = propertyOf(here, step.name);
    else if (step.type === 'index') here = listOf(here)[step.index];
    else {
      for (const element of listOf(here)) {
        if (step.type === 'equal' && scalarText(propertyOf(element, step.name)) !== step.value) continue;
        if (walk(steps, index + 1, element, visit)) return true;
      }
      return false;
    }
    if (here === undefined || here === null) return false;
  }
  return isEmpty(here) ? false : visit(here);
};

const properties = (steps: readonly Step[]): readonly string[] | undefined => {
  const names = steps.flatMap((step) => (step.type === 'property' ? [step.name] : []));
  return names.length === steps.length ? names : undefined;
};

const compileFirst = (steps: readonly Step[]): ((start: unknown) => unknown) => {
  const names = properties(steps);
  if (names === undefined) {
    return (start) => {
      let found: unknown;
      walk(steps, 0, start, (value) => {
        found = value;
        return true;
      });
      return found;
    };
  }
  return (start) => {
    let here = start;
    for (const name of names) {
      here = propertyOf(here, name);
      if (here === undefined || here === null) return undefined;
    }
    return isEmpty(here) ? undefined : here;
  };
};

/** @returns undefined when the text is not a path. */
export const compilePath = (text: string): Path | undefined => {
  const fromBody = text.startsWith('^');
  const steps = parseSteps(fromBody ? text.slice(1).replace(/^\./, '') : text);
  if (steps === undefined) return undefined;
  const first = compileFirst(steps);
  return {
    text,
    fromBody,
    several: steps.some((step) => step.type === 'every' || step.type === 'equal'),
    first: (item, body) => first(fromBody ? body : item),
    every: (item, body) => {
      const found: unknown[] = [];
      walk(steps, 0, fromBody ? body : item, (value) => found.push(value) >= maxValues);
      return found;
    },
  };
};

/** The path from the whole body: what a path inside `each: activity[]` means. */
export const fromBody = (text: string, within: string): string => {
  if (text.startsWith('^')) return text.slice(1).replace(/^\./, '') || '.';
  if (text === '.') return within || '.';
  return within === '' ? text : `${within}.${text}`;
};

/** A path as it counts for drift: property names only, lists as `[]`. */
export const fieldPath = (text: string): string => text.replace(/\[[^\]]*\]/g, '[]');
