// Raises the least sensitivity of a kind's stored records: what the rules read, at once and from now on. What the records
// could be seen by until now stays as it was; texts, and whether they are encrypted, follow when the records come again.
import { type Pool, transaction } from './db.ts';
import { appendChanges } from './removal.ts';
import { holdPeople, lockPages } from './subjects.ts';

const raiseSql = `
  with raised as (
    update record set sensitivity = $3
    where source = $1 and source_kind = $2 and sensitivity_rank(sensitivity) < sensitivity_rank($3) returning id),
  closed as (
    update record_version v set valid_to = greatest(now(), v.valid_from) from raised
    where v.record_id = raised.id and v.valid_to = 'infinity' returning v.*)
  insert into record_version (record_id, citizen_id, identity_id, kind, domain, source, sensitivity, owner_unit, named,
    withheld, third_party_protected, about_id, valid_from)
  select record_id, citizen_id, identity_id, kind, domain, source, $3, owner_unit, named, withheld, third_party_protected,
    about_id, valid_to from closed
  returning record_id as id, citizen_id as citizen`;

/** @returns how many records are kept from more people than before. */
export const raiseSensitivity = (pool: Pool, source: string, kind: string, least: string): Promise<number> =>
  transaction(pool, async (tx) => {
    await holdPeople(tx);
    await lockPages(tx, source, kind);
    const { rows } = await tx.query<{ id: string; citizen: string }>(raiseSql, [source, kind, least]);
    const citizens = new Set(rows.map((row) => row.citizen));
    await appendChanges(
      tx,
      [...citizens].map((citizenId) => ({ citizenId, recordId: null, op: 'look' })),
    );
    return new Set(rows.map((row) => row.id)).size;
  });
