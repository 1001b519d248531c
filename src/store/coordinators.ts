// The coordinating contacts appointed in the hub, as rows: whose they are and who stands for what. What a contact says is its
// record.
import type { Db } from './db.ts';

/** One appointment of a citizen's at a time; until the transaction ends. */
export const lockCoordinators = async (tx: Db, citizenId: string): Promise<void> => {
  await tx.query('select pg_advisory_xact_lock(7265750, hashtext($1))', [citizenId]);
};

/** Those appointed for a citizen whose records live. */
export const coordinatorIds = async (db: Db, citizenId: string): Promise<readonly string[]> => {
  const { rows } = await db.query<{ id: string }>(
    `select b.record_id as id from born_record b join identity i on i.id = b.identity_id
     where i.citizen_id = $1 and b.kind = 'contact' and b.withdrawn_at is null
       and exists (select from record r where r.id = b.record_id) order by b.written_at, b.record_id`,
    [citizenId],
  );
  return rows.map((row) => row.id);
};

export interface Appointed {
  /** The person's own id. */
  readonly person: string | undefined;
  readonly byUnit: string;
  readonly at: Date;
}

/** By record. */
export const appointments = async (db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Appointed>> => {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<{ id: string; person: string | null; unit_id: string; written_at: Date }>(
    `select b.record_id as id, v.named[1] as person, b.unit_id, b.written_at from born_record b
     join record_version v on v.record_id = b.record_id and v.valid_to = 'infinity' where b.record_id = any($1::uuid[])`,
    [ids],
  );
  return new Map(
    rows.map((row) => [row.id, { person: row.person ?? undefined, byUnit: row.unit_id, at: row.written_at }]),
  );
};
