// A Nexus-shaped server on loopback: OAuth 2.0 client credentials at a host path of its own, hypertext with links that
// only the server understands, citizens it does not show, and bad days. Records every URL.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFaultSwitch, type FaultMode, type FaultSwitch } from '../momentum/faults.ts';
import { answerTo, searchAnswer } from './answers.ts';
import type { NexusData } from './data.ts';
import { createLinks } from './links.ts';

export const nexusCredentials = { clientId: 'samspil-hub', clientSecret: 'sandbox-nexus-secret' } as const;

export interface NexusStubOptions {
  readonly data: NexusData;
  readonly latencyMs?: number;
  /** Messages on a page of the inbox; default 25. */
  readonly pageSize?: number;
  /** How long a token lives; default ten minutes. */
  readonly tokenSeconds?: number;
}

export interface NexusStub {
  readonly url: string;
  readonly tokenUrl: string;
  readonly faults: FaultSwitch;
  /** Links handed out so far lead nowhere from now on. */
  expireLinks(): void;
  close(): Promise<void>;
  stats(): { readonly requests: number; readonly tokens: number; readonly urls: readonly string[] };
}

const instance = 'egevang';
const prefix = `/api/core/mobile/${instance}/v2/`;
const tokenPath = `/authx/realms/${instance}/protocol/openid-connect/token`;

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const send = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8', ...headers });
  response.end(JSON.stringify(body));
};

const failure = (status: number): unknown => ({ timestamp: new Date().toISOString(), status, error: 'See the log.' });

export const startNexusStub = async (options: NexusStubOptions): Promise<NexusStub> => {
  const faults = createFaultSwitch();
  const tokens = new Map<string, number>();
  const urls: string[] = [];
  let requests = 0;
  let granted = 0;
  let origin = '';
  const links = createLinks(prefix, () => origin);
  const answering = { data: options.data, links, pageSize: options.pageSize ?? 25 };

  const grant = (form: URLSearchParams, response: ServerResponse): void => {
    const right =
      form.get('grant_type') === 'client_credentials' &&
      form.get('client_id') === nexusCredentials.clientId &&
      form.get('client_secret') === nexusCredentials.clientSecret;
    if (!right) {
      send(response, 401, { error: 'unauthorized_client', error_description: 'Invalid client or credentials' });
      return;
    }
    const token = randomUUID();
    const seconds = options.tokenSeconds ?? 600;
    tokens.set(token, Date.now() + seconds * 1000);
    granted += 1;
    send(response, 200, { token_type: 'Bearer', expires_in: seconds, access_token: token });
  };

  const failing: Partial<Record<FaultMode, (response: ServerResponse) => void>> = {
    down: (response) => void response.destroy(),
    timeout: () => undefined,
    'error-500': (response) => send(response, 500, failure(500)),
    'error-504': (response) => send(response, 504, failure(504)),
    'rate-limit': (response) => send(response, 429, failure(429), { 'retry-after': '1' }),
    forbidden: (response) => send(response, 403, failure(403)),
    garbage: (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"patient":{"id":');
    },
  };

  const bodyOf = (path: string, query: URLSearchParams, text: string): unknown => {
    if (path === prefix)
      return { _links: { self: { href: prefix }, patientDetailsSearch: links.to({ what: 'search' }) } };
    const target = links.at(path);
    if (target === undefined) return undefined;
    if (target.what !== 'search') return answerTo(answering, target, query);
    const asked = JSON.parse(text) as { businessKey?: string; keyType?: string };
    return asked.keyType === 'CPR' ? searchAnswer(answering, asked.businessKey ?? '') : undefined;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests += 1;
    // The first 100,000 prove the point and bound the memory of a sandbox that runs for days.
    if (urls.length < 100_000) urls.push(request.url ?? '');
    const text = await readBody(request);
    if (options.latencyMs) await new Promise((resolve) => setTimeout(resolve, options.latencyMs));
    const mode = faults.next();
    const url = new URL(request.url ?? '/', 'http://nexus.invalid');
    if (mode === 'down') return void response.destroy();
    if (url.pathname === tokenPath) return grant(new URLSearchParams(text), response);
    if (mode === 'unauthorised') tokens.clear();
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if ((tokens.get(token) ?? 0) <= Date.now()) return send(response, 401, failure(401));
    const fail = failing[mode];
    if (fail !== undefined) return fail(response);
    const body = bodyOf(url.pathname, url.searchParams, text);
    if (body === undefined) return send(response, 404, failure(404));
    send(response, 200, mode === 'half-page' && Array.isArray(body) ? body.slice(0, -1) : body);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}${prefix.slice(0, -1)}`,
    tokenUrl: `${origin}${tokenPath}`,
    faults,
    expireLinks: () => links.expire(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    stats: () => ({ requests, tokens: granted, urls }),
  };
};
