// For the adapter's tests: a source made of a function from request to answer, and the adapter opened on it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page, RawRecord, Source } from '../../src/adapter/contract.ts';
import { createHttp } from '../../src/adapter/http.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import { rest } from './index.ts';

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Said {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Fixture {
  readonly url: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

/** An object is answered as JSON, a text or bytes as they are. */
export const startSource = async (answer: (asked: Asked) => Said): Promise<Fixture> => {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://source');
      const one = {
        method: request.method ?? '',
        url,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      asked.push(one);
      const { status = 200, headers = {}, body } = answer(one);
      const raw = typeof body === 'string' || body instanceof Uint8Array;
      response.writeHead(status, { 'content-type': raw ? 'text/plain' : 'application/json', ...headers });
      response.end(raw ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export const openRest = async (config: object, clock: Clock = systemClock): Promise<Source> => {
  const parsed = rest.config.parse(config);
  const http = createHttp({ hosts: rest.hosts(parsed) });
  return rest.open(parsed, { http, log: createLogger({ level: 'silent' }), clock });
};

export const gather = async (
  pages: AsyncIterable<Page<unknown>>,
): Promise<{
  readonly pages: readonly Page<unknown>[];
  readonly records: readonly RawRecord[];
  readonly keys: readonly string[];
}> => {
  const all: Page<unknown>[] = [];
  for await (const page of pages) all.push(page);
  const records = all.flatMap((page) => page.records);
  return { pages: all, records, keys: records.map(({ key }) => key) };
};

/** One kind, `ting`, pulled from the beginning or from a checkpoint. */
export const pullOne = async (config: object, after: unknown = null, clock: Clock = systemClock) => {
  const source = await openRest(config, clock);
  const pull = source.pull['ting'];
  if (pull === undefined) throw new Error('no kind ting');
  return gather(pull({ after: after as never, signal: AbortSignal.timeout(10_000) }));
};

export const rowsOf = (count: number, from = 0): readonly { readonly id: string; readonly navn: string }[] =>
  Array.from({ length: count }, (_, at) => ({ id: `t${from + at}`, navn: `Nr. ${from + at}` }));
