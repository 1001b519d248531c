// What a configured kind's records are made of: paths as the configuration lists them (`navn`, `adresse.vej`,
// `deltagere[].navn`) become a loose zod schema, so that mappings can be checked and new fields seen as drift.
import { z } from 'zod';

/** `a`, `a.b`, `a[].b`; Danish letters, spaces, and the namespace or attribute marks of XML. */
export const fieldPathSchema = z
  .string()
  .regex(/^[^.[\]{}]+(\[\])?(\.[^.[\]{}]+(\[\])?)*$/, 'must be a path such as navn, adresse.vej or deltagere[].navn');

interface Branch {
  readonly below: Map<string, Branch>;
  list: boolean;
  required: boolean;
}

const branch = (): Branch => ({ below: new Map(), list: false, required: false });

const planted = (paths: readonly string[], required: ReadonlySet<string>): Branch => {
  const root = branch();
  for (const path of paths) {
    let here = root;
    let inList = false;
    for (const step of path.split('.')) {
      const name = step.replace(/\[\]$/, '');
      const next = here.below.get(name) ?? branch();
      if (step.endsWith('[]')) {
        next.list = true;
        inList = true;
      }
      // What must be there must have something to be in; a list may still be without elements.
      if (required.has(path) && !inList) next.required = true;
      here.below.set(name, next);
      here = next;
    }
    if (required.has(path)) here.required = true;
  }
  return root;
};

const present = z.unknown().refine((value) => value !== undefined && value !== null && value !== '', 'is missing');

const schemaOf = ({ below, list, required }: Branch): z.ZodType => {
  if (below.size === 0) return required ? present : z.unknown().optional();
  const inner = z.looseObject(Object.fromEntries([...below].map(([name, one]) => [name, schemaOf(one)])));
  // A list of one comes as its only element from sources that are converted from XML.
  const whole = list ? z.union([z.array(inner), inner]) : inner;
  return required ? whole : whole.nullish();
};

/** The schema of a record's body. Without `fields` anything goes; a `required` one that is empty sets the record aside. */
export const bodyOf = (fields: readonly string[], required: readonly string[] = []): z.ZodType => {
  const paths = [...new Set([...fields, ...required])];
  if (paths.length === 0) return z.record(z.string(), z.unknown());
  return schemaOf({ ...planted(paths, new Set(required)), required: true });
};

/** Everything at a path: lists are gone through whether or not `[]` says so; absent, null and empty text are left out. */
export const valuesAt = (value: unknown, path: string): readonly unknown[] => {
  let found: readonly unknown[] = [value];
  for (const step of path === '' ? [] : path.split('.')) {
    const name = step.replace(/\[\]$/, '');
    found = found.flatMap((one): readonly unknown[] => {
      if (one === null || typeof one !== 'object') return [];
      const inner: unknown = name === '' ? one : (one as Readonly<Record<string, unknown>>)[name];
      return Array.isArray(inner) ? inner : [inner];
    });
  }
  return found.filter((one) => one !== undefined && one !== null && one !== '');
};

/** The first plain value at a path, as text. */
export const textAt = (value: unknown, path: string): string | undefined => {
  const found = valuesAt(value, path).find((one) => typeof one !== 'object');
  return found === undefined ? undefined : String(found).trim() || undefined;
};

/** A whole number at a path; undefined when there is none. */
export const countAt = (value: unknown, path: string | undefined): number | undefined => {
  const text = path === undefined ? undefined : textAt(value, path);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
};

/** A record's key: the values of its fields, several joined by `|`; empty when one of them is missing. */
export const keyAt = (value: unknown, paths: readonly string[]): string => {
  const parts = paths.map((path) => textAt(value, path) ?? '');
  return parts.includes('') ? '' : parts.join('|');
};
