// How old is what the hub knows, per source.
import type { Db } from './db.ts';
import { freshnessSql } from './plan-sql.ts';
import type { SourceRow } from './plans.ts';

/** Every source that has ever been scheduled or synchronised. */
export const readFreshness = async (db: Db): Promise<readonly SourceRow[]> => {
  const { rows } = await db.query<{ source: string; synced: Date | null }>({ name: 'freshness', text: freshnessSql });
  return rows.map((row) => ({ source: row.source, syncedAt: row.synced }));
};

export type Freshness = 'fresh' | 'late' | 'unknown';

/** Unknown: never complete. Late: its last complete pull is older than it promises. */
export const freshnessOf = (syncedAt: Date | null, freshForMs: number, now: Date): Freshness =>
  syncedAt === null ? 'unknown' : now.getTime() - syncedAt.getTime() > freshForMs ? 'late' : 'fresh';
