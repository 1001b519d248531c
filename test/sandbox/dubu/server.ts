// DUBU's OData on loopback: sets and a bound function, query options in the address or in the body of a POST, next links
// where the asker prefers them, errors as OData writes them. A token or a session cookie lets in.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DubuData } from './data.ts';
import { BadQuery, type Entity } from './filter.ts';
import { ask } from './query.ts';

export const dubuCredentials = {
  clientId: 'samspil-hub',
  clientSecret: 'sandbox-dubu-secret',
  session: 'oiosamlSession=sandbox-dubu-session',
} as const;

export type DubuFault = 'none' | 'login-page' | 'error-500' | 'half' | 'error-inside' | 'down' | 'empty';

export interface DubuStub {
  readonly url: string;
  readonly tokenUrl: string;
  readonly urls: readonly string[];
  fault: DubuFault;
  close(): Promise<void>;
}

const metadata = `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="Dubu" xmlns="http://docs.oasis-open.org/odata/ns/edm"><EntityContainer Name="Default">
<EntitySet Name="Sag" EntityType="Dubu.Sag"/><EntitySet Name="Aktivitet" EntityType="Dubu.Aktivitet"/>
</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`;

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, {
    'content-type': 'application/json;odata.metadata=minimal;odata.streaming=true',
    'odata-version': '4.0',
  });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};

const error = (code: string, message: string) => ({ error: { code, message, details: [] } });

export const startDubuStub = async (options: {
  readonly data: DubuData;
  readonly latencyMs?: number;
}): Promise<DubuStub> => {
  const { data } = options;
  const tokens = new Set<string>();
  const urls: string[] = [];
  let address = '';

  const setOf = (path: string): readonly Entity[] | undefined => {
    if (path === 'Sag') return [...data.sager.values()] as unknown as readonly Entity[];
    const id = /^Aktivitet\/Default\.GetBySag\(Id=(\d+)\)$/.exec(path)?.[1];
    return id === undefined
      ? undefined
      : (data.aktiviteter.get(Number(id)) as unknown as readonly Entity[] | undefined);
  };

  const answer = (path: string, query: URLSearchParams, prefer: string): unknown => {
    const set = setOf(path);
    if (set === undefined) return undefined;
    const most = Number(/odata\.maxpagesize=(\d+)/.exec(prefer)?.[1] ?? 0);
    const from = Number(query.get('$skiptoken') ?? 0);
    const { value, count } = ask(set, query);
    const rows = most > 0 ? value.slice(from, from + most) : value;
    const more = most > 0 && from + most < value.length;
    const next = new URLSearchParams([...query].filter(([name]) => name !== '$skiptoken'));
    next.set('$skiptoken', String(from + most));
    return {
      '@odata.context': `${address}/$metadata#${path}`,
      ...(count === undefined ? {} : { '@odata.count': count }),
      value: rows.map((row) => ({ '@odata.etag': 'W/"1"', ...row })),
      ...(more ? { '@odata.nextLink': `${address}/${path}?${next}` } : {}),
    };
  };

  const stub: { fault: DubuFault } = { fault: 'none' };

  /** True when the fault has answered. */
  const fails = (response: ServerResponse): boolean => {
    const failing: Readonly<Record<DubuFault, (() => void) | undefined>> = {
      none: undefined,
      'login-page': () => {
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end('<html><form action="/saml/login">Log ind</form></html>');
      },
      'error-500': () => send(response, 500, error('', 'An error has occurred.')),
      half: () => send(response, 200, '{"@odata.context":"x","value":[{"id":1'),
      'error-inside': () => send(response, 200, { value: [], ...error('500', 'Fejl i Åse Prøves sag') }),
      down: () => response.destroy(),
      empty: () => send(response, 200, ''),
    };
    failing[stub.fault]?.();
    return failing[stub.fault] !== undefined;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    if (urls.length < 100_000) urls.push(request.url ?? '');
    if (options.latencyMs) await new Promise((resolve) => setTimeout(resolve, options.latencyMs));
    const url = new URL(request.url ?? '/', 'http://dubu.invalid');
    if (stub.fault === 'down' && fails(response)) return;
    if (url.pathname === '/token') {
      const form = new URLSearchParams(body);
      const right =
        form.get('client_id') === dubuCredentials.clientId &&
        form.get('client_secret') === dubuCredentials.clientSecret;
      const token = randomUUID();
      if (right) tokens.add(token);
      send(
        response,
        right ? 200 : 401,
        right ? { access_token: token, expires_in: 3600 } : { error: 'invalid_client' },
      );
      return;
    }
    const { authorization = '', cookie = '' } = request.headers;
    if (!tokens.has(authorization.replace(/^Bearer /, '')) && cookie !== dubuCredentials.session) {
      send(response, 401, error('Unauthorized', 'Adgang nægtet.'));
      return;
    }
    if (fails(response)) return;
    const path = decodeURIComponent(url.pathname).replace(/^\/odata\//, '');
    if (path === '$metadata') {
      response.writeHead(200, { 'content-type': 'application/xml' });
      response.end(metadata);
      return;
    }
    const posted = request.method === 'POST' && path.endsWith('/$query');
    const query = new URLSearchParams(posted ? body : url.search);
    try {
      const said = answer(posted ? path.slice(0, -7) : path, query, String(request.headers['prefer'] ?? ''));
      if (said === undefined) send(response, 404, error('NotFound', 'Resource not found.'));
      else send(response, 200, said);
    } catch (thrown) {
      if (!(thrown instanceof BadQuery)) throw thrown;
      send(response, 400, error('BadRequest', `The query specified in the URI is not valid. ${thrown.message}`));
    }
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  address = `${host}/odata`;
  return Object.assign(stub, {
    url: address,
    tokenUrl: `${host}/token`,
    urls,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
};
