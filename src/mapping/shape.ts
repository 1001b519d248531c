// The shape of a source record: which paths it has and what stands there, as names of types and never as values. Lists
// count as their elements: one or several of a thing is no difference to a mapping.
import { maskNumbers } from '../model/cpr.ts';
import { fieldPath, isEmpty } from './paths.ts';

export const shapeTypes = ['text', 'number', 'yes/no', 'fields'] as const;
export type ShapeType = (typeof shapeTypes)[number];

/** Path → what stands there. Names joined by points; what is empty is not there. */
export type Shape = ReadonlyMap<string, ReadonlySet<ShapeType>>;

const maxDepth = 20;
const maxPaths = 500;
const maxElements = 20;

/**
 * A field name may be data (an object keyed by a person's name): what does not look like a property is left out, with
 * everything below it.
 */
const property = /^[\p{L}_@$][\p{L}\d_ @$:-]{0,80}$/u;

/** Cannot be a person's name. */
const identifier = /^([a-z_@$][A-Za-z\d_@$:-]*|[\p{L}_@$][\p{L}\d_@$:-]*[\d_@$:-][\p{L}\d_@$:-]*)$/u;

export const looksLikeField = (name: string): boolean => property.test(name) && maskNumbers(name) === name;

/** A capitalised word could be somebody's name, and is counted only where two citizens have it. */
export const couldBeName = (path: string): boolean =>
  path.split('.').some((segment) => !identifier.test(segment.replaceAll('[]', '')));

/** A mapping's path as a shape has it. */
export const shapePath = (path: string): string =>
  fieldPath(path)
    .replaceAll('[]', '')
    .split('.')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .join('.');

const typeOf = (value: unknown): ShapeType =>
  typeof value === 'object'
    ? 'fields'
    : typeof value === 'number'
      ? 'number'
      : typeof value === 'boolean'
        ? 'yes/no'
        : 'text';

export const shapeOf = (body: unknown): Shape => {
  const found = new Map<string, Set<ShapeType>>();
  const look = (value: unknown, path: string, depth: number): void => {
    if (isEmpty(value) || depth > maxDepth || found.size >= maxPaths) return;
    if (Array.isArray(value)) {
      for (const element of value.slice(0, maxElements)) look(element, path, depth + 1);
      return;
    }
    if (path !== '') found.set(path, (found.get(path) ?? new Set()).add(typeOf(value)));
    if (typeof value !== 'object' || value === null) return;
    for (const [name, below] of Object.entries(value))
      if (looksLikeField(name)) look(below, path === '' ? name : `${path}.${name}`, depth + 1);
  };
  look(body, '', 0);
  return found;
};

interface Branch {
  readonly path: string;
  /** Somebody asked for this very path. */
  asked: boolean;
  readonly below: Map<string, Branch>;
}

const treeOf = (paths: Iterable<string>): Branch => {
  const root: Branch = { path: '', asked: false, below: new Map() };
  for (const path of paths) {
    let here = root;
    for (const name of path.split('.')) {
      const next: Branch = here.below.get(name) ?? {
        path: here.path === '' ? name : `${here.path}.${name}`,
        asked: false,
        below: new Map(),
      };
      here.below.set(name, next);
      here = next;
    }
    here.asked = true;
  }
  return root;
};

/** The same shape, of these paths alone: nothing else is looked at. */
export const compileShape = (paths: Iterable<string>): ((body: unknown) => Shape) => {
  const root = treeOf(paths);
  const look = (value: unknown, branch: Branch, found: Map<string, Set<ShapeType>>): void => {
    if (isEmpty(value)) return;
    if (Array.isArray(value)) {
      for (const element of value.slice(0, maxElements)) look(element, branch, found);
      return;
    }
    if (branch.asked) {
      const types = found.get(branch.path);
      if (types === undefined) found.set(branch.path, new Set([typeOf(value)]));
      else types.add(typeOf(value));
    }
    if (typeof value !== 'object' || value === null) return;
    for (const [name, next] of branch.below) look((value as Record<string, unknown>)[name], next, found);
  };
  return (body) => {
    const found = new Map<string, Set<ShapeType>>();
    look(body, root, found);
    return found;
  };
};
