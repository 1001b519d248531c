// What was said in the hub and waits to be journalised: read by the responsible unit (the one that owns the record it is
// about, as it is now) and the DPO, settled by the unit's confirmation or the DPO's release. Outlives the enrolment.
import { type BornKind, contentOfItem, forgetSettled } from './born.ts';
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';

/** So long a unit may take before it is reminded. */
export const journalPatienceMs = 14 * 24 * 3_600_000;

/** Whose list: a unit's person, or the DPO, who has everybody's. */
export type JournalReader = { readonly unit: string; readonly person: string } | 'dpo';

export interface JournalItem {
  readonly id: string;
  readonly record: string;
  readonly kind: BornKind;
  readonly citizen: string;
  readonly unit: string;
  readonly version: number;
  readonly saidAt: Date;
  readonly withdrawn: boolean;
  readonly ended: boolean;
  /** Does the record it was said in still live? */
  readonly living: boolean;
  readonly about: string | null;
  readonly aboutKind: string | null;
  readonly content: object;
}

interface Row extends Omit<JournalItem, 'content'> {
  readonly sealed: Buffer;
}

/** $1 DPO?, $2 the reader's unit, $3 the person. A vip record's words are for the people named on it. */
const waitingSql = `
  select j.id, b.record_id as record, b.kind, i.citizen_id as citizen, said_to.unit, j.version, j.said_at as "saidAt",
    b.withdrawn_at is not null as withdrawn, r.kind as "aboutKind", case when r.kind is not null then b.about_id end as about,
    not exists (select from enrolment e where e.citizen_id = i.citizen_id and e.ended_at is null) as ended,
    exists (select from record l where l.id = b.record_id) as living, j.content as sealed
  from journal_item j join born_record b on b.record_id = j.record_id join identity i on i.id = b.identity_id
  left join record_version r on r.record_id = b.about_id and r.citizen_id = i.citizen_id and r.valid_to = 'infinity'
  cross join lateral (select coalesce(r.owner_unit, b.unit_id) as unit, coalesce(r.sensitivity, b.sensitivity) as level,
    coalesce(r.named, b.named) as named) said_to
  where j.settled is null and ($1 or (said_to.level <> 'vip' or $3::text = any (said_to.named))
    and (said_to.unit = $2 or said_to.unit in (select u.unit_id from unit_above u
      where u.above_id = $2 and u.valid_from <= now() and u.valid_to > now())))`;

const parametersOf = (reader: JournalReader): readonly unknown[] =>
  reader === 'dpo' ? [true, null, null] : [false, reader.unit, reader.person];

const itemOf = (keys: KeyRing, { sealed, ...row }: Row): JournalItem => ({
  ...row,
  content: contentOfItem(keys, { id: row.id, content: sealed }),
});

export interface JournalPage {
  /** Only of this unit and those below. */
  readonly unit?: string;
  /** Only what was said before this instant. */
  readonly before?: Date;
  readonly after?: string;
  readonly limit: number;
}

/** Oldest first. */
export const waitingItems = async (
  db: Db,
  keys: KeyRing,
  reader: JournalReader,
  page: JournalPage,
): Promise<readonly JournalItem[]> => {
  const { rows } = await db.query<Row>(
    `${waitingSql}
       and ($4::text is null or said_to.unit = $4 or said_to.unit in (select u.unit_id from unit_above u
         where u.above_id = $4 and u.valid_from <= now() and u.valid_to > now()))
       and ($5::timestamptz is null or j.said_at < $5)
       and ($6::uuid is null or (j.said_at, j.id) > (select a.said_at, a.id from journal_item a where a.id = $6))
     order by j.said_at, j.id limit $7`,
    [...parametersOf(reader), page.unit ?? null, page.before ?? null, page.after ?? null, page.limit],
  );
  return rows.map((row) => itemOf(keys, row));
};

export interface WaitingUnit {
  readonly unit: string;
  readonly waiting: number;
  readonly late: number;
  /** All that is left of citizens whose enrolment has ended. */
  readonly ended: number;
  readonly oldest: Date;
}

/** How much each unit has not confirmed, and how much of it was said before `late`. Counts only. */
export const waitingPerUnit = async (db: Db, late: Date): Promise<readonly WaitingUnit[]> => {
  const { rows } = await db.query<WaitingUnit>(
    `select unit, count(*)::int as waiting, (count(*) filter (where "saidAt" < $4))::int as late,
       (count(*) filter (where ended))::int as ended, min("saidAt") as oldest
     from (${waitingSql}) item group by unit order by late desc, unit`,
    [...parametersOf('dpo'), late],
  );
  return rows;
};

/** One of this reader's, held until the transaction ends. */
export const lockItem = async (
  tx: Db,
  keys: KeyRing,
  reader: JournalReader,
  id: string,
): Promise<JournalItem | undefined> => {
  const { rows } = await tx.query<Row>(`${waitingSql} and j.id = $4::uuid for update of j`, [
    ...parametersOf(reader),
    id,
  ]);
  const row = rows[0];
  return row === undefined ? undefined : itemOf(keys, row);
};

/** Settles it: the hub keeps no second copy of what a journal has. When its record is gone already, nothing is kept. */
export const settleItem = async (
  tx: Db,
  keys: KeyRing,
  item: Pick<JournalItem, 'id' | 'record'>,
  how: { readonly as: 'confirmed' | 'released'; readonly by: string; readonly note: string },
): Promise<void> => {
  await tx.query(
    `update journal_item set content = '', settled = $2, settled_at = now(), settled_by = $3, note = $4 where id = $1`,
    [item.id, how.as, how.by, keys.encrypt(how.note, `journal_item_note:${item.id}`)],
  );
  await forgetSettled(tx, 'b.record_id = $1', item.record);
};
