// Vejledningsporten on loopback: OAuth client credentials and a gateway's key, lists by change with a cursor, half-objects
// completed by their own address, citizens looked up by a number in a POST, counted requests.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type PortData, type PortKind, type PortRow, portKinds } from './data.ts';

export const portCredentials = {
  clientId: 'samspil-hub',
  clientSecret: 'sandbox-port-secret',
  gatewayKey: 'sandbox-port-gateway',
} as const;

export interface PortStub {
  readonly url: string;
  readonly tokenUrl: string;
  readonly urls: readonly string[];
  close(): Promise<void>;
}

const biggestPage = 100;
/** What the list of a kind leaves out; the record's own address has it. */
const half: Readonly<Partial<Record<PortKind, readonly string[]>>> = {
  forloeb: ['titel', 'art', 'status', 'fortrolighed'],
};

const send = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
};

const whole = ({ id, aendret, slettet, borgerId, felter }: PortRow, kind: PortKind) => ({
  id,
  ...(kind === 'borgere' ? {} : { borgerId }),
  ...felter,
  aendret,
  slettet,
});

const listed = (row: PortRow, kind: PortKind): object => {
  const left = half[kind];
  if (left === undefined) return whole(row, kind);
  const felter = Object.fromEntries(left.map((name) => [name, row.felter[name]]));
  return whole({ ...row, felter }, kind);
};

export const startPortStub = async (options: {
  readonly data: PortData;
  readonly latencyMs?: number;
}): Promise<PortStub> => {
  const { data } = options;
  const tokens = new Set<string>();
  const urls: string[] = [];

  const list = (kind: PortKind, query: URLSearchParams, borgerId?: string): unknown => {
    const size = Math.min(biggestPage, Math.max(1, Number(query.get('antal') ?? 50)));
    const since = query.get('aendretSiden');
    const cursor = query.get('efter');
    const { rows, next } = data.page(kind, {
      size,
      ...(since === null ? {} : { since }),
      ...(cursor === null ? {} : { cursor: Buffer.from(cursor, 'base64url').toString() }),
      ...(borgerId === undefined ? {} : { borgerId }),
    });
    const naeste = next === null ? null : Buffer.from(next).toString('base64url');
    return { data: rows.map((row) => listed(row, kind)), side: { naeste } };
  };

  const answer = (method: string, url: URL, body: string, response: ServerResponse): void => {
    const counted = { 'x-ratelimit-remaining': '499', 'x-ratelimit-reset': '60' };
    const [name, id] = url.pathname.replace('/api/v1/', '').split('/');
    if (name === 'status') {
      send(response, 200, { tjeneste: 'Vejledningsporten', version: '7.2' });
      return;
    }
    const kind = portKinds.find((one) => one === name);
    if (kind === undefined) send(response, 404, { fejl: 'Ukendt ressource' });
    else if (method === 'POST' && id === 'soeg') {
      const { cpr } = JSON.parse(body) as { cpr?: string };
      const borgerId = data.byCpr(cpr ?? '');
      if (borgerId === undefined) send(response, 404, { fejl: 'Borgeren findes ikke' });
      else send(response, 200, list(kind, url.searchParams, borgerId), counted);
    } else if (id === undefined) send(response, 200, list(kind, url.searchParams), counted);
    else {
      const row = data.get(kind, decodeURIComponent(id));
      if (row === undefined) send(response, 404, { fejl: 'Findes ikke' });
      else send(response, 200, { data: whole(row, kind) }, counted);
    }
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    if (urls.length < 100_000) urls.push(request.url ?? '');
    if (options.latencyMs) await new Promise((resolve) => setTimeout(resolve, options.latencyMs));
    const url = new URL(request.url ?? '/', 'http://port.invalid');
    if (url.pathname === '/oauth/token') {
      const form = new URLSearchParams(body);
      const { clientId, clientSecret } = portCredentials;
      if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) {
        send(response, 401, { error: 'invalid_client' });
        return;
      }
      const token = randomUUID();
      tokens.add(token);
      send(response, 200, { access_token: token, token_type: 'Bearer', expires_in: 3600 });
      return;
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!tokens.has(token) || request.headers['x-gateway-key'] !== portCredentials.gatewayKey)
      send(response, 401, { fejl: 'Adgang nægtet' });
    else answer(request.method ?? 'GET', url, body, response);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${url}/api/v1`,
    tokenUrl: `${url}/oauth/token`,
    urls,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
