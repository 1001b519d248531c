// Adjustment requests that could concern a person: those they sent, and those that reached their unit or one below. Which of
// them they may see is the engine's to say.
import type { Db } from './db.ts';

export interface RequestCandidate {
  readonly record: string;
  readonly citizen: string;
}

/** Newest first, those that still live, after the one named. */
export const requestCandidates = async (
  db: Db,
  who: { readonly person: string; readonly unit: string | undefined },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<readonly RequestCandidate[]> => {
  const { rows } = await db.query<RequestCandidate>(
    `select b.record_id as record, i.citizen_id as citizen
     from born_record b join identity i on i.id = b.identity_id
     left join record_version r on r.record_id = b.about_id and r.citizen_id = i.citizen_id and r.valid_to = 'infinity'
     cross join lateral (select coalesce(r.owner_unit, b.unit_id) as unit) said_to
     where b.kind = 'request' and exists (select from record l where l.id = b.record_id)
       and (b.author_kind = 'professional' and b.author_person = $1 or said_to.unit = $2 or said_to.unit in (
         select u.unit_id from unit_above u where u.above_id = $2 and u.valid_from <= now() and u.valid_to > now()))
       and ($3::uuid is null or (b.written_at, b.record_id) < (select a.written_at, a.record_id from born_record a where a.record_id = $3))
     order by b.written_at desc, b.record_id desc limit $4`,
    [who.person, who.unit ?? null, page.after ?? null, page.limit],
  );
  return rows;
};
