// BullMQ on Postgres (default) or on Redis/Valkey when a Redis URL is given: the same queue and worker either way. One
// queue per source, so that a dead source holds up nobody else's jobs. A job carries names and ids only; emptying the
// queue store at any moment loses nothing but time, because Postgres knows what is due.
import { createRequire } from 'node:module';
import { createPostgresBackend, type Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { logLine, lookInto, type QueueLook } from './queue-look.ts';

export interface QueueStore {
  readonly databaseUrl: string;
  /** Redis or Valkey; absent: Postgres. */
  readonly redisUrl?: string;
}

export type SyncWant = 'next' | 'reload' | 'reconcile' | 'rebuild';

export type JobData =
  | {
      readonly type: 'sync';
      readonly source: string;
      readonly kind: string;
      readonly want: SyncWant;
      readonly trigger: string;
      readonly runId?: string;
    }
  | { readonly type: 'history' | 'notices'; readonly source: string }
  | {
      readonly type: 'replay';
      readonly source: string;
      readonly runId: string;
      /** Of the cause; absent: any. */
      readonly kind?: string;
      readonly code?: string;
      readonly path?: string;
    };

/** A webhook delivery that is due: its id, and nothing of where it goes. */
export interface DeliveryJob {
  readonly type: 'webhook';
  readonly delivery: string;
}

type AnyJob = JobData | DeliveryJob;

export interface JobHandle<Data extends AnyJob = JobData> {
  readonly id: string;
  readonly data: Data;
  readonly attempt: number;
}

export interface SourceQueue<Data extends AnyJob = JobData> extends QueueLook {
  /** The same id is queued once; adding it again while it waits does nothing. */
  add(id: string, data: Data, options?: { readonly delayMs?: number }): Promise<void>;
  close(): Promise<void>;
}

export interface SourceWorker {
  close(): Promise<void>;
}

export interface Queues {
  queue(source: string): SourceQueue;
  work(
    source: string,
    concurrency: number,
    handle: (job: JobHandle) => Promise<void>,
    onError: (code: string) => void,
  ): SourceWorker;
  /** The deliveries of webhooks, in a queue of their own. */
  readonly webhooks: {
    queue(): SourceQueue<DeliveryJob>;
    work(
      concurrency: number,
      handle: (job: JobHandle<DeliveryJob>) => Promise<void>,
      onError: (code: string) => void,
    ): SourceWorker;
  };
  readonly backend: 'postgres' | 'redis';
  close(): Promise<void>;
}

/** Loaded when it is used: it subclasses String, after which V8 reads text (XML above all) at half its speed. */
const connectRedis = (url: string): Redis => {
  const { Redis } = createRequire(import.meta.url)('ioredis') as typeof import('ioredis');
  return new Redis(url, { maxRetriesPerRequest: null, lazyConnect: false });
};

/** No source is called so: names begin with a letter or digit. */
const webhookQueue = '_webhooks';
const attempts = 6;
const keep = { count: 200, age: 86_400 };

/** Waits grow from 2 s to about a minute, with jitter; a source's own wish (in the error) comes first. */
const backoffMs = (attempt: number, error: Error | undefined): number => {
  const asked = (error as { retryAfterMs?: number } | undefined)?.retryAfterMs;
  return Math.round(Math.max(asked ?? 0, 1000 * 2 ** Math.min(attempt, 6) * (0.75 + Math.random() / 2)));
};

const connectionOf = (store: QueueStore) =>
  store.redisUrl === undefined
    ? {
        connection: { connectionString: store.databaseUrl, schema: 'bullmq', migrate: true, max: 4 },
        backend: createPostgresBackend,
      }
    : { connection: connectRedis(store.redisUrl), backend: undefined };

export const openQueues = (store: QueueStore): Queues => {
  const open: { close(): Promise<void> }[] = [];
  const build = <T extends { close(): Promise<void>; on(event: 'error', listener: (error: Error) => void): unknown }>(
    make: (connection: never, backend: never) => T,
  ): T => {
    const { connection, backend } = connectionOf(store);
    const made = make(connection as never, backend as never);
    open.push({
      close: async () => {
        await made.close();
        if ('disconnect' in connection) connection.disconnect();
      },
    });
    return made;
  };
  const queues = new Map<string, SourceQueue>();
  let deliveries: SourceQueue<DeliveryJob> | undefined;
  const nameOf = (source: string): string => `samspil-${source}`;

  const openQueue = <Data extends AnyJob>(source: string): SourceQueue<Data> => {
    const queue = build(
      (connection, backend) => new Queue<AnyJob>(nameOf(source), { connection }, ...([backend].filter(Boolean) as [])),
    );
    queue.on('error', () => undefined);
    return {
      async add(id, data, options = {}) {
        await queue.add(data.type, data, {
          jobId: id,
          attempts,
          backoff: { type: 'custom' },
          removeOnComplete: true,
          removeOnFail: keep,
          keepLogs: attempts * 5,
          ...(options.delayMs === undefined ? {} : { delay: Math.max(0, Math.round(options.delayMs)) }),
        });
      },
      ...lookInto(queue),
      close: () => queue.close(),
    };
  };

  const openWorker = <Data extends AnyJob>(
    source: string,
    concurrency: number,
    handle: (job: JobHandle<Data>) => Promise<void>,
    onError: (code: string) => void,
  ): SourceWorker => {
    const process = async (job: Job<Data>): Promise<void> => {
      try {
        await handle({ id: job.id ?? '', data: job.data, attempt: job.attemptsMade });
      } catch (thrown) {
        // What it failed with is said by whoever handled it; a queue that cannot be written to must not hide it.
        const text = thrown instanceof Error ? thrown.message : '';
        await job.log(logLine(new Date(), text)).catch(() => undefined);
        throw thrown;
      }
    };
    const worker = build(
      (connection, backend) =>
        new Worker<Data>(
          nameOf(source),
          process,
          {
            connection,
            concurrency,
            lockDuration: 30_000,
            stalledInterval: 15_000,
            maxStalledCount: 100,
            settings: { backoffStrategy: (attempt, _, error) => backoffMs(attempt, error) },
          },
          ...([backend].filter(Boolean) as []),
        ),
    );
    // Blocked reads are cut off by closing; that is no trouble of the queue.
    worker.on('error', (error) => {
      if (worker.closing === undefined) onError(error.name);
    });
    return { close: () => worker.close() };
  };

  return {
    backend: store.redisUrl === undefined ? 'postgres' : 'redis',
    queue(source) {
      const known = queues.get(source) ?? openQueue<JobData>(source);
      queues.set(source, known);
      return known;
    },
    work: openWorker<JobData>,
    webhooks: {
      queue() {
        deliveries ??= openQueue<DeliveryJob>(webhookQueue);
        return deliveries;
      },
      work: (concurrency, handle, onError) => openWorker<DeliveryJob>(webhookQueue, concurrency, handle, onError),
    },
    async close() {
      await Promise.all(open.map((one) => one.close().catch(() => undefined)));
    },
  };
};
