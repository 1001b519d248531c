// Drift found while pulling: fields, codes and types that were not there before or are no longer, counted, with what became
// of the run and who has accepted it. Names, types, and codes that look like codes; never a value of free text.
import { maskNumbers } from '../model/cpr.ts';
import { type Db, type Pool, type Tx, transaction } from './db.ts';
import { setPaused } from './sync-state.ts';

export type DriftType = 'unknown-field' | 'vanished-field' | 'unknown-code' | 'type-change' | 'zero-rows' | 'volume';
export type DriftPolicy = 'note' | 'hold' | 'stop';

/** By the names the configuration uses. */
export interface DriftPolicies {
  readonly newField: DriftPolicy;
  readonly vanishedField: DriftPolicy;
  readonly unknownCode: DriftPolicy;
  readonly typeChange: DriftPolicy;
  readonly zeroRows: DriftPolicy;
  readonly volume: DriftPolicy;
}

export interface DriftFound {
  readonly type: DriftType;
  /** A source path, the target field of a code, or what was counted. */
  readonly name: string;
  readonly times: number;
  readonly was?: string;
  readonly became?: string;
  readonly codes?: readonly string[];
  /** Default: only noted. */
  readonly did?: DriftPolicy;
}

const mostCodes = 20;

/**
 * Adds to what is known. What was accepted is open again when it comes in another form; what somebody is waited for stays
 * so, also when another run only notes it.
 */
export const countDrift = async (tx: Db, source: string, kind: string, found: readonly DriftFound[]): Promise<void> => {
  if (found.length === 0) return;
  const column = <T>(value: (one: DriftFound) => T): readonly T[] => found.map(value);
  await tx.query(
    `insert into drift as d (source, kind, type, name, times, was, became, codes, did)
     select $1, $2, type, name, times, was, became, string_to_array(codes, chr(31)), did
     from unnest($3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[]) as t(type, name, times, was, became, codes, did)
     on conflict (source, kind, type, name) do update set times = d.times + excluded.times, last_seen = now(),
       did = case when d.accepted_at is null and d.did <> 'note' then d.did else excluded.did end,
       was = coalesce(excluded.was, d.was), became = coalesce(excluded.became, d.became),
       codes = (select coalesce(array_agg(c order by c), '{}') from (select distinct unnest(d.codes || excluded.codes) as c limit ${mostCodes}) as merged),
       accepted_at = case when excluded.became is not distinct from d.became and excluded.codes <@ d.codes then d.accepted_at end`,
    [
      source,
      kind,
      column((one) => one.type),
      column((one) => maskNumbers(one.name).slice(0, 200)),
      column((one) => one.times),
      column((one) => one.was ?? null),
      column((one) => one.became ?? null),
      column((one) => (one.codes ?? []).slice(0, mostCodes).join('\u001f')),
      column((one) => one.did ?? 'note'),
    ],
  );
};

export interface Drift {
  readonly id: number;
  readonly source: string;
  readonly kind: string;
  readonly type: DriftType;
  readonly name: string;
  readonly times: number;
  readonly was: string | null;
  readonly became: string | null;
  readonly codes: readonly string[];
  readonly did: DriftPolicy;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  readonly acceptedAt: Date | null;
  readonly acceptedBy: string | null;
}

/** Newest first; `all` with what was accepted. */
export const listDrift = async (
  db: Db,
  filter: { readonly source?: string; readonly kind?: string; readonly all?: boolean } = {},
): Promise<readonly Drift[]> => {
  const { rows } = await db.query<Drift>(
    `select id, source, kind, type, name, times, was, became, codes, did, first_seen as "firstSeen", last_seen as "lastSeen",
       accepted_at as "acceptedAt", accepted_by as "acceptedBy"
     from drift where ($1::text is null or source = $1) and ($2::text is null or kind = $2) and ($3 or accepted_at is null)
     order by did <> 'note' desc, first_seen desc, id desc`,
    [filter.source ?? null, filter.kind ?? null, filter.all ?? false],
  );
  return rows;
};

/** What accepting means for what is expected from now on. */
const expectFromNowOn = async (tx: Db, { source, kind, type, name, became }: Drift): Promise<void> => {
  if (type === 'type-change')
    await tx.query(
      `update field_seen set types = (select array_agg(distinct t) from unnest(types || string_to_array($4, ', ')) as t)
       where source = $1 and kind = $2 and path = $3`,
      [source, kind, name, became ?? ''],
    );
  if (type === 'vanished-field')
    await tx.query('delete from field_seen where source = $1 and kind = $2 and path = $3', [source, kind, name]);
  if (type === 'volume') await tx.query('delete from load_history where source = $1 and kind = $2', [source, kind]);
};

/**
 * Accepts one finding: it is right as it is now. A kind that waited for this alone is pulled again. `note` writes down who
 * did it, in the same transaction.
 * @returns undefined when there is nothing of that number to accept.
 */
export const acceptDrift = async (
  pool: Pool,
  id: number,
  by: string,
  note?: (tx: Tx, done: { readonly drift: Drift; readonly resumed: boolean }) => Promise<unknown>,
): Promise<{ readonly drift: Drift; readonly resumed: boolean } | undefined> =>
  transaction(pool, async (tx) => {
    const { rowCount } = await tx.query(
      'update drift set accepted_at = now(), accepted_by = $2 where id = $1 and accepted_at is null',
      [id, by],
    );
    if (rowCount === 0) return undefined;
    const { rows } = await tx.query<Pick<Drift, 'source' | 'kind'>>('select source, kind from drift where id = $1', [
      id,
    ]);
    const at = rows[0] ?? { source: '', kind: '' };
    const all = await listDrift(tx, { ...at, all: true });
    const drift = all.find((one) => one.id === id);
    if (drift === undefined) return undefined;
    await expectFromNowOn(tx, drift);
    const waits = all.some((one) => one.acceptedAt === null && one.did !== 'note');
    const resumed = drift.did !== 'note' && !waits;
    if (resumed) await setPaused(tx, drift.source, [drift.kind], false);
    await note?.(tx, { drift, resumed });
    return { drift, resumed };
  });

/** What no longer holds: an empty source has records again. */
export const settleDrift = async (tx: Db, source: string, kind: string, type: DriftType): Promise<void> => {
  await tx.query('delete from drift where source = $1 and kind = $2 and type = $3', [source, kind, type]);
};
