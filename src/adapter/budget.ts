// A source's rate budget, shared by all its kinds: a token bucket (requests per second) and a ceiling on requests under
// way, both by the time of day. Places are given in the order they were asked for; a caller that gives up leaves the
// queue. With `reserve` the rate holds across processes too; the ceiling is each process's own.
import { type Clock, insideWindow } from '../clock.ts';
import { HubError } from '../errors.ts';
import { cancelled } from './http-fault.ts';

export interface BudgetRate {
  readonly requestsPerSecond: number;
  /** Requests under way at the same time. */
  readonly concurrency: number;
}

/** Another rate by the clock: `22:00-05:00`, Copenhagen time; the first window that holds the moment counts. */
export interface BudgetWindow {
  readonly between: string;
  readonly requestsPerSecond?: number | undefined;
  readonly concurrency?: number | undefined;
}

/** Reserves so many requests in a timeline that all processes share. @returns ms until the first of them may start. */
export type Reserve = (requests: number, requestsPerSecond: number) => Promise<number>;

export interface BudgetOptions extends BudgetRate {
  /** Requests that may start at once after a pause; default one second's worth, at least one. */
  readonly burst?: number;
  readonly windows?: readonly BudgetWindow[];
  readonly reserve?: Reserve | undefined;
}

export interface Budget {
  /** Waits for a place; the answer gives it back and may be called more than once. */
  take(signal?: AbortSignal): Promise<() => void>;
}

interface Waiting {
  readonly start: () => void;
}

/** What holds at a moment. */
export const rateAt = (options: BudgetRate & Pick<BudgetOptions, 'windows'>, at: Date): BudgetRate => {
  const window = options.windows?.find(({ between }) => insideWindow(at, between));
  return {
    requestsPerSecond: window?.requestsPerSecond ?? options.requestsPerSecond,
    concurrency: window?.concurrency ?? options.concurrency,
  };
};

const checked = (options: BudgetOptions): void => {
  for (const { requestsPerSecond = 1, concurrency = 1 } of [options, ...(options.windows ?? [])])
    if (!(requestsPerSecond > 0) || !(concurrency >= 1))
      throw new HubError({
        code: 'config/invalid',
        fault: 'config',
        message: 'A rate budget needs more than 0 requests per second and a concurrency of at least 1.',
        hint: 'To pull nothing at some time of day use `maintenance`.',
      });
};

const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(cancelled());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });

/** Requests reserved together, and when they may start. */
interface Block {
  left: number;
  readonly startsAt: number;
}

/** What is not used so long after its time is lost. */
const blockMs = 1000;

/** Waits for the shared timeline. A fast source reserves a twentieth of a second's requests at a time. */
const createReserving = (reserve: Reserve, clock: Clock) => {
  let block: Promise<Block> | undefined;
  const fresh = async (size: number, rate: number): Promise<Block> => ({
    startsAt: (await reserve(size, rate)) + clock.now().getTime(),
    left: size,
  });
  /** When the next request may start. */
  const nextOf = async (rate: number): Promise<number> => {
    for (;;) {
      const asked = block;
      const found = await asked?.catch(() => undefined);
      if (found !== undefined && found.left > 0 && clock.now().getTime() < found.startsAt + blockMs) {
        found.left -= 1;
        return found.startsAt;
      }
      // Of all who found it used up one reserves, and the others wait for that.
      if (block === asked) block = fresh(Math.max(1, Math.floor(rate / 20)), rate);
      await block;
    }
  };
  return async (rate: number, signal: AbortSignal | undefined): Promise<void> => {
    const wait = (await nextOf(rate)) - clock.now().getTime();
    if (wait > 0) await pause(wait, signal);
  };
};

export const createBudget = (options: BudgetOptions, clock: Clock): Budget => {
  checked(options);
  const queue: Waiting[] = [];
  const reserving = options.reserve === undefined ? undefined : createReserving(options.reserve, clock);
  const burstOf = (rate: number): number => Math.max(1, options.burst ?? Math.floor(rate));
  let underWay = 0;
  let tokens = burstOf(rateAt(options, clock.now()).requestsPerSecond);
  let filledAt = clock.now().getTime();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const refill = (at: Date, rate: number): void => {
    const now = at.getTime();
    // A clock set back must not take tokens away or stop the refill.
    tokens = Math.min(burstOf(rate), tokens + (Math.max(0, now - filledAt) * rate) / 1000);
    filledAt = now;
  };

  const serve = (): void => {
    const at = clock.now();
    const { requestsPerSecond: rate, concurrency } = rateAt(options, at);
    refill(at, rate);
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
        // Not past the minute: the rate may be another then.
        Math.min(60_000, Math.max(1, Math.ceil(((1 - tokens) * 1000) / rate))),
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

  const takeHere = (signal: AbortSignal | undefined): Promise<() => void> =>
    new Promise((resolve, reject) => {
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

  return {
    async take(signal) {
      const giveBack = await takeHere(signal);
      if (reserving === undefined) return giveBack;
      try {
        await reserving(rateAt(options, clock.now()).requestsPerSecond, signal);
        return giveBack;
      } catch (thrown) {
        giveBack();
        throw thrown;
      }
    },
  };
};

export interface Budgets {
  /** The budget of this name; asked for twice it is the same one. */
  of(name: string, options: BudgetOptions): Budget;
}

/** Budgets by name, for sources that are one system. */
export const createBudgets = (clock: Clock, reserveFor?: (name: string) => Reserve): Budgets => {
  const known = new Map<string, { readonly budget: Budget; readonly said: string }>();
  return {
    of(name, options) {
      const said = JSON.stringify(options);
      const found = known.get(name);
      if (found !== undefined && found.said !== said)
        throw new HubError({
          code: 'config/invalid',
          fault: 'config',
          message: `The sources that share the budget "${name}" say different things about it.`,
          hint: 'Give them the same requestsPerSecond, concurrency and windows.',
        });
      const budget = found?.budget ?? createBudget({ ...options, reserve: reserveFor?.(name) }, clock);
      known.set(name, { budget, said });
      return budget;
    },
  };
};
