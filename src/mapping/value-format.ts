// A value in a mapping file: a plain path, a constant, `from` with its steps, `call`, `each`, or nested fields.
// Read by shape, not by trying alternatives, so that an error names the one thing that is wrong.
import { z } from 'zod';

export interface FromValue {
  readonly type: 'from';
  /** The first path that yields anything is used. */
  readonly from: readonly string[];
  readonly as?: string;
  readonly codes?: string;
  readonly else: 'issue' | 'reject' | 'keep';
  readonly optional: boolean;
  readonly list: boolean;
}
export interface ConstantValue {
  readonly type: 'constant';
  readonly value: string;
  readonly codes?: string;
}
export interface CallValue {
  readonly type: 'call';
  readonly call: string;
  readonly with: readonly ValueSpec[];
  readonly optional: boolean;
}
export interface EachValue {
  readonly type: 'each';
  readonly each: string;
  readonly fields: Readonly<Record<string, ValueSpec>>;
}
export interface ObjectValue {
  readonly type: 'object';
  readonly fields: Readonly<Record<string, ValueSpec>>;
}
export type ValueSpec = FromValue | ConstantValue | CallValue | EachValue | ObjectValue;

const text = z.string().min(1, 'is empty');
export const flag = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .transform((value) => value === 'true');

/** One path, or several of which the first that yields anything counts. */
export const paths = z.union([text.transform((path) => [path]), z.array(text).min(1)], {
  error: 'must be a path or a list of paths',
});

const fromShape = {
  from: paths,
  as: text.optional(),
  codes: text.optional(),
  else: z.enum(['issue', 'reject', 'keep'], { error: 'must be issue, reject or keep' }).default('issue'),
  optional: flag.default(false),
  list: flag.default(false),
};

const fromObject = z.strictObject(fromShape).transform((value): FromValue => {
  const { as, codes, ...rest } = value;
  return { type: 'from', ...rest, ...(as === undefined ? {} : { as }), ...(codes === undefined ? {} : { codes }) };
});

const constantObject = z
  .strictObject({ value: z.string(), codes: text.optional() })
  .transform(
    ({ value, codes }): ConstantValue => ({ type: 'constant', value, ...(codes === undefined ? {} : { codes }) }),
  );

const isRecord = (raw: unknown): raw is Readonly<Record<string, unknown>> =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);

/** Reads with the schema the shape asks for and passes its findings on. */
const readAs = <T>(schema: z.ZodType<T>, raw: unknown, context: z.RefinementCtx): T | typeof z.NEVER => {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    context.addIssue({ code: 'custom', path: [...issue.path], message: issue.message });
  }
  return z.NEVER;
};

const plainPath = (path: string): FromValue => ({
  type: 'from',
  from: [path],
  else: 'issue',
  optional: false,
  list: false,
});

const schemaFor = (raw: Readonly<Record<string, unknown>>): z.ZodType<ValueSpec> => {
  if ('from' in raw) return fromObject;
  if ('call' in raw) return callObject;
  if ('each' in raw) return eachObject;
  if (typeof raw['value'] === 'string' && Object.keys(raw).every((name) => name === 'value' || name === 'codes')) {
    return constantObject;
  }
  return fieldsObject.transform((fields): ObjectValue => ({ type: 'object', fields }));
};

/** Any value; in a header line (subject, part, unit …) nested fields make no sense and are refused when compiled. */
export const valueSpec: z.ZodType<ValueSpec> = z.unknown().transform((raw, context): ValueSpec => {
  if (typeof raw === 'string' && raw !== '') return plainPath(raw);
  if (isRecord(raw) && Object.keys(raw).length > 0) return readAs(schemaFor(raw), raw, context);
  context.addIssue({
    code: 'custom',
    message: 'must be a path or one of {from}, {value}, {call}, {each}, nested fields',
  });
  return z.NEVER;
});

export const fieldsObject = z.record(z.string(), valueSpec);

const callObject: z.ZodType<ValueSpec> = z
  .strictObject({ call: text, with: z.array(valueSpec).min(1), optional: flag.default(false) })
  .transform((value): CallValue => ({ type: 'call', ...value }));

const eachObject: z.ZodType<ValueSpec> = z.looseObject({ each: text }).transform(
  ({ each, ...fields }, context): EachValue => ({
    type: 'each',
    each,
    fields: readAs(fieldsObject, fields, context),
  }),
);
