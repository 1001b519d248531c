// Wakes long polls: one LISTEN connection per process, open while somebody waits, shared by all who do. It says that
// something was written, never about whom; each waiter then asks cheaply whether it concerns them.
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFellDue } from './change-log.ts';
import type { Pool, Tx } from './db.ts';

export interface ChangeSignal {
  /** Starts listening; what is written from then on is counted. Call `end` when done. */
  watch(): Promise<ChangeWatch>;
  /** Wakes everybody and stops. */
  close(): Promise<void>;
  readonly closed: boolean;
}

export interface ChangeWatch {
  /** How often something has been written so far. */
  count(): number;
  /** Resolves when the count is no longer `seen`, after `ms`, or when `abort` fires; never rejects. */
  changed(seen: number, ms: number, abort: AbortSignal): Promise<void>;
  end(): void;
}

export interface SignalOptions {
  /** Writes within this time wake once. Default 100 ms. */
  readonly gatherMs?: number;
  /** How often somebody looks, while anybody waits, whether a start or end fell due. Default 2 s. */
  readonly dueMs?: number;
  /** How long the connection is kept after the last waiter left. Default 1 s. */
  readonly lingerMs?: number;
}

export const createChangeSignal = (pool: Pool, options: SignalOptions = {}): ChangeSignal => {
  let count = 0;
  let watchers = 0;
  let closed = false;
  let wake = Promise.withResolvers<void>();
  let listening: Promise<Tx> | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let lingering: ReturnType<typeof setTimeout> | undefined;
  let due: ReturnType<typeof setInterval> | undefined;

  const tell = (): void => {
    gathering = undefined;
    count += 1;
    const waiting = wake;
    wake = Promise.withResolvers<void>();
    waiting.resolve();
  };
  const gather = (): void => {
    gathering ??= setTimeout(tell, options.gatherMs ?? 100);
  };

  const connect = async (): Promise<Tx> => {
    const client = await pool.connect();
    client.on('notification', gather);
    client.on('error', () => {
      // Whoever waits looks again and listens anew; nothing is lost, since the log itself is what is read.
      if (listening !== undefined) client.release(true);
      listening = undefined;
      gather();
    });
    try {
      await client.query('listen samspil_change');
    } catch (error) {
      client.release(true);
      throw error;
    }
    clearInterval(due);
    due = setInterval(() => void writeFellDue(pool).catch(() => undefined), options.dueMs ?? 2000).unref();
    return client;
  };

  const disconnect = async (): Promise<void> => {
    clearInterval(due);
    clearTimeout(lingering);
    const held = listening;
    listening = undefined;
    const client = await held?.catch(() => undefined);
    client?.removeAllListeners('notification');
    client?.release(true);
  };

  const listen = async (): Promise<void> => {
    listening ??= connect();
    await listening.catch((error: unknown) => {
      listening = undefined;
      throw error;
    });
  };

  return {
    get closed() {
      return closed;
    },
    async watch() {
      clearTimeout(lingering);
      watchers += 1;
      let ended = false;
      const end = (): void => {
        if (ended) return;
        ended = true;
        watchers -= 1;
        if (watchers === 0 && !closed)
          lingering = setTimeout(() => void disconnect(), options.lingerMs ?? 1000).unref();
      };
      try {
        await listen();
      } catch (error) {
        end();
        throw error;
      }
      return {
        count: () => count,
        async changed(seen, ms, abort) {
          if (count !== seen || closed || abort.aborted) return;
          await listen().catch(() => undefined);
          const timer = new AbortController();
          const stop = AbortSignal.any([abort, timer.signal]);
          await Promise.race([wake.promise, sleep(ms, undefined, { signal: stop }).catch(() => undefined)]);
          timer.abort();
        },
        end,
      };
    },
    async close() {
      closed = true;
      clearTimeout(gathering);
      tell();
      await disconnect();
    },
  };
};
