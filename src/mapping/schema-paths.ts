// Compares a mapping's paths with the zod schema of the source record: which do not exist, and which fields the
// schema has that no mapping mentions. Where the schema says nothing (unknown, records, unions), anything goes.
import { z } from 'zod';
import { fieldPath, isEmpty } from './paths.ts';

const wrappers = new Set(['optional', 'nullable', 'default', 'readonly', 'catch', 'prefault', 'nonoptional', 'lazy']);

/** The schema without its wrappers; of a transform, what goes in. */
const bare = (schema: z.ZodType | undefined, depth = 0): z.ZodType | undefined => {
  if (schema === undefined || depth > 10) return undefined;
  const { def } = schema as unknown as {
    readonly def: { type: string; innerType?: z.ZodType; in?: z.ZodType; getter?: () => z.ZodType };
  };
  if (def.type === 'pipe') return bare(def.in, depth + 1);
  return wrappers.has(def.type) ? bare(def.innerType ?? def.getter?.(), depth + 1) : schema;
};

const shapeOf = (schema: z.ZodType | undefined): Readonly<Record<string, z.ZodType>> | undefined => {
  const inner = bare(schema);
  const element = inner instanceof z.ZodArray ? bare(inner.element as z.ZodType) : inner;
  return element instanceof z.ZodObject ? (element.shape as Readonly<Record<string, z.ZodType>>) : undefined;
};

const namesOf = (path: string): readonly string[] =>
  fieldPath(path)
    .split('.')
    .map((name) => name.replaceAll('[]', '').trim())
    .filter((name) => !isEmpty(name));

export type PathCheck = 'known' | 'undeclared' | 'impossible';

/** `undeclared`: the schema is loose and does not name it. `impossible`: decoding would drop it. */
export const checkPath = (schema: z.ZodType, path: string): PathCheck => {
  let here: z.ZodType | undefined = schema;
  for (const name of namesOf(path)) {
    const shape = shapeOf(here);
    if (shape === undefined) {
      const type = (bare(here) as { readonly def?: { readonly type: string } } | undefined)?.def?.type;
      return type === 'string' || type === 'number' || type === 'boolean' ? 'impossible' : 'known';
    }
    if (!Object.hasOwn(shape, name)) {
      const object =
        bare(here) instanceof z.ZodArray ? bare((bare(here) as z.ZodArray).element as z.ZodType) : bare(here);
      return (object as z.ZodObject).def.catchall === undefined ? 'impossible' : 'undeclared';
    }
    here = shape[name];
  }
  return 'known';
};

/** Leaf paths the schema declares, lists as `[]`, to a depth of six. */
export const declaredPaths = (schema: z.ZodType, prefix = '', depth = 0): readonly string[] => {
  const shape = depth < 6 ? shapeOf(schema) : undefined;
  if (shape === undefined) return prefix === '' ? [] : [prefix];
  const list = bare(schema) instanceof z.ZodArray ? '[]' : '';
  return Object.entries(shape).flatMap(([name, field]) =>
    declaredPaths(field, prefix === '' ? name : `${prefix}${list}.${name}`, depth + 1),
  );
};
