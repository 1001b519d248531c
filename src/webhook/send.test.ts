// One attempt against real servers: where it may connect, what it makes of answers, and how little of them it reads.
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { authority, serverCert, serverKey } from '../adapter/tls.fixture.ts';
import { createSender, type Resolve } from './send.ts';

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const listen = async (listener: RequestListener): Promise<number> => {
  const server = createServer(listener);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};
const loopback: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];
const own = { allowPrivate: ['vendor.test', '127.0.0.1'], allowHttp: true };
const attempt = (url: string, echo?: string) => ({
  url,
  headers: { 'content-type': 'x' },
  body: '{}',
  ...(echo === undefined ? {} : { echo }),
});

describe('an attempt', () => {
  it('is refused when the name leads inside, before anything is connected to', async () => {
    let asked = 0;
    const port = await listen((_, response) => {
      asked += 1;
      response.end();
    });
    for (const addresses of [
      ['127.0.0.1'],
      ['8.8.8.8', '10.0.0.1'],
      ['::ffff:127.0.0.1'],
      ['169.254.169.254'],
      ['fd00::1'],
    ]) {
      const resolve: Resolve = async () =>
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      const send = createSender({ allowPrivate: [], allowHttp: false }, { resolve });
      expect((await send(attempt(`https://vendor.example:${port}/`))).name, addresses.join()).toBe('address-refused');
    }
    const send = createSender({ allowPrivate: [], allowHttp: true });
    for (const url of [
      `http://127.0.0.1:${port}/`,
      `https://127.0.0.1:${port}/`,
      `https://2130706433:${port}/`,
      'no url',
    ])
      expect((await send(attempt(url))).name, url).toBe('address-refused');
    expect(asked).toBe(0);
  });

  it('connects to the address that was judged: the name is resolved once, and not again for the connection', async () => {
    let [resolved, asked] = [0, ''];
    const port = await listen((request, response) => {
      asked = request.headers.host ?? '';
      response.writeHead(204).end();
    });
    const resolve: Resolve = async () => {
      resolved += 1;
      return resolved === 1 ? loopback('') : [{ address: '127.0.0.9', family: 4 }];
    };
    const send = createSender(own, { resolve });
    expect((await send(attempt(`http://vendor.test:${port}/x`))).name).toBe('delivered');
    expect([resolved, asked]).toEqual([1, `vendor.test:${port}`]);
  });

  it('makes a class of every answer, follows nothing and believes Retry-After in both forms', async () => {
    let [status, headers, asked]: [number, Record<string, string>, number] = [200, {}, 0];
    const port = await listen((_, response) => {
      asked += 1;
      response.writeHead(status, headers).end('x');
    });
    const send = createSender(own);
    const said = async (code: number, given: Record<string, string> = {}) => {
      [status, headers] = [code, given];
      return send(attempt(`http://127.0.0.1:${port}/`));
    };
    const names: string[] = [];
    for (const code of [200, 204, 301, 400, 404, 410, 429, 500, 503]) names.push((await said(code)).name);
    expect(names).toEqual([
      'delivered',
      'delivered',
      'redirect',
      'refused',
      'refused',
      'gone',
      'too-many',
      'failing',
      'failing',
    ]);
    asked = 0;
    expect((await said(302, { location: `http://127.0.0.1:${port}/other` })).name).toBe('redirect');
    expect(asked).toBe(1);
    expect(await said(503, { 'retry-after': '120' })).toMatchObject({ retryAfterMs: 120_000 });
    const dated = await said(429, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() });
    expect(dated.retryAfterMs).toBeGreaterThan(50_000);
    expect(await said(503, { 'retry-after': 'soon' })).not.toHaveProperty('retryAfterMs');
  });

  it('does not wait for ever, does not read for ever, and tells what did not answer', async () => {
    const silent = await listen(() => undefined);
    const send = createSender(own, { timeoutMs: 300 });
    expect((await send(attempt(`http://127.0.0.1:${silent}/`))).name).toBe('timeout');
    const hanging = createSender(
      { allowPrivate: [], allowHttp: false },
      { timeoutMs: 100, resolve: () => new Promise(() => undefined) },
    );
    expect((await hanging(attempt('https://vendor.example/'))).name).toBe('timeout');
    const endless = await listen((_, response) => {
      response.writeHead(200);
      const more = (): void => void (response.destroyed || response.write('x'.repeat(65_536), more));
      more();
    });
    expect((await send(attempt(`http://127.0.0.1:${endless}/`))).name).toBe('delivered');
    expect((await send(attempt(`http://127.0.0.1:${endless}/`, 'word'))).name).toBe('not-echoed');
    expect((await send(attempt('http://127.0.0.1:1/'))).name).toBe('unreachable');
    const unknown = createSender(own, { resolve: async () => Promise.reject(new Error('ENOTFOUND')) });
    expect((await unknown(attempt('https://vendor.test/'))).name).toBe('unreachable');
  });

  it('knows whoever has TLS by the name it called, not by the address that was judged', async () => {
    const server = createSecure({ cert: serverCert, key: serverKey }, (_, response) => response.writeHead(204).end());
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const send = createSender(own, { resolve: loopback });
    expect((await send(attempt(`https://127.0.0.1:${port}/`))).name).toBe('tls');
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, authority]);
    try {
      expect((await send(attempt(`https://127.0.0.1:${port}/`))).name).toBe('delivered');
      expect((await send(attempt(`https://vendor.test:${port}/`))).name).toBe('tls');
    } finally {
      setDefaultCACertificates(before);
    }
  });

  it('wants TLS from whoever promises it, and the very challenge back', async () => {
    const plain = await listen((_, response) => response.writeHead(200).end('{"challenge":"word"}'));
    const send = createSender(own);
    expect((await send(attempt(`https://127.0.0.1:${plain}/`))).name).toBe('tls');
    expect((await send(attempt(`http://127.0.0.1:${plain}/`, 'word'))).name).toBe('delivered');
    expect((await send(attempt(`http://127.0.0.1:${plain}/`, 'other'))).name).toBe('not-echoed');
  });
});
