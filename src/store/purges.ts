// What consumers owe: confirmations of deletions they were told of, and fetching what may hold one. A consumer that never
// comes back is told of nothing, so what happened to citizens it holds copies of counts as owed from then on.
import type { Db, Pool, Tx } from './db.ts';
import { transaction } from './db.ts';

export interface Owed {
  readonly consumer: string;
  /** Records it was told to delete and has not confirmed, and of how many citizens. */
  readonly records: number;
  readonly citizens: number;
  readonly toldSince: Date | null;
  /** Something happened to citizens it holds copies of, and it has not fetched it. */
  readonly behindSince: Date | null;
  readonly remindedAt: Date | null;
  readonly reminders: number;
}

const owedSql = `select c.id as consumer, coalesce(p.records, 0)::int as records, coalesce(p.citizens, 0)::int as citizens,
    p.since as "toldSince", b.at as "behindSince", r.at as "remindedAt", coalesce(r.count, 0)::int as reminders
  from consumer c
  left join lateral (select count(*) as records, count(distinct citizen_id) as citizens, min(told_at) as since
    from purge where consumer = c.id and confirmed_at is null) p on true
  left join lateral (select h.at from change h where h.position > coalesce(c.position, 0)
    and exists (select from consumer_hold k where k.consumer = c.id and k.citizen_id = h.citizen_id)
    order by h.position limit 1) b on true
  left join lateral (select max(at) as at, count(*) as count from purge_reminder
    where consumer = c.id and at >= least(p.since, b.at)) r on true
  order by c.id`;

/** What every consumer owes. */
export const owedByConsumers = async (db: Db): Promise<readonly Owed[]> => {
  const { rows } = await db.query<{ [K in keyof Owed]: Owed[K] }>(owedSql);
  return rows;
};

/** Since when something is owed; undefined when nothing is. */
export const owedSince = ({ toldSince, behindSince }: Owed): Date | undefined =>
  [toldSince, behindSince].filter((at) => at !== null).sort((a, b) => a.getTime() - b.getTime())[0];

export interface PurgeReminder {
  readonly consumer: string;
  readonly records: number;
  readonly owedSince: Date;
  /** When it must have been confirmed. */
  readonly dueBy: Date;
  readonly overdue: boolean;
}

/**
 * Reminds whoever has owed something for half of the deadline, and again after each half. `send` is called in the
 * transaction that records the reminder: what it writes goes out exactly when the reminder counts.
 */
export const remindOfPurges = (
  pool: Pool,
  deadlineMs: number,
  now: Date,
  send: (tx: Tx, reminder: PurgeReminder) => Promise<void> = async () => undefined,
): Promise<readonly PurgeReminder[]> =>
  transaction(pool, async (tx) => {
    // One process reminds at a time; whoever comes second finds it done.
    await tx.query('select pg_advisory_xact_lock(7265742)');
    const sent: PurgeReminder[] = [];
    for (const owed of await owedByConsumers(tx)) {
      const since = owedSince(owed);
      if (since === undefined) continue;
      const last = Math.max(since.getTime(), owed.remindedAt?.getTime() ?? 0);
      if (now.getTime() - last < deadlineMs / 2) continue;
      const dueBy = new Date(since.getTime() + deadlineMs);
      const overdue = now >= dueBy;
      const reminder = { consumer: owed.consumer, records: owed.records, owedSince: since, dueBy, overdue };
      await tx.query(
        'insert into purge_reminder (consumer, at, records, owed_since, overdue) values ($1, $2, $3, $4, $5)',
        [owed.consumer, now, owed.records, since, overdue],
      );
      await send(tx, reminder);
      sent.push(reminder);
    }
    return sent;
  });

/** What a consumer was told to delete by one page. */
export interface PurgeBatch {
  readonly page: number;
  readonly toldAt: Date;
  /** Null: something of it is not confirmed. */
  readonly confirmedAt: Date | null;
  readonly records: number;
  readonly citizens: number;
}

/** Newest first; confirmed ones for as long as they are kept. `after`: told before that page. */
export const purgeBatches = async (
  db: Db,
  consumer: string,
  { after, limit }: { readonly after?: number | undefined; readonly limit: number },
): Promise<readonly PurgeBatch[]> => {
  const { rows } = await db.query<{ [K in keyof PurgeBatch]: PurgeBatch[K] }>(
    `select page, min(told_at) as "toldAt", case when bool_and(confirmed_at is not null) then max(confirmed_at) end as "confirmedAt",
       count(*)::int as records, count(distinct citizen_id)::int as citizens
     from purge where consumer = $1 and ($2::bigint is null or page < $2) group by page order by page desc limit $3`,
    [consumer, after ?? null, limit],
  );
  return rows;
};

export interface PastReminder {
  readonly at: Date;
  readonly records: number;
  readonly owedSince: Date;
  readonly overdue: boolean;
}

/** Newest first. */
export const remindersOf = async (db: Db, consumer: string, limit: number): Promise<readonly PastReminder[]> => {
  const { rows } = await db.query<{ [K in keyof PastReminder]: PastReminder[K] }>(
    `select at, records, owed_since as "owedSince", overdue from purge_reminder
     where consumer = $1 order by at desc limit $2`,
    [consumer, limit],
  );
  return rows;
};
