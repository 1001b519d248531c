// The OpenAPI file as a list of operations with their parameters and bodies resolved, and the judge of inputs: what of
// a request the file forbids. The contract test asks the hub from here and from nowhere else.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApiDocument } from '../../src/http/documents.ts';

export type Schema = Readonly<Record<string, unknown>> & { readonly $ref?: string; readonly type?: string };
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly open: boolean;
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly schema: Schema; readonly required: boolean; readonly example?: unknown };
}

interface RawOperation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly (Partial<Parameter> & { readonly $ref?: string })[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;
  };
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly components: {
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
}

const document = openApiDocument() as unknown as Document;
export const components = document.components;

/** A schema with its reference followed, and what stands beside the reference laid over it. */
export const resolved = (schema: Schema): Schema => {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...beside } = schema;
  return { ...resolved(components.schemas[$ref.split('/').at(-1) ?? ''] ?? {}), ...beside };
};

const parameterOf = (given: Partial<Parameter> & { readonly $ref?: string }): Parameter => {
  const found = given.$ref === undefined ? given : components.parameters[given.$ref.split('/').at(-1) ?? ''];
  if (found?.name === undefined || found.in === undefined || found.schema === undefined)
    throw new Error('A parameter of the OpenAPI file has no name, place or schema.');
  return { name: found.name, in: found.in, required: found.required === true, schema: resolved(found.schema) };
};

const operationOf = (path: string, method: string, raw: RawOperation): Operation => {
  const body = raw.requestBody?.content['application/json'];
  return {
    id: raw.operationId,
    method: method.toUpperCase(),
    path,
    open: raw.security?.length === 0,
    parameters: (raw.parameters ?? []).map(parameterOf),
    ...(body === undefined ? {} : { body: { ...body, required: raw.requestBody?.required === true } }),
  };
};

export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(([method]) => method !== 'parameters')
    .map(([method, raw]) => operationOf(path, method, raw)),
);

/** The fields of an operation's body. */
export const bodyNames = (operation: Operation): readonly string[] =>
  Object.keys((resolved(operation.body?.schema ?? {})['properties'] as object | undefined) ?? {});

const ajv = new Ajv2020({ strict: false, allErrors: false });
addFormats.default(ajv);
const compiled = new Map<object, ValidateFunction>();
const fits = (schema: Schema, value: unknown): boolean => {
  const known = compiled.get(schema) ?? ajv.compile({ ...schema, components });
  compiled.set(schema, known);
  return known(value);
};

/** A text of a query, path or header as the type its schema names; a text that is none stays a text. */
const typed = (schema: Schema, text: string): unknown => {
  if (schema.type === 'integer' || schema.type === 'number')
    return /^-?\d+(\.\d+)?(e\d+)?$/i.test(text) ? Number(text) : text;
  if (schema.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
};

/** Does the file allow this value in this place? */
export const allowsParameter = (parameter: Parameter, text: string): boolean =>
  fits(parameter.schema, typed(parameter.schema, text));
export const allowsBody = (operation: Operation, value: unknown): boolean =>
  operation.body === undefined || fits(operation.body.schema, value);
