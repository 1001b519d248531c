// The named ways a source may want to know the hub, for adapters of an interface shape: one schema for their
// configuration and one client that carries the credentials. Secrets go into headers only, unless a query is named.
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Http, HttpRequest } from './http.ts';
import { createTokenSource, withToken } from './oauth.ts';

const secret = z.string().min(1).meta({ secret: true });
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of a header');

export const authSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('basic'), username: z.string().min(1), password: secret }),
  z.strictObject({ type: z.literal('bearer'), token: secret }),
  z.strictObject({
    type: z.literal('apiKey'),
    key: secret,
    header: headerName.default('x-api-key'),
    /** The name of a query parameter, where the vendor takes the key nowhere else: it will stand in access logs. */
    query: z.string().min(1).optional(),
  }),
  z.strictObject({
    type: z.literal('oauth2'),
    /** Client credentials; the address is contacted too. */
    tokenUrl: z.url({ protocol: /^https?$/ }),
    clientId: z.string().min(1),
    clientSecret: secret,
    scope: z.string().min(1).optional(),
    /** Further fields of the token request, for example `resource` or `audience`. */
    extra: z.record(z.string(), z.string()).default({}),
    /** A key that the gateway in front of the source wants beside the token. */
    apiKey: z.strictObject({ key: secret, header: headerName.default('x-api-key') }).optional(),
  }),
]);
export type Auth = z.infer<typeof authSchema>;

export const noAuth: Auth = { type: 'none' };

/** Headers that every request carries, for example a tenant; their values count as secrets. */
export const headersSchema = z.record(headerName, secret).default({});

export const authHosts = (auth: Auth): readonly string[] =>
  auth.type === 'oauth2' ? [new URL(auth.tokenUrl).host] : [];

const withHeaders = (http: Http, headers: Readonly<Record<string, string>>): Http => {
  const carrying = (request: HttpRequest): HttpRequest => ({ ...request, headers: { ...headers, ...request.headers } });
  return {
    request: (request) => http.request(carrying(request)),
    stream: (request) => http.stream(carrying(request)),
  };
};

const withQuery = (http: Http, name: string, value: string): Http => {
  const carrying = (request: HttpRequest): HttpRequest => {
    const url = new URL(request.url);
    url.searchParams.set(name, value);
    return { ...request, url: url.href };
  };
  return {
    request: (request) => http.request(carrying(request)),
    stream: (request) => http.stream(carrying(request)),
  };
};

/** `http` with the source's credentials and fixed headers on every request. */
export const authorised = (
  http: Http,
  {
    auth,
    headers,
    clock,
  }: { readonly auth: Auth; readonly headers: Readonly<Record<string, string>>; readonly clock: Clock },
): Http => {
  switch (auth.type) {
    case 'none':
      return withHeaders(http, headers);
    case 'basic': {
      const pair = Buffer.from(`${auth.username}:${auth.password}`, 'utf8').toString('base64');
      return withHeaders(http, { ...headers, authorization: `Basic ${pair}` });
    }
    case 'bearer':
      return withHeaders(http, { ...headers, authorization: `Bearer ${auth.token}` });
    case 'apiKey':
      return auth.query === undefined
        ? withHeaders(http, { ...headers, [auth.header]: auth.key })
        : withHeaders(withQuery(http, auth.query, auth.key), headers);
    case 'oauth2': {
      const { tokenUrl, clientId, clientSecret, scope, extra, apiKey } = auth;
      const own = { tokenUrl, clientId, clientSecret, extra, ...(scope === undefined ? {} : { scope }) };
      const carrying = apiKey === undefined ? headers : { ...headers, [apiKey.header]: apiKey.key };
      return withToken(withHeaders(http, carrying), createTokenSource({ ...own, http, clock }));
    }
  }
};
