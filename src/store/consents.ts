// What citizens have said about who sees what, as rows. Nothing is edited: a new version supersedes the one before.
import type { Db } from './db.ts';

export interface ConsentRow {
  readonly id: string;
  readonly version: number;
  readonly citizen_id: string;
  readonly decision: 'grant' | 'refuse';
  readonly recipient: string | null;
  readonly domains: readonly string[] | null;
  readonly kinds: readonly string[] | null;
  readonly record_id: string | null;
  readonly purposes: readonly string[] | null;
  readonly up_to: 'normal' | 'confidential' | 'sensitive';
  readonly show: 'content' | 'busy';
  readonly valid_from: Date;
  /** Absent: no end. */
  readonly valid_to: Date | null;
  readonly withdrawn: boolean;
  readonly recorded_at: Date;
  readonly recorded_by: string;
  readonly recorded_as: 'citizen' | 'representative' | 'professional' | 'system';
  readonly evidence: string | null;
  /** The configured source that said so, its record, and the day it has it from; null: said in the hub. */
  readonly source: string | null;
  readonly source_record: string | null;
  readonly source_day: string | null;
}
type Loaded = { [K in keyof ConsentRow]: ConsentRow[K] };

/** Of a consent, in the order of its row. */
export const consentColumns = `id, version, citizen_id, decision, recipient, domains, kinds, record_id, purposes, up_to, show, valid_from,
  nullif(valid_to, 'infinity') as valid_to, withdrawn, recorded_at, recorded_by, recorded_as, evidence,
  source, source_record, source_day::text`;

/** Every version, newest first. With `recipients`: only grants to one of these. */
export const consentsOf = async (
  db: Db,
  citizenId: string,
  recipients: readonly string[] | null,
): Promise<readonly ConsentRow[]> => {
  const { rows } = await db.query<Loaded>({
    name: 'consents-of',
    text: `select ${consentColumns} from consent
      where citizen_id = $1 and ($2::text[] is null or (decision = 'grant' and recipient = any($2::text[])))
      order by recorded_at desc, id, version desc`,
    values: [citizenId, recipients],
  });
  return rows;
};

/** What somebody else said for the citizen before `since` and stood at `at`, as the engine names its bases. */
export const standingOfOthers = async (
  db: Db,
  citizenId: string,
  since: Date,
  at: Date,
): Promise<readonly string[]> => {
  const { rows } = await db.query<{ basis: string }>(
    `select 'consent:' || id || ':' || version as basis from consent
     where citizen_id = $1 and recorded_as <> 'citizen' and not withdrawn and recorded_at < $2
       and superseded_at > $3 and valid_to > $3`,
    [citizenId, since, at],
  );
  return rows.map((row) => row.basis);
};

/** Whose consent it is. */
export const citizenOfConsent = async (db: Db, id: string): Promise<string | undefined> => {
  const { rows } = await db.query<{ citizen_id: string }>('select citizen_id from consent where id = $1 limit 1', [id]);
  return rows[0]?.citizen_id;
};

/** The version in force of one consent, locked until the transaction ends. */
export const lockConsent = async (db: Db, id: string): Promise<ConsentRow | undefined> => {
  const { rows } = await db.query<Loaded>(
    `select ${consentColumns} from consent where id = $1 and superseded_at = 'infinity' for update`,
    [id],
  );
  return rows[0];
};

type FromSource = 'source' | 'source_record' | 'source_day';
/** What is said, whoever told of it. */
export type SaidConsent = Omit<ConsentRow, FromSource>;
export type NewConsent = Omit<SaidConsent, 'recorded_at' | 'version'> & Partial<Pick<ConsentRow, FromSource>>;

/**
 * Writes the first version, or with `supersedes` the one after it. `numbers`: the identities a first version is given
 * for; default all the citizen has.
 */
export const insertConsent = async (
  db: Db,
  wanted: NewConsent,
  supersedes?: number,
  numbers?: readonly number[],
): Promise<ConsentRow> => {
  // The clock, not the transaction's start: a version must not begin before the one it supersedes.
  const { rows: clock } = await db.query<{ at: string }>('select clock_timestamp()::text as at');
  const at = clock[0]?.at;
  if (supersedes !== undefined)
    await db.query('update consent set superseded_at = $3 where id = $1 and version = $2', [wanted.id, supersedes, at]);
  const { rows } = await db.query<Loaded>(
    `insert into consent (id, version, citizen_id, numbers, decision, recipient, domains, kinds, record_id, purposes, up_to,
       show, valid_from, valid_to, withdrawn, recorded_at, recorded_by, recorded_as, evidence, source, source_record, source_day)
     select $1, $2, $3,
       coalesce((select numbers from consent where id = $1 and version = $2 - 1), $22::bigint[],
         (select array_agg(id order by id) from identity where citizen_id = $3), '{}'),
       $4, $5, $6, $7, $8, $9, $10, $11, $12, coalesce($13, 'infinity'::timestamptz), $14, $15, $16, $17, $18, $19, $20, $21
     returning ${consentColumns}`,
    [
      wanted.id,
      (supersedes ?? 0) + 1,
      wanted.citizen_id,
      wanted.decision,
      wanted.recipient,
      wanted.domains,
      wanted.kinds,
      wanted.record_id,
      wanted.purposes,
      wanted.up_to,
      wanted.show,
      wanted.valid_from,
      wanted.valid_to,
      wanted.withdrawn,
      at,
      wanted.recorded_by,
      wanted.recorded_as,
      wanted.evidence,
      wanted.source ?? null,
      wanted.source_record ?? null,
      wanted.source_day ?? null,
      numbers ?? null,
    ],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('insert returned nothing');
  return row;
};

export interface Scope {
  readonly domains: readonly string[] | null;
  readonly kinds: readonly string[] | null;
}

/** `speaks`: alone, which a co-guardian (§ 7) does not. */
export interface Represented extends Scope {
  readonly speaks: boolean;
}

/** What a person represents a citizen in, now. Empty: does not represent. */
export const representedScopes = async (
  db: Db,
  citizenId: string,
  representative: Buffer,
): Promise<readonly Represented[]> => {
  const { rows } = await db.query<Represented>(
    `select domains, kinds, form is distinct from '7' as speaks from representation
     where citizen_id = $1 and representative = $2 and superseded_at > now() and recorded_at <= now()
       and valid_from <= now() and valid_to > now()`,
    [citizenId, representative],
  );
  return rows;
};

/** Names of units and organisations by id, for texts. */
export const unitNames = async (db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await db.query<{ unit_id: string; name: string }>(
    `select unit_id, name from unit_version where unit_id = any($1) and valid_to = 'infinity'`,
    [ids],
  );
  return new Map(rows.map((row) => [row.unit_id, row.name]));
};

/** Withdraws consents on the hub's own account: a new version supersedes, and says why. */
export const endConsents = async (tx: Db, ids: readonly string[], why: string, by = 'samspil'): Promise<void> => {
  if (ids.length === 0) return;
  await tx.query(
    `with ended as (
       update consent set superseded_at = now() where id = any($1::uuid[]) and superseded_at = 'infinity' returning *)
     insert into consent (id, version, citizen_id, numbers, decision, recipient, domains, kinds, record_id, purposes, up_to, show, valid_from, valid_to, withdrawn, recorded_at, recorded_by, recorded_as, evidence, source, source_record, source_day)
     select id, version + 1, citizen_id, numbers, decision, recipient, domains, kinds, record_id, purposes, up_to, show, valid_from, valid_to, true, now(), $3, 'system', $2, source, source_record, source_day
     from ended`,
    [ids, why, by],
  );
};
