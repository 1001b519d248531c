// Held deletions as a page shows them: those that wait, what was decided lately, and what one of them would take away.
// Counts alone; whose records they are is nobody's business who decides.
import type { Db } from './db.ts';

export interface HeldView {
  readonly id: number;
  readonly source: string;
  readonly kind: string;
  readonly heldAt: Date;
  /** The last pull that found it. */
  readonly lastFoundAt: Date;
  /** Of the kind, or, where only looks at single citizens found it, of those citizens. */
  readonly stored: number;
  readonly missing: number;
  /** How often records have come to it. */
  readonly growth: number;
  /** Of its records: shown by the source again, and gone for good. */
  readonly returned: number;
  readonly removed: number;
  /** Only looks at single citizens found it. */
  readonly ofCitizens: boolean;
  /** `overtaken`: nothing is left of it, since the source shows its records again or too few are missing to be asked about. */
  readonly state: 'held' | 'approved' | 'overtaken';
  readonly decidedAt: Date | null;
  readonly decidedBy: string | null;
}

const columns = `id, source, kind, held_at as "heldAt", last_found_at as "lastFoundAt", stored, missing, growth, returned, removed, state,
  decided_at as "decidedAt", decided_by as "decidedBy",
  state = 'held' and not exists (select from held_part p where p.deletion_id = held_deletion.id and p.citizen_id is null) as "ofCitizens"`;

export const readHeld = async (db: Db, id: number): Promise<HeldView | undefined> =>
  (await db.query<HeldView>(`select ${columns} from held_deletion where id = $1`, [id])).rows[0];

/** Waiting ones first, as they came; then the latest decisions. */
export const heldViews = async (
  db: Db,
  source: string | undefined,
  decided = 20,
): Promise<{ readonly waiting: readonly HeldView[]; readonly decided: readonly HeldView[] }> => {
  const of = `($1::text is null or source = $1)`;
  const [waiting, past] = await Promise.all([
    db.query<HeldView>(`select ${columns} from held_deletion where state = 'held' and ${of} order by id`, [
      source ?? null,
    ]),
    db.query<HeldView>(
      `select ${columns} from held_deletion where state <> 'held' and ${of} order by decided_at desc nulls last, id desc limit $2`,
      [source ?? null, decided],
    ),
  ]);
  return { waiting: waiting.rows, decided: past.rows };
};

export interface HeldPreview {
  /** Records of the hub by what they are; the most first. */
  readonly entities: readonly { readonly entity: string; readonly count: number }[];
  /** How many citizens they are about. */
  readonly citizens: number;
  /** When the newest and the oldest of them was last seen at the source. */
  readonly oldest: Date | null;
  readonly newest: Date | null;
}

export const previewHeld = async (db: Db, id: number): Promise<HeldPreview> => {
  const ids = 'select unnest(record_ids) as id from held_part where deletion_id = $1';
  const [entities, people] = await Promise.all([
    db.query<{ entity: string; count: number; oldest: Date; newest: Date }>(
      `select r.entity, count(*)::int as count, min(r.observed_at) as oldest, max(r.observed_at) as newest
       from (${ids}) h join record r using (id) group by r.entity order by count(*) desc, r.entity`,
      [id],
    ),
    db.query<{ citizens: number }>(
      `select count(distinct c.citizen_id)::int as citizens from (${ids}) h cross join lateral (
         select citizen_id from record_version where record_id = h.id and valid_to = 'infinity'
         union select citizen_id from citizen_record where record_id = h.id) c`,
      [id],
    ),
  ]);
  const at = (all: readonly Date[]): readonly Date[] => all.toSorted((a, b) => a.getTime() - b.getTime());
  return {
    entities: entities.rows.map(({ entity, count }) => ({ entity, count })),
    citizens: people.rows[0]?.citizens ?? 0,
    oldest: at(entities.rows.map(({ oldest }) => oldest))[0] ?? null,
    newest: at(entities.rows.map(({ newest }) => newest)).at(-1) ?? null,
  };
};
