// Whose journal a citizen's records are in: the topmost unit of each branch that owns some, since whoever works there sees
// what is below. For telling the citizen who sees something without being asked for.
import type { Db } from './db.ts';

export interface JournalUnit {
  readonly unit: string;
  /** It owns records about health: its people read as health staff. */
  readonly health: boolean;
  /** It is an organisation: only who is placed at its very top reads as it, not everybody below. */
  readonly whole: boolean;
}

/** @param records only what these are about is told */
export const journalUnits = async (db: Db, records: readonly string[]): Promise<readonly JournalUnit[]> => {
  const { rows } = await db.query<JournalUnit>({
    name: 'journal-units',
    text: `with owner as (
        select owner_unit as unit, bool_or(domain = 'health') as health from record_version
        where record_id = any($1::uuid[]) and valid_from <= now() and valid_to > now() and owner_unit is not null
        group by owner_unit),
      above as (select * from unit_above where valid_from <= now() and valid_to > now())
      select coalesce(top.unit, o.unit) as unit, bool_or(o.health) as health,
        bool_or(exists (select from above a where a.unit_id = o.unit and a.above_id = o.unit and a.above_type = 'organisation')
          and top.unit is null) as whole
      from owner o left join lateral (
        select u.above_id as unit from above u where u.unit_id = o.unit and u.above_type = 'unit'
        order by (select count(*) from above a where a.unit_id = u.above_id) limit 1) top on true
      group by 1 order by 1`,
    values: [records],
  });
  return rows;
};

/** Is the unit one of these, or below one? */
export const isWithin = async (db: Db, unit: string, units: readonly string[]): Promise<boolean> => {
  const { rows } = await db.query<{ within: boolean }>(
    `select $1 = any($2::text[]) or exists (select from unit_above
       where unit_id = $1 and above_id = any($2::text[]) and valid_from <= now() and valid_to > now()) as within`,
    [unit, units],
  );
  return rows[0]?.within === true;
};
