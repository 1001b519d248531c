// The records of sources that told of consents: what they said, version by version, and its end when they are there no
// longer. A record's deletion, under the same guard as every other, ends what it said.
import { type ConsentRow, consentColumns, insertConsent } from './consents.ts';
import type { Db } from './db.ts';

/** A version, and whether it is the one in force. */
export type ToldVersion = ConsentRow & { readonly current: boolean };

/** Every version of what these records of a source said, by record, newest first; those in force are locked. */
export const toldBy = async (
  db: Db,
  recordIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ToldVersion[]>> => {
  if (recordIds.length === 0) return new Map();
  await db.query(
    `select from consent where source_record = any($1::uuid[]) and superseded_at = 'infinity' order by id for update`,
    [recordIds],
  );
  // Read after waiting for whoever held them: a citizen may just have withdrawn.
  const { rows } = await db.query<{ [K in keyof ToldVersion]: ToldVersion[K] }>(
    `select ${consentColumns}, superseded_at = 'infinity' as current from consent
     where source_record = any($1::uuid[]) order by id, version desc`,
    [recordIds],
  );
  return Map.groupBy(rows, (row) => row.source_record ?? '');
};

/** Ends what is in force of these. */
export const endAll = async (tx: Db, rows: readonly ConsentRow[], source: string): Promise<void> => {
  for (const row of rows)
    if (!row.withdrawn)
      await insertConsent(tx, { ...row, withdrawn: true, recorded_by: source, recorded_as: 'system' }, row.version);
};

/** Ends what these records said, which are there no longer. @returns the citizens concerned. */
export const endConsentsOf = async (tx: Db, recordIds: readonly string[]): Promise<readonly string[]> => {
  const { rows } = await tx.query<{ record_id: string }>(
    'delete from source_consent where record_id = any($1::uuid[]) returning record_id',
    [recordIds],
  );
  const versions = await toldBy(
    tx,
    rows.map((row) => row.record_id),
  );
  const inForce = [...versions.values()].flat().filter((row) => row.current && !row.withdrawn);
  for (const row of inForce) await endAll(tx, [row], row.source ?? 'samspil');
  return inForce.map((row) => row.citizen_id);
};

/** Forgets which records of sources told of a citizen's consents: what they said is ended or kept by whoever asks. */
export const forgetConsentRecords = async (tx: Db, citizenId: string): Promise<void> => {
  await tx.query(
    `with own as (delete from source_consent s using identity i where i.id = s.identity_id and i.citizen_id = $1 returning s.record_id)
     delete from record r using own where r.id = own.record_id
       and not exists (select from source_consent o join identity i on i.id = o.identity_id where o.record_id = r.id and i.citizen_id <> $1)`,
    [citizenId],
  );
};
