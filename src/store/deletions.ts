// What a complete snapshot did not see. Above a count and a share the deletion is held for a person to approve, once;
// the threshold stays. Erasure and changed subjects never come here.
import type { Db } from './db.ts';
import { addHeld, settleHeld } from './held-deletions.ts';
import { type Look, overtakeAll } from './looks.ts';
import { appendChanges, removeRecords } from './removal.ts';

export interface Guard {
  readonly count: number;
  /** 0–1 of what is stored. */
  readonly share: number;
}

export interface SweepResult {
  readonly removed: number;
  readonly held: number;
  /** Some of what is held was not held before. */
  readonly news?: boolean;
}

interface OfKind {
  readonly source: string;
  readonly kind: string;
}

/** Everything of the kind; seen are the keys written with the load's pages. */
interface LoadScope extends OfKind {
  readonly load: number;
  /** When it began: what a look at it alone has confirmed since is there. */
  readonly position: number;
}

/** A snapshot of one citizen alone. */
interface CitizenScope extends OfKind {
  readonly citizenId: string;
  readonly seen: readonly string[];
  /** When the source was asked: what another run has stored since may not have been there to see. */
  readonly askedAt: Date;
  readonly look: Look;
  /** What the same crawl has found of the citizens before this one: many small losses are a mass deletion, too. */
  readonly before: { readonly stored: number; readonly missing: number };
}

interface Missing {
  readonly stored: number;
  readonly missing: readonly string[];
  /** Of one citizen: all that is stored. */
  readonly own?: readonly string[];
}

const missingOfLoad = async (tx: Db, { source, kind, load, position }: LoadScope): Promise<Missing> => {
  const { rows } = await tx.query<{ stored: number; missing: string[] | null }>(
    // Sorted, not joined: right after a first load the planner takes both sides for small and joins them row by row,
    // 7 seconds for 12,000 records and four times as long for twice as many.
    `with found as (
       select id, key, bool_or(id is null) over (partition by key) as seen
       from (select id, key from record where source = $1 and source_kind = $2
             union all
             select null, unnest(keys) from load_page where source = $1 and kind = $2 and load = $3) as both_sides)
     select count(*)::int as stored, array_agg(id order by id) filter (where not seen and not exists (
       select from look_mark m where m.source = $1 and m.kind = $2 and m.name = 'k ' || key and m.stored > $4)) as missing from found where id is not null`,
    [source, kind, load, position],
  );
  return { stored: rows[0]?.stored ?? 0, missing: rows[0]?.missing ?? [] };
};

const missingOfCitizen = async (
  tx: Db,
  { source, kind, citizenId, seen, askedAt, look }: CitizenScope,
): Promise<Missing> => {
  // From the citizen to the records, whatever is known of the tables' sizes: "offset 0" keeps that order. A record that
  // also concerns someone else is not this snapshot's to take away.
  const { rows } = await tx.query<{ own: string[] | null; missing: string[] | null }>({
    name: 'missing-of-citizen',
    text: `select array_agg(mine.id) as own, array_agg(mine.id order by mine.id) filter (where mine.key <> all($4::text[]) and mine.observed_at <= $5
       and not exists (select from look_mark m where m.source = $1 and m.kind = $2 and m.name = 'k ' || mine.key and m.stored > $6 and m.look <> $7)) as missing
     from (select record_id from record_version where citizen_id = $3 and valid_to = 'infinity'
           union select record_id from citizen_record where citizen_id = $3
           union select s.record_id from source_consent s join identity i on i.id = s.identity_id where i.citizen_id = $3) as own
     cross join lateral (select id, key, source, source_kind, observed_at from record where id = own.record_id offset 0) as mine
     where mine.source = $1 and mine.source_kind = $2 and (
       select bool_and(citizen_id = $3) from record_version where record_id = mine.id and valid_to = 'infinity') is not false`,
    values: [source, kind, citizenId, seen, askedAt, look.asked, look.id ?? 0],
  });
  const own = rows[0]?.own ?? [];
  return { stored: own.length, missing: rows[0]?.missing ?? [], own };
};

const isMass = (stored: number, missing: number, guard: Guard): boolean =>
  missing > guard.count && missing / stored > guard.share;

/** Removes, or holds, what the snapshot did not see. Runs in the caller's transaction. */
export const sweep = async (tx: Db, scope: LoadScope | CitizenScope, guard: Guard): Promise<SweepResult> => {
  const ofLoad = 'load' in scope;
  const { stored, missing, own } = ofLoad ? await missingOfLoad(tx, scope) : await missingOfCitizen(tx, scope);
  const before = ofLoad ? { stored: 0, missing: 0 } : scope.before;
  const hold =
    missing.length > 0 &&
    (isMass(stored, missing.length, guard) || isMass(before.stored + stored, before.missing + missing.length, guard));
  const { source, kind } = scope;
  const news = await settleHeld(
    tx,
    { source, kind, citizenId: ofLoad ? null : scope.citizenId },
    { hold, missing, stored, own },
  );
  if (hold) return { removed: 0, held: missing.length, news };
  if (missing.length === 0) return { removed: 0, held: 0 };
  if (ofLoad) await overtakeAll(tx, scope.source, scope.kind);
  await appendChanges(tx, await removeRecords(tx, missing));
  return { removed: missing.length, held: 0 };
};

/** Records of these keys, which only a notice or a look at them says are gone. `before`: gone in this way lately. */
export const sweepKeys = async (
  tx: Db,
  scope: OfKind & { readonly keys: readonly string[]; readonly before: number },
  guard: Guard,
): Promise<SweepResult> => {
  const { source, kind, before } = scope;
  const missing = await idsOfKeys(tx, source, kind, scope.keys);
  if (missing.length === 0) return { removed: 0, held: 0 };
  const { rows } = await tx.query<{ stored: number }>(
    'select count(*)::int as stored from record where source = $1 and source_kind = $2',
    [source, kind],
  );
  const stored = rows[0]?.stored ?? 0;
  if (isMass(before + stored, before + missing.length, guard)) {
    const news = await addHeld(tx, { source, kind }, missing, stored);
    return { removed: 0, held: missing.length, news };
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
