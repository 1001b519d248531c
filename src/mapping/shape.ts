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
