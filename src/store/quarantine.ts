// Records that could not be stored: the reason, encrypted body, retention. What has no readable subject keeps no body:
// only source, kind, keyed hash of its key and the error code.
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';

export interface NewQuarantine {
  readonly keyHash: Buffer;
  readonly citizenId: string | undefined;
  /** The own citizens of all enrolled numbers it is about. */
  readonly homes: readonly string[];
  readonly code: string;
  readonly path: string;
  /** Absent when the subject could not be read. */
  readonly content: { readonly key: string; readonly body: unknown } | undefined;
}

const context = (source: string, kind: string, keyHash: Buffer): string =>
  `quarantine:${source}:${kind}:${keyHash.toString('hex')}`;

/** Nothing is kept of a body nested so deeply that it cannot be written down. */
const keepable = ({ content }: NewQuarantine): string | undefined => {
  try {
    return JSON.stringify(content);
  } catch {
    return undefined;
  }
};

export const putInQuarantine = async (
  tx: Db,
  keys: KeyRing,
  page: {
    readonly source: string;
    readonly kind: string;
    readonly runId: string | undefined;
    readonly mappingVersion: string;
    readonly expiresAt: Date;
  },
  records: readonly NewQuarantine[],
): Promise<void> => {
  if (records.length === 0) return;
  await tx.query(
    `insert into quarantine (source, kind, key_hash, run_id, citizen_id, code, path, mapping_version, cipher, expires_at, homes)
     select distinct on (h) $1, $2, h, $3::uuid, c, code, path, $4, cipher, $5, ('{' || homes || '}')::uuid[]
     from unnest($6::bytea[], $7::uuid[], $8::text[], $9::text[], $10::bytea[], $11::text[]) as t(h, c, code, path, cipher, homes)
     on conflict (source, kind, key_hash) where state = 'open' do update set run_id = excluded.run_id, citizen_id = excluded.citizen_id,
       code = excluded.code, path = excluded.path, mapping_version = excluded.mapping_version, cipher = excluded.cipher, expires_at = excluded.expires_at,
       homes = excluded.homes`,
    [
      page.source,
      page.kind,
      page.runId ?? null,
      page.mappingVersion,
      page.expiresAt,
      records.map((r) => r.keyHash),
      records.map((r) => r.citizenId ?? null),
      records.map((r) => r.code),
      records.map((r) => r.path),
      records.map((r) => {
        const text = keepable(r);
        return text === undefined ? null : keys.encrypt(text, context(page.source, page.kind, r.keyHash));
      }),
      records.map((r) => r.homes.join(',')),
    ],
  );
};

/** A key that was stored now no longer waits. Mostly nothing waits at all, and no key needs to be hashed to know. */
export const leaveQuarantine = async (
  tx: Db,
  source: string,
  kind: string,
  hashes: () => readonly Buffer[],
  as: 'superseded' | 'replayed',
): Promise<void> => {
  const { rowCount } = await tx.query({
    name: 'anything-quarantined',
    text: `select from quarantine where source = $1 and kind = $2 and state = 'open' limit 1`,
    values: [source, kind],
  });
  if (rowCount === 0) return;
  await tx.query({
    name: 'leave-quarantine',
    text: `update quarantine set state = $4, cipher = null
           where source = $1 and kind = $2 and key_hash = any($3::bytea[]) and state = 'open'`,
    values: [source, kind, hashes(), as],
  });
};

export interface QuarantineGroup {
  readonly source: string;
  readonly kind: string;
  readonly code: string;
  readonly path: string;
  readonly count: number;
  readonly replayable: number;
  readonly oldest: Date;
}

export const quarantineGroups = async (db: Db): Promise<readonly QuarantineGroup[]> => {
  const { rows } = await db.query<QuarantineGroup>(
    `select source, kind, code, path, count(*)::int as count, count(cipher)::int as replayable, min(received_at) as oldest
     from quarantine where state = 'open' group by source, kind, code, path order by count(*) desc, source, kind, code`,
  );
  return rows;
};

export interface QuarantineRow {
  readonly id: number;
  readonly source: string;
  readonly kind: string;
  readonly code: string;
  readonly path: string;
  readonly mappingVersion: string;
  readonly receivedAt: Date;
  readonly expiresAt: Date;
  readonly citizenId: string | null;
  readonly state: string;
  readonly content: { readonly key: string; readonly body: unknown } | undefined;
}

/** Open rows in the order they were received. `after` is the last id of the previous page. */
export const readQuarantine = async (
  db: Db,
  keys: KeyRing,
  filter: {
    readonly source?: string;
    readonly kind?: string;
    readonly id?: number;
    readonly after?: number;
    readonly limit: number;
  },
): Promise<readonly QuarantineRow[]> => {
  const { rows } = await db.query<{
    id: number;
    source: string;
    kind: string;
    code: string;
    path: string;
    mapping_version: string;
    received_at: Date;
    expires_at: Date;
    citizen_id: string | null;
    state: string;
    key_hash: Buffer;
    cipher: Buffer | null;
  }>(
    `select * from quarantine where state = 'open' and ($1::text is null or source = $1) and ($2::text is null or kind = $2)
     and ($3::bigint is null or id = $3) and id > $4 order by id limit $5`,
    [filter.source ?? null, filter.kind ?? null, filter.id ?? null, filter.after ?? 0, filter.limit],
  );
  return rows.map((row) => ({
    id: row.id,
    source: row.source,
    kind: row.kind,
    code: row.code,
    path: row.path,
    mappingVersion: row.mapping_version,
    receivedAt: row.received_at,
    expiresAt: row.expires_at,
    citizenId: row.citizen_id,
    state: row.state,
    content:
      row.cipher === null
        ? undefined
        : (JSON.parse(keys.decrypt(row.cipher, context(row.source, row.kind, row.key_hash))) as {
            key: string;
            body: unknown;
          }),
  }));
};

export const expireQuarantine = async (db: Db): Promise<number> => {
  const { rowCount } = await db.query('delete from quarantine where expires_at < now()');
  return rowCount ?? 0;
};
