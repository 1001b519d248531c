// Consumers as an operator looks at them: how far each has fetched, what has happened since, and what it was given that it
// has not come back from. Counts and instants; nothing about a citizen.
import type { Db } from './db.ts';

export interface Progress {
  readonly consumer: string;
  readonly knownSince: Date;
  /** Pages it has come back from, and pages it was given. */
  readonly acknowledged: number;
  readonly produced: number;
  /** The newest page that waits for its cursor. */
  readonly givenAt: Date | null;
  /** Its last long poll that ended with nothing to tell. */
  readonly polledAt: Date | null;
  /** Its cursor has come back at least once. */
  readonly started: boolean;
  /** Entries of the change log after its cursor, whomever they are about; no more than `mostBehind` are counted. */
  readonly behind: number;
  /** The oldest of them. */
  readonly behindSince: Date | null;
  /** Citizens it holds copies of; counted where one consumer is asked for. */
  readonly holds: number | null;
}

/** More are a backlog like any other, and counting them for every consumer would take a page its time. */
export const mostBehind = 1000;

/** Of all, or of one. */
export const readProgress = async (db: Db, consumer?: string): Promise<readonly Progress[]> => {
  const { rows } = await db.query<{ [K in keyof Progress]: Progress[K] }>(
    `select c.id as consumer, c.known_since as "knownSince", c.acknowledged, c.produced, c.polled_at as "polledAt",
       c.position is not null as started, p.at as "givenAt", coalesce(b.count, 0)::int as behind, b.since as "behindSince",
       h.count::int as holds
     from consumer c
     left join lateral (select max(produced_at) as at from consumer_page
       where consumer = c.id and page > c.acknowledged) p on true
     left join lateral (select count(*) as count, min(at) as since from (
       select at from change where position > c.position order by position limit $2) n) b on c.position is not null
     left join lateral (select count(*) as count from consumer_hold where consumer = c.id) h on $1::text is not null
     where $1::text is null or c.id = $1 order by c.id`,
    [consumer ?? null, mostBehind],
  );
  return rows;
};

export interface UseOfDay {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly requests: number;
  /** Citizens' data it was answered with. */
  readonly reads: number;
}

/** How one consumer used the feed, day by day, those on which it did not included; the oldest first. */
export const useByDay = async (db: Db, consumer: string, until: string, days: number): Promise<readonly UseOfDay[]> => {
  const { rows } = await db.query<{ [K in keyof UseOfDay]: UseOfDay[K] }>(
    `select d::date::text as day, coalesce(sum(u.requests), 0)::int as requests, coalesce(sum(u.reads), 0)::int as reads
     from generate_series($2::date - ($3::int - 1), $2::date, interval '1 day') d
     left join consumer_use u on u.consumer = $1 and u.day = d::date group by d order by d`,
    [consumer, until, days],
  );
  return rows;
};

export interface UseOfScope {
  readonly scope: string;
  readonly requests: number;
  readonly reads: number;
  readonly lastUsed: string;
}

/** What one consumer's requests were opened by, the most used first. */
export const useByScope = async (
  db: Db,
  consumer: string,
  until: string,
  days: number,
): Promise<readonly UseOfScope[]> => {
  const { rows } = await db.query<{ [K in keyof UseOfScope]: UseOfScope[K] }>(
    `select scope, sum(requests)::int as requests, sum(reads)::int as reads, max(day)::text as "lastUsed"
     from consumer_use where consumer = $1 and day > $2::date - $3::int and day <= $2::date
     group by scope order by requests desc, scope`,
    [consumer, until, days],
  );
  return rows;
};
