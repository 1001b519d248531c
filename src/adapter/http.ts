// The only HTTP client an adapter sees: axios with declared hosts, time-outs, size limits, the source's shared
// rate budget, and foreign failures turned into fault classes without their values.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import { rootCertificates } from 'node:tls';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { HubError } from '../errors.ts';
import { cancelled, faultOf, faultOfThrown, retryAfterMs, timedOut, tooLarge } from './http-fault.ts';

export interface HttpRequest {
  readonly method?: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, URLSearchParams as a form. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Default 30 s for the whole answer. */
  readonly timeoutMs?: number;
  /** Default 32 MiB. */
  readonly maxBytes?: number;
  /** Status codes that are answers, not failures, beyond 2xx. */
  readonly accept?: readonly number[];
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when the content type is JSON, else the text. */
  readonly body: unknown;
}

/** An answer whose body is read as it comes. Time-out and size limit hold for the whole of it. */
export interface HttpStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Raw bytes; must be read to the end or closed (`for await` does either). Failures are thrown as HubError. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface Http {
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** For big answers and for bodies in another encoding than UTF-8. Default time-out 10 minutes, size 4 GiB. */
  stream(request: HttpRequest): Promise<HttpStream>;
}

export interface HttpOptions {
  readonly hosts: readonly string[];
  /** Waits for a place in the source's rate budget (`createBudget().take`); what it answers gives the place back. */
  readonly take?: (signal?: AbortSignal) => Promise<() => void>;
  readonly userAgent?: string;
  /** PEM texts: the hub's own certificate where the source wants one (mTLS), authorities trusted beside the usual ones. */
  readonly tls?: { readonly cert?: string; readonly key?: string; readonly passphrase?: string; readonly ca?: string };
}

/** A kept connection that the other side closed at the moment it was used again; nothing was answered. */
const wasStale = (thrown: unknown): boolean =>
  axios.isAxiosError(thrown) &&
  (thrown.code === 'ECONNRESET' || thrown.code === 'EPIPE') &&
  (thrown.request as { reusedSocket?: boolean } | undefined)?.reusedSocket === true;

const decodeBody = (contentType: string, text: string): unknown => {
  if (!/[/+]json\b/.test(contentType)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new HubError({
      code: 'source/bad-answer',
      fault: 'source',
      message: 'The source said JSON but sent something else.',
    });
  }
};

/** A request under way, its limits and what it must give back when it has ended. */
interface Open<Data> {
  readonly answer: AxiosResponse<Data>;
  readonly headers: Readonly<Record<string, string>>;
  /** What a failure of the body means; the time-out is told from a broken connection. */
  readonly fault: (thrown: unknown) => HubError;
  readonly end: () => void;
}

const megabyte = 1024 * 1024;
const limits = {
  text: { timeoutMs: 30_000, maxBytes: 32 * megabyte },
  stream: { timeoutMs: 600_000, maxBytes: 4096 * megabyte },
} as const;

export const createHttp = (options: HttpOptions): Http => {
  const { tls } = options;
  const secured =
    tls === undefined ? {} : { ...tls, ...(tls.ca === undefined ? {} : { ca: [...rootCertificates, tls.ca] }) };
  const client: AxiosInstance = axios.create({
    transformResponse: (data: unknown) => data,
    validateStatus: () => true,
    // A redirect would carry credentials to a host nobody declared.
    maxRedirects: 0,
    headers: { 'user-agent': options.userAgent ?? 'samspil' },
    proxy: false,
    ...(tls === undefined ? {} : { httpsAgent: new HttpsAgent({ ...secured, keepAlive: true }) }),
  });

  const open = async <Data>(request: HttpRequest, as: 'text' | 'stream'): Promise<Open<Data>> => {
    const url = URL.parse(request.url);
    if (url === null || !options.hosts.includes(url.host))
      throw new HubError({
        code: 'source/undeclared-host',
        fault: 'config',
        message: 'A request to a host that this source’s configuration does not declare was refused.',
        hint: 'Add the host to the source’s configuration if it is right.',
      });
    const giveBack = await options.take?.(request.signal);
    // axios' own time-out restarts with every byte; this one holds for the whole answer.
    const stop = new AbortController();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      stop.abort();
    }, request.timeoutMs ?? limits[as].timeoutMs);
    const onAbort = (): void => stop.abort();
    request.signal?.addEventListener('abort', onAbort, { once: true });
    if (request.signal?.aborted) stop.abort();
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
      giveBack?.();
    };
    const fault = (thrown: unknown): HubError =>
      request.signal?.aborted ? cancelled() : late ? timedOut() : faultOfThrown(thrown);
    try {
      const send = (fresh: object) =>
        client.request<Data>({
          url: url.href,
          method: request.method ?? 'GET',
          headers: { accept: 'application/json', ...request.headers },
          data: request.body,
          responseType: as,
          maxContentLength: request.maxBytes ?? limits[as].maxBytes,
          signal: stop.signal,
          ...fresh,
        });
      const answer = await send({}).catch((thrown: unknown) => {
        if (!wasStale(thrown)) throw thrown;
        return send({ httpAgent: new HttpAgent(), httpsAgent: new HttpsAgent(secured) });
      });
      const headers = Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
      );
      if ((answer.status < 200 || answer.status > 299) && !request.accept?.includes(answer.status))
        throw faultOf(answer.status, retryAfterMs(headers['retry-after']));
      return { answer, headers, fault, end };
    } catch (thrown) {
      const error = thrown instanceof HubError ? thrown : fault(thrown);
      // What a refused stream still holds is not read.
      stop.abort();
      end();
      throw error;
    }
  };

  return {
    async request(request) {
      const { answer, headers, end } = await open<string>(request, 'text');
      end();
      return { status: answer.status, headers, body: decodeBody(headers['content-type'] ?? '', answer.data) };
    },
    async stream(request) {
      const { answer, headers, fault, end } = await open<Readable>(request, 'stream');
      // Also when nobody reads it: the time-out closes it.
      answer.data.once('close', end);
      const most = request.maxBytes ?? limits.stream.maxBytes;
      const body = async function* (): AsyncGenerator<Uint8Array> {
        let read = 0;
        try {
          for await (const chunk of answer.data as AsyncIterable<Uint8Array>) {
            read += chunk.byteLength;
            if (read > most) throw tooLarge();
            yield chunk;
          }
        } catch (thrown) {
          throw fault(thrown);
        } finally {
          answer.data.destroy();
          end();
        }
      };
      return { status: answer.status, headers, body: body() };
    },
  };
};

/** `http` that counts what is asked through it: retries and tokens too, for they cost the source as much. */
export const countRequests = (http: Http): { readonly http: Http; readonly requests: () => number } => {
  let requests = 0;
  const counting =
    <A>(send: (request: HttpRequest) => Promise<A>) =>
    (request: HttpRequest): Promise<A> => {
      requests += 1;
      return send(request);
    };
  return { http: { request: counting(http.request), stream: counting(http.stream) }, requests: () => requests };
};
