// What a target field wants, read off the model's zod schema: so the model is written down once, and a value is
// checked while it is written instead of failing the whole record afterwards.
import { z } from 'zod';
import { type Entity, entities } from '../model/told-consent.ts';
import { coded } from '../model/values.ts';

export interface Field {
  readonly target: Target;
  readonly required: boolean;
}
export interface ObjectTarget {
  readonly type: 'object';
  readonly fields: ReadonlyMap<string, Field>;
}
export type Target =
  | { readonly type: 'text'; readonly max: number; readonly cut: boolean }
  | { readonly type: 'any' }
  | { readonly type: 'enum'; readonly values: ReadonlySet<string> }
  | { readonly type: 'number' | 'boolean' | 'day' | 'instant'; readonly accepts: (value: unknown) => boolean }
  | { readonly type: 'coded' }
  | { readonly type: 'list'; readonly of: Target; readonly max: number }
  | ObjectTarget;

const accepting = (schema: z.ZodType) => (value: unknown) => schema.safeParse(value).success;

const stringTarget = (schema: z.ZodType): Target => {
  const { format, maxLength } = schema as unknown as {
    readonly format: string | null;
    readonly maxLength: number | null;
  };
  if (format === 'date') return { type: 'day', accepts: accepting(schema) };
  if (format === 'datetime') return { type: 'instant', accepts: accepting(schema) };
  return { type: 'text', max: maxLength ?? 20_000, cut: true };
};

const objectTarget = (shape: Readonly<Record<string, z.ZodType>>): Target => {
  const names = Object.keys(shape);
  if (names.includes('code') && names.includes('display') && names.includes('original')) return { type: 'coded' };
  return { type: 'object', fields: fieldsOf(shape) };
};

const fieldsOf = (shape: Readonly<Record<string, z.ZodType>>): ReadonlyMap<string, Field> =>
  new Map(
    Object.entries(shape).map(([name, schema]) => {
      const optional = schema instanceof z.ZodOptional;
      return [
        name,
        { target: targetOf(optional ? (schema.unwrap() as z.ZodType) : schema), required: !optional },
      ] as const;
    }),
  );

const maxItems = (schema: z.ZodArray): number =>
  schema._zod.def.checks
    ?.map((check) => (check._zod.def as { readonly maximum?: number }).maximum)
    .find((maximum) => maximum !== undefined) ?? 1_000;

const targetOf = (schema: z.ZodType): Target => {
  if (schema instanceof z.ZodObject) return objectTarget(schema.shape as Readonly<Record<string, z.ZodType>>);
  if (schema instanceof z.ZodEnum) return { type: 'enum', values: new Set(schema.options.map(String)) };
  if (schema instanceof z.ZodArray)
    return { type: 'list', of: targetOf(schema.element as z.ZodType), max: maxItems(schema) };
  if (schema instanceof z.ZodNumber) return { type: 'number', accepts: accepting(schema) };
  if (schema instanceof z.ZodBoolean) return { type: 'boolean', accepts: accepting(schema) };
  // The only union of the model is "a day or an instant": what is read as either fits.
  if (schema instanceof z.ZodUnion) return { type: 'instant', accepts: accepting(schema) };
  return stringTarget(schema);
};

/** The target of an entity; built once. */
export const entityTargets: ReadonlyMap<Entity, ObjectTarget> = new Map(
  (Object.keys(entities) as Entity[]).map((name) => [
    name,
    { type: 'object', fields: fieldsOf(entities[name].shape as Readonly<Record<string, z.ZodType>>) },
  ]),
);

/** Keys, units and parts of the header: text that must not be cut. */
export const keyTarget: Target = { type: 'text', max: 500, cut: false };
/** Arguments of functions are handed over as they are. */
export const anyTarget: Target = { type: 'any' };
/** A coded value written field by field. */
export const codedFields: ObjectTarget = {
  type: 'object',
  fields: fieldsOf(coded.shape as Readonly<Record<string, z.ZodType>>),
};
