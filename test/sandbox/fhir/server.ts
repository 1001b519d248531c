// A FHIR R4 server on loopback: search by GET and POST _search, paging links, OperationOutcome, a token endpoint
// for client credentials, and faults on demand.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { FhirData, FhirStore } from './data.ts';
import { createFaultSwitch, type FaultMode, type FaultSwitch } from './faults.ts';
import { createSearch, type Searched } from './search.ts';
import { createFhirStore } from './store.ts';

export interface FhirStubOptions {
  /** Resources by type, or a store already filled. */
  readonly data: FhirData | FhirStore;
  readonly port?: number;
  readonly latencyMs?: number;
  /** Largest page the server gives, whatever is asked. */
  readonly maximumCount?: number;
  /** Pages of this size whatever is asked. */
  readonly fixedCount?: number;
  readonly auth?: 'none' | { readonly bearer: string } | { readonly clientId: string; readonly clientSecret: string };
  /** Paging links without host, as some servers give them. */
  readonly relativeLinks?: boolean;
  readonly now?: () => Date;
}

export interface FhirStub {
  /** Base URL of the FHIR server, without a final slash. */
  readonly url: string;
  readonly tokenUrl: string;
  readonly store: FhirStore;
  readonly faults: FaultSwitch;
  /** Forgets every page token: the next link a client holds answers 410. */
  expirePages(): void;
  /** Forgets every access token: the next request answers 401. */
  expireTokens(): void;
  /** `urls`: the last 1,000, to prove what never stands in one. */
  stats(): { readonly requests: number; readonly tokens: number; readonly urls: readonly string[] };
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

const json = { 'content-type': 'application/json' };

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const outcome = (severity: string, code: string, diagnostics: string): object => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity, code, diagnostics }],
});

const refusal = (status: number, code: string, text: string, headers: Record<string, string> = {}): Reply => ({
  status,
  body: outcome('error', code, text),
  headers,
});

const brokenReply: Partial<Record<FaultMode, Reply>> = {
  'error-500': refusal(500, 'exception', 'Something broke.'),
  'rate-limit': refusal(429, 'throttled', 'Slow down.', { 'retry-after': '2' }),
  forbidden: refusal(403, 'forbidden', 'Not for you.'),
  unauthorised: refusal(401, 'login', 'No.'),
  garbage: { status: 200, body: '<html>Service page</html>' },
};

const isStore = (data: FhirData | FhirStore): data is FhirStore => typeof data.put === 'function';

const send = (response: ServerResponse, { status, body, headers }: Reply): void => {
  response.writeHead(status, { 'content-type': 'application/fhir+json; charset=utf-8', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};

export const startFhirStub = async (options: FhirStubOptions): Promise<FhirStub> => {
  const store = isStore(options.data) ? options.data : createFhirStore(options.data, options.now);
  const engine = createSearch(store, { maximumCount: options.maximumCount ?? 500, fixedCount: options.fixedCount });
  const faults = createFaultSwitch();
  const auth = options.auth ?? 'none';
  const issued = new Set<string>();
  const urls: string[] = [];
  let requests = 0;
  let origin = '';

  const bundle = (found: Searched): Reply => {
    const base = options.relativeLinks === true ? '' : origin;
    return {
      status: 200,
      body: {
        resourceType: 'Bundle',
        type: 'searchset',
        ...(found.total === undefined ? {} : { total: found.total }),
        link: found.next === undefined ? [] : [{ relation: 'next', url: `${base}/fhir?_page=${found.next}` }],
        entry: [
          ...found.rows.map(({ resource }) => ({
            fullUrl: `${origin}/fhir/${resource.resourceType}/${resource.id}`,
            resource,
            search: { mode: 'match' },
          })),
          ...found.ignoredParameters.map((name) => ({
            resource: outcome('warning', 'not-supported', `Parameter ${name} was ignored.`),
            search: { mode: 'outcome' },
          })),
        ],
      },
    };
  };

  const grantToken = (form: URLSearchParams): Reply => {
    const known = typeof auth === 'object' && 'clientId' in auth;
    if (!known || form.get('client_id') !== auth.clientId || form.get('client_secret') !== auth.clientSecret)
      return { status: 401, body: { error: 'invalid_client' }, headers: json };
    const token = randomUUID();
    issued.add(token);
    return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: 300 }, headers: json };
  };

  const allowed = (request: IncomingMessage): boolean => {
    if (auth === 'none') return true;
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    return bearer !== undefined && ('bearer' in auth ? bearer === auth.bearer : issued.has(bearer));
  };

  const search = (type: string, query: URLSearchParams): Reply => {
    try {
      return bundle(engine.search(type, query));
    } catch (thrown) {
      if (thrown instanceof RangeError) return refusal(400, 'value', `Parameter ${thrown.message} is not valid.`);
      throw thrown;
    }
  };

  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const url = new URL(request.url ?? '/', origin);
    const form = request.method === 'POST' ? new URLSearchParams(await read(request)) : undefined;
    if (url.pathname === '/token' && form !== undefined) return grantToken(form);
    const [, base, type, last] = url.pathname.split('/');
    if (base !== 'fhir') return refusal(404, 'not-found', 'No such place.');
    if (type === 'metadata')
      return { status: 200, body: { resourceType: 'CapabilityStatement', fhirVersion: '4.0.1' } };
    if (!allowed(request)) return refusal(401, 'login', 'Credentials are needed.');
    const page = url.searchParams.get('_page');
    if (page !== null) {
      const found = engine.page(page);
      return found === undefined ? refusal(410, 'not-found', 'This page is gone.') : bundle(found);
    }
    if (type === undefined || type === '') return refusal(400, 'invalid', 'A type is needed.');
    if (last === undefined || last === '_search') return search(type, form ?? url.searchParams);
    const resource = store.get(type, last);
    return resource === undefined ? refusal(404, 'not-found', 'No such resource.') : { status: 200, body: resource };
  };

  const server = createServer((request, response) => {
    requests += 1;
    urls.push(request.url ?? '');
    if (urls.length > 1000) urls.shift();
    const mode = faults.next();
    const broken = brokenReply[mode];
    if (broken !== undefined) send(response, broken);
    else if (mode === 'down') request.socket.destroy();
    else if (mode === 'half-page') {
      response.writeHead(200, { 'content-type': 'application/fhir+json', 'content-length': '10000' });
      response.write('{"resourceType":"Bundle","entry":[', () => response.destroy());
    } else if (mode !== 'timeout') {
      if (mode === 'expired-pages') engine.expire();
      wait(options.latencyMs ?? 0)
        .then(() => answer(request))
        .then((reply) => send(response, reply))
        .catch(() => response.destroy());
    }
  });

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    url: `${origin}/fhir`,
    tokenUrl: `${origin}/token`,
    store,
    faults,
    expirePages: engine.expire,
    expireTokens: () => issued.clear(),
    stats: () => ({ requests, tokens: issued.size, urls }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
