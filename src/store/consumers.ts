// Consumers and what they were told: pages until their cursor comes back, and deletions until they are confirmed.
// A page counts as received only then; whatever was produced beside it is dropped.
import { type Db, type Pool, transaction } from './db.ts';

export interface ConsumerRow {
  readonly acknowledged: number;
  readonly produced: number;
}

/** Registers the consumer if need be and locks its row: one page of one consumer at a time. */
export const lockConsumer = async (tx: Db, id: string): Promise<ConsumerRow> => {
  await tx.query('insert into consumer (id) values ($1) on conflict do nothing', [id]);
  const { rows } = await tx.query<{ acknowledged: number; produced: number }>(
    'select acknowledged, produced from consumer where id = $1 for update',
    [id],
  );
  return rows[0] ?? { acknowledged: 0, produced: 0 };
};

/** How far a cursor is that came back. */
export interface CameBack {
  readonly page: number;
  readonly position: number;
  readonly walked: string | undefined;
  /** As whom, and with which fields, it was read. */
  readonly reader: Buffer;
}

/** Takes a page's cursor for received. @returns false when the page is not among those that wait for it. */
export const acknowledge = async (tx: Db, consumer: string, cursor: CameBack): Promise<boolean> => {
  const { rows } = await tx.query<{ known: boolean }>('select acknowledge_page($1, $2::bigint) as known', [
    consumer,
    cursor.page,
  ]);
  if (rows[0]?.known !== true) return false;
  await proveProgress(tx, consumer, cursor);
  return true;
};

/** Notes how far a cursor is that came back. */
export const proveProgress = async (tx: Db, consumer: string, cursor: CameBack): Promise<void> => {
  await tx.query({
    name: 'prove-progress',
    text: 'update consumer set position = $2, walked = $3, reader = $4 where id = $1',
    values: [consumer, cursor.position, cursor.walked ?? null, cursor.reader],
  });
};

/** How far it has proven to be; undefined before its first page came back. */
export const provenProgress = async (db: Db, consumer: string): Promise<CameBack | undefined> => {
  const { rows } = await db.query<{ page: number; position: number; walked: string | null; reader: Buffer }>(
    'select acknowledged as page, position, walked, reader from consumer where id = $1 and position is not null',
    [consumer],
  );
  const [row] = rows;
  return row === undefined ? undefined : { ...row, walked: row.walked ?? undefined };
};

/** What one page tells: a mark per record, or null for removed. Later entries of a record win. */
export interface Told {
  readonly citizen: string;
  readonly record: string;
  readonly mark: Buffer | null;
}

/** Takes over new marks of what the consumer would find unchanged: nothing is told, so nothing has to come back. */
export const holdQuietly = async (tx: Db, consumer: string, told: readonly Told[]): Promise<void> => {
  await tx.query({
    name: 'hold-told',
    text: 'select hold_told($1, $2::uuid[], $3::uuid[], $4::bytea[])',
    values: [consumer, ...columnsOf(told)],
  });
};

const columnsOf = (
  told: readonly Told[],
): readonly [readonly string[], readonly string[], readonly (Buffer | null)[]] => [
  told.map((one) => one.citizen),
  told.map((one) => one.record),
  told.map((one) => one.mark),
];

/** At most so many pages wait for their cursor; the oldest are dropped. */
const mostWaiting = 32;

/** Keeps a produced page until its cursor comes back. @returns its number. */
export const keepPage = async (
  tx: Db,
  consumer: string,
  page: {
    readonly opensSnapshot: boolean;
    readonly told: readonly Told[];
    /** The page it is built upon. */
    readonly prior: number;
  },
): Promise<number> => {
  const { rows } = await tx.query<{ produced: number }>(
    'update consumer set produced = produced + 1 where id = $1 returning produced',
    [consumer],
  );
  const number = rows[0]?.produced ?? 1;
  await tx.query({
    name: 'keep-page',
    text: `insert into consumer_page (consumer, page, opens_snapshot, citizens, records, marks, prior)
      values ($1, $2, $3, $4::uuid[], $5::uuid[], $6::bytea[], $7)`,
    values: [consumer, number, page.opensSnapshot, ...columnsOf(page.told), page.prior],
  });
  await tx.query(
    `delete from consumer_page where consumer = $1 and page <= (
       select page from consumer_page where consumer = $1 order by page desc offset $2 limit 1)`,
    [consumer, mostWaiting],
  );
  return number;
};

/** A long poll that ended with nothing to tell. */
export const countEmptyPoll = async (db: Db, consumer: string): Promise<void> => {
  await db.query({
    name: 'count-empty-poll',
    text: 'update consumer set empty_polls = empty_polls + 1, polled_at = now() where id = $1',
    values: [consumer],
  });
};

/**
 * "We deleted what you told us to", up to and including a page. A page that still waits is thereby received.
 * @returns false when the page is neither received nor waiting.
 */
export const confirmPurges = async (pool: Pool, consumer: string, cursor: CameBack): Promise<boolean> =>
  transaction(pool, async (tx) => {
    const row = await lockConsumer(tx, consumer);
    if (cursor.page > row.acknowledged && !(await acknowledge(tx, consumer, cursor))) return false;
    await tx.query(
      'update purge set confirmed_at = now() where consumer = $1 and page <= $2 and confirmed_at is null',
      [consumer, cursor.page],
    );
    return true;
  });

export interface UnconfirmedPurge {
  readonly consumer: string;
  readonly citizenId: string;
  readonly records: number;
  /** When the oldest of them was told. */
  readonly toldAt: Date;
}

/** Who was told to delete and has not said that they did, oldest first. */
export const unconfirmedPurges = async (db: Db): Promise<readonly UnconfirmedPurge[]> => {
  const { rows } = await db.query<{ [K in keyof UnconfirmedPurge]: UnconfirmedPurge[K] }>(
    `select consumer, citizen_id as "citizenId", count(*)::int as records, min(told_at) as "toldAt"
     from purge where confirmed_at is null group by consumer, citizen_id order by min(told_at), consumer, citizen_id`,
  );
  return rows;
};
