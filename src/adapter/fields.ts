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
    for (const step of path.split('.')) {
      const name = step.replace(/\[\]$/, '');
      const next = here.below.get(name) ?? branch();
      if (step.endsWith('[]')) next.list = true;
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
