// What the log last knew of a person who reads: role, unit and organisation as their token said then, and of whoever reads
// in person which citizen they are and by which number they represent. For questions about what somebody could see.
import type { Db } from './db.ts';

export interface KnownReader {
  readonly kind: string;
  readonly role: string | null;
  readonly organisation: string | null;
  readonly unit: string | null;
  readonly consumer: string | null;
  /** The hub citizen they were. */
  readonly citizen: string | null;
  /** Keyed hash of their number. */
  readonly numberHash: Buffer | null;
}

const columns = 'actor_kind as kind, role, organisation, unit, consumer, actor_citizen as citizen';

/** Number hashes of a person: of representations they were shown something by, and of the citizens they read as. */
const numbersSql = `select r.representative as hash from access_log l cross join unnest(l.bases) as said
    join representation r on r.id = substring(said from 'representation:([0-9a-f-]{36}):')::uuid
    where l.person = $1 and l.actor_kind in ('citizen', 'representative') and said like '%representation:%'
  union
  select i.cpr_hash from access_log l join identity i on i.citizen_id = l.actor_citizen
    where l.person = $1 and l.actor_kind in ('citizen', 'representative')`;

export const numbersOfReader = async (db: Db, person: string): Promise<readonly Buffer[]> => {
  const { rows } = await db.query<{ hash: Buffer }>(numbersSql, [person]);
  return rows.map((row) => row.hash);
};

/**
 * As of their last entry at or before the instant; else of their first one after it. The log keeps no number of whoever
 * reads: it is that of a representation they once were shown something by, else their own as a citizen.
 */
export const knownReader = async (db: Db, person: string, at: Date): Promise<KnownReader | undefined> => {
  const { rows } = await db.query<KnownReader>(
    `with known as (
       (select ${columns} from access_log where person = $1 and at <= $2 order by at desc limit 1)
       union all
       (select ${columns} from access_log where person = $1 and at > $2 order by at limit 1)
       limit 1)
     select k.*, case when k.kind in ('citizen', 'representative') then coalesce(
         (select r.representative from access_log l cross join unnest(l.bases) as said
          join representation r on r.id = substring(said from 'representation:([0-9a-f-]{36}):')::uuid
          where l.person = $1 and said like '%representation:%' limit 1),
         (select i.cpr_hash from identity i where i.citizen_id = k.citizen order by i.former, i.id desc limit 1)) end as "numberHash"
     from known k`,
    [person, at],
  );
  return rows[0];
};
