// How registered systems use the feed: counted in memory, added to the database every second, and the day's total read
// back, so that a quota holds across processes within about a second. A killed process loses at most that second.
import { type Clock, copenhagenDay } from '../clock.ts';
import type { Db } from './db.ts';

export interface ConsumerUse {
  /** One request, opened by this scope. */
  request(consumer: string, scope: string): void;
  /** So many citizens' data went out. */
  reads(consumer: string, scope: string, citizens: number): void;
  /** Citizens' data it was answered with today, as far as known. */
  readsToday(consumer: string): number;
  /** Writes what is counted and reads the day's totals. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

interface Count {
  readonly consumer: string;
  readonly day: string;
  readonly scope: string;
  requests: number;
  reads: number;
}

const everyMs = 1000;

export const createConsumerUse = (db: Db, clock: Clock): ConsumerUse => {
  let counts = new Map<string, Count>();
  let totals = new Map<string, number>();
  let totalsOf = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();
  const today = (): string => copenhagenDay(clock.now());

  const add = (consumer: string, scope: string, requests: number, reads: number): void => {
    const day = today();
    const key = JSON.stringify([consumer, day, scope]);
    const count = counts.get(key) ?? { consumer, day, scope, requests: 0, reads: 0 };
    count.requests += requests;
    count.reads += reads;
    counts.set(key, count);
    timer ??= setTimeout(() => void flush().catch(() => undefined), everyMs).unref();
  };

  const write = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const rows = [...counts.values()].sort((a, b) => (a.consumer + a.scope < b.consumer + b.scope ? -1 : 1));
    const taken = counts;
    counts = new Map();
    try {
      if (rows.length > 0)
        await db.query({
          name: 'add-consumer-use',
          text: `insert into consumer_use as u (consumer, day, scope, requests, reads)
            select * from unnest($1::text[], $2::date[], $3::text[], $4::bigint[], $5::bigint[])
            on conflict (consumer, day, scope) do update
            set requests = u.requests + excluded.requests, reads = u.reads + excluded.reads`,
          values: [
            rows.map((row) => row.consumer),
            rows.map((row) => row.day),
            rows.map((row) => row.scope),
            rows.map((row) => row.requests),
            rows.map((row) => row.reads),
          ],
        });
    } catch (error) {
      // What could not be written is counted again; a quota must not be had by a database that was away.
      for (const [key, count] of taken) {
        const now = counts.get(key);
        if (now === undefined) counts.set(key, count);
        else {
          now.requests += count.requests;
          now.reads += count.reads;
        }
      }
      throw error;
    }
    const day = today();
    const { rows: sums } = await db.query<{ consumer: string; reads: number }>({
      name: 'consumer-reads-today',
      text: 'select consumer, sum(reads)::bigint as reads from consumer_use where day = $1 group by consumer',
      values: [day],
    });
    totals = new Map(sums.map((row) => [row.consumer, Number(row.reads)]));
    totalsOf = day;
  };

  const flush = (): Promise<void> => {
    writing = writing.then(write, write);
    return writing;
  };

  return {
    request: (consumer, scope) => add(consumer, scope, 1, 0),
    reads: (consumer, scope, citizens) => add(consumer, scope, 0, citizens),
    readsToday(consumer) {
      const day = today();
      let reads = totalsOf === day ? (totals.get(consumer) ?? 0) : 0;
      for (const count of counts.values()) if (count.consumer === consumer && count.day === day) reads += count.reads;
      return reads;
    },
    flush,
    async close() {
      await flush().catch(() => undefined);
      clearTimeout(timer);
      timer = undefined;
    },
  };
};

/** Makes consumers known from now on. */
export const registerConsumers = async (db: Db, ids: readonly string[]): Promise<void> => {
  await db.query('insert into consumer (id) select unnest($1::text[]) on conflict do nothing', [ids]);
};

export interface UsedBy {
  readonly consumer: string;
  readonly knownSince: Date;
  /** `YYYY-MM-DD`. */
  readonly lastUsed: string | null;
  readonly readsToday: number;
  /** Scopes that opened something in the last 30 days. */
  readonly scopes: readonly string[];
}

export const usedDays = 30;

/** What is known of how each consumer used the feed. */
export const consumerUse = async (db: Db, day: string): Promise<ReadonlyMap<string, UsedBy>> => {
  const { rows } = await db.query<{ [K in keyof UsedBy]: UsedBy[K] }>(
    `select c.id as consumer, c.known_since as "knownSince", u.last_used as "lastUsed",
       coalesce(u.today, 0)::int as "readsToday", coalesce(u.scopes, '{}') as scopes
     from consumer c left join lateral (
       select max(day)::text as last_used, sum(reads) filter (where day = $1::date) as today,
         array_agg(distinct scope) filter (where day > $1::date - $2::int) as scopes
       from consumer_use where consumer = c.id) u on true`,
    [day, usedDays],
  );
  return new Map(rows.map((row) => [row.consumer, row]));
};

/** Of the scopes a consumer may use, those it has not used for 30 days, once it has been known for as long. */
export const unusedScopes = (
  used: UsedBy | undefined,
  scopes: readonly string[] | undefined,
  now: Date,
): readonly string[] => {
  if (used === undefined || scopes === undefined) return [];
  const known = now.getTime() - used.knownSince.getTime() >= usedDays * 86_400_000;
  return known ? scopes.filter((scope) => !used.scopes.includes(scope)) : [];
};
