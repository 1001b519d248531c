// Reading the change log. Order is commit order, so nothing ever appears at or before a position that has been read.
// Starts and ends that fell due are written by whoever reads next; old rows go, and the log remembers up to where.
import { type Db, type Pool, transaction } from './db.ts';

export interface ChangeBatch {
  /** The last position read; the one asked after when there was nothing. */
  readonly reached: number;
  readonly rows: number;
  /** Citizens this consumer could have something to hear of, ascending. */
  readonly citizens: readonly string[];
}

/** The next rows after a position, as seen by one consumer. `grantKeys`: the recipients that name it. */
export const changesAfter = async (
  db: Db,
  consumer: string,
  grantKeys: readonly string[],
  position: number,
  most: number,
): Promise<ChangeBatch> => {
  const { rows } = await db.query<{ reached: number | null; rows_read: number; citizens: string[] | null }>({
    name: 'change-citizens',
    text: 'select reached, rows_read, citizens from change_citizens($1, $2::text[], $3::bigint, $4::int)',
    values: [consumer, grantKeys, position, most],
  });
  const [row] = rows;
  return { reached: row?.reached ?? position, rows: row?.rows_read ?? 0, citizens: row?.citizens ?? [] };
};

/** Where the log ends now, and up to where it has been pruned. */
export const logBounds = async (db: Db): Promise<{ readonly last: number; readonly prunedTo: number }> => {
  const { rows } = await db.query<{ last: number; pruned_to: number }>({
    name: 'change-bounds',
    text: `select pruned_to, coalesce((select position from change order by position desc limit 1), pruned_to) as last
      from change_horizon`,
  });
  return { last: rows[0]?.last ?? 0, prunedTo: rows[0]?.pruned_to ?? 0 };
};

/** Writes starts and ends that fell due. Its own transaction: the log's lock is never held while something is read. */
export const writeFellDue = async (pool: Pool): Promise<void> => {
  await pool.query({ name: 'write-fell-due', text: 'select write_fell_due()' });
};

const chunk = 10_000;

/**
 * Takes out change rows older than the retention, with pages nobody fetched and deletions confirmed that long ago.
 * Whoever has not read up to there must start again. @returns how many change rows went.
 */
export const pruneChanges = async (pool: Pool, retentionMs: number): Promise<number> => {
  let gone = 0;
  for (;;) {
    const count = await transaction(pool, async (tx) => {
      const { rows } = await tx.query<{ last: number | null; count: number }>(
        `with old as (
           delete from change where position in (
             select position from (select position, at from change order by position limit $2) first
             where at < now() - $1 * interval '1 millisecond')
           returning position)
         select max(position) as last, count(*)::int as count from old`,
        [retentionMs, chunk],
      );
      const { last, count: deleted } = rows[0] ?? { last: null, count: 0 };
      if (last !== null) await tx.query('update change_horizon set pruned_to = greatest(pruned_to, $1)', [last]);
      return deleted;
    });
    gone += count;
    if (count < chunk) break;
  }
  const old = `< now() - $1 * interval '1 millisecond'`;
  await pool.query(`delete from consumer_page where produced_at ${old}`, [retentionMs]);
  await pool.query(`delete from purge where confirmed_at ${old}`, [retentionMs]);
  return gone;
};
