// A request tried again here when the source stumbles (5xx, no answer in time): a few times, with growing, jittered
// pauses, so that one slow answer does not end a page. What lasts longer is the scheduler's business.
import { setTimeout as pause } from 'node:timers/promises';
import { HubError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Http, HttpRequest } from './http.ts';
import { cancelled } from './http-fault.ts';

export interface RetryOptions {
  /** Further tries after the first. */
  readonly retries: number;
  /** Before the second try; doubled before each further one. */
  readonly pauseMs: number;
  readonly log: Logger;
}

/** Waits longer than this are the scheduler's business, not one page's. */
const longestWait = 10_000;

/** How long to wait before try number `attempt` + 1, or undefined when the failure should not be tried again here. */
const waitFor = (thrown: unknown, attempt: number, options: RetryOptions): number | undefined => {
  if (!(thrown instanceof HubError) || attempt > options.retries) return undefined;
  if (thrown.code !== 'source/unavailable' && thrown.code !== 'source/timeout') return undefined;
  // Jitter between half and all of a doubling pause, so that kinds that failed together do not return together.
  const own = options.pauseMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
  const wait = Math.max(own, thrown.retryAfterMs ?? 0);
  return wait > longestWait ? undefined : wait;
};

/** `http` whose requests are tried again; streams are not, their beginning may have been used already. */
export const withRetries = (http: Http, options: RetryOptions): Http => ({
  async request(request: HttpRequest) {
    for (let attempt = 1; ; attempt += 1) {
      if (request.signal?.aborted) throw cancelled();
      try {
        return await http.request(request);
      } catch (thrown) {
        const wait = waitFor(thrown, attempt, options);
        if (wait === undefined) throw thrown;
        options.log.debug({ event: 'request.retried', attempt, waitMs: Math.round(wait) });
        await pause(wait, undefined, request.signal === undefined ? {} : { signal: request.signal }).catch(() => {
          throw cancelled();
        });
      }
    }
  },
  stream: (request) => http.stream(request),
});
