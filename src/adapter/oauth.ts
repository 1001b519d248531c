// OAuth 2.0 client credentials: one access token per source, fetched once for all who wait, renewed shortly before it
// expires, and forgotten once when the source refuses it. Neither token nor secret ever reaches a message or a log.
import type { Clock } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { Http, HttpRequest } from './http.ts';

export interface TokenOptions {
  readonly http: Http;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string;
  /** Further form fields, for example Azure's `resource`. */
  readonly extra?: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

export interface TokenSource {
  /** The access token itself, without the word "Bearer". Aborting leaves the fetch to the others who wait for it. */
  bearer(signal?: AbortSignal): Promise<string>;
  /** Drops the cached token after a 401; given the refused one, a newer token that somebody else fetched stays. */
  forget(refused?: string): void;
}

interface Token {
  readonly value: string;
  readonly renewAt: number;
}

const cancelled = (): HubError =>
  new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The request was cancelled.' });

const withSignal = async <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(cancelled());
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};

const readToken = (body: unknown, now: number): Token => {
  const { access_token: value, expires_in: given } = (body ?? {}) as { access_token?: unknown; expires_in?: unknown };
  if (typeof value !== 'string' || value === '')
    throw new HubError({
      code: 'source/bad-answer',
      fault: 'source',
      message: 'The token endpoint gave no access token.',
    });
  // Azure's older endpoint sends the seconds as text; without any, five minutes are the cautious guess.
  const seconds = Number(given);
  const lifetime = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 300_000;
  return { value, renewAt: now + lifetime - Math.min(60_000, lifetime / 5) };
};

export const createTokenSource = (options: TokenOptions): TokenSource => {
  let token: Token | undefined;
  let pending: Promise<Token> | undefined;

  const fetchToken = async (): Promise<Token> => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: options.clientId,
      client_secret: options.clientSecret,
      ...(options.scope === undefined ? {} : { scope: options.scope }),
      ...options.extra,
    });
    const answer = await options.http.request({
      method: 'POST',
      url: options.tokenUrl,
      body: form,
      maxBytes: 256 * 1024,
      accept: [400, 401],
    });
    if (answer.status >= 400)
      throw new HubError({
        code: 'source/unauthorised',
        fault: 'config',
        message: `The token endpoint refused the credentials (${answer.status}).`,
        hint: 'Check the client id, secret, scope and resource of this source.',
      });
    return readToken(answer.body, options.clock.now().getTime());
  };

  return {
    async bearer(signal) {
      if (token !== undefined && options.clock.now().getTime() < token.renewAt) return token.value;
      if (signal?.aborted) throw cancelled();
      pending ??= fetchToken().finally(() => {
        pending = undefined;
      });
      token = await withSignal(pending, signal);
      return token.value;
    },
    forget(refused) {
      if (refused === undefined || refused === token?.value) token = undefined;
    },
  };
};

/** `http` with the token on every request. A 401 means the token was revoked: one new token, one more try. */
export const withToken = (http: Http, tokens: TokenSource): Http => {
  const withBearer = async <T>(request: HttpRequest, send: (authorised: HttpRequest) => Promise<T>): Promise<T> => {
    const carrying = (token: string) =>
      send({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } });
    const token = await tokens.bearer(request.signal);
    try {
      return await carrying(token);
    } catch (thrown) {
      if (!(thrown instanceof HubError) || thrown.code !== 'source/unauthorised') throw thrown;
      tokens.forget(token);
      return carrying(await tokens.bearer(request.signal));
    }
  };
  return {
    request: (request) => withBearer(request, (authorised) => http.request(authorised)),
    stream: (request) => withBearer(request, (authorised) => http.stream(authorised)),
  };
};
