// What no well-behaved client sends, over a real socket: methods no address has, lines that are no HTTP, lengths that lie,
// headers without end. Each ends in a problem of ours or a plain refusal of the connection, and the server goes on.
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { operations } from './contract-file.ts';
import { config, createHub, type Hub } from './fixture.ts';

const database = useDatabase();
let hub: Hub;
let port = 0;

beforeAll(async () => {
  hub = await createHub(database.pool(), { config: { ...config, rateLimitPerMinute: 1_000_000 } });
  await hub.app.listen({ host: '127.0.0.1', port: 0 });
  port = (hub.app.server.address() as AddressInfo).port;
});
afterAll(() => hub.app.close());

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'];

describe('methods', () => {
  it('that an address does not have are not found, in our words', async () => {
    const authorization = `Bearer ${await hub.token('dpo')}`;
    for (const path of new Set(operations.map((operation) => operation.path))) {
      // `meetings/agenda` is also what `meetings/{meeting}` could mean: its methods are this address's too.
      const means = (other: string): boolean => {
        const steps = other.split('/');
        return (
          path.split('/').length === steps.length &&
          path.split('/').every((step, at) => step === steps[at] || /^\{\w+\}$/.test(steps[at] ?? ''))
        );
      };
      const declared = operations.filter((operation) => means(operation.path)).map(({ method }) => method);
      const known = declared.includes('GET') ? [...declared, 'HEAD'] : declared;
      for (const method of methods.filter((one) => !known.includes(one))) {
        const url = path.replace(/\{\w+\}/g, '7f9c24e8-3b12-8fef-91e0-56a2d5a5bb02');
        const answer = await hub.app.inject({ method: method as 'GET', url, headers: { authorization } });
        expect([400, 404], `${method} ${path}`).toContain(answer.statusCode);
        expect(answer.headers['content-type']).toContain('application/problem+json');
        expect(answer.headers['x-correlation-id']).toBeDefined();
      }
    }
  });

  it('HEAD answers as GET does, without a body', async () => {
    for (const url of ['/v1/sources', '/v1/citizens', '/openapi.json', '/health/live']) {
      const [get, head] = [await hub.ask('dpo', url), await hub.ask('dpo', { method: 'HEAD', url })];
      expect([url, head.statusCode, head.body]).toEqual([url, get.statusCode, '']);
      expect(head.headers['content-type']).toEqual(get.headers['content-type']);
    }
  });
});

/** Sends bytes as they are. @returns what came back before the server closed the connection or had nothing to add. */
const send = (bytes: string | Buffer, quietMs = 400): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const heard: Buffer[] = [];
    const done = (): void => {
      socket.destroy();
      resolve(Buffer.concat(heard).toString('latin1'));
    };
    socket.setTimeout(quietMs, done);
    socket.on('data', (data) => heard.push(data));
    socket.on('end', done);
    socket.on('error', done);
    socket.on('connect', () => socket.write(bytes));
  });

const ask = (head: string, body = ''): string => `${head}\r\nHost: x\r\n\r\n${body}`;
const lookup = 'POST /v1/citizens/lookup HTTP/1.1\r\nContent-Type: application/json';

describe('bytes', () => {
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['TLS on a plain port', Buffer.from('160301020001000001fc0303', 'hex')],
    ['another protocol', ask('GET /v1/sources RTSP/1.0')],
    ['a version nobody knows', ask('GET /v1/sources HTTP/9.9')],
    ['an address with spaces', ask('GET /v1/so urces HTTP/1.1')],
    ['an address that is half a percent', ask('GET /v1/citizens/%E0%A4%A/plan HTTP/1.1')],
    ['an address with a bare NUL', ask('GET /v1/\u0000 HTTP/1.1')],
    ['an address without end', ask(`GET /v1/${'a'.repeat(20_000)} HTTP/1.1`)],
    ['an id without end', ask(`GET /v1/citizens/${'a'.repeat(500)}/plan HTTP/1.1`)],
    ['an address of somebody else', ask('GET http://elsewhere.example/v1/sources HTTP/1.1')],
    ['an asterisk', ask('OPTIONS * HTTP/1.1')],
    ['a tunnel', ask('CONNECT elsewhere.example:443 HTTP/1.1')],
    ['headers without end', ask(`GET /v1/sources HTTP/1.1\r\nX: ${'a'.repeat(40_000)}`)],
    ['a header that is none', ask('GET /v1/sources HTTP/1.1\r\nno colon here')],
    ['a header folded over lines', ask('GET /v1/sources HTTP/1.1\r\nX-Purpose: a\r\n b')],
    ['two lengths', ask(`${lookup}\r\nContent-Length: 2\r\nContent-Length: 3`, '{}')],
    ['a length and chunks', ask(`${lookup}\r\nContent-Length: 2\r\nTransfer-Encoding: chunked`, '0\r\n\r\n')],
    ['a length below zero', ask(`${lookup}\r\nContent-Length: -1`, '{}')],
    ['a length that is no number', ask(`${lookup}\r\nContent-Length: x`, '{}')],
    ['a chunk that is none', ask(`${lookup}\r\nTransfer-Encoding: chunked`, 'zz\r\n{}\r\n')],
    ['an encoding nobody knows', ask(`${lookup}\r\nTransfer-Encoding: gzip, chunked`, '0\r\n\r\n')],
    ['a length beyond what is taken', ask(`${lookup}\r\nContent-Length: 99999999`, '{}')],

    ['an upgrade', ask('GET /v1/sources HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket')],
  ])('%s is refused, and nobody else notices', async (_, bytes) => {
    const heard = await send(bytes);
    const status = /^HTTP\/1\.1 (\d{3})/.exec(heard)?.[1] ?? 'closed';
    expect(status, heard).toMatch(/^(4\d\d|closed)$/);
    expect(heard).not.toMatch(/FST_|node_modules|\bat \//);
    if (/\r\n\r\n./.test(heard)) expect(heard).toContain('"urn:samspil:problem:');
    expect((await hub.app.inject('/health/live')).statusCode).toBe(200);
  });

  it('a body that never comes holds up nobody', async () => {
    const half = send(ask(`${lookup}\r\nContent-Length: 50`, '{"cpr"'), 1500);
    const started = performance.now();
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(await half).toMatch(/^(HTTP\/1\.1 4\d\d|$)/);
  });
});
