// Figures that change by themselves: one loop per process reads and renders once per language, however many look on, and
// only while somebody does. What has not changed is not sent; who reads slowly skips states and then is let go. A message
// without a name is HTML that htmx swaps in; the named event `end` says that it will not go on.
import { createHash } from 'node:crypto';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asHubError, type HubError } from '../errors.ts';
import type { Language } from './context.ts';

export interface LiveOptions {
  /** The part of the page as it is now. Whatever is in it, everybody who looks on may see. */
  render(language: Language): Promise<string>;
  /** Between two readings at the least. */
  readonly everyMs: number;
  /** Is the person still signed in? Asked now and then while they look on. */
  stands?(request: FastifyRequest): Promise<boolean>;
  /** Of a reading that failed: told once, until one succeeds. */
  failed?(error: HubError): void;
  /** Streams of this process, and of one person. */
  readonly most?: number;
  readonly mostEach?: number;
  /** A comment goes out when there was nothing for so long. */
  readonly heartbeatMs?: number;
  /** Between two questions whether somebody is still signed in. */
  readonly standsMs?: number;
  /** Who has not taken a message for so long is let go. */
  readonly slowMs?: number;
}

export interface Live {
  /** Answers with a stream, or with 204, which says not to come back, when there are too many. */
  open(request: FastifyRequest, reply: FastifyReply, language: Language): void;
  /** Ends every stream; the browsers come back to whoever answers then. */
  close(): void;
  readonly watching: number;
}

interface Stream {
  readonly raw: ServerResponse;
  readonly request: FastifyRequest;
  readonly language: Language;
  readonly person: string;
  readonly endsAt: number;
  /** What it was sent last. */
  sent: string;
  sentAt: number;
  /** Since when it has not taken what it was sent. */
  blockedAt: number | undefined;
  askedAt: number;
}

interface State {
  readonly digest: string;
  readonly message: Buffer;
}

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Proxies that gather answers would hold events back.
  'x-accel-buffering': 'no',
  // Kept alive, it would hold up a server that is closing.
  connection: 'close',
} as const;

const stateOf = (html: string): State => ({
  digest: createHash('sha1').update(html).digest('base64'),
  message: Buffer.from(
    `${html
      .split(/\r\n|\r|\n/)
      .map((line) => `data: ${line}\n`)
      .join('')}\n`,
  ),
});

const heartbeat = ':\n\n';
const end = (reason: 'session' | 'slow'): string => `event: end\ndata: ${reason}\n\n`;

export const createLive = (options: LiveOptions): Live => {
  const { most = 500, mostEach = 5, heartbeatMs = 15_000, standsMs = 60_000, slowMs = 30_000 } = options;
  const streams = new Set<Stream>();
  const states = new Map<Language, State>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let failing = false;

  const drop = (stream: Stream): void => {
    streams.delete(stream);
    if (streams.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
    // Whoever comes next is shown what is then.
    states.clear();
  };
  const send = (stream: Stream, message: string | Buffer): void => {
    stream.sentAt = Date.now();
    if (!stream.raw.write(message)) stream.blockedAt ??= stream.sentAt;
  };
  const finish = (stream: Stream, reason: 'session' | 'slow'): void => {
    drop(stream);
    // What is not taken would be kept until it is.
    if (reason === 'slow') stream.raw.destroy();
    else stream.raw.end(end(reason));
  };

  const show = (stream: Stream, now: number): void => {
    if (stream.blockedAt !== undefined) {
      if (now - stream.blockedAt > slowMs) finish(stream, 'slow');
      return;
    }
    const state = states.get(stream.language);
    if (state !== undefined && state.digest !== stream.sent) {
      stream.sent = state.digest;
      send(stream, state.message);
    } else if (now - stream.sentAt > heartbeatMs) send(stream, heartbeat);
  };

  const ask = (stream: Stream, now: number): void => {
    if (now >= stream.endsAt) finish(stream, 'session');
    if (!streams.has(stream)) return;
    if (options.stands === undefined || now - stream.askedAt < standsMs) return;
    stream.askedAt = now;
    options
      .stands(stream.request)
      // Nobody can tell: the next question may.
      .catch(() => true)
      .then((stands) => {
        if (!stands && streams.has(stream)) finish(stream, 'session');
      });
  };

  const read = async (): Promise<void> => {
    try {
      for (const language of new Set([...streams].map((stream) => stream.language)))
        states.set(language, stateOf(await options.render(language)));
      failing = false;
    } catch (thrown) {
      if (!failing) options.failed?.(asHubError(thrown));
      failing = true;
    }
  };

  const turn = async (): Promise<void> => {
    timer = undefined;
    running = true;
    await read();
    running = false;
    const now = Date.now();
    for (const stream of streams) {
      ask(stream, now);
      if (streams.has(stream)) show(stream, now);
    }
    if (streams.size > 0) timer = setTimeout(turn, options.everyMs);
  };

  const admit = (person: string): boolean =>
    streams.size < most && [...streams].filter((stream) => stream.person === person).length < mostEach;

  return {
    get watching() {
      return streams.size;
    },
    open(request, reply, language) {
      const { viewer } = request;
      if (viewer === undefined || !admit(viewer.actor.person)) {
        reply.code(204).send();
        return;
      }
      reply.hijack();
      const { raw } = reply;
      const now = Date.now();
      const stream: Stream = {
        raw,
        request,
        language,
        person: viewer.actor.person,
        endsAt: viewer.endsAt.getTime(),
        sent: '',
        sentAt: now,
        blockedAt: undefined,
        askedAt: now,
      };
      raw.on('drain', () => {
        stream.blockedAt = undefined;
      });
      raw.on('close', () => drop(stream));
      raw.on('error', () => drop(stream));
      raw.writeHead(200, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...headers });
      raw.flushHeaders();
      streams.add(stream);
      show(stream, now);
      if (timer === undefined && !running) timer = setTimeout(turn, 0);
    },
    close() {
      for (const stream of [...streams]) {
        drop(stream);
        if (stream.blockedAt === undefined) stream.raw.end();
        else stream.raw.destroy();
      }
    },
  };
};
