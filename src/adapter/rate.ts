// Slows down before a source must say 429: reads the headers in which it tells how many requests are left, and keeps the
// next ones back until there are more. A wait too long for one page is the scheduler's business.
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { Http, HttpRequest } from './http.ts';

export interface RateHeaders {
  /** Lower-case names, the first one present counts. */
  readonly remaining: readonly string[];
  readonly reset: readonly string[];
  /** At this many requests left, the next one waits. */
  readonly reserve: number;
}

const longestWait = 60_000;

type Headers = Readonly<Record<string, string>>;

/** The first number of a header; `RateLimit: "default";r=5;t=30` and `limit=10, remaining=5, reset=30` by their parts. */
const numberIn = (headers: Headers, names: readonly string[], part: RegExp): number | undefined => {
  for (const name of names) {
    const found = /^\s*(\d+(\.\d+)?)/.exec(headers[name] ?? '')?.[1];
    if (found !== undefined) return Number(found);
  }
  const found = part.exec(headers['ratelimit'] ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
};

/** Milliseconds until there are more: told in seconds, as an instant since 1970 in seconds or milliseconds. */
const untilReset = (told: number, now: number): number => {
  if (told > 1e11) return told - now;
  return told > 1e9 ? told * 1000 - now : told * 1000;
};

const tooLong = (ms: number): HubError =>
  new HubError({
    code: 'source/rate-limited',
    fault: 'transient',
    message: 'The source’s own count says that no requests are left for now.',
    retryAfterMs: ms,
  });

export const withRate = (http: Http, rate: RateHeaders, clock: Clock): Http => {
  let waitUntil = 0;

  const note = (headers: Headers): void => {
    const left = numberIn(headers, rate.remaining, /(?:^|[,;\s])r(?:emaining)?=(\d+)/);
    if (left === undefined) return;
    const told = numberIn(headers, rate.reset, /(?:^|[,;\s])(?:t|reset)=(\d+)/);
    const now = clock.now().getTime();
    // Without a time there is no telling how long: a second is the cautious guess.
    if (left <= rate.reserve) waitUntil = Math.max(waitUntil, now + Math.max(0, untilReset(told ?? 1, now)));
  };

  const ready = async (signal: AbortSignal | undefined): Promise<void> => {
    const wait = waitUntil - clock.now().getTime();
    if (wait <= 0) return;
    if (wait > longestWait) throw tooLong(wait);
    await pause(wait, undefined, signal === undefined ? {} : { signal }).catch(() => {
      throw new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The request was cancelled.' });
    });
  };

  const keeping = async <T extends { readonly headers: Headers }>(
    request: HttpRequest,
    send: () => Promise<T>,
  ): Promise<T> => {
    await ready(request.signal);
    const answer = await send();
    note(answer.headers);
    return answer;
  };

  return {
    request: (request) => keeping(request, () => http.request(request)),
    stream: (request) => keeping(request, () => http.stream(request)),
  };
};
