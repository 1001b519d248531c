// What the log last knew of a person who reads: role, unit and organisation as their token said then. For questions about
// what somebody could see.
import type { Db } from './db.ts';

export interface KnownReader {
  readonly kind: string;
  readonly role: string | null;
  readonly organisation: string | null;
  readonly unit: string | null;
  readonly consumer: string | null;
}

/** As of their last entry at or before the instant; else of their first one after it. */
export const knownReader = async (db: Db, person: string, at: Date): Promise<KnownReader | undefined> => {
  const { rows } = await db.query<KnownReader>(
    `(select actor_kind as kind, role, organisation, unit, consumer from access_log where person = $1 and at <= $2 order by at desc limit 1)
     union all
     (select actor_kind, role, organisation, unit, consumer from access_log where person = $1 and at > $2 order by at limit 1)
     limit 1`,
    [person, at],
  );
  return rows[0];
};
