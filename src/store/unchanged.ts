// Which source records are, by their raw fingerprint, already stored exactly as they came: all records made of them are
// there, none is stale.
import type { Db } from './db.ts';

/** @returns by place in `keys`: how many stored records came of each unchanged one. */
export const unchangedKeys = async (
  tx: Db,
  source: string,
  kind: string,
  keys: readonly string[],
  hashes: readonly Buffer[],
): Promise<ReadonlyMap<number, number>> => {
  if (keys.length === 0) return new Map();
  const { rows } = await tx.query<{ n: number; parts: number }>({
    name: 'unchanged-keys',
    text: `select t.n::int - 1 as n, found.parts
      from rows from (unnest($3::text[]), string_to_table($4, ',')) with ordinality as t(key, hex, n)
      cross join lateral (
        select count(*)::int as parts, bool_and(r.raw_hash is not distinct from decode(t.hex, 'hex') and r.stale_since is null) as same, min(r.raw_parts) as expected
        from record r where r.source = $1 and r.source_kind = $2 and r.key = t.key) as found
      where found.same and found.parts = found.expected`,
    // As one text: a list of bytes is escaped element by element on its way.
    values: [source, kind, keys, hashes.map((hash) => hash.toString('hex')).join()],
  });
  return new Map(rows.map((row) => [row.n, row.parts]));
};

/** What is known about records whose content is as stored although their source record or its settings differ somewhere. */
export const rememberRaw = async (
  tx: Db,
  records: readonly {
    readonly id: string;
    readonly mixed: boolean;
    readonly raw: { readonly hash: Buffer; readonly parts: number } | undefined;
  }[],
): Promise<void> => {
  if (records.length === 0) return;
  await tx.query({
    name: 'remember-raw',
    text: `update record r set raw_hash = t.hash, raw_parts = t.parts, mixed = t.mixed
      from unnest($1::uuid[], $2::bytea[], $3::smallint[], $4::boolean[]) as t(id, hash, parts, mixed)
      where r.id = t.id and (r.raw_hash is distinct from t.hash or r.raw_parts is distinct from t.parts or r.mixed <> t.mixed)`,
    values: [
      records.map((record) => record.id),
      records.map((record) => record.raw?.hash ?? null),
      records.map((record) => record.raw?.parts ?? null),
      records.map((record) => record.mixed),
    ],
  });
};
