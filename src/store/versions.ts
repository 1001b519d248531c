// Versions of what decides visibility: one row per record and subject. What differs is closed and written anew, so
// "what could X see on date D" can be answered; a record that moved to other citizens is removed here and created there.
import { endConsents } from './consents.ts';
import type { Db } from './db.ts';
import type { NewRecord, PageOfRecords } from './records.ts';
import type { Change } from './removal.ts';

const separator = '\u001f';

/** Columns of the wanted versions, one element per (record, subject). */
const wanted = (records: readonly NewRecord[]): readonly unknown[][] => {
  const rows = records.flatMap((record) => record.subjects.map((subject) => ({ record, ...subject })));
  return [
    rows.map((r) => r.record.id),
    rows.map((r) => r.subject.citizenId),
    rows.map((r) => r.subject.identityId),
    rows.map((r) => r.record.entity),
    rows.map((r) => r.record.domain),
    rows.map((r) => r.record.sensitivity),
    rows.map((r) => r.record.ownerUnit ?? null),
    rows.map((r) => r.record.named.join(separator)),
    rows.map((r) => r.withheld),
    rows.map((r) => r.record.thirdPartyProtected),
  ];
};

const wantedSql = `unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::boolean[], $11::boolean[])
  as w(record_id, citizen_id, identity_id, kind, domain, sensitivity, owner_unit, named, withheld, third_party_protected)`;

interface ClosedRow {
  readonly record_id: string;
  readonly citizen_id: string;
}

const close = async (
  tx: Db,
  source: string,
  ids: readonly string[],
  columns: readonly unknown[][],
): Promise<readonly ClosedRow[]> => {
  const { rows } = await tx.query<ClosedRow>(
    `update record_version v set valid_to = greatest(now(), v.valid_from)
     where v.record_id = any($12::uuid[]) and v.valid_to = 'infinity' and not exists (
       select from ${wantedSql} where w.record_id = v.record_id and w.citizen_id = v.citizen_id and w.identity_id = v.identity_id
         and w.domain = v.domain and w.sensitivity = v.sensitivity and w.owner_unit is not distinct from v.owner_unit
         and string_to_array(w.named, '${separator}') = v.named and w.withheld = v.withheld and w.third_party_protected = v.third_party_protected
         and v.source = $1)
     returning record_id, citizen_id`,
    [source, ...columns, ids],
  );
  return rows;
};

const open = async (tx: Db, source: string, columns: readonly unknown[][]): Promise<void> => {
  await tx.query({
    name: 'open-versions',
    text: `insert into record_version (record_id, citizen_id, identity_id, kind, domain, source, sensitivity, owner_unit, named, withheld, third_party_protected, valid_from)
     select record_id, citizen_id, identity_id, kind, domain, $1, sensitivity, owner_unit, string_to_array(named, '${separator}'), withheld, third_party_protected, now()
     from ${wantedSql}
     on conflict (record_id, citizen_id) where valid_to = 'infinity' do nothing`,
    values: [source, ...columns],
  });
};

/** Grants for a single record end when it moves to other citizens. */
const endRecordGrants = async (tx: Db, moved: readonly ClosedRow[]): Promise<void> => {
  if (moved.length === 0) return;
  const { rows } = await tx.query<{ id: string }>(
    `select c.id from consent c join unnest($1::uuid[], $2::uuid[]) as m(record_id, citizen_id) on c.record_id = m.record_id and c.citizen_id = m.citizen_id
     where c.decision = 'grant' and c.superseded_at = 'infinity' and not c.withdrawn`,
    [moved.map((m) => m.record_id), moved.map((m) => m.citizen_id)],
  );
  await endConsents(
    tx,
    rows.map((row) => row.id),
    'the record moved to another citizen',
  );
};

const writeMaster = async (tx: Db, page: PageOfRecords, records: readonly NewRecord[]): Promise<readonly Change[]> => {
  if (records.length === 0) return [];
  const ids = records.map((r) => r.id);
  const rows = records.flatMap((record) => record.subjects.map(({ subject }) => ({ record, subject })));
  const { rows: before } = await tx.query<{ citizen_id: string }>(
    'delete from citizen_record where record_id = any($1::uuid[]) returning citizen_id',
    [ids],
  );
  await tx.query(
    `insert into citizen_record (record_id, citizen_id, identity_id, source) select r, c, i, $1 from unnest($2::uuid[], $3::uuid[], $4::bigint[]) as t(r, c, i) on conflict do nothing`,
    [
      page.source,
      rows.map((r) => r.record.id),
      rows.map((r) => r.subject.citizenId),
      rows.map((r) => r.subject.identityId),
    ],
  );
  await writeProtection(tx, ids, rows);
  const citizens = new Set([...before.map((row) => row.citizen_id), ...rows.map((row) => row.subject.citizenId)]);
  return [...citizens].map((citizenId) => ({ citizenId, recordId: null, op: 'look' }));
};

const writeProtection = async (
  tx: Db,
  ids: readonly string[],
  rows: readonly { readonly record: NewRecord; readonly subject: { readonly citizenId: string } }[],
): Promise<void> => {
  const protectedRows = rows.filter((row) => row.record.protectedUntil !== undefined);
  const columns = [
    protectedRows.map((row) => row.record.id),
    protectedRows.map((row) => row.subject.citizenId),
    protectedRows.map((row) => row.record.protectedUntil?.toISOString() ?? 'infinity'),
  ];
  const want = 'unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as w(record_id, citizen_id, valid_to)';
  await tx.query(
    `update protection p set superseded_at = now()
     where p.record_id = any($4::uuid[]) and p.superseded_at = 'infinity' and not exists (
       select from ${want} where w.record_id = p.record_id and w.citizen_id = p.citizen_id and w.valid_to = p.valid_to)`,
    [...columns, ids],
  );
  await tx.query(
    `insert into protection (record_id, citizen_id, valid_from, valid_to)
     select w.record_id, w.citizen_id, now(), w.valid_to from ${want}
     where not exists (select from protection p where p.record_id = w.record_id and p.citizen_id = w.citizen_id and p.superseded_at = 'infinity')
     on conflict (record_id, citizen_id, recorded_at) do update set valid_to = excluded.valid_to, superseded_at = 'infinity'`,
    columns,
  );
};

/** Writes the versions of records that differ. @returns the change entries, one per record and citizen. */
export const writeVersions = async (
  tx: Db,
  page: PageOfRecords,
  records: readonly NewRecord[],
  existed: ReadonlySet<string>,
): Promise<readonly Change[]> => {
  const changes: Change[] = [
    ...(await writeMaster(
      tx,
      page,
      records.filter((r) => r.entity === 'citizen'),
    )),
  ];
  const listed = records.filter((record) => record.entity !== 'citizen');
  if (listed.length === 0) return changes;
  const columns = wanted(listed);
  const old = listed.filter((record) => existed.has(record.id)).map((record) => record.id);
  const before = new Set<string>();
  if (old.length > 0) {
    const { rows } = await tx.query<ClosedRow>(
      `select record_id, citizen_id from record_version where record_id = any($1::uuid[]) and valid_to = 'infinity'`,
      [old],
    );
    for (const row of rows) before.add(`${row.record_id} ${row.citizen_id}`);
    const closed = await close(tx, page.source, old, columns);
    const now = new Set(listed.flatMap((r) => r.subjects.map((s) => `${r.id} ${s.subject.citizenId}`)));
    const moved = closed.filter((row) => !now.has(`${row.record_id} ${row.citizen_id}`));
    await endRecordGrants(tx, moved);
    changes.push(
      ...moved.map((row): Change => ({ citizenId: row.citizen_id, recordId: row.record_id, op: 'removed' })),
    );
  }
  await open(tx, page.source, columns);
  for (const record of listed)
    for (const { subject } of record.subjects)
      changes.push({
        citizenId: subject.citizenId,
        recordId: record.id,
        op: before.has(`${record.id} ${subject.citizenId}`) ? 'changed' : 'created',
      });
  return changes;
};
