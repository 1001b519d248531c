// Whom a change would reach: which consumers hold these records now, of how many citizens, and how many they hold anything of.
import type { Db } from './db.ts';

export interface ConsumerReach {
  readonly consumer: string;
  /** Of the records that would change or go, so many are held. */
  readonly records: number;
  readonly citizens: number;
  /** Citizens concerned of whom it holds anything: it could hear of new records. */
  readonly follows: number;
}

/** @param held ids under which readers hold what changes; @param citizens everybody it is about. */
export const reachOf = async (
  db: Db,
  held: readonly string[],
  citizens: readonly string[],
): Promise<readonly ConsumerReach[]> => {
  const { rows } = await db.query<ConsumerReach>(
    `with own as materialized (select consumer, citizen_id, records from consumer_hold where citizen_id = any($2::uuid[])),
     wanted as materialized (select unnest($1::uuid[]) as id)
     select o.consumer, count(distinct o.citizen_id)::int as follows,
       count(distinct (o.citizen_id, w.id)) filter (where w.id is not null)::int as records,
       count(distinct o.citizen_id) filter (where w.id is not null)::int as citizens
     from own o left join lateral unnest(o.records) as r(id) on true left join wanted w on w.id = r.id
     group by o.consumer order by o.consumer`,
    [held, citizens],
  );
  return rows;
};
