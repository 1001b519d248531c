// Drift found while pulling: names of unknown fields and unknown codes' target fields, counted. Never a value.
import { maskNumbers } from '../model/cpr.ts';
import type { Db } from './db.ts';

export type DriftType = 'unknown-field' | 'unknown-code' | 'zero-rows' | 'volume';

export const countDrift = async (
  tx: Db,
  source: string,
  kind: string,
  found: readonly { readonly type: DriftType; readonly name: string; readonly times: number }[],
): Promise<void> => {
  if (found.length === 0) return;
  await tx.query(
    `insert into drift (source, kind, type, name, times) select $1, $2, type, name, sum(times) from unnest($3::text[], $4::text[], $5::bigint[]) as t(type, name, times)
     group by type, name on conflict (source, kind, type, name) do update set times = drift.times + excluded.times, last_seen = now()`,
    [
      source,
      kind,
      found.map((f) => f.type),
      found.map((f) => maskNumbers(f.name).slice(0, 200)),
      found.map((f) => f.times),
    ],
  );
};
