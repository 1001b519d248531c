// Deletions that wait for a person: one per source and kind, the same one however often pulls find it again, ended by a
// person's yes or by the source that shows the records once more. It lies in parts: one of complete loads and told keys,
// and one for each citizen whom a look at them alone concerned.
import { type Db, type Pool, type Tx, transaction } from './db.ts';
import { appendChanges, removeRecords } from './removal.ts';
import { holdPeople } from './subjects.ts';

export interface HeldScope {
  readonly source: string;
  readonly kind: string;
  /** Null: the whole kind. */
  readonly citizenId: string | null;
}

/** What a sweep has found of its scope: held if `hold`, else removed. */
export interface Verdict {
  readonly hold: boolean;
  readonly missing: readonly string[];
  readonly stored: number;
  /** Records of the scope, missing or not; undefined: all of the kind. */
  readonly own?: readonly string[] | undefined;
}

interface Part {
  readonly citizen_id: string | null;
  readonly record_ids: readonly string[];
}

const openCase = async (tx: Db, { source, kind }: HeldScope): Promise<number | undefined> =>
  (
    await tx.query<{ id: number }>({
      name: 'held-case',
      text: `select id from held_deletion where source = $1 and kind = $2 and state = 'held' for update`,
      values: [source, kind],
    })
  ).rows[0]?.id;

const beginCase = async (tx: Db, { source, kind }: HeldScope): Promise<number> => {
  const { rows } = await tx.query<{ id: number }>(
    'insert into held_deletion (source, kind, stored, missing) values ($1, $2, 0, 0) returning id',
    [source, kind],
  );
  return rows[0]?.id ?? 0;
};

/** Pages of a load under way may come after this and have seen them; those of an earlier one have not. */
const newerThanSql = `coalesce((select load - case when load_complete then 0 else 1 end from sync_state where source = $2 and kind = $3), 0)`;

const writePart = async (
  tx: Db,
  id: number,
  scope: HeldScope,
  ids: readonly string[],
  stored: number,
): Promise<void> => {
  await tx.query(
    `insert into held_part (deletion_id, citizen_id, load, stored, missing, record_ids)
     values ($1, $4, ${newerThanSql}, $5, $6, $7)
     on conflict (deletion_id, citizen_id) do update set load = excluded.load, stored = excluded.stored,
       missing = excluded.missing, record_ids = excluded.record_ids, found_at = excluded.found_at`,
    [id, scope.source, scope.kind, scope.citizenId, stored, ids.length, ids],
  );
};

/** Its counts are those of its parts; when nothing is left of it, it is over. */
const tally = async (
  tx: Db,
  id: number,
  more: { readonly found?: boolean; readonly grown?: boolean; readonly returned?: number; readonly removed?: number },
): Promise<void> => {
  await tx.query(
    `with p as (
       select coalesce(max(stored) filter (where citizen_id is null), sum(stored)) as stored, coalesce(sum(missing), 0) as missing
       from held_part where deletion_id = $1)
     update held_deletion h set
       stored = case when p.missing = 0 then h.stored else p.stored end,
       missing = case when p.missing = 0 then h.missing else p.missing end,
       last_found_at = case when $2 then now() else h.last_found_at end,
       growth = h.growth + case when $3 then 1 else 0 end,
       returned = h.returned + $4, removed = h.removed + $5,
       state = case when p.missing = 0 then 'overtaken' else h.state end,
       decided_at = case when p.missing = 0 then now() end
     from p where h.id = $1`,
    [id, more.found === true, more.grown === true, more.returned ?? 0, more.removed ?? 0],
  );
};

const stillThere = async (tx: Db, ids: readonly string[]): Promise<number> =>
  ids.length === 0
    ? 0
    : ((await tx.query<{ n: number }>('select count(*)::int as n from record where id = any($1::uuid[])', [ids]))
        .rows[0]?.n ?? 0);

/**
 * What is held of the scope becomes what the sweep has found. Runs in its transaction, before anything is removed.
 * @returns whether something is held that was not before
 */
export const settleHeld = async (tx: Db, scope: HeldScope, verdict: Verdict): Promise<boolean> => {
  const known = await openCase(tx, scope);
  if (known === undefined && !verdict.hold) return false;
  const id = known ?? (await beginCase(tx, scope));
  const { rows: parts } = await tx.query<Part>(
    'select citizen_id, record_ids from held_part where deletion_id = $1 and ($2::uuid is null or citizen_id is null or citizen_id = $2)',
    [id, scope.citizenId],
  );
  const own = verdict.own === undefined ? undefined : new Set(verdict.own);
  const isOf = (part: Part, record: string): boolean =>
    part.citizen_id !== null || own === undefined || own.has(record);
  const before = new Set(parts.flatMap((part) => part.record_ids.filter((record) => isOf(part, record))));
  const missing = new Set(verdict.missing);
  for (const part of parts) {
    const left = part.record_ids.filter((record) => !isOf(part, record));
    if (left.length === part.record_ids.length) continue;
    await tx.query(
      'update held_part set record_ids = $3, missing = $4 where deletion_id = $1 and citizen_id is not distinct from $2',
      [id, part.citizen_id, left, left.length],
    );
  }
  await tx.query('delete from held_part where deletion_id = $1 and missing = 0', [id]);
  if (verdict.hold) await writePart(tx, id, scope, verdict.missing, verdict.stored);
  const news = verdict.hold && verdict.missing.some((record) => !before.has(record));
  await tally(tx, id, {
    found: verdict.hold,
    grown: known !== undefined && news,
    returned: await stillThere(
      tx,
      [...before].filter((record) => !missing.has(record)),
    ),
    removed: verdict.hold ? 0 : [...before].filter((record) => missing.has(record)).length,
  });
  return news;
};

/** More keys that are said to be gone, beside what is held already. @returns whether any was not held before */
export const addHeld = async (
  tx: Db,
  { source, kind }: Omit<HeldScope, 'citizenId'>,
  missing: readonly string[],
  stored: number,
): Promise<boolean> => {
  const scope = { source, kind, citizenId: null };
  const known = await openCase(tx, scope);
  const id = known ?? (await beginCase(tx, scope));
  const { rows } = await tx.query<{ record_ids: readonly string[] }>(
    'select record_ids from held_part where deletion_id = $1 and citizen_id is null',
    [id],
  );
  const all = new Set([...(rows[0]?.record_ids ?? []), ...missing]);
  await writePart(tx, id, scope, [...all], stored);
  const news = all.size > (rows[0]?.record_ids.length ?? 0);
  await tally(tx, id, { found: true, grown: known !== undefined && news });
  return news;
};

/** A citizen's records are erased: nobody is asked about them any more. */
export const forgetHeldOf = async (tx: Db, citizenId: string): Promise<void> => {
  const { rows } = await tx.query<{ deletion_id: number }>(
    'delete from held_part where citizen_id = $1 returning deletion_id',
    [citizenId],
  );
  for (const { deletion_id: id } of rows) await tally(tx, id, {});
};

export interface HeldDeletion {
  readonly id: number;
  readonly source: string;
  readonly kind: string;
  readonly heldAt: Date;
  readonly stored: number;
  readonly missing: number;
  /** How often records have come to it since. */
  readonly growth: number;
}

export const listHeld = async (db: Db): Promise<readonly HeldDeletion[]> =>
  (
    await db.query<HeldDeletion>(
      `select id, source, kind, held_at as "heldAt", stored, missing, growth from held_deletion where state = 'held' order by id`,
    )
  ).rows;

/** What a newer load, still under way, or a look at them has seen again since it was found is not among them. */
const stillMissingSql = `
  select r.id from held_part p cross join unnest(p.record_ids) as h(id) join record r on r.id = h.id
  where p.deletion_id = $1
    and not exists (select from load_page l where l.source = r.source and l.kind = r.source_kind and l.load > p.load and r.key = any(l.keys))
    and not exists (select from look_mark m where m.source = r.source and m.kind = r.source_kind and m.name = 'k ' || r.key and m.at > p.found_at)`;

/**
 * Approves one held deletion, once: removes those of its records that are still unseen.
 * @param note written in the same transaction, with how many went
 * @param growth how far it had grown when it was looked at; absent: however far it has
 * @returns the number; `grown`: more has come to it since; undefined when not held
 */
export const approveHeld = async (
  pool: Pool,
  id: number,
  by: string,
  note?: (
    tx: Tx,
    done: { readonly source: string; readonly kind: string; readonly removed: number },
  ) => Promise<unknown>,
  growth?: number,
): Promise<number | 'grown' | undefined> =>
  transaction(pool, async (tx) => {
    await holdPeople(tx);
    const { rows } = await tx.query<{ source: string; kind: string; growth: number }>(
      `select source, kind, growth from held_deletion where id = $1 and state = 'held' for update`,
      [id],
    );
    const held = rows[0];
    if (held === undefined) return undefined;
    if (growth !== undefined && growth < held.growth) return 'grown';
    const { rows: still } = await tx.query<{ id: string }>(stillMissingSql, [id]);
    await tx.query(
      `update held_deletion set state = 'approved', decided_at = now(), decided_by = $2, removed = removed + $3 where id = $1`,
      [id, by, still.length],
    );
    await tx.query('delete from held_part where deletion_id = $1', [id]);
    await note?.(tx, { source: held.source, kind: held.kind, removed: still.length });
    await appendChanges(
      tx,
      await removeRecords(
        tx,
        still.map((row) => row.id),
      ),
    );
    return still.length;
  });
