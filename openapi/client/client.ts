// A typed client of a Samspil hub, on fetch and nothing else. Tokens come from a callback and are asked for again when one
// is refused; what is transient is tried again as the hub says, with jitter; writes carry a key, so that trying again
// does them once.
import type { paths } from './openapi.d.ts';
import type { AnswerOf, InputOf, OperationOf, PathWith, Verb } from './operations.ts';
import { HubProblem, problemOf } from './problem.ts';

export interface ClientOptions {
  readonly baseUrl: string;
  /** A bearer token. `refused` is the one the hub did not take any more. */
  readonly token: (refused?: string) => Promise<string> | string;
  /** Sent as `X-Purpose`; not needed where the token names it. */
  readonly purpose?: string;
  /** Attempts of one call. Default 5. */
  readonly attempts?: number;
  /** First pause between attempts, in ms; it doubles up to `longestPauseMs`. Default 500 and 30,000. */
  readonly pauseMs?: number;
  readonly longestPauseMs?: number;
  /** How long one attempt may take, in ms. Default 30,000. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
}

export interface Answer<T> {
  readonly status: number;
  /** Absent when the answer has no body, or nothing has changed (304). */
  readonly data: T;
  /** For `If-None-Match` next time. */
  readonly etag?: string;
  readonly headers: Headers;
}

type Call<V extends Verb> = <P extends PathWith<V>>(
  path: P,
  ...input: Record<string, never> extends InputOf<OperationOf<P, V>>
    ? [InputOf<OperationOf<P, V>>?]
    : [InputOf<OperationOf<P, V>>]
) => Promise<Answer<AnswerOf<OperationOf<P, V>>>>;

export interface Client {
  readonly get: Call<'get'>;
  readonly post: Call<'post'>;
  readonly delete: Call<'delete'>;
  /** An address the hub gave out itself, such as a FHIR Bundle's next link. */
  at(address: string, signal?: AbortSignal): Promise<Answer<unknown>>;
}

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}
interface Input {
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

const transient = new Set([429, 502, 503, 504]);

/** Waits, or until the signal fires. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });

/** Could the same call succeed later? */
export const isTransient = (error: unknown): boolean =>
  error instanceof HubProblem
    ? transient.has(error.status)
    : error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError');

const filled = (path: string, values: Readonly<Record<string, unknown>> = {}): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name] ?? '')));

const bodyOf = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  if (text === '') return undefined;
  return response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
};

export const createClient = (options: ClientOptions): Client => {
  const { attempts = 5, pauseMs = 500, longestPauseMs = 30_000, timeoutMs = 30_000 } = options;
  const send = options.fetch ?? fetch;
  let refused: string | undefined;

  const once = async (request: Request): Promise<Response> => {
    const token = await options.token(refused);
    const limits = [AbortSignal.timeout(request.timeoutMs ?? timeoutMs), request.signal].filter(
      (one) => one !== undefined,
    );
    const response = await send(request.url, {
      method: request.method,
      headers: { ...request.headers, authorization: `Bearer ${token}` },
      signal: AbortSignal.any(limits),
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    refused = response.status === 401 ? token : undefined;
    return response;
  };

  const waitOf = (attempt: number, error: unknown): number => {
    const longest = Math.min(longestPauseMs, pauseMs * 2 ** attempt);
    // Full jitter, so that many clients that failed together do not come back together.
    const drawn = Math.random() * longest;
    const asked = error instanceof HubProblem ? error.fields.retryAfterMs : undefined;
    return asked === undefined ? drawn : asked + drawn / 4;
  };

  const perform = async (request: Request): Promise<Answer<unknown>> => {
    let renewed = false;
    for (let attempt = 0; ; attempt += 1) {
      let error: unknown;
      try {
        const response = await once(request);
        if (response.ok || response.status === 304) {
          const etag = response.headers.get('etag');
          const data = await bodyOf(response);
          return { status: response.status, data, headers: response.headers, ...(etag === null ? {} : { etag }) };
        }
        error = await problemOf(response);
      } catch (thrown) {
        error = thrown;
      }
      request.signal?.throwIfAborted();
      if (error instanceof HubProblem && error.status === 401 && !renewed) {
        renewed = true;
        continue;
      }
      // An attempt that was given up on may still be under way at the hub.
      const underWay = attempt > 0 && error instanceof HubProblem && error.status === 409;
      if ((!isTransient(error) && !underWay) || attempt + 1 >= attempts) throw error;
      await pause(waitOf(attempt, error), request.signal);
      request.signal?.throwIfAborted();
    }
  };

  const call =
    (method: string) =>
    (path: string, input: Input = {}): Promise<Answer<unknown>> => {
      const url = new URL(filled(path, input.path), options.baseUrl);
      for (const [name, value] of Object.entries(input.query ?? {}))
        if (value !== undefined) url.searchParams.set(name, String(value));
      return perform({
        method,
        url,
        headers: {
          ...(options.purpose === undefined ? {} : { 'x-purpose': options.purpose }),
          ...(method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {}),
          ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...input.headers,
        },
        ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
        ...(input.signal === undefined ? {} : { signal: input.signal }),
        ...(input.timeoutMs === undefined ? {} : { timeoutMs: input.timeoutMs }),
      });
    };

  return {
    get: call('GET') as Call<'get'>,
    post: call('POST') as Call<'post'>,
    delete: call('DELETE') as Call<'delete'>,
    at(address, signal) {
      const url = new URL(address, options.baseUrl);
      // The token is for the hub alone.
      if (url.origin !== new URL(options.baseUrl).origin) throw new TypeError('An address of another host.');
      const purpose = options.purpose === undefined ? {} : { 'x-purpose': options.purpose };
      return perform({ method: 'GET', url, headers: purpose, ...(signal === undefined ? {} : { signal }) });
    },
  };
};

export type { paths };
