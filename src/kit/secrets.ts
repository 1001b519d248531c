// The secrets of a source's configuration: what its adapter's schema marks as one, wherever in the block it stands. A
// recording keeps the block without them.
import { z } from 'zod';

const wrappers = new Set(['optional', 'nullable', 'default', 'readonly', 'catch', 'prefault', 'nonoptional', 'lazy']);

interface Def {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly getter?: () => z.ZodType;
}

const isSecret = (schema: z.ZodType): boolean => schema.meta()?.['secret'] === true;

/** Every schema that may stand here, wrappers and alternatives gone through. */
const alternatives = (schema: z.ZodType | undefined, depth = 0): readonly z.ZodType[] => {
  if (schema === undefined || depth > 12) return [];
  if (isSecret(schema)) return [schema];
  const def = (schema as unknown as { readonly def: Def }).def;
  if (wrappers.has(def.type)) return alternatives(def.innerType ?? def.getter?.(), depth + 1);
  if (def.type === 'pipe') return alternatives(def.in, depth + 1);
  if (schema instanceof z.ZodUnion)
    return (schema.options as readonly z.ZodType[]).flatMap((option) => alternatives(option, depth + 1));
  return [schema];
};

const below = (schemas: readonly z.ZodType[], name: string): readonly z.ZodType[] =>
  schemas.flatMap((schema) => {
    if (schema instanceof z.ZodObject) return alternatives((schema.shape as Record<string, z.ZodType>)[name]);
    if (schema instanceof z.ZodRecord) return alternatives(schema.valueType as z.ZodType);
    return schema instanceof z.ZodArray ? alternatives(schema.element as z.ZodType) : [];
  });

export interface WithoutSecrets {
  readonly config: unknown;
  readonly secrets: readonly string[];
}

/** @param stand what takes the place of each secret */
export const withoutSecrets = (schema: z.ZodType, config: unknown, stand: string): WithoutSecrets => {
  const secrets: string[] = [];
  const walk = (value: unknown, schemas: readonly z.ZodType[]): unknown => {
    if (schemas.some(isSecret) && typeof value !== 'object') {
      secrets.push(String(value));
      return stand;
    }
    if (Array.isArray(value)) return value.map((element) => walk(element, below(schemas, '0')));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner, below(schemas, name))]));
  };
  return { config: walk(config, alternatives(schema)), secrets };
};
