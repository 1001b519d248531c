// Reading the access log about one citizen, newest first: also entries about numbers and ids that became this citizen,
// and look-ups of the citizen's numbers that found nothing they might see.
import type { Db } from './db.ts';
import { entryColumns, type StoredEntry } from './log-entry.ts';

export interface LoggedEntry extends StoredEntry {
  /** Place in the sealed chain; null until sealed. */
  readonly number: number | null;
  /** Display names of the actor's unit and organisation. */
  readonly unit_name: string | null;
  readonly organisation_name: string | null;
  /** Those of `records` that are not withheld from the citizen. */
  readonly open_records: readonly string[];
}

export interface LogPage {
  /** The `next` of the page before. */
  readonly after?: string;
  readonly limit: number;
  /** Only entries about one of these records, or by this representative. */
  readonly only?: { readonly records: readonly string[]; readonly person: string };
  readonly filter?: LogFilter;
}

export interface LogFilter {
  readonly from?: Date;
  /** Exclusive. */
  readonly to?: Date;
  readonly organisation?: string;
  /** Not what the citizen read themselves. */
  readonly others?: boolean;
}

const filtered = `($6::timestamptz is null or a.at >= $6) and ($7::timestamptz is null or a.at < $7)
           and ($8::text is null or a.organisation = $8) and (not $9 or a.actor_citizen is distinct from $1)`;

const nameOf = (column: string): string =>
  `(select u.name from unit_version u where u.unit_id = e.${column} order by u.valid_to desc, u.valid_from desc limit 1)`;

export const logOf = async (db: Db, citizenId: string, page: LogPage): Promise<readonly LoggedEntry[]> => {
  const { rows } = await db.query<{ [K in keyof LoggedEntry]: LoggedEntry[K] }>({
    name: 'access-log-of',
    text: `with own as materialized (
        select coalesce(array_agg(id), '{}') as ids from citizen where id = $1 or merged_into = $1),
      numbers as materialized (
        select coalesce(array_agg(cpr_hash), '{}') as hashes from identity where citizen_id = $1),
      page as materialized (
        (select a.* from access_log a, own where a.citizen_id = any(own.ids) and a.id < coalesce($2, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
           and ${filtered} and ($4::uuid[] is null or a.records && $4 or (a.actor_kind = 'representative' and a.person = $5))
         order by a.id desc limit $3)
        union all
        (select a.* from access_log a, numbers where $4 is null and a.number_hash = any(numbers.hashes) and a.citizen_id is null
           and ${filtered} and a.id < coalesce($2, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
         order by a.id desc limit $3)
        order by id desc limit $3)
      select ${entryColumns}, s.number, ${nameOf('unit')} as unit_name, ${nameOf('organisation')} as organisation_name,
        array(select r from unnest(e.records) r where exists (
            select from record_version v, own where v.record_id = r and v.citizen_id = any(own.ids))
          and not exists (select from record_version v, own where v.record_id = r and v.citizen_id = any(own.ids) and v.withheld
            and v.valid_to = (select max(l.valid_to) from record_version l, own where l.record_id = r and l.citizen_id = any(own.ids)))
        ) as open_records
      from page e left join log_seal s on s.entry_id = e.id order by e.id desc`,
    values: [
      ...[citizenId, page.after ?? null, page.limit, page.only?.records ?? null, page.only?.person ?? null],
      ...[page.filter?.from ?? null, page.filter?.to ?? null, page.filter?.organisation ?? null],
      page.filter?.others === true,
    ],
  });
  return rows;
};
