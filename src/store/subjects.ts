// From numbers and source keys to enrolled citizens. Only the keyed hash of a number or key is looked up.
import type { NumberType, ParsedNumber } from '../model/cpr.ts';
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';

/** One enrolled citizen, under the number a record arrived with. */
export interface Subject {
  readonly identityId: number;
  readonly citizenId: string;
  /** The number's own citizen id, stable through merges: what content hashes are made of. */
  readonly homeId: string;
}

interface SubjectRow {
  readonly hash: string;
  readonly identity_id: number;
  readonly citizen_id: string;
  readonly home_id: string;
}

const subjectOf = (row: SubjectRow): Subject => ({
  identityId: row.identity_id,
  citizenId: row.citizen_id,
  homeId: row.home_id,
});

/**
 * What a page begins with, in one round trip: the people lock, shared, and then the lock of the kind's pages. A page only
 * looks things up by key: plans made while the tables were empty, and kept, must not read them whole once they are full.
 */
export const beginPage = async (tx: Db, source: string, kind: string): Promise<void> => {
  await tx.query({
    name: 'begin-page',
    text: `select pg_advisory_xact_lock_shared(7265742), set_config('enable_seqscan', 'off', true),
      pg_advisory_xact_lock(7265746, hashtext($1))`,
    values: [`${source}/${kind}`],
  });
};
/** Holds off merges, splits and ended enrolments until the transaction ends. Whoever writes about people takes it first. */
export const holdPeople = async (tx: Db): Promise<void> => {
  await tx.query('select pg_advisory_xact_lock_shared(7265742)');
};

/**
 * One page of a kind at a time, whoever pulls it: a history fetch and a scheduled pull must not both take a record for
 * new. After the people lock.
 */
export const lockPages = async (tx: Db, source: string, kind: string): Promise<void> => {
  await tx.query({
    name: 'lock-pages',
    text: 'select pg_advisory_xact_lock(7265746, hashtext($1))',
    values: [`${source}/${kind}`],
  });
};
export const lockPeople = async (tx: Db): Promise<void> => {
  await tx.query('select pg_advisory_xact_lock(7265742)');
};

/** Hashes as one text: a list of bytes is escaped element by element on its way. */
const hexList = (hashes: readonly Buffer[]): string => hashes.map((hash) => hash.toString('hex')).join();
const hashesOf = (parameter: string): string =>
  `any(array(select decode(hex, 'hex') from string_to_table(${parameter}, ',') as hex))`;

/** Keyed hash (hex) → enrolled subject. Numbers of people who are not enrolled are absent. */
export const subjectsByNumber = async (db: Db, hashes: readonly Buffer[]): Promise<Map<string, Subject>> => {
  if (hashes.length === 0) return new Map();
  const { rows } = await db.query<SubjectRow>({
    name: 'subjects-by-number',
    text: `select encode(i.cpr_hash, 'hex') as hash, i.id as identity_id, i.citizen_id, i.home_id
           from identity i
           join enrolment e on e.citizen_id = i.citizen_id and e.ended_at is null and e.starts_at <= now()
           where i.cpr_hash = ${hashesOf('$1')}`,
    values: [hexList(hashes)],
  });
  return new Map(rows.map((row) => [row.hash, subjectOf(row)]));
};

/** Keyed hash (hex) of a source key → the enrolled subjects it stands for. */
export const subjectsByKey = async (
  db: Db,
  source: string,
  kind: string,
  hashes: readonly Buffer[],
): Promise<Map<string, Subject[]>> => {
  const found = new Map<string, Subject[]>();
  if (hashes.length === 0) return found;
  const { rows } = await db.query<SubjectRow>({
    name: 'subjects-by-key',
    text: `select encode(k.key_hash, 'hex') as hash, i.id as identity_id, i.citizen_id, i.home_id
           from subject_key k
           join identity i on i.id = k.identity_id
           join enrolment e on e.citizen_id = i.citizen_id and e.ended_at is null and e.starts_at <= now()
           where k.source = $1 and k.kind = $2 and k.key_hash = ${hashesOf('$3')}`,
    values: [source, kind, hexList(hashes)],
  });
  for (const row of rows) {
    const list = found.get(row.hash);
    if (list === undefined) found.set(row.hash, [subjectOf(row)]);
    else list.push(subjectOf(row));
  }
  return found;
};

/** Remembers which citizens a source key stands for. @returns citizens for whom a key was new. */
export const rememberKeys = async (
  tx: Db,
  source: string,
  kind: string,
  pairs: readonly { readonly hash: Buffer; readonly subject: Subject }[],
): Promise<readonly string[]> => {
  if (pairs.length === 0) return [];
  const { rows } = await tx.query<{ identity_id: number }>(
    `insert into subject_key (source, kind, key_hash, identity_id)
     select distinct $1, $2, hash, identity from unnest($3::bytea[], $4::bigint[]) as t(hash, identity)
     on conflict do nothing returning identity_id`,
    [source, kind, pairs.map((pair) => pair.hash), pairs.map((pair) => pair.subject.identityId)],
  );
  const fresh = new Set(rows.map((row) => row.identity_id));
  return [...new Set(pairs.filter((pair) => fresh.has(pair.subject.identityId)).map((pair) => pair.subject.citizenId))];
};

/** A source key that now names other citizens no longer stands for those it named before. */
export const forgetKeys = async (
  tx: Db,
  source: string,
  kind: string,
  stale: readonly { readonly hash: Buffer; readonly identityId: number }[],
): Promise<void> => {
  if (stale.length === 0) return;
  await tx.query(
    `delete from subject_key k using unnest($3::bytea[], $4::bigint[]) as t(hash, identity)
     where k.source = $1 and k.kind = $2 and k.key_hash = t.hash and k.identity_id = t.identity`,
    [source, kind, stale.map((pair) => pair.hash), stale.map((pair) => pair.identityId)],
  );
};

export const numberHash = (keys: KeyRing, number: string): Buffer => keys.hash('cpr', number);
export const keyHash = (keys: KeyRing, source: string, kind: string, key: string): Buffer =>
  keys.hash('key', JSON.stringify([source, kind, key]));

const cprContext = (hash: Buffer): string => `identity:${hash.toString('hex')}`;

/**
 * The identity row of a number, made when it is new. A new number is a citizen of its own until a merge says
 * otherwise; the citizen id is a keyed hash of the number, so a rebuilt hub gives the same id.
 */
export const ensureIdentity = async (
  tx: Db,
  keys: KeyRing,
  parsed: ParsedNumber,
): Promise<{
  readonly identityId: number;
  readonly citizenId: string;
  readonly homeId: string;
  readonly type: NumberType;
}> => {
  const hash = numberHash(keys, parsed.number);
  const home = keys.uuid('citizen', parsed.number);
  await tx.query('insert into citizen (id) values ($1) on conflict do nothing', [home]);
  await tx.query(
    `insert into identity (cpr_hash, cpr_cipher, number_type, citizen_id, home_id) values ($1, $2, $3, $4, $4)
     on conflict (cpr_hash) do nothing`,
    [hash, keys.encrypt(parsed.number, cprContext(hash)), parsed.type, home],
  );
  const { rows } = await tx.query<{ id: number; citizen_id: string; home_id: string }>(
    'select id, citizen_id, home_id from identity where cpr_hash = $1',
    [hash],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('identity vanished inside its own transaction');
  return { identityId: row.id, citizenId: row.citizen_id, homeId: row.home_id, type: parsed.type };
};

/** The numbers of one citizen, current ones first, decrypted. Only for asking a source about this citizen. */
export const numbersOf = async (db: Db, keys: KeyRing, citizenId: string): Promise<readonly string[]> => {
  const { rows } = await db.query<{ cpr_hash: Buffer; cpr_cipher: Buffer }>(
    'select cpr_hash, cpr_cipher from identity where citizen_id = $1 order by former, id desc',
    [citizenId],
  );
  return rows.map((row) => keys.decrypt(row.cpr_cipher, cprContext(row.cpr_hash)));
};

/** The living citizens that these numbers' own citizens are now. */
export const citizensOfHomes = async (db: Db, homes: readonly string[]): Promise<readonly string[]> => {
  const { rows } = await db.query<{ citizen_id: string }>(
    'select distinct citizen_id from identity where home_id = any($1::uuid[])',
    [homes],
  );
  return rows.map((row) => row.citizen_id);
};
