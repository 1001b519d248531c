// Raw records kept for a short while, for trying changed mappings on: sealed, only of enrolled citizens, the latest body of
// each key. Written in the page's transaction where the kind asks for it, and nowhere else.
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';

export interface NewRetained {
  /** As the record is stored. */
  readonly key: string;
  /** The source's own key and the body as it came. */
  readonly content: { readonly key: string; readonly body: unknown };
  readonly homes: readonly string[];
}

interface OfKind {
  readonly source: string;
  readonly kind: string;
}

const context = ({ source, kind }: OfKind, key: string): string => `retained:${source}:${kind}:${key}`;

/** Keeps these, each instead of an older one. Keys once each. */
export const retain = async (
  tx: Db,
  keys: KeyRing,
  at: OfKind & { readonly expiresAt: Date },
  records: readonly NewRetained[],
): Promise<void> => {
  if (records.length === 0) return;
  await tx.query(
    `insert into retained (source, kind, key, homes, cipher, expires_at)
     select $1, $2, key, ('{' || homes || '}')::uuid[], cipher, $3 from unnest($4::text[], $5::text[], $6::bytea[]) as t(key, homes, cipher)
     on conflict (source, kind, key) do update set homes = excluded.homes, cipher = excluded.cipher,
       received_at = now(), expires_at = excluded.expires_at`,
    [
      at.source,
      at.kind,
      at.expiresAt,
      records.map((record) => record.key),
      records.map((record) => record.homes.join(',')),
      records.map((record) => keys.encrypt(JSON.stringify(record.content), context(at, record.key))),
    ],
  );
};

export const forgetRetained = async (tx: Db, at: OfKind, keys: readonly string[]): Promise<void> => {
  if (keys.length > 0)
    await tx.query('delete from retained where source = $1 and kind = $2 and key = any($3::text[])', [
      at.source,
      at.kind,
      keys,
    ]);
};

/** With their records. Before these are removed. */
export const forgetRetainedOf = async (tx: Db, recordIds: readonly string[]): Promise<void> => {
  await tx.query(
    `delete from retained t using record r
     where r.id = any($1::uuid[]) and t.source = r.source and t.kind = r.source_kind and t.key = r.key`,
    [recordIds],
  );
};

/** Everything about a citizen, also what it says of others. */
export const eraseRetained = async (tx: Db, citizenId: string): Promise<void> => {
  await tx.query('delete from retained where homes && array(select home_id from identity where citizen_id = $1)', [
    citizenId,
  ]);
};

export interface Retained {
  readonly key: string;
  readonly content: { readonly key: string; readonly body: unknown };
  readonly receivedAt: Date;
}

/** In the order of keys, above `after`. */
export const readRetained = async (
  db: Db,
  keys: KeyRing,
  of: OfKind & { readonly after: string; readonly limit: number },
): Promise<readonly Retained[]> => {
  const { rows } = await db.query<{ key: string; cipher: Buffer; received_at: Date }>(
    `select key, cipher, received_at from retained
     where source = $1 and kind = $2 and key > $3 collate "C" and expires_at > now() order by key collate "C" limit $4`,
    [of.source, of.kind, of.after, of.limit],
  );
  return rows.map(({ key, cipher, received_at }) => ({
    key,
    content: JSON.parse(keys.decrypt(cipher, context(of, key))) as Retained['content'],
    receivedAt: received_at,
  }));
};

export const expireRetained = async (db: Db): Promise<number> =>
  (await db.query('delete from retained where expires_at <= now()')).rowCount ?? 0;
