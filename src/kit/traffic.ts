// An adapter's traffic, recorded as it passes and played back without a network. An adapter has no other way out than the
// `Http` of its context, so what is not in the recording cannot be reached. Kept in memory until it has been scrubbed.
import type { Http, HttpAnswer, HttpRequest } from '../adapter/http.ts';
import { HubError } from '../errors.ts';

/** One question and its answer, in the form nock reads (`nock.define`). */
export interface Exchange {
  /** Scheme, host and port. */
  readonly scope: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** What was sent: JSON as its value, anything else as text. */
  readonly body: unknown;
  readonly status: number;
  readonly response: unknown;
  readonly reqheaders: Readonly<Record<string, string>>;
  readonly responseHeaders: Readonly<Record<string, string>>;
}

/** Of an answer's headers those an adapter may go by. */
const told =
  /^(content-type|etag|link|location|last-modified|retry-after|x-(total|page|count|ratelimit|next)[\w-]*|ratelimit[\w-]*)$/;

const bodyOf = (body: unknown): unknown =>
  body === undefined ? '' : body instanceof URLSearchParams ? body.toString() : body;

const exchangeOf = (request: HttpRequest, answer: HttpAnswer): Exchange => {
  const url = new URL(request.url);
  return {
    scope: `${url.protocol}//${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`,
    method: request.method ?? 'GET',
    path: `${url.pathname}${url.search}`,
    body: bodyOf(request.body),
    status: answer.status,
    response: answer.body,
    reqheaders: {},
    responseHeaders: Object.fromEntries(Object.entries(answer.headers).filter(([name]) => told.test(name))),
  };
};

const MOST_BYTES = 16 * 1024 * 1024;

const charsetOf = (contentType: string, head: string): string =>
  /charset=["']?([\w-]+)/i.exec(contentType)?.[1] ?? /^<\?xml[^>]*encoding=["']([\w-]+)/.exec(head)?.[1] ?? 'utf-8';

const decoded = (chunks: readonly Uint8Array[], contentType: string): string => {
  const bytes = Buffer.concat(chunks);
  const label = charsetOf(contentType, bytes.subarray(0, 200).toString('latin1'));
  try {
    return new TextDecoder(label).decode(bytes);
  } catch {
    return new TextDecoder('utf-8').decode(bytes);
  }
};

const asUtf8 = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  const type = headers['content-type'];
  return type === undefined
    ? headers
    : { ...headers, 'content-type': type.replace(/;\s*charset=["']?[\w-]+["']?/i, '; charset=utf-8') };
};

const parsed = (text: string, contentType: string): unknown => {
  if (!/[/+]json\b/.test(contentType)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Notes every exchange that was answered. Answers too large to keep pass unnoted. */
export const recordingHttp = (inner: Http, note: (exchange: Exchange) => void): Http => ({
  async request(request) {
    const answer = await inner.request(request);
    note(exchangeOf(request, answer));
    return answer;
  },
  async stream(request) {
    const answer = await inner.stream(request);
    const type = answer.headers['content-type'] ?? '';
    async function* body(): AsyncGenerator<Uint8Array> {
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of answer.body) {
        size += chunk.byteLength;
        if (size <= MOST_BYTES) chunks.push(chunk);
        yield chunk;
      }
      if (size > MOST_BYTES) return;
      const headers = asUtf8(answer.headers);
      note(exchangeOf(request, { status: answer.status, headers, body: parsed(decoded(chunks, type), type) }));
    }
    return { ...answer, body: body() };
  },
});

const notRecorded = (): HubError =>
  new HubError({
    code: 'source/undeclared-host',
    fault: 'config',
    message: 'The adapter asked for something that was not recorded; the network is locked.',
    hint: 'Record the source again: `samspil source record <source> --out <folder>`.',
  });

const withoutQuery = (path: string): string => {
  const [address = ''] = path.split('?');
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
};

/** However a query is spelt, it asks the same. */
const asked = ({ path, body }: Exchange): string => {
  const parameters = [...new URLSearchParams(path.split('?')[1])].map(([name, value]) => `${name}=${value}`);
  return JSON.stringify([withoutQuery(path), parameters.sort(), body]);
};
/** Times in questions are never the same twice. */
const withoutTimes = (text: string): string => text.replace(/\d{4}-\d{2}-\d{2}(T[\d:.%A-F]+Z?)?/g, '…');

/**
 * Answers from the recording: the very question first, then the same with other times, then the next unused one to the
 * address. @throws HubError when it was not recorded
 */
export const replayingHttp = (exchanges: readonly Exchange[]): Http => {
  const used = new Set<Exchange>();
  const find = (request: HttpRequest): Exchange => {
    const wanted = exchangeOf(request, { status: 0, headers: {}, body: '' });
    const alike = exchanges.filter(
      (one) =>
        one.scope === wanted.scope &&
        one.method === wanted.method &&
        withoutQuery(one.path) === withoutQuery(wanted.path),
    );
    const exact = alike.filter((one) => asked(one) === asked(wanted));
    const timed = alike.filter((one) => withoutTimes(asked(one)) === withoutTimes(asked(wanted)));
    const unused = (some: readonly Exchange[]): Exchange | undefined => some.find((one) => !used.has(one));
    const found = unused(exact) ?? exact[0] ?? unused(timed) ?? timed[0] ?? unused(alike);
    if (found === undefined) throw notRecorded();
    used.add(found);
    return found;
  };
  const textOf = ({ response }: Exchange): string =>
    typeof response === 'string' ? response : JSON.stringify(response);
  return {
    request: async (request) => {
      const found = find(request);
      return { status: found.status, headers: found.responseHeaders, body: found.response };
    },
    stream: async (request) => {
      const found = find(request);
      async function* body(): AsyncGenerator<Uint8Array> {
        yield Buffer.from(textOf(found));
      }
      return { status: found.status, headers: found.responseHeaders, body: body() };
    },
  };
};
