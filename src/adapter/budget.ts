// A source's rate budget, shared by all its kinds: a token bucket (requests per second) and a ceiling on requests
// under way. Places are given in the order they were asked for; a caller that gives up leaves the queue.
import type { Clock } from '../clock.ts';
import { HubError } from '../errors.ts';

export interface BudgetOptions {
  readonly requestsPerSecond: number;
  /** Requests under way at the same time. */
  readonly concurrency: number;
  /** Requests that may start at once after a pause; default one second's worth, at least one. */
  readonly burst?: number;
}

export interface Budget {
  /** Waits for a place; the answer gives it back and may be called more than once. */
  take(signal?: AbortSignal): Promise<() => void>;
}

interface Waiting {
  readonly start: () => void;
}

export const createBudget = (options: BudgetOptions, clock: Clock): Budget => {
  const { requestsPerSecond: rate, concurrency } = options;
  if (!(rate > 0) || !(concurrency >= 1))
    throw new HubError({
      code: 'config/invalid',
      fault: 'config',
      message: 'A rate budget needs more than 0 requests per second and a concurrency of at least 1.',
    });
  const burst = Math.max(1, options.burst ?? Math.floor(rate));
  const queue: Waiting[] = [];
  let underWay = 0;
  let tokens = burst;
  let filledAt = clock.now().getTime();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const refill = (): void => {
    const now = clock.now().getTime();
    // A clock set back must not take tokens away or stop the refill.
    tokens = Math.min(burst, tokens + (Math.max(0, now - filledAt) * rate) / 1000);
    filledAt = now;
  };

  const serve = (): void => {
    refill();
    while (queue.length > 0 && underWay < concurrency && tokens >= 1) {
      tokens -= 1;
      underWay += 1;
      queue.shift()?.start();
    }
    if (queue.length > 0 && underWay < concurrency && timer === undefined) {
      timer = setTimeout(
        () => {
          timer = undefined;
          serve();
        },
        Math.max(1, Math.ceil(((1 - tokens) * 1000) / rate)),
      );
    }
  };

  const place = (): (() => void) => {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      underWay -= 1;
      serve();
    };
  };

  return {
    take(signal) {
      return new Promise((resolve, reject) => {
        const cancelled = (): HubError =>
          new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The request was cancelled.' });
        if (signal?.aborted) {
          reject(cancelled());
          return;
        }
        const onAbort = (): void => {
          const at = queue.indexOf(waiting);
          if (at >= 0) queue.splice(at, 1);
          reject(cancelled());
        };
        const waiting: Waiting = {
          start() {
            signal?.removeEventListener('abort', onAbort);
            resolve(place());
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        queue.push(waiting);
        serve();
      });
    },
  };
};
