// Under which other ids the records of a citizen's numbers were at an instant: before a merge, or before a split.
import type { Db } from './db.ts';

export interface HeldUnder {
  readonly citizen: string;
  readonly record: string;
}

export const heldUnder = async (db: Db, citizen: string, at: Date): Promise<readonly HeldUnder[]> => {
  // The few ids it can be are looked up first: versions are found by citizen, not by number.
  const { rows } = await db.query<HeldUnder>(
    `with own as (select id, home_id from identity where citizen_id = $1),
     former as (
       select home_id as id from own
       union select m.kept from merge_log m join own on own.home_id = m.other)
     select v.citizen_id as citizen, v.record_id as record
     from former f cross join lateral (select * from record_version r
       where r.citizen_id = f.id and r.valid_from <= $2 and r.valid_to > $2 offset 0) v
     where f.id <> $1 and v.identity_id in (select id from own)`,
    [citizen, at],
  );
  return rows;
};
