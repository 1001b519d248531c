// Writes a small world into the tables the engine reads. Everything of an earlier world is deleted first.
import type { Db } from '../../src/store/db.ts';
import { citizens, numbers } from './arbitrary.ts';
import type { World } from './world.ts';

const instant = (ms: number): string => (ms === Number.POSITIVE_INFINITY ? 'infinity' : new Date(ms).toISOString());

/** Inserts rows of plain values; the column types come from the table. */
const insert = async (db: Db, table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> => {
  const first = rows[0];
  if (first === undefined) return;
  const columns = Object.keys(first);
  const values = rows.flatMap((row) => columns.map((column) => row[column]));
  const tuples = rows.map((_, r) => `(${columns.map((_c, c) => `$${r * columns.length + c + 1}`).join(', ')})`);
  await db.query(`insert into ${table} (${columns.join(', ')}) values ${tuples.join(', ')}`, values);
};

/** Citizens and their numbers, once per database. */
export const insertCitizens = async (db: Db): Promise<void> => {
  await insert(
    db,
    'citizen',
    citizens.map((id) => ({ id })),
  );
  for (const [index, own] of numbers.entries())
    for (const id of own)
      await db.query(
        `insert into identity (id, cpr_hash, cpr_cipher, number_type, citizen_id, home_id)
         overriding system value values ($1, $2, '\\x00', 'cpr', $3, $3)`,
        [id, Buffer.from(String(id)), citizens[index]],
      );
  await insert(
    db,
    'enrolment',
    citizens.map((citizen, index) => ({
      id: citizen,
      citizen_id: citizen,
      identity_id: numbers[index]?.[0],
      basis: 'test',
      starts_at: new Date(0),
      recorded_by: 'test',
    })),
  );
};

const valid = (one: { readonly from: number; readonly to: number }) => ({
  valid_from: instant(one.from),
  valid_to: instant(one.to),
});
const recorded = (one: { readonly recorded: { readonly from: number; readonly to: number } }) => ({
  recorded_at: instant(one.recorded.from),
  superseded_at: instant(one.recorded.to),
});

export const insertWorld = async (db: Db, world: World): Promise<void> => {
  for (const table of [
    'unit_version',
    'record_version',
    'consent',
    'statute_version',
    'representation',
    'emergency_access',
    'protection',
    'source_version',
  ])
    await db.query(`delete from ${table}`);
  await insert(
    db,
    'unit_version',
    world.units.map((one) => ({ unit_id: one.id, parent_id: one.parent, name: one.id, type: one.type, ...valid(one) })),
  );
  await insert(
    db,
    'record_version',
    world.subjects.map((one) => ({
      record_id: one.record,
      citizen_id: one.citizen,
      identity_id: one.number,
      kind: one.kind,
      domain: one.domain,
      source: one.source,
      sensitivity: one.sensitivity,
      owner_unit: one.ownerUnit,
      named: one.named,
      withheld: one.withheld,
      third_party_protected: one.thirdPartyProtected,
      about_id: one.about ?? null,
      ...valid(one),
    })),
  );
  await insert(
    db,
    'consent',
    world.said.map((one) => ({
      id: one.id,
      version: one.version,
      citizen_id: one.citizen,
      numbers: one.numbers,
      decision: one.decision,
      recipient: one.recipient,
      domains: one.domains,
      kinds: one.kinds,
      record_id: one.record,
      purposes: one.purposes,
      up_to: one.upTo,
      show: one.show,
      withdrawn: one.withdrawn,
      recorded_by: 'test',
      recorded_as: 'citizen',
      ...valid(one),
      ...recorded(one),
    })),
  );
  await insert(
    db,
    'statute_version',
    world.statutes.map((one) => ({
      statute_id: one.id,
      title: one.id,
      recipients: one.recipients,
      domains: one.domains,
      kinds: one.kinds,
      purposes: one.purposes,
      up_to: one.upTo,
      opt_out: one.optOut,
      ...valid(one),
    })),
  );
  await insert(
    db,
    'representation',
    world.representations.map((one) => ({
      id: one.id,
      version: 1,
      citizen_id: one.citizen,
      representative: Buffer.from(one.representative),
      type: 'guardian',
      domains: one.domains,
      kinds: one.kinds,
      ...valid(one),
      ...recorded(one),
    })),
  );
  await insert(
    db,
    'emergency_access',
    world.emergencies.map((one) => ({
      id: one.id,
      citizen_id: one.citizen,
      person: one.person,
      role: one.role,
      organisation: one.organisation,
      reason: 'test',
      ...valid(one),
    })),
  );
  await insert(
    db,
    'protection',
    world.protections.map((one) => ({
      record_id: one.record,
      citizen_id: one.citizen,
      ...valid(one),
      ...recorded(one),
    })),
  );
  await insert(
    db,
    'source_version',
    world.sources.map((one) => ({
      source: one.source,
      domain: 'health',
      existence_shown: one.existenceShown,
      ...valid(one),
    })),
  );
};
