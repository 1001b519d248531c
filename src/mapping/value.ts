// Compiles any value of a mapping for its target field: paths and constants (from.ts), named functions, nested
// fields and lists of objects.
import { accept, type Report } from './accept.ts';
import { addIssue, type Compiler, inside, type Reader, usePath } from './compiler.ts';
import { compileConstant } from './constant.ts';
import { compileFrom } from './from.ts';
import { functions } from './functions.ts';
import { compileProtection } from './protection.ts';
import type { Issue } from './result.ts';
import { anyTarget, codedFields, type ObjectTarget, type Target } from './target.ts';
import type { CallValue, EachValue, ValueSpec } from './value-format.ts';

/** Everything an argument yields, as a list. */
const compileArgument = (spec: ValueSpec, at: string, place: string, compiler: Compiler) => {
  if (spec.type === 'from' && spec.as === undefined && spec.codes === undefined) {
    const reader = compileFrom(
      { ...spec, list: true },
      { type: 'list', of: anyTarget, max: 2_000 },
      at,
      place,
      compiler,
    );
    return (item: unknown, body: unknown, issues: Issue[]) => (reader(item, body, issues) ?? []) as readonly unknown[];
  }
  const reader = compileValue(spec, anyTarget, at, place, compiler);
  return (item: unknown, body: unknown, issues: Issue[]) => {
    const value = reader(item, body, issues);
    return value === undefined ? [] : [value];
  };
};

const compileCall = (spec: CallValue, target: Target, at: string, place: string, compiler: Compiler): Reader => {
  const named = functions.get(spec.call);
  if (named === undefined) {
    compiler.find(place, `there is no function "${spec.call}": use one of ${[...functions.keys()].join(', ')}`);
    return () => undefined;
  }
  const given = spec.with.map((each, index) => compileArgument(each, at, `${place}.with.${index}`, compiler));
  const report: Report = (issues, problem) => addIssue(issues, at, problem, false);
  return (item, body, issues) => {
    let result: unknown;
    try {
      result = named(...given.map((argument) => argument(item, body, issues)));
    } catch {
      report(issues, 'function-failed');
      return undefined;
    }
    if (result === undefined) return undefined;
    if (target.type !== 'list') return accept(target, result, report, issues);
    const found = [result].flat().flatMap((value) => accept(target.of, value, report, issues) ?? []);
    return found.length === 0 ? undefined : found.slice(0, target.max);
  };
};

interface Slot {
  readonly name: string;
  readonly at: string;
  readonly read: Reader;
  readonly constant: boolean;
}

/** Reads each named field into a new object; what is absent is left out. */
export const compileFields = (
  fields: Readonly<Record<string, ValueSpec>>,
  target: ObjectTarget,
  at: string,
  place: string,
  compiler: Compiler,
): { readonly slots: readonly Slot[]; readonly missing: readonly string[] } => {
  const slots = Object.entries(fields).flatMap(([name, spec]): readonly Slot[] => {
    const field = target.fields.get(name);
    const path = at === '' ? name : `${at}.${name}`;
    if (field === undefined) {
      compiler.find(`${place}.${name}`, `there is no such field: use one of ${[...target.fields.keys()].join(', ')}`);
      return [];
    }
    if (field.required && 'optional' in spec && spec.optional) {
      compiler.find(`${place}.${name}`, 'the field is required, it cannot be `optional: true`');
    }
    const read = compileValue(spec, field.target, path, `${place}.${name}`, compiler);
    return [{ name, at: path, read, constant: spec.type === 'constant' }];
  });
  const missing = [...target.fields].filter(([name, field]) => field.required && fields[name] === undefined);
  return { slots, missing: missing.map(([name]) => name) };
};

const compileObject = (
  fields: Readonly<Record<string, ValueSpec>>,
  target: ObjectTarget,
  at: string,
  place: string,
  compiler: Compiler,
): Reader => {
  const { slots, missing } = compileFields(fields, target, at, place, compiler);
  for (const name of missing) compiler.find(place, `the required field "${name}" is missing`);
  const required = slots.filter((slot) => target.fields.get(slot.name)?.required === true);
  return (item, body, issues) => {
    const before = issues.length;
    const result: Record<string, unknown> = {};
    let filled = slots.every((slot) => slot.constant);
    for (const slot of slots) {
      const value = slot.read(item, body, issues);
      if (value === undefined) continue;
      result[slot.name] = value;
      filled ||= !slot.constant;
    }
    if (!filled) return undefined;
    const gap = required.find((slot) => result[slot.name] === undefined);
    if (gap === undefined) return Object.keys(result).length === 0 ? undefined : result;
    if (issues.length === before) addIssue(issues, gap.at, 'missing', false);
    return undefined;
  };
};

const compileEach = (spec: EachValue, target: Target, at: string, place: string, compiler: Compiler): Reader => {
  const path = usePath(spec.each, `${place}.each`, compiler);
  if (target.type !== 'list' || target.of.type !== 'object') {
    compiler.find(place, 'the field takes no list of objects, so no `each`');
    return () => undefined;
  }
  const { max, of } = target;
  const read = compileObject(spec.fields, of, at, place, inside(compiler, spec.each));
  return (item, body, issues) => {
    const found = path.every(item, body).flatMap((element) => read(element, body, issues) ?? []);
    if (found.length > max) addIssue(issues, at, 'too-many', false);
    return found.length === 0 ? undefined : found.slice(0, max);
  };
};

/** @param at target path for issues; @param place place in the file for findings. */
export const compileValue = (
  spec: ValueSpec,
  target: Target,
  at: string,
  place: string,
  compiler: Compiler,
): Reader => {
  switch (spec.type) {
    case 'from':
      return compileFrom(spec, target, at, place, compiler);
    case 'constant':
      return compileConstant(spec, target, place, compiler);
    case 'call':
      return compileCall(spec, target, at, place, compiler);
    case 'each':
      return compileEach(spec, target, at, place, compiler);
    case 'object': {
      const wanted = target.type === 'coded' ? codedFields : target;
      if (wanted.type === 'object' && at === 'protection') return compileProtection(spec, wanted, place, compiler);
      if (wanted.type === 'object') return compileObject(spec.fields, wanted, at, place, compiler);
      compiler.find(place, `the field wants ${target.type}, not nested fields`);
      return () => undefined;
    }
  }
};
