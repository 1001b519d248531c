// Finding citizens: by the keyed hash of a number, and where a merged id lives on.
import type { Db } from './db.ts';

/** The living citizen a number belongs to. */
export const findCitizen = async (db: Db, numberHash: Buffer): Promise<string | undefined> => {
  const { rows } = await db.query<{ citizen_id: string }>({
    name: 'find-citizen',
    text: 'select citizen_id from identity where cpr_hash = $1',
    values: [numberHash],
  });
  return rows[0]?.citizen_id;
};

/** Is there such a citizen, and has a merge moved them to another id? Follows merges to the end. */
export const citizenRow = async (db: Db, id: string): Promise<{ readonly survivor?: string } | undefined> => {
  const { rows } = await db.query<{ id: string; depth: number }>({
    name: 'citizen-row',
    text: `with recursive lives(id, next, depth) as (
        select id, merged_into, 0 from citizen where id = $1
        union all
        select c.id, c.merged_into, l.depth + 1 from lives l join citizen c on c.id = l.next where l.depth < 16)
      select id, depth from lives where next is null`,
    values: [id],
  });
  const row = rows[0];
  if (row === undefined) return undefined;
  return row.depth === 0 ? {} : { survivor: row.id };
};
