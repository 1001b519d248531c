// A Momentum-shaped server on loopback: OAuth client credentials plus apikey, ProblemDetails, and the product's three
// ways of paging. Records every URL, so that tests can prove that no CPR was ever in one.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MomentumData } from './data.ts';
import { createFaultSwitch, type FaultSwitch } from './faults.ts';
import { answer, Problem } from './routes.ts';

export const momentumCredentials = {
  clientId: 'samspil-hub',
  clientSecret: 'sandbox-momentum-secret',
  apiKey: 'sandbox-momentum-apikey',
  resource: 'urn:momentum:sandbox',
} as const;

export interface MomentumStubOptions {
  readonly data: MomentumData;
  /** Default: any free port. */
  readonly port?: number;
  readonly latencyMs?: number;
  /** How long a token lives; default an hour. */
  readonly tokenSeconds?: number;
}

export interface MomentumStub {
  readonly url: string;
  readonly tokenUrl: string;
  readonly faults: FaultSwitch;
  close(): Promise<void>;
  stats(): { readonly requests: number; readonly tokens: number; readonly urls: readonly string[] };
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const send = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  const type = status >= 400 ? 'application/problem+json' : 'application/json; charset=utf-8';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(JSON.stringify(body));
};

const problem = (status: number, title: string, detail = title): { status: number; body: unknown } => ({
  status,
  body: { type: `https://httpstatuses.com/${status}`, title, status, detail, traceId: randomUUID() },
});

/** Drops the last row of a page but leaves its count alone. */
const halve = (body: unknown): unknown => {
  if (typeof body !== 'object' || body === null) return body;
  const { data, results } = body as { data?: unknown[]; results?: unknown[] };
  return {
    ...body,
    ...(data ? { data: data.slice(0, -1) } : {}),
    ...(results ? { results: results.slice(0, -1) } : {}),
  };
};

export const startMomentumStub = async (options: MomentumStubOptions): Promise<MomentumStub> => {
  const faults = createFaultSwitch();
  const tokens = new Map<string, number>();
  const urls: string[] = [];
  let requests = 0;
  let granted = 0;

  const grant = (form: URLSearchParams, response: ServerResponse): void => {
    const right =
      form.get('grant_type') === 'client_credentials' &&
      form.get('client_id') === momentumCredentials.clientId &&
      form.get('client_secret') === momentumCredentials.clientSecret &&
      form.get('resource') === momentumCredentials.resource;
    if (!right) {
      send(response, 401, { error: 'invalid_client', error_description: `AADSTS7000215 for ${form.get('client_id')}` });
      return;
    }
    const token = randomUUID();
    const seconds = options.tokenSeconds ?? 3600;
    tokens.set(token, Date.now() + seconds * 1000);
    granted += 1;
    send(response, 200, { token_type: 'Bearer', expires_in: String(seconds), access_token: token });
  };

  const authorised = (request: IncomingMessage): boolean => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    return (tokens.get(token) ?? 0) > Date.now() && request.headers['apikey'] === momentumCredentials.apiKey;
  };

  /** True when the fault has answered (or will never). */
  const meets = (mode: string, response: ServerResponse): boolean => {
    const failing: Record<string, () => void> = {
      down: () => response.destroy(),
      timeout: () => undefined,
      'error-500': () => send(response, 500, problem(500, 'Internal Server Error').body),
      'error-504': () => send(response, 504, problem(504, 'Gateway Timeout').body),
      'rate-limit': () => send(response, 429, problem(429, 'Too Many Requests').body, { 'retry-after': '1' }),
      forbidden: () => send(response, 403, problem(403, 'Forbidden').body),
      garbage: () => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{"data":[{"id":');
      },
    };
    failing[mode]?.();
    return failing[mode] !== undefined;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests += 1;
    // The first 100,000 prove the point and bound the memory of a sandbox that runs for days.
    if (urls.length < 100_000) urls.push(request.url ?? '');
    const text = await readBody(request);
    if (options.latencyMs) await new Promise((resolve) => setTimeout(resolve, options.latencyMs));
    const mode = faults.next();
    const url = new URL(request.url ?? '/', 'http://momentum.invalid');
    if (mode === 'down' && meets(mode, response)) return;
    if (url.pathname === '/oauth2/token') {
      grant(new URLSearchParams(text), response);
      return;
    }
    if (mode === 'unauthorised') tokens.clear();
    if (!authorised(request)) {
      send(response, 401, problem(401, 'Unauthorized').body);
      return;
    }
    if (meets(mode, response)) return;
    try {
      const body = answer(options.data, request.method ?? 'GET', url, text);
      send(response, 200, mode === 'half-page' ? halve(body) : body);
    } catch (thrown) {
      const known = thrown instanceof Problem ? thrown : new Problem(500, 'Internal Server Error');
      const { status, body } = problem(known.status, known.message, known.detail);
      send(response, status, body);
    }
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    tokenUrl: `${url}/oauth2/token`,
    faults,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    stats: () => ({ requests, tokens: granted, urls }),
  };
};
