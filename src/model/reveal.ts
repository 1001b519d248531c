// What must go from a record when a person in it has name and address protection: every field the schema marks with
// `meta.reveals`. Name and address are stripped together, wherever in the record they stand.
import { z } from 'zod';
import { type Kind, kindNames, kinds } from './kinds.ts';

/** Path of property names; `[]` stands for every element of a list. */
type Path = readonly string[];

const peel = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? peel(schema.unwrap() as z.ZodType) : schema;

const revealsAny = (schema: z.ZodType): boolean =>
  schema.meta()?.reveals !== undefined || peel(schema).meta()?.reveals !== undefined;

const pathsIn = (schema: z.ZodType, at: Path): readonly Path[] => {
  if (revealsAny(schema)) return [at];
  const inner = peel(schema);
  if (inner instanceof z.ZodObject)
    return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([name, field]) =>
      pathsIn(field, [...at, name]),
    );
  if (inner instanceof z.ZodArray) return pathsIn(inner.element as z.ZodType, [...at, '[]']);
  return [];
};

const pathsOf = new Map<Kind, readonly Path[]>(kindNames.map((kind) => [kind, pathsIn(kinds[kind], [])]));

const without = (value: unknown, path: Path): unknown => {
  const [head, ...rest] = path;
  if (head === undefined || value === null || typeof value !== 'object') return value;
  if (head === '[]') return Array.isArray(value) ? value.map((element) => without(element, rest)) : value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    rest.length === 0
      ? entries.filter(([name]) => name !== head)
      : entries.map(([name, inner]) => [name, name === head ? without(inner, rest) : inner]),
  );
};

const has = (value: unknown, path: Path): boolean => {
  const [head, ...rest] = path;
  if (head === undefined) return value !== undefined;
  if (value === null || typeof value !== 'object') return false;
  if (head === '[]') return Array.isArray(value) && value.some((element) => has(element, rest));
  return has((value as Record<string, unknown>)[head], rest);
};

/** Top-level fields of a kind that protection takes away whole. */
export const revealingFields = (kind: Kind): readonly string[] =>
  (pathsOf.get(kind) ?? []).flatMap((path) => (path.length === 1 && path[0] !== undefined ? [path[0]] : []));

/** The fields without what would give a protected name or address away; undefined when nothing had to go. */
export const stripProtected = (
  kind: Kind,
  fields: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined => {
  const paths = (pathsOf.get(kind) ?? []).filter((path) => has(fields, path));
  if (paths.length === 0) return undefined;
  return paths.reduce<unknown>((rest, path) => without(rest, path), fields) as Readonly<Record<string, unknown>>;
};
