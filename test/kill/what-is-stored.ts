// All that a reader could tell two databases apart by, without times and sequence numbers; and whether a worker has
// nothing left to do.
import type { Pool } from '../../src/store/db.ts';

const parts = {
  records: `select id, source, source_kind, key, entity, part, domain, sensitivity, owner_unit, mapping, source_updated_at,
              encode(content_hash, 'hex') as hash, stale_since is not null as stale from record order by id`,
  versions: `select v.record_id, v.citizen_id, encode(i.cpr_hash, 'hex') as number, v.kind, v.domain, v.source, v.sensitivity, v.owner_unit,
               v.named, v.withheld, v.third_party_protected
             from record_version v join identity i on i.id = v.identity_id where v.valid_to = 'infinity' order by v.record_id, number`,
  links: 'select from_id, rel, to_id from link order by from_id, rel, to_id',
  masterData: 'select record_id, citizen_id from citizen_record order by record_id, citizen_id',
  bodies: 'select record_id, stripped is null as same, cipher is null as open from record_body order by record_id',
  // Whether a neighbour's arrival was told as a change depends on which of the two came first, in any run.
  changes: `select distinct on (record_id, citizen_id) record_id, citizen_id, op = 'removed' as removed
            from change where record_id is not null order by record_id, citizen_id, position desc`,
  created: `select record_id, citizen_id, count(*)::int as times from change where op = 'created' group by 1, 2 order by 1, 2`,
  quarantine: `select source, kind, encode(key_hash, 'hex') as key, code, path from quarantine where state = 'open' order by 1, 2, 3, 4, 5`,
  fetches: 'select citizen_id, source, state from citizen_fetch order by citizen_id, source',
} as const;

export type Stored = Readonly<Record<keyof typeof parts, readonly string[]>>;

export const whatIsStored = async (pool: Pool): Promise<Stored> => {
  const stored: Record<string, readonly string[]> = {};
  for (const [name, sql] of Object.entries(parts))
    stored[name] = (await pool.query<object>(sql)).rows.map((row) => JSON.stringify(row));
  return stored as Stored;
};

/** How many kinds have been loaded once, and are not being loaded. */
export const kindsComplete = async (pool: Pool): Promise<number> =>
  (
    await pool.query<{ n: number }>(
      'select count(*)::int as n from sync_state where load_complete and last_complete_at is not null and not reload_wanted',
    )
  ).rows[0]?.n ?? 0;

/** Every scheduled kind loaded, and nobody waiting. */
export const isComplete = async (pool: Pool): Promise<boolean> => {
  const { rows } = await pool.query<{ kinds: number; waiting: number }>(
    `select (select count(*)::int from schedule) as kinds, (select count(*)::int from citizen_fetch where state = 'pending' or ended_at is null) as waiting`,
  );
  const { kinds = 0, waiting = 1 } = rows[0] ?? {};
  return kinds > 0 && waiting === 0 && (await kindsComplete(pool)) === kinds;
};
