// Taking records out: content goes (body, links, identity), the closed versions that answer "who could see it then"
// stay. And the change entries that tell readers to look again.
import { endConsentsOf } from './consent-records.ts';
import type { Db } from './db.ts';
import { endRepresentationsOf } from './representations.ts';
import { forgetRetainedOf } from './retained.ts';

export interface Change {
  readonly citizenId: string;
  /** Absent: look at this citizen again. */
  readonly recordId: string | null;
  readonly op: 'created' | 'changed' | 'removed' | 'look';
}

interface SubjectPair {
  readonly record_id: string;
  readonly citizen_id: string;
}

/** One change per current subject of these records. */
export const inList = async (tx: Db, ids: readonly string[], op: Change['op']): Promise<readonly Change[]> => {
  if (ids.length === 0) return [];
  const { rows } = await tx.query<SubjectPair>(
    `select record_id, citizen_id from record_version where record_id = any($1::uuid[]) and valid_to = 'infinity'`,
    [ids],
  );
  return rows.map((row) => ({ citizenId: row.citizen_id, recordId: row.record_id, op }));
};

/** A link that appears or disappears with its target is a change of the record it comes from. */
export const neighbours = async (tx: Db, ids: readonly string[]): Promise<readonly Change[]> => {
  if (ids.length === 0) return [];
  const { rows } = await tx.query<{ from_id: string }>({
    name: 'links-to',
    text: 'select distinct from_id from link where to_id = any($1::uuid[])',
    values: [ids],
  });
  const own = new Set(ids);
  const around = rows.map((row) => row.from_id).filter((id) => !own.has(id));
  return inList(tx, around, 'changed');
};

/** Removes records with all their content. @returns what their readers must be told. */
export const removeRecords = async (tx: Db, ids: readonly string[]): Promise<readonly Change[]> => {
  if (ids.length === 0) return [];
  const { rows: closed } = await tx.query<SubjectPair>(
    `update record_version set valid_to = greatest(now(), valid_from) where record_id = any($1::uuid[]) and valid_to = 'infinity' returning record_id, citizen_id`,
    [ids],
  );
  const { rows: master } = await tx.query<SubjectPair>(
    'delete from citizen_record where record_id = any($1::uuid[]) returning record_id, citizen_id',
    [ids],
  );
  await tx.query(
    `update protection set superseded_at = now() where record_id = any($1::uuid[]) and superseded_at = 'infinity'`,
    [ids],
  );
  const represented = await endRepresentationsOf(tx, ids);
  const consented = await endConsentsOf(tx, ids);
  const around = await neighbours(tx, ids);
  await forgetRetainedOf(tx, ids);
  await tx.query('delete from link where from_id = any($1::uuid[])', [ids]);
  await tx.query('delete from record_body where record_id = any($1::uuid[])', [ids]);
  await tx.query('delete from record where id = any($1::uuid[])', [ids]);
  return [
    ...closed.map((row): Change => ({ citizenId: row.citizen_id, recordId: row.record_id, op: 'removed' })),
    ...master.map((row): Change => ({ citizenId: row.citizen_id, recordId: null, op: 'look' })),
    ...[...represented, ...consented].map((citizenId): Change => ({ citizenId, recordId: null, op: 'look' })),
    ...around,
  ];
};

/** Appends changes in commit order; must be the transaction's last statement. One row per (citizen, record). */
export const appendChanges = async (tx: Db, changes: readonly Change[]): Promise<void> => {
  if (changes.length === 0) return;
  const rank = { look: 0, changed: 1, created: 2, removed: 3 } as const;
  const unique = new Map<string, Change>();
  for (const change of changes) {
    const name = `${change.citizenId} ${change.recordId ?? ''}`;
    const known = unique.get(name);
    if (known === undefined || rank[change.op] > rank[known.op]) unique.set(name, change);
  }
  const list = [...unique.values()];
  await tx.query({
    name: 'append-changes',
    text: 'select append_changes($1::uuid[], $2::uuid[], $3::text[])',
    values: [list.map((c) => c.citizenId), list.map((c) => c.recordId), list.map((c) => c.op)],
  });
};
