// One opened source under observation: what it asked for, whom it connected to, and what it logged.
import { Socket } from 'node:net';
import { expect } from 'vitest';
import {
  type ByCitizenOptions,
  type Kinds,
  kindsOf,
  type Page,
  type PullOptions,
  type RawRecord,
  type Source,
} from '../../src/adapter/contract.ts';
import { createHttp, type Http } from '../../src/adapter/http.ts';
import { systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import type { Harness, Subject } from '../adapter.ts';

export interface Session {
  readonly harness: Harness;
  readonly source: Source;
  /** Its kinds, also where the configuration describes them. */
  readonly specs: Kinds;
  /** Kinds with a pull. */
  readonly kinds: readonly string[];
  /** Kinds that can only be asked citizen by citizen. */
  readonly crawled: readonly string[];
  readonly declared: readonly string[];
  /** Hosts of requests through the context's http. */
  readonly asked: ReadonlySet<string>;
  /** Log lines so far. */
  readonly lines: readonly string[];
}

/** Starts the stub, opens the source against it, and closes both whatever happens. */
export const withSource = async (subject: Subject, run: (session: Session) => Promise<void>): Promise<void> => {
  const harness = await subject.start();
  try {
    const { adapter } = subject;
    const config: unknown = adapter.config.parse(harness.config);
    const declared = adapter.hosts(config);
    const asked = new Set<string>();
    const lines: string[] = [];
    const inner = createHttp({ hosts: declared });
    const http: Http = {
      request(request) {
        asked.add(URL.parse(request.url)?.host ?? 'unreadable');
        return inner.request(request);
      },
      stream(request) {
        asked.add(URL.parse(request.url)?.host ?? 'unreadable');
        return inner.stream(request);
      },
    };
    const log = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
    const inbox = harness.inbox === undefined ? {} : { inbox: harness.inbox };
    const source: Source = await adapter.open(config, { http, log, clock: systemClock, ...inbox });
    try {
      const specs = kindsOf(adapter, harness.config);
      const all = Object.keys(specs);
      const isCrawled = (kind: string): boolean => specs[kind]?.crawl === true;
      const [kinds, crawled] = [all.filter((kind) => !isCrawled(kind)), all.filter(isCrawled)];
      await run({ harness, source, specs, kinds, crawled, declared, asked, lines });
    } finally {
      await source.close();
    }
  } finally {
    await harness.close();
  }
};

const most = 5000;

const gather = async (pages: AsyncIterable<Page<unknown>>): Promise<readonly Page<unknown>[]> => {
  const all: Page<unknown>[] = [];
  for await (const page of pages) {
    all.push(page);
    if (all.length > most) expect.fail(`the pull did not end within ${most} pages`);
  }
  return all;
};

export const pullOf =
  (source: Source, kind: string) =>
  (options: PullOptions<unknown>): AsyncIterable<Page<unknown>> => {
    const pull = source.pull[kind];
    if (pull === undefined) return expect.fail(`${kind}: declared, but the source has no pull for it`);
    return pull(options);
  };

/** All pages of a kind after a checkpoint. */
export const pullAll = async (source: Source, kind: string, after: unknown): Promise<readonly Page<unknown>[]> =>
  gather(pullOf(source, kind)({ after, signal: new AbortController().signal }));

type Ask = (options: ByCitizenOptions) => AsyncIterable<Page<unknown>>;

export const askOf = (source: Source, kind: string): Ask | undefined => source.byCitizen?.[kind];

/** All pages of one citizen; undefined when the kind does not offer it. */
export const pullCitizen = async (
  source: Source,
  kind: string,
  cpr: string,
): Promise<readonly Page<unknown>[] | undefined> => {
  const ask = askOf(source, kind);
  return ask === undefined ? undefined : gather(ask({ cpr, signal: new AbortController().signal }));
};

export const recordsOf = (pages: readonly Page<unknown>[]): readonly RawRecord[] =>
  pages.flatMap((page) => page.records);
export const keysOf = (pages: readonly Page<unknown>[]): readonly string[] =>
  recordsOf(pages).map((record) => record.key);

type Connect = (...parameters: unknown[]) => Socket;

/** Runs something while noting every outgoing connection of this process as host:port. */
export const noteConnections = async (run: () => Promise<void>): Promise<ReadonlySet<string>> => {
  const connections = new Set<string>();
  const original = Socket.prototype.connect as Connect;
  const noting: Connect = function (this: Socket, ...parameters) {
    const [first] = parameters;
    const options = (Array.isArray(first) ? first[0] : first) as
      | { host?: string; port?: number; path?: string }
      | undefined;
    if (typeof options === 'object' && options?.port !== undefined)
      connections.add(`${options.host ?? 'localhost'}:${options.port}`);
    return original.apply(this, parameters);
  };
  Socket.prototype.connect = noting as typeof Socket.prototype.connect;
  try {
    await run();
  } finally {
    Socket.prototype.connect = original as typeof Socket.prototype.connect;
  }
  return connections;
};
