// The network's rules against a loopback server: declared hosts only, no redirects, limits in size and time, fault
// classes, and no value of a request or an answer in any error.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { HubError } from '../errors.ts';
import { createHttp, type HttpRequest } from './http.ts';
import { retryAfterMs } from './http-fault.ts';

const secret = '0101851234';
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const serve = async (listener: RequestListener): Promise<{ url: string; host: string }> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}`, host };
};

const failure = async (host: string, request: HttpRequest, take?: () => Promise<() => void>): Promise<HubError> => {
  const http = createHttp({ hosts: [host], ...(take ? { take } : {}) });
  const thrown: unknown = await http.request(request).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof HubError)) throw new Error('expected a HubError');
  expect(`${thrown.message} ${thrown.hint ?? ''}`).not.toContain(secret);
  return thrown;
};

const status = (code: number, headers: Record<string, string> = {}): Promise<{ url: string; host: string }> =>
  serve((_request, response) => {
    response.writeHead(code, { 'content-type': 'application/problem+json', ...headers });
    response.end(JSON.stringify({ title: `unknown citizen ${secret}` }));
  });

describe('answers', () => {
  test('JSON is parsed, text stays text, forms and JSON are sent', async () => {
    const { url, host } = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const json = request.url === '/json';
        response.writeHead(200, { 'content-type': json ? 'application/fhir+json; charset=utf-8' : 'text/plain' });
        response.end(json ? JSON.stringify({ body, type: request.headers['content-type'] }) : body);
      });
    });
    const http = createHttp({ hosts: [host] });
    const json = await http.request({ method: 'POST', url: `${url}/json`, body: { a: 1 } });
    expect(json.body).toEqual({ body: '{"a":1}', type: 'application/json' });
    const form = await http.request({ method: 'POST', url: `${url}/text`, body: new URLSearchParams({ a: 'ø' }) });
    expect(form.body).toBe('a=%C3%B8');
  });

  test('a status named in accept is an answer', async () => {
    const { url, host } = await status(404);
    const answer = await createHttp({ hosts: [host] }).request({ url, accept: [404] });
    expect(answer.status).toBe(404);
  });
});

describe('refusals', () => {
  test('a host that is not declared is never contacted', async () => {
    let asked = 0;
    const { url } = await serve((_request, response) => {
      asked += 1;
      response.end();
    });
    const error = await failure('example.org', { url: `${url}/${secret}` });
    expect([error.code, error.fault]).toEqual(['source/undeclared-host', 'config']);
    expect(asked).toBe(0);
  });

  test('a redirect is not followed, so that credentials stay here', async () => {
    let elsewhere = 0;
    const other = await serve((_request, response) => {
      elsewhere += 1;
      response.end();
    });
    const { url, host } = await status(302, { location: other.url });
    const error = await failure(host, { url, headers: { authorization: `Bearer ${secret}` } });
    expect(error.code).toBe('source/bad-answer');
    expect(elsewhere).toBe(0);
  });

  test('an answer above the limit is cut off', async () => {
    const { url, host } = await serve((_request, response) => response.end('x'.repeat(100_000)));
    const error = await failure(host, { url, maxBytes: 1000 });
    expect([error.code, error.fault]).toEqual(['source/too-large', 'source']);
  });

  test('what is not the JSON it says it is', async () => {
    const { url, host } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`<html>${secret}`);
    });
    expect((await failure(host, { url })).code).toBe('source/bad-answer');
  });
});

describe('time', () => {
  test('silence ends in source/timeout, and so does a trickle', async () => {
    const { url, host } = await serve((request, response) => {
      if (request.url === '/silent') return;
      const trickle = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(trickle));
    });
    for (const path of ['/silent', '/trickle']) {
      const error = await failure(host, { url: url + path, timeoutMs: 120 });
      expect([error.code, error.fault]).toEqual(['source/timeout', 'transient']);
    }
  });

  test('abort ends the request', async () => {
    const { url, host } = await serve(() => undefined);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 20);
    expect((await failure(host, { url, signal: abort.signal })).code).toBe('run/cancelled');
  });

  test('nobody there', async () => {
    const { url, host } = await serve((_request, response) => response.end());
    await closers.pop()?.();
    expect(await failure(host, { url })).toMatchObject({
      code: 'source/unreachable',
      message: 'Nobody listens at the source’s address and port.',
    });
  });

  test('an address nobody knows', async () => {
    expect(await failure('source.invalid', { url: 'http://source.invalid/' })).toMatchObject({
      code: 'source/unreachable',
      message: 'The source’s name is not known to DNS.',
    });
  });

  test('a kept connection that was closed meanwhile is replaced once', async () => {
    const used = new WeakSet<object>();
    const { url, host } = await serve((request, response) => {
      if (used.has(request.socket)) {
        request.socket.destroy();
        return;
      }
      used.add(request.socket);
      response.end('ok');
    });
    const http = createHttp({ hosts: [host] });
    for (let n = 0; n < 3; n += 1) expect((await http.request({ url, method: 'POST', body: { n } })).body).toBe('ok');
    const cut = await serve((request) => request.socket.destroy());
    expect(await failure(cut.host, { url: cut.url })).toMatchObject({
      code: 'source/unreachable',
      message: 'The connection to the source was cut.',
    });
  });

  test('Retry-After as seconds and as a date', () => {
    const now = Date.parse('2026-11-01T12:00:00Z');
    expect(retryAfterMs('7', now)).toBe(7000);
    expect(retryAfterMs('Sun, 01 Nov 2026 12:00:30 GMT', now)).toBe(30_000);
    expect(retryAfterMs('Sun, 01 Nov 2026 11:00:00 GMT', now)).toBe(0);
    expect(retryAfterMs('soon', now)).toBeUndefined();
    expect(retryAfterMs(undefined)).toBeUndefined();
  });
});

describe('fault classes', () => {
  test.each([
    [400, 'source/bad-request', 'source'],
    [401, 'source/unauthorised', 'config'],
    [403, 'source/forbidden', 'config'],
    [404, 'source/not-found', 'source'],
    [408, 'source/unavailable', 'transient'],
    [410, 'source/checkpoint-expired', 'source'],
    [429, 'source/rate-limited', 'transient'],
    [500, 'source/unavailable', 'transient'],
    [504, 'source/unavailable', 'transient'],
  ])('%i', async (code, expected, fault) => {
    const { url, host } = await status(code, { 'retry-after': '3' });
    const error = await failure(host, { url: `${url}/?q=${secret}` });
    expect([error.code, error.fault]).toEqual([expected, fault]);
    expect(error.retryAfterMs).toBe(fault === 'transient' ? 3000 : undefined);
  });
});

test('the place in the budget is given back after success and after failure', async () => {
  let held = 0;
  const take = async (): Promise<() => void> => {
    held += 1;
    return () => {
      held -= 1;
    };
  };
  const { url, host } = await serve((_request, response) => {
    expect(held).toBe(1);
    response.end('ok');
  });
  await createHttp({ hosts: [host], take }).request({ url });
  expect(held).toBe(0);
  await closers.pop()?.();
  await failure(host, { url }, take);
  expect(held).toBe(0);
});

describe('a streamed answer', () => {
  const read = async (body: AsyncIterable<Uint8Array>): Promise<number> => {
    let bytes = 0;
    for await (const chunk of body) bytes += chunk.byteLength;
    return bytes;
  };
  const megabytes =
    (count: number): RequestListener =>
    async (_request, response) => {
      for (let sent = 0; sent < count && !response.destroyed; sent += 1)
        if (!response.write(Buffer.alloc(1024 * 1024, 0xe6)))
          await new Promise((resolve) => response.once('drain', resolve));
      response.end();
    };

  test('comes as raw bytes, and its place in the budget is given back at its end', async () => {
    const { url, host } = await serve(megabytes(3));
    let places = 0;
    const take = async (): Promise<() => void> => {
      places += 1;
      return () => {
        places -= 1;
      };
    };
    const { body } = await createHttp({ hosts: [host], take }).stream({ url });
    expect(places).toBe(1);
    expect(await read(body)).toBe(3 * 1024 * 1024);
    expect(places).toBe(0);
  });

  test('is given up when it is larger than the limit, when it takes too long, and when its reader stops', async () => {
    const { url, host } = await serve(megabytes(64));
    const http = createHttp({ hosts: [host] });
    const { body } = await http.stream({ url, maxBytes: 1_000_000 });
    await expect(read(body)).rejects.toMatchObject({ code: 'source/too-large' });
    const slow = await serve((_request, response) => void response.write('a'));
    const late = await createHttp({ hosts: [slow.host] }).stream({ url: slow.url, timeoutMs: 100 });
    await expect(read(late.body)).rejects.toMatchObject({ code: 'source/timeout' });
    const stop = new AbortController();
    const stopped = await http.stream({ url, signal: stop.signal });
    stop.abort();
    await expect(read(stopped.body)).rejects.toMatchObject({ code: 'run/cancelled' });
  });

  test('that was refused is a fault like any other', async () => {
    const { url, host } = await status(503, { 'retry-after': '7' });
    await expect(createHttp({ hosts: [host] }).stream({ url })).rejects.toMatchObject({
      code: 'source/unavailable',
      retryAfterMs: 7000,
    });
  });
});
