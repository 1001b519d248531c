// How old is what the hub knows, per source.
import type { Db } from './db.ts';
import { freshnessSql } from './plan-sql.ts';
import type { SourceRow } from './plans.ts';

/** Every source that has ever been scheduled or synchronised. */
export const readFreshness = async (db: Db): Promise<readonly SourceRow[]> => {
  const { rows } = await db.query<{ source: string; synced: Date | null }>({ name: 'freshness', text: freshnessSql });
  return rows.map((row) => ({ source: row.source, syncedAt: row.synced }));
};
