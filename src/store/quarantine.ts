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

export const quarantineContext = (source: string, kind: string, keyHash: Buffer): string =>
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
    /** False when it was only tried again: it keeps its place and its time. */
    readonly arrives: boolean;
  },
  records: readonly NewQuarantine[],
): Promise<void> => {
  if (records.length === 0) return;
  await tx.query(
    `insert into quarantine (source, kind, key_hash, run_id, citizen_id, code, path, mapping_version, cipher, expires_at, homes)
     select $1, $2, h, $3::uuid, c, code, path, $4, cipher, $5, ('{' || homes || '}')::uuid[]
     from (select distinct on (h) * from unnest($6::bytea[], $7::uuid[], $8::text[], $9::text[], $10::bytea[], $11::text[])
       with ordinality as t(h, c, code, path, cipher, homes, n) order by h, n desc) as latest
     -- As they came: the order they are tried again in.
     order by n
     on conflict (source, kind, key_hash) where state = 'open' do update set run_id = excluded.run_id, citizen_id = excluded.citizen_id,
       code = excluded.code, path = excluded.path, mapping_version = excluded.mapping_version, cipher = excluded.cipher, homes = excluded.homes,
       expires_at = case when $12 then excluded.expires_at else quarantine.expires_at end,
       arrival = case when $12 then nextval('quarantine_arrival') else quarantine.arrival end,
       last_received_at = case when $12 then now() else quarantine.last_received_at end`,
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
        return text === undefined ? null : keys.encrypt(text, quarantineContext(page.source, page.kind, r.keyHash));
      }),
      records.map((r) => r.homes.join(',')),
      page.arrives,
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

export const expireQuarantine = async (db: Db): Promise<number> => {
  const { rowCount } = await db.query('delete from quarantine where expires_at < now()');
  return rowCount ?? 0;
};
