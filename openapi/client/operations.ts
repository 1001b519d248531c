// The operations of the OpenAPI file as types: which paths a verb has, what they take and what they answer. Nothing here
// runs.
import type { operations, paths } from './openapi.d.ts';

export type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Paths that have the verb. */
export type PathWith<V extends Verb> = {
  [P in keyof paths]: paths[P] extends Record<V, { responses: unknown }> ? P : never;
}[keyof paths];

export type OperationOf<P extends keyof paths, V extends Verb> = paths[P] extends Record<V, infer O> ? O : never;

type Part<O, Name extends string> = O extends { parameters: infer All }
  ? All extends { [N in Name]?: infer Value }
    ? Exclude<Value, undefined>
    : never
  : never;

/** Optional where nothing in it is required. */
type Given<Name extends string, Value> = [Value] extends [never]
  ? unknown
  : Record<string, never> extends Value
    ? { readonly [N in Name]?: Value }
    : { readonly [N in Name]: Value };

type BodyOf<O> = O extends { requestBody: { content: { 'application/json': infer B } } }
  ? { readonly body: B }
  : O extends { requestBody?: { content: { 'application/json': infer B } } }
    ? { readonly body?: B }
    : unknown;

/** What a call takes besides its path. */
export type InputOf<O> = Given<'path', Part<O, 'path'>> &
  Given<'query', Part<O, 'query'>> &
  BodyOf<O> & {
    /** Any the operation names, such as `If-None-Match`; purpose and idempotency come by themselves. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
    /** How long one attempt may take, in ms. */
    readonly timeoutMs?: number;
  };

type Good = 200 | 201 | 202 | 204;
type ContentOf<R> = R extends { content: infer C }
  ? C extends { 'application/json': infer J }
    ? J
    : C[keyof C]
  : undefined;

/** What a good answer holds. */
export type AnswerOf<O> = O extends { responses: infer R }
  ? { [S in keyof R]: S extends Good ? ContentOf<R[S]> : never }[keyof R]
  : never;

export type Operations = operations;
