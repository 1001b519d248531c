// What a complete snapshot did not see. Above a count and a share the deletion is held for a person to approve, once;
// the threshold stays. Erasure and changed subjects never come here.
import { type Db, type Pool, transaction } from './db.ts';
import { appendChanges, removeRecords } from './removal.ts';

export interface Guard {
  readonly count: number;
  /** 0–1 of what is stored. */
  readonly share: number;
}

export interface SweepResult {
  readonly removed: number;
  readonly held: number;
}

interface SweepScope {
  readonly source: string;
  readonly kind: string;
  readonly load: number;
  /** Keys seen; absent = those written with the load's pages. */
  readonly seen?: readonly string[];
  /** A snapshot of one citizen alone. */
  readonly citizenId?: string;
  /** What the same crawl has found of the citizens before this one: many small losses are a mass deletion, too. */
  readonly before?: { readonly stored: number; readonly missing: number };
}

const ofEverybody = 'select id, key from record where source = $1 and source_kind = $2';

// A record that also concerns someone else is not this citizen's snapshot's to take away.
const ofCitizen = `select r.id, r.key from (
    select v.record_id from record_version v where v.citizen_id = $3 and v.valid_to = 'infinity' and not exists (
      select from record_version o where o.record_id = v.record_id and o.valid_to = 'infinity' and o.citizen_id <> $3)
    union select record_id from citizen_record where citizen_id = $3) as own
  join record r on r.id = own.record_id where r.source = $1 and r.source_kind = $2`;

const missingIds = async (
  tx: Db,
  { source, kind, load, seen, citizenId }: SweepScope,
): Promise<{ readonly stored: number; readonly missing: readonly string[] }> => {
  const { rows } = await tx.query<{ stored: number; missing: string[] | null }>(
    // Sorted, not joined: right after a first load the planner takes both sides for small and would join them row by row.
    `with mine as (${citizenId === undefined ? `${ofEverybody} and $3::uuid is null` : ofCitizen}),
     seen as (
       select unnest(keys) as key from load_page where $5::text[] is null and source = $1 and kind = $2 and load = $4
       union all select unnest($5::text[])),
     found as (
       select id, bool_or(id is null) over (partition by key) as seen
       from (select id, key from mine union all select null, key from seen) as both_sides)
     select count(*)::int as stored, array_agg(id order by id) filter (where not seen) as missing from found where id is not null`,
    [source, kind, citizenId ?? null, load, seen ?? null],
  );
  return { stored: rows[0]?.stored ?? 0, missing: rows[0]?.missing ?? [] };
};

const isMass = (stored: number, missing: number, guard: Guard): boolean =>
  missing > guard.count && missing / stored > guard.share;

/** Removes, or holds, what the snapshot did not see. Runs in the caller's transaction. */
export const sweep = async (tx: Db, scope: SweepScope, guard: Guard): Promise<SweepResult> => {
  const { stored, missing } = await missingIds(tx, scope);
  await tx.query(
    `update held_deletion set state = 'overtaken', decided_at = now() where source = $1 and kind = $2 and state = 'held' and citizen_id is not distinct from $3::uuid`,
    [scope.source, scope.kind, scope.citizenId ?? null],
  );
  if (missing.length === 0) return { removed: 0, held: 0 };
  const before = scope.before ?? { stored: 0, missing: 0 };
  if (isMass(stored, missing.length, guard) || isMass(before.stored + stored, before.missing + missing.length, guard)) {
    await tx.query(
      'insert into held_deletion (source, kind, load, citizen_id, stored, missing, record_ids) values ($1, $2, $3, $4, $5, $6, $7)',
      [scope.source, scope.kind, scope.load, scope.citizenId ?? null, stored, missing.length, missing],
    );
    return { removed: 0, held: missing.length };
  }
  await appendChanges(tx, await removeRecords(tx, missing));
  return { removed: missing.length, held: 0 };
};

/** Keys the source itself reports as deleted. @returns the ids of their records. */
export const idsOfKeys = async (
  tx: Db,
  source: string,
  kind: string,
  keys: readonly string[],
): Promise<readonly string[]> => {
  if (keys.length === 0) return [];
  const { rows } = await tx.query<{ id: string }>(
    'select id from record where source = $1 and source_kind = $2 and key = any($3::text[])',
    [source, kind, keys],
  );
  return rows.map((row) => row.id);
};

export interface HeldDeletion {
  readonly id: number;
  readonly source: string;
  readonly kind: string;
  readonly heldAt: Date;
  readonly stored: number;
  readonly missing: number;
}

export const listHeld = async (db: Db): Promise<readonly HeldDeletion[]> => {
  const { rows } = await db.query<{
    id: number;
    source: string;
    kind: string;
    held_at: Date;
    stored: number;
    missing: number;
  }>(`select id, source, kind, held_at, stored, missing from held_deletion where state = 'held' order by id`);
  return rows.map(({ id, source, kind, stored, missing, held_at }) => ({
    id,
    source,
    kind,
    stored,
    missing,
    heldAt: held_at,
  }));
};

/** Approves one held deletion, once: removes those of its records that are still unseen. @returns the number, or undefined when not held. */
export const approveHeld = async (pool: Pool, id: number, by: string): Promise<number | undefined> =>
  transaction(pool, async (tx) => {
    const { rows } = await tx.query<{ source: string; kind: string; load: number; record_ids: string[] }>(
      `update held_deletion set state = 'approved', decided_at = now(), decided_by = $2 where id = $1 and state = 'held' returning source, kind, load, record_ids`,
      [id, by],
    );
    const held = rows[0];
    if (held === undefined) return undefined;
    // A newer load, still under way, may have seen some of them again.
    const { rows: still } = await tx.query<{ id: string }>(
      `select r.id from record r where r.id = any($1::uuid[]) and not exists (
         select from load_page p where p.source = $2 and p.kind = $3 and p.load > $4 and r.key = any(p.keys))`,
      [held.record_ids, held.source, held.kind, held.load],
    );
    await appendChanges(
      tx,
      await removeRecords(
        tx,
        still.map((row) => row.id),
      ),
    );
    return still.length;
  });
