// Storing one page of records: ids and hashes first, bodies only for what differs. Everything happens in the
// caller's transaction; the changes it returns are appended by the caller as the transaction's last act.
import type { Sensitivity } from '../model/values.ts';
import { type RecordBody, upsertBodies } from './bodies.ts';
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';
import { type Change, inList, neighbours, removeRecords } from './removal.ts';
import type { ToldWord } from './source-consents.ts';
import type { ToldRepresentative } from './source-representations.ts';
import type { Subject } from './subjects.ts';
import { rememberRaw } from './unchanged.ts';
import { writeVersions } from './versions.ts';

export interface RecordSubject {
  readonly subject: Subject;
  readonly withheld: boolean;
}

/** A record ready to be stored. `render` is called only when its content differs from what is stored. */
export interface NewRecord {
  readonly id: string;
  /** As stored: the source's key, or the hex of its keyed hash. */
  readonly key: string;
  readonly entity: string;
  readonly part: string;
  readonly domain: string;
  readonly sensitivity: Sensitivity;
  readonly ownerUnit: string | undefined;
  readonly named: readonly string[];
  readonly thirdPartyProtected: boolean;
  /** Its text cannot be parted per person: read anew when a subject is no longer enrolled. */
  readonly mixed: boolean;
  readonly contentHash: Buffer;
  /** Fingerprint of its source record and how many records came of it; undefined: map that one again each time. */
  readonly raw: { readonly hash: Buffer; readonly parts: number } | undefined;
  readonly mapping: string;
  readonly sourceUpdatedAt: string | undefined;
  readonly subjects: readonly RecordSubject[];
  readonly links: readonly { readonly rel: string; readonly toId: string }[];
  /** Master data only: protected until (and including) the day before this instant; null = open end. */
  readonly protectedUntil: Date | null | undefined;
  readonly encrypted: boolean;
  /** Whom it makes a representative, where the source is configured so. */
  readonly representative?: ToldRepresentative;
  /** A consent and no record of the plan: only that it is there is kept here. */
  readonly consent?: ToldWord;
  /** Absent: there is nothing of it to show. */
  readonly render?: RecordBody['render'];
}

export interface PageOfRecords {
  readonly source: string;
  readonly kind: string;
  readonly now: Date;
  readonly records: readonly NewRecord[];
  /** Keys (as stored) the page said something about; records of these keys that are not in `records` go. */
  readonly keys: readonly string[];
  /** Keys whose newer version could not be mapped: their last good version stays and is marked stale. */
  readonly staleKeys: readonly string[];
}

export interface SavedPage {
  readonly created: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly changes: readonly Change[];
}

interface Difference {
  readonly n: number | null;
  readonly existed: boolean;
  /** Told to be written anew whatever it holds. */
  readonly anew: boolean;
  readonly dead: string | null;
}

/** Which records differ (by index), and which stored ones of these keys are no longer there. */
const compare = async (tx: Db, page: PageOfRecords): Promise<readonly Difference[]> => {
  const { rows } = await tx.query<Difference>({
    name: 'compare-page',
    // Keys as a list, not as rows to join: on a table it takes for small, the planner would read the whole kind for each page.
    text: `with t as (select id, hash, n from unnest($1::uuid[], $2::bytea[]) with ordinality as t(id, hash, n))
      select t.n::int - 1 as n, r.id is not null as existed, coalesce(r.content_hash = '', true) as anew, null::uuid as dead
      from t left join record r on r.id = t.id
      where r.id is null or r.content_hash <> t.hash or r.stale_since is not null
      union all
      select null, true, false, r.id
      from record r
      where r.source = $3 and r.source_kind = $4 and r.key = any($5::text[]) and r.id <> all($1::uuid[])`,
    values: [page.records.map((r) => r.id), page.records.map((r) => r.contentHash), page.source, page.kind, page.keys],
  });
  return rows;
};

const upsertIdentity = async (tx: Db, page: PageOfRecords, records: readonly NewRecord[]): Promise<void> => {
  await tx.query({
    name: 'upsert-records',
    text: `insert into record (id, source, source_kind, key, entity, part, domain, sensitivity, owner_unit, content_hash, mapping, source_updated_at, observed_at, mixed, raw_hash, raw_parts)
      select id, $1, $2, key, entity, part, domain, sensitivity, owner_unit, hash, mapping, updated, $3, mixed, raw_hash, raw_parts
      from unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bytea[], $12::text[], $13::timestamptz[], $14::boolean[], $15::bytea[], $16::smallint[])
        as t(id, key, entity, part, domain, sensitivity, owner_unit, hash, mapping, updated, mixed, raw_hash, raw_parts)
      on conflict (id) do update set domain = excluded.domain, sensitivity = excluded.sensitivity, owner_unit = excluded.owner_unit,
        content_hash = excluded.content_hash, mapping = excluded.mapping, source_updated_at = excluded.source_updated_at,
        observed_at = excluded.observed_at, stale_since = null, mixed = excluded.mixed,
        raw_hash = excluded.raw_hash, raw_parts = excluded.raw_parts`,
    values: [
      page.source,
      page.kind,
      page.now,
      records.map((r) => r.id),
      records.map((r) => r.key),
      records.map((r) => r.entity),
      records.map((r) => r.part),
      records.map((r) => r.domain),
      records.map((r) => r.sensitivity),
      records.map((r) => r.ownerUnit ?? null),
      records.map((r) => r.contentHash),
      records.map((r) => r.mapping),
      records.map((r) => r.sourceUpdatedAt ?? null),
      records.map((r) => r.mixed),
      records.map((r) => r.raw?.hash ?? null),
      records.map((r) => r.raw?.parts ?? null),
    ],
  });
};

const replaceLinks = async (tx: Db, records: readonly NewRecord[], anyExisted: boolean): Promise<void> => {
  const flat = records.flatMap((record) => record.links.map((link) => ({ from: record.id, ...link })));
  if (anyExisted)
    await tx.query(
      `delete from link l where l.from_id = any($1::uuid[]) and not exists (
         select from unnest($2::uuid[], $3::text[], $4::uuid[]) as t(f, rel, o) where t.f = l.from_id and t.rel = l.rel and t.o = l.to_id)`,
      [records.map((r) => r.id), flat.map((l) => l.from), flat.map((l) => l.rel), flat.map((l) => l.toId)],
    );
  if (flat.length > 0)
    await tx.query({
      name: 'insert-links',
      text: `insert into link (from_id, rel, to_id) select distinct * from unnest($1::uuid[], $2::text[], $3::uuid[]) on conflict do nothing`,
      values: [flat.map((l) => l.from), flat.map((l) => l.rel), flat.map((l) => l.toId)],
    });
};

/** Marks the last good version of keys whose newer version is in quarantine. */
const markStale = async (tx: Db, page: PageOfRecords): Promise<readonly Change[]> => {
  if (page.staleKeys.length === 0) return [];
  const { rows } = await tx.query<{ id: string }>(
    `update record set stale_since = $4 where source = $1 and source_kind = $2 and key = any($3::text[]) and stale_since is null returning id`,
    [page.source, page.kind, page.staleKeys, page.now],
  );
  return inList(
    tx,
    rows.map((row) => row.id),
    'changed',
  );
};

/** One that has a text. */
export type ShownRecord = NewRecord & RecordBody;
const isShown = (record: NewRecord): record is ShownRecord => record.render !== undefined;

/** Stores one page. The page's records must have at least one subject each. */
export const saveRecords = async (tx: Db, keys: KeyRing, page: PageOfRecords): Promise<SavedPage> => {
  // A page of which everything was recognised as unchanged.
  if (page.keys.length === 0) return { created: 0, changed: 0, removed: 0, unchanged: 0, changes: [] };
  const differences = await compare(tx, page);
  const stale = new Set(page.staleKeys);
  const dead = differences.flatMap((d) => (d.dead === null ? [] : [d.dead]));
  const existed = new Set<string>();
  const known = new Set<string>();
  const differing = differences.flatMap((d) => {
    const record = d.n === null ? undefined : page.records[d.n];
    if (record !== undefined && d.existed) existed.add(record.id);
    if (record !== undefined && !d.anew) known.add(record.id);
    return record === undefined ? [] : [record];
  });
  const changes: Change[] = [];
  if (differing.length > 0) {
    await upsertIdentity(tx, page, differing);
    await upsertBodies(tx, keys, differing.filter(isShown), known);
    await replaceLinks(tx, differing, existed.size > 0);
    changes.push(...(await writeVersions(tx, page, differing.filter(isShown), existed)));
    const created = differing.filter((record) => !existed.has(record.id)).map((record) => record.id);
    changes.push(...(await neighbours(tx, created)));
  }
  const written = new Set(differing.map((record) => record.id));
  await rememberRaw(
    tx,
    page.records.filter((record) => !written.has(record.id)),
  );
  const gone = stale.size === 0 ? dead : await withoutKeys(tx, dead, page.staleKeys);
  changes.push(...(await removeRecords(tx, gone)), ...(await markStale(tx, page)));
  return {
    created: differing.length - existed.size,
    changed: existed.size,
    removed: gone.length,
    unchanged: page.records.length - differing.length,
    changes,
  };
};

const withoutKeys = async (tx: Db, ids: readonly string[], keys: readonly string[]): Promise<readonly string[]> => {
  const { rows } = await tx.query<{ id: string }>(
    'select id from record where id = any($1::uuid[]) and key <> all($2::text[])',
    [ids, keys],
  );
  return rows.map((row) => row.id);
};
