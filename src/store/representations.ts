// Who represents a citizen, as rows: power of attorney, guardian, custody. Nothing is edited: a new version supersedes the
// one before, and one that is ended was never in force. The representative is known by the keyed hash of a number alone.
import { parseNumber } from '../model/cpr.ts';
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';
import { numbersOf } from './subjects.ts';

export type RepresentationType = 'guardian' | 'custody' | 'powerOfAttorney';
/** The paragraph of værgemålsloven. */
export type GuardianForm = '5' | '6' | '7';

export interface RepresentationRow {
  readonly id: string;
  readonly version: number;
  readonly citizen_id: string;
  readonly representative: Buffer;
  readonly type: RepresentationType;
  readonly form: GuardianForm | null;
  readonly domains: readonly string[] | null;
  readonly kinds: readonly string[] | null;
  readonly valid_from: Date;
  /** Null: no end. */
  readonly valid_to: Date | null;
  readonly ended: boolean;
  readonly name_cipher: Buffer | null;
  readonly recorded_at: Date;
  readonly recorded_by: string;
  readonly recorded_as: 'citizen' | 'representative' | 'professional' | 'system';
  readonly evidence: string | null;
  /** The source's record that says so. */
  readonly record_id: string | null;
}
type Loaded = { [K in keyof RepresentationRow]: RepresentationRow[K] };

const columns = `id, version, citizen_id, representative, type, form, domains, kinds, valid_from,
  nullif(valid_to, 'infinity') as valid_to, ended, name_cipher, recorded_at, recorded_by, recorded_as, evidence, record_id`;

/** Every version, newest first. */
export const representationsOf = async (db: Db, citizenId: string): Promise<readonly RepresentationRow[]> => {
  const { rows } = await db.query<Loaded>(
    `select ${columns} from representation where citizen_id = $1 order by recorded_at desc, id, version desc`,
    [citizenId],
  );
  return rows;
};

/** The version in force of one representation, locked until the transaction ends. */
export const lockRepresentation = async (db: Db, id: string): Promise<RepresentationRow | undefined> => {
  const { rows } = await db.query<Loaded>(
    `select ${columns} from representation where id = $1 and superseded_at = 'infinity' for update`,
    [id],
  );
  return rows[0];
};

export type NewRepresentation = Omit<RepresentationRow, 'recorded_at' | 'version'>;

/** Writes the first version, or with `supersedes` the one after it. */
export const insertRepresentation = async (
  db: Db,
  wanted: NewRepresentation,
  supersedes?: number,
): Promise<RepresentationRow> => {
  // The clock, not the transaction's start: a version must not begin before the one it supersedes.
  const { rows: clock } = await db.query<{ at: string }>('select clock_timestamp()::text as at');
  const at = clock[0]?.at;
  if (supersedes !== undefined)
    await db.query('update representation set superseded_at = $3 where id = $1 and version = $2', [
      wanted.id,
      supersedes,
      at,
    ]);
  const { rows } = await db.query<Loaded>(
    `insert into representation (id, version, citizen_id, home_id, representative, type, form, domains, kinds, valid_from,
       valid_to, ended, name_cipher, recorded_at, recorded_by, recorded_as, evidence, record_id)
     select $1, $2, $3, (select home_id from representation where id = $1 and version = $2 - 1), $4, $5, $6, $7, $8, $9,
       case when $11 then least(coalesce($10, 'infinity'::timestamptz), $13::timestamptz) else coalesce($10, 'infinity'::timestamptz) end,
       $11, $12, $13, $14, $15, $16, $17
     returning ${columns}`,
    [
      wanted.id,
      (supersedes ?? 0) + 1,
      wanted.citizen_id,
      wanted.representative,
      wanted.type,
      wanted.form,
      wanted.domains,
      wanted.kinds,
      wanted.valid_from,
      wanted.valid_to,
      wanted.ended,
      wanted.name_cipher,
      at,
      wanted.recorded_by,
      wanted.recorded_as,
      wanted.evidence,
      wanted.record_id,
    ],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('insert returned nothing');
  return row;
};

/** All that are in force or to come, custody and what sources said; `from_believed`: said by nobody or one of `sources`. */
export const lockAll = async (
  tx: Db,
  sources: readonly string[],
): Promise<readonly (RepresentationRow & { readonly from_believed: boolean })[]> => {
  const { rows } = await tx.query<Loaded & { from_believed: boolean }>(
    `select ${columns}, record_id is null or exists (
       select from record r where r.id = record_id and r.source = any($1::text[])) as from_believed
     from representation where superseded_at = 'infinity' and not ended and (type = 'custody' or record_id is not null)
     for update`,
    [sources],
  );
  return rows;
};

/** Every version of what these records of a source said, by record, newest first. */
export const representationsFrom = async (
  db: Db,
  recordIds: readonly string[],
): Promise<ReadonlyMap<string, readonly RepresentationRow[]>> => {
  if (recordIds.length === 0) return new Map();
  const { rows } = await db.query<Loaded>(
    `select ${columns} from representation where record_id = any($1::uuid[]) order by version desc`,
    [recordIds],
  );
  return Map.groupBy(rows, (row) => row.record_id ?? '');
};

const endSql = (which: string): string => `with gone as (
    update representation set superseded_at = now() where ${which} and superseded_at = 'infinity' and not ended returning *)
  insert into representation (id, version, citizen_id, home_id, representative, type, form, domains, kinds, valid_from, valid_to, ended, name_cipher, recorded_at, record_id)
  select id, version + 1, citizen_id, home_id, representative, type, form, domains, kinds, valid_from, least(valid_to, now()), true, name_cipher, now(), record_id
  from gone returning citizen_id`;

/** Ends what these records of a source said. @returns the citizens concerned. */
export const endRepresentationsOf = async (tx: Db, recordIds: readonly string[]): Promise<readonly string[]> => {
  const { rows } = await tx.query<{ citizen_id: string }>(endSql('record_id = any($1::uuid[])'), [recordIds]);
  return rows.map((row) => row.citizen_id);
};

/** What the citizen gave ends with the enrolment it was given in; guardians and custody are facts and stay, without names. */
export const endPowersOf = async (tx: Db, citizenId: string): Promise<void> => {
  await tx.query(endSql(`citizen_id = $1 and type = 'powerOfAttorney'`), [citizenId]);
  await tx.query('update representation set name_cipher = null where citizen_id = $1', [citizenId]);
};

const nameContext = (id: string): string => `representation_name:${id}`;
export const sealName = (keys: KeyRing, id: string, name: string | undefined): Buffer | null =>
  name === undefined ? null : keys.encrypt(name, nameContext(id));
export const openName = (keys: KeyRing, row: RepresentationRow): string | undefined =>
  row.name_cipher === null ? undefined : keys.decrypt(row.name_cipher, nameContext(row.id));

/** The citizen's day of birth as their number tells it; absent when none of their numbers does. */
export const birthDateOf = async (db: Db, keys: KeyRing, citizenId: string): Promise<string | undefined> => {
  for (const number of await numbersOf(db, keys, citizenId)) {
    const { birthDate } = parseNumber(number) ?? {};
    if (birthDate !== undefined) return birthDate;
  }
  return undefined;
};

/** Does somebody with this number represent the citizen now in everything, not only in some domains or kinds? */
export const representsInAll = async (db: Db, citizenId: string, numberHash: Buffer): Promise<boolean> => {
  const { rows } = await db.query<{ all: boolean }>(
    `select exists (select from representation where citizen_id = $1 and representative = $2 and superseded_at = 'infinity'
       and not ended and valid_from <= now() and valid_to > now() and domains is null and kinds is null) as all`,
    [citizenId, numberHash],
  );
  return rows[0]?.all === true;
};
