// The only HTTP client an adapter sees: axios with declared hosts, time-outs, size limits, the source's shared
// rate budget, and foreign failures turned into fault classes without their values.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosInstance } from 'axios';
import { HubError } from '../errors.ts';

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

export interface Http {
  request(request: HttpRequest): Promise<HttpAnswer>;
}

export interface HttpOptions {
  readonly hosts: readonly string[];
  /** Waits for a place in the source's rate budget (`createBudget().take`); what it answers gives the place back. */
  readonly take?: (signal?: AbortSignal) => Promise<() => void>;
  readonly userAgent?: string;
}

/** `Retry-After` in milliseconds: seconds or an HTTP date; undefined when absent or unreadable. */
export const retryAfterMs = (header: string | undefined, now = Date.now()): number | undefined => {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header.trim()) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
};

const faultOf = (status: number, retryAfter: number | undefined): HubError => {
  const wait = retryAfter === undefined ? {} : { retryAfterMs: retryAfter };
  if (status === 401)
    return new HubError({
      code: 'source/unauthorised',
      fault: 'config',
      message: 'The source refused the credentials (401).',
      hint: 'Check the client id, secret and scopes of this source.',
    });
  if (status === 403)
    return new HubError({
      code: 'source/forbidden',
      fault: 'config',
      message: 'The source refused access (403).',
      hint: 'Ask the vendor whether the hub’s client may read this.',
    });
  if (status >= 300 && status < 400)
    return new HubError({
      code: 'source/bad-answer',
      fault: 'source',
      message: `The source redirects elsewhere (${status}); redirects are not followed.`,
      hint: 'Configure the address it redirects to, if that is right.',
    });
  if (status === 404) return new HubError({ code: 'source/not-found', fault: 'source', message: 'Not found (404).' });
  if (status === 410)
    return new HubError({
      code: 'source/checkpoint-expired',
      fault: 'source',
      message: 'The source has dropped this page or cursor (410).',
    });
  if (status === 429)
    return new HubError({
      code: 'source/rate-limited',
      fault: 'transient',
      message: 'The source asks us to slow down (429).',
      ...wait,
    });
  if (status >= 500 || status === 408 || status === 425)
    return new HubError({
      code: 'source/unavailable',
      fault: 'transient',
      message: `The source answered ${status}.`,
      ...wait,
    });
  return new HubError({ code: 'source/bad-request', fault: 'source', message: `The source answered ${status}.` });
};

const timedOut = (): HubError =>
  new HubError({ code: 'source/timeout', fault: 'transient', message: 'The source did not answer in time.' });

const faultOfThrown = (thrown: unknown): HubError => {
  if (thrown instanceof HubError) return thrown;
  const code = axios.isAxiosError(thrown) ? thrown.code : (thrown as { code?: string })?.code;
  if (code === 'ERR_CANCELED')
    return new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The request was cancelled.' });
  if (code === 'ECONNABORTED' || code === 'ETIMEDOUT') return timedOut();
  if (axios.isAxiosError(thrown) && /maxContentLength/.test(thrown.message))
    return new HubError({
      code: 'source/too-large',
      fault: 'source',
      message: 'The source’s answer is larger than the limit.',
    });
  return new HubError({ code: 'source/unreachable', fault: 'transient', message: 'The source could not be reached.' });
};

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

export const createHttp = (options: HttpOptions): Http => {
  const client: AxiosInstance = axios.create({
    responseType: 'text',
    transformResponse: (data: unknown) => data,
    validateStatus: () => true,
    // A redirect would carry credentials to a host nobody declared.
    maxRedirects: 0,
    headers: { 'user-agent': options.userAgent ?? 'samspil' },
    proxy: false,
  });
  return {
    async request(request) {
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
      }, request.timeoutMs ?? 30_000);
      const onAbort = (): void => stop.abort();
      request.signal?.addEventListener('abort', onAbort, { once: true });
      if (request.signal?.aborted) stop.abort();
      try {
        const send = (fresh: object) =>
          client.request<string>({
            url: url.href,
            method: request.method ?? 'GET',
            headers: { accept: 'application/json', ...request.headers },
            data: request.body,
            maxContentLength: request.maxBytes ?? 32 * 1024 * 1024,
            signal: stop.signal,
            ...fresh,
          });
        const answer = await send({}).catch((thrown: unknown) => {
          if (!wasStale(thrown)) throw thrown;
          return send({ httpAgent: new HttpAgent(), httpsAgent: new HttpsAgent() });
        });
        const headers = Object.fromEntries(
          Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
        );
        if ((answer.status < 200 || answer.status > 299) && !request.accept?.includes(answer.status))
          throw faultOf(answer.status, retryAfterMs(headers['retry-after']));
        return { status: answer.status, headers, body: decodeBody(headers['content-type'] ?? '', answer.data) };
      } catch (thrown) {
        if (late && !request.signal?.aborted) throw timedOut();
        throw faultOfThrown(thrown);
      } finally {
        clearTimeout(timer);
        request.signal?.removeEventListener('abort', onAbort);
        giveBack?.();
      }
    },
  };
};
