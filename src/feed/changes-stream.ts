// `changes` as server-sent events: one page per event, its cursor as the event's id. Pages of a stream are built upon each
// other before any has come back; the last id a client reconnects or confirms with is the receipt for all of them. So a
// stream ends now and then, and a client that reconnects as the standard says has thereby acknowledged.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { HubError } from '../errors.ts';
import type { Page } from './changes-page.ts';
import type { Patience } from './changes-wait.ts';
import type { FeedConsumer } from './context.ts';

export interface StreamTimes {
  /** A comment goes out when there was nothing for so long. */
  readonly heartbeatMs: number;
  /** An empty page, which carries a newer cursor, when there was none for so long. */
  readonly refreshMs: number;
  /** With pages that have not come back a stream ends after so long. */
  readonly longestMs: number;
}
export const streamTimes: StreamTimes = { heartbeatMs: 15_000, refreshMs: 300_000, longestMs: 900_000 };

export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Proxies that gather answers would hold events back.
  'x-accel-buffering': 'no',
  // Kept alive, it would hold up a server that is closing.
  connection: 'close',
} as const;

export const wantsStream = (request: FastifyRequest): boolean =>
  /(^|[\s,])text\/event-stream\s*(;|,|$)/i.test(request.headers.accept ?? '');

const usualStreams = 2;

/** Counts each consumer's open streams in this process. */
export const createStreamDesk = (consumers: readonly FeedConsumer[]): { enter(consumer: string): () => void } => {
  const open = new Map<string, number>();
  return {
    /** @throws HubError `request/too-many`. */
    enter(consumer) {
      const now = open.get(consumer) ?? 0;
      const most = consumers.find((one) => one.id === consumer)?.streams ?? usualStreams;
      if (now >= most)
        throw new HubError({
          code: 'request/too-many',
          fault: 'transient',
          message: `This consumer has ${now} streams open, which is as many as it may.`,
          retryAfterMs: 5000,
        });
      open.set(consumer, now + 1);
      return () => {
        open.set(consumer, (open.get(consumer) ?? 1) - 1);
      };
    },
  };
};

/** So many pages may be out that have not come back. */
export const mostOpen = 16;

export interface ToldPage {
  readonly cursor: string;
  readonly text: string;
}

export interface Stream {
  readonly times: StreamTimes;
  readonly first: Page;
  readonly told: ToldPage;
  produce(last: Page): Promise<Page>;
  wait(last: Page, patience: Patience): Promise<Page>;
  /** Commits the log entries of a page. @returns its cursor and its JSON on one line. */
  tell(page: Page): Promise<ToldPage>;
  /** Milliseconds for which the caller may still be told. @throws HubError when they may not. */
  standing(): Promise<number>;
  /** Fires when the caller is gone. */
  readonly gone: AbortSignal;
  /** Fires when the server closes. */
  readonly closing: AbortSignal;
}

type Reason = 'acknowledge' | 'token' | 'limit' | 'closing' | 'failed';
const end = (reason: Reason): string => `event: end\ndata: {"reason":"${reason}"}\n\n`;

const reasonOf = (error: unknown): Reason => {
  const { code } = error instanceof HubError ? error : { code: undefined };
  if (code === 'request/unauthorised' || code === 'request/forbidden') return 'token';
  return code === 'request/too-many' ? 'limit' : 'failed';
};

const eventOf = ({ cursor, text }: ToldPage): string => `event: changes\nid: ${cursor}\ndata: ${text}\n\n`;

/** What is written, piece by piece; the next piece is made when the one before has been taken. */
async function* pieces(stream: Stream): AsyncGenerator<string, Reason> {
  const { times, gone, closing } = stream;
  let page = stream.first;
  let toldAt = performance.now();
  let openSince: number | undefined;
  yield 'retry: 1000\n\n';
  yield eventOf(stream.told);
  for (;;) {
    if (gone.aborted || closing.aborted) return 'closing';
    const now = performance.now();
    openSince = page.chain.open.length === 0 ? undefined : (openSince ?? now);
    const overdue = openSince !== undefined && now - openSince > times.longestMs;
    if (page.chain.open.length >= mostOpen || overdue) return 'acknowledge';
    const left = await stream.standing();
    if (left <= 0) return 'token';
    page = page.more
      ? await stream.produce(page)
      : await stream.wait(page, { until: now + Math.min(times.heartbeatMs, left), abort: gone });
    if (page.entries.length > 0 || performance.now() - toldAt > times.refreshMs) {
      // What was waited for may have outlived the token.
      if ((await stream.standing()) <= 0) return 'token';
      yield eventOf(await stream.tell(page));
      toldAt = performance.now();
    } else if (!page.more) yield ':\n\n';
  }
}

/** Writes the stream to its end. Never rejects: who is gone is gone. @returns what it failed of, if it did. */
export const writeStream = async (stream: Stream, to: ServerResponse): Promise<unknown> => {
  const stop = AbortSignal.any([stream.gone, stream.closing]);
  const parts = pieces(stream);
  try {
    for (;;) {
      const part = await parts.next();
      const text = part.done === true ? end(part.value) : part.value;
      if (stream.gone.aborted) return undefined;
      // Nothing more is made until the caller has taken what is there.
      if (!to.write(text)) await once(to, 'drain', { signal: stop });
      if (part.done === true) return undefined;
    }
  } catch (error) {
    if (stop.aborted) return undefined;
    const reason = reasonOf(error);
    to.write(end(reason));
    return reason === 'failed' ? error : undefined;
  } finally {
    to.end();
  }
};
