// What a kind's records used to look like: for each source path a mapping reads, the types that stood there and in how many
// of the records looked at. Older counts and the latest few dozen are kept apart, so that what is new stands out.
import type { Db } from './db.ts';

export interface FieldSeen {
  readonly types: readonly string[];
  readonly records: number;
  readonly recent: number;
}

/** By path; the empty one counts the records. */
export type FieldHistory = ReadonlyMap<string, FieldSeen>;

/** The latest are older ones once there are so many. */
const window = 50;

export const readFieldHistory = async (db: Db, source: string, kind: string): Promise<FieldHistory> => {
  const { rows } = await db.query<FieldSeen & { path: string }>(
    'select path, types, records, recent from field_seen where source = $1 and kind = $2',
    [source, kind],
  );
  return new Map(rows.map((row) => [row.path, row]));
};

export interface FieldLooked {
  readonly path: string;
  readonly types: readonly string[];
  readonly times: number;
}

export const addFieldHistory = async (
  tx: Db,
  source: string,
  kind: string,
  looked: readonly FieldLooked[],
): Promise<void> => {
  if (looked.length === 0) return;
  await tx.query(
    `insert into field_seen as f (source, kind, path, types, records, recent)
     select $1, $2, path, string_to_array(types, ','), 0, times from unnest($3::text[], $4::text[], $5::bigint[]) as t(path, types, times)
     on conflict (source, kind, path) do update set recent = f.recent + excluded.recent,
       types = (select coalesce(array_agg(distinct t order by t), '{}') from unnest(f.types || excluded.types) as t)`,
    [
      source,
      kind,
      looked.map((one) => one.path),
      looked.map((one) => one.types.join(',')),
      looked.map((one) => one.times),
    ],
  );
  await tx.query(
    `update field_seen set records = records + recent, recent = 0 where source = $1 and kind = $2
       and (select recent from field_seen t where t.source = $1 and t.kind = $2 and t.path = '') >= ${window}`,
    [source, kind],
  );
};

const loadsKept = 30;

/** The latest complete loads, newest first. */
export const latestLoads = async (
  db: Db,
  source: string,
  kind: string,
): Promise<readonly { readonly served: number; readonly endedAt: Date }[]> =>
  (
    await db.query<{ served: number; endedAt: Date }>(
      'select served, ended_at as "endedAt" from load_history where source = $1 and kind = $2 order by load desc limit $3',
      [source, kind, loadsKept],
    )
  ).rows;

/** How many records they served. */
export const loadHistory = async (db: Db, source: string, kind: string): Promise<readonly number[]> =>
  (await latestLoads(db, source, kind)).map(({ served }) => served);

export const addLoad = async (tx: Db, source: string, kind: string, load: number, served: number): Promise<void> => {
  await tx.query(
    `insert into load_history (source, kind, load, served) values ($1, $2, $3, $4)
     on conflict (source, kind, load) do update set served = excluded.served, ended_at = now()`,
    [source, kind, load, served],
  );
  await tx.query(
    `delete from load_history where source = $1 and kind = $2 and load <= (
       select load from load_history where source = $1 and kind = $2 order by load desc offset $3 limit 1)`,
    [source, kind, loadsKept],
  );
};

/** How many records the run has been served, and the latest incremental ones before it that were served any. */
export const runHistory = async (
  db: Db,
  runId: string,
): Promise<{ readonly served: number; readonly before: readonly number[] }> => {
  const { rows } = await db.query<{ own: boolean; served: number }>(
    `select r.id = $1 as own, coalesce((r.counts->>'served')::bigint, 0) as served
     from run r join run o on o.id = $1 and o.source = r.source and o.kind = r.kind
     where r.id = $1 or r.mode = 'incremental' and r.state = 'done' and r.counts ? 'served'
     order by r.queued_at desc limit $2`,
    [runId, loadsKept],
  );
  return {
    served: rows.find((row) => row.own)?.served ?? 0,
    before: rows.filter((row) => !row.own).map((row) => row.served),
  };
};

/** Has the kind anything stored, or had it when it was last loaded? */
export const hadRecords = async (db: Db, source: string, kind: string): Promise<boolean> =>
  (
    await db.query<{ had: boolean }>(
      `select exists (select from record where source = $1 and source_kind = $2)
         or coalesce((select served > 0 from load_history where source = $1 and kind = $2 order by load desc limit 1), false) as had`,
      [source, kind],
    )
  ).rows[0]?.had === true;
