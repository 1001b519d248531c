// Who has asked about a citizen in some days, once each: what the log says of them last, how often, when. And what a log
// entry's records were: kind, domain, source; never what is in them.
import type { Db } from './db.ts';
import { aboutCitizen } from './find-log.ts';

export interface LogReader {
  readonly person: string;
  readonly kind: string;
  readonly role: string | null;
  readonly organisation: string | null;
  readonly unit: string | null;
  readonly consumer: string | null;
  readonly times: number;
  /** Answers that showed records. */
  readonly answered: number;
  readonly emergency: boolean;
  readonly first: Date;
  readonly last: Date;
}

export interface ReaderQuestion {
  readonly citizen: string;
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
  /** How the endpoint begins. */
  readonly endpoint?: string | undefined;
  readonly limit: number;
}

const latest = (column: string): string => `(array_agg(e.${column} order by e.at desc))[1]`;

/** Whoever asked last comes first. */
export const logReaders = async (db: Db, asked: ReaderQuestion): Promise<readonly LogReader[]> => {
  const { rows } = await db.query<{ [K in keyof LogReader]: LogReader[K] }>(
    `select e.person, ${latest('actor_kind')} as kind, ${latest('role')} as role,
       ${latest('organisation')} as organisation, ${latest('unit')} as unit, ${latest('consumer')} as consumer, count(*)::int as times,
       (count(*) filter (where cardinality(e.records) > 0))::int as answered, bool_or(e.emergency) as emergency,
       min(e.at) as first, max(e.at) as last
     from ${aboutCitizen} e where ($2::timestamptz is null or e.at >= $2) and ($3::timestamptz is null or e.at < $3)
       and ($5::text is null or starts_with(e.endpoint, $5))
     group by e.person order by max(e.at) desc, e.person limit $4`,
    [asked.citizen, asked.from ?? null, asked.to ?? null, asked.limit, asked.endpoint ?? null],
  );
  return rows;
};

export interface LoggedRecord {
  readonly id: string;
  readonly kind: string;
  readonly domain: string;
  readonly source: string;
  /** The hub holds it still. */
  readonly held: boolean;
}

/** As they last were. Of what has been erased nothing is left to say. */
export const loggedRecords = async (db: Db, ids: readonly string[]): Promise<readonly LoggedRecord[]> => {
  const { rows } = await db.query<{ [K in keyof LoggedRecord]: LoggedRecord[K] }>(
    `select distinct on (record_id) record_id as id, kind, domain, source, valid_to = 'infinity' as held
     from record_version where record_id = any($1::uuid[]) order by record_id, valid_to desc`,
    [ids],
  );
  return rows;
};
