// Ratings by who gave them: one person's of one Copenhagen day is one record with versions. The caller's transaction.
import { randomUUID } from 'node:crypto';
import type { Db } from './db.ts';
import type { Subject } from './subjects.ts';

export interface Rater {
  readonly kind: string;
  readonly person: string;
}

/** Today's rating of this person, begun or taken up again; two at once follow one another. */
export const claimRating = async (
  tx: Db,
  subject: Subject,
  rater: Rater,
  sensitivity: string,
  now: Date,
): Promise<{ readonly id: string; readonly version: number }> => {
  const { rows } = await tx.query<{ id: string; version: number }>(
    `insert into born_record (record_id, identity_id, kind, sensitivity, author_kind, author_person, written_at)
     values ($1, $2, 'rating', $3, $4, $5, $6)
     on conflict (identity_id, author_kind, author_person, (cast(timezone('Europe/Copenhagen', written_at) as date)))
       where kind = 'rating' and withdrawn_at is null
     do update set version = born_record.version + 1
     returning record_id as id, version`,
    [randomUUID(), subject.identityId, sensitivity, rater.kind, rater.person, now],
  );
  const [row = { id: '', version: 0 }] = rows;
  return row;
};

/** When this person last rated this citizen's course. */
export const lastRated = async (db: Db, citizenId: string, rater: Rater): Promise<Date | undefined> => {
  const { rows } = await db.query<{ written_at: Date }>(
    `select b.written_at from born_record b join identity i on i.id = b.identity_id
     where i.citizen_id = $1 and b.kind = 'rating' and b.withdrawn_at is null and b.author_kind = $2 and b.author_person = $3
     order by b.written_at desc limit 1`,
    [citizenId, rater.kind, rater.person],
  );
  return rows[0]?.written_at;
};
