// Requests from their templates: parameters into the query or the body, the citizen's number into a header or the body
// and nowhere else.
import { looksLikeCpr } from '../../src/adapter/cpr-like.ts';
import type { HttpRequest } from '../../src/adapter/http.ts';
import { HubError } from '../../src/errors.ts';

export interface Template {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly query: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  readonly send: 'json' | 'form';
  /** The header that carries the number. */
  readonly header?: string | undefined;
}

export interface Param {
  readonly name: string;
  readonly value: string | number;
  readonly in: 'query' | 'body';
}

type Tree = Record<string, unknown>;

const isTree = (value: unknown): value is Tree => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Sets `a.b` in a copy. */
const planted = (tree: Tree, [name, ...rest]: readonly string[], value: unknown): Tree => {
  if (name === undefined) return tree;
  const inner = tree[name];
  return { ...tree, [name]: rest.length === 0 ? value : planted(isTree(inner) ? inner : {}, rest, value) };
};

const filled = (value: unknown, cpr: string): unknown => {
  if (typeof value === 'string') return value.replaceAll('{cpr}', cpr);
  if (Array.isArray(value)) return value.map((one) => filled(one, cpr));
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner, cpr)]));
};

const asForm = (body: Tree): URLSearchParams =>
  new URLSearchParams(
    Object.entries(body).map(([name, value]): [string, string] => [
      name,
      isTree(value) ? JSON.stringify(value) : String(value),
    ]),
  );

export const address = (baseUrl: string, path: string, query: Readonly<Record<string, string | number>>): string => {
  const url = new URL(`${baseUrl}/${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url.href;
};

export const requestOf = (
  baseUrl: string,
  template: Template,
  params: readonly Param[],
  cpr: string | undefined,
): HttpRequest => {
  const { path, method, query, body, send, header } = template;
  const own = params.filter((param) => param.in === 'query').map(({ name, value }) => [name, value] as const);
  const url = address(baseUrl, path, { ...query, ...Object.fromEntries(own) });
  const headers = header === undefined || cpr === undefined ? {} : { headers: { [header]: cpr } };
  if (method === 'GET') return { url, ...headers };
  const whole = params
    .filter((param) => param.in === 'body')
    .reduce((tree, { name, value }) => planted(tree, name.split('.'), value), body ?? {});
  const sent = (cpr === undefined ? whole : filled(whole, cpr)) as Tree;
  return { method, url, body: send === 'form' ? asForm(sent) : sent, ...headers };
};

/** A key or id as one segment of a path. @throws HubError when it may be a CPR */
export const withKey = (path: string, name: 'key' | 'citizen', value: string, isNoCpr: boolean): string => {
  if (!isNoCpr && looksLikeCpr(value))
    throw new HubError({
      code: 'config/invalid',
      fault: 'config',
      message: `{${name}}: what would stand in the path looks like a CPR, which may never be part of a URL.`,
      hint: 'Ask by `header` or `body` instead. If the keys are the source’s own numbers, say `keyIsNoCpr: yes`.',
    });
  return path.replaceAll(`{${name}}`, encodeURIComponent(value));
};
