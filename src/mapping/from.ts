// `{from, …, list}`: which values of the record a field gets. What then happens to each is in step.ts.
import { addIssue, type Compiler, type Reader, usePaths } from './compiler.ts';
import { isEmpty, type Path } from './paths.ts';
import { compileSteps } from './step.ts';
import type { Target } from './target.ts';
import type { FromValue } from './value-format.ts';

/** A path that ends at a list means its elements. */
const flat = (values: readonly unknown[]): readonly unknown[] =>
  values.some(Array.isArray) ? values.flat().filter((value) => !isEmpty(value)) : values;

const firstFilled = (paths: readonly Path[], item: unknown, body: unknown): readonly unknown[] => {
  for (const path of paths) {
    const values = flat(path.every(item, body));
    if (values.length > 0) return values;
  }
  return [];
};

/** One value of a path that has no lists in it: the common case. */
const readSimple = (
  path: Path,
  spec: FromValue,
  target: Target,
  at: string,
  place: string,
  compiler: Compiler,
): Reader => {
  const { one, firstOf } = compileSteps(spec, target, at, place, compiler);
  return (item, body, issues) => {
    const value = path.first(item, body);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return one(value, issues);
    const values = flat([value]);
    return values.length === 0 ? undefined : firstOf(values, issues);
  };
};

/** One value; for a list target every value of the path. */
export const compileFrom = (spec: FromValue, target: Target, at: string, place: string, compiler: Compiler): Reader => {
  const paths = usePaths(spec.from, place, compiler);
  const [path] = paths;
  if (spec.list && target.type !== 'list') compiler.find(place, '`list: true` needs a field that takes a list');
  if (target.type !== 'list') {
    if (paths.length === 1 && path?.several === false) return readSimple(path, spec, target, at, place, compiler);
    const { firstOf } = compileSteps(spec, target, at, place, compiler);
    return (item, body, issues) => {
      const values = firstFilled(paths, item, body);
      return values.length === 0 ? undefined : firstOf(values, issues);
    };
  }
  const { one } = compileSteps(spec, target.of, at, place, compiler);
  const { max } = target;
  const simple = paths.length === 1 && path?.several === false ? path : undefined;
  return (item, body, issues) => {
    const value = simple?.first(item, body);
    if (simple !== undefined && !Array.isArray(value)) {
      const fitted = value === undefined ? undefined : one(value, issues);
      return fitted === undefined ? undefined : [fitted];
    }
    const found: unknown[] = [];
    for (const each of simple === undefined ? firstFilled(paths, item, body) : flat([value])) {
      if (found.length === max) {
        addIssue(issues, at, 'too-many', false);
        break;
      }
      const fitted = one(each, issues);
      if (fitted !== undefined) found.push(fitted);
    }
    return found.length === 0 ? undefined : found;
  };
};
