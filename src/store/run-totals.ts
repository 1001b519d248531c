// What the runs of today came to, kind by kind: counts that begin anew each midnight, Copenhagen time.
import type { Db } from './db.ts';

export interface RunTotals {
  readonly source: string;
  /** `*`: of several kinds. */
  readonly kind: string;
  readonly runs: number;
  readonly failed: number;
  readonly served: number;
  readonly stored: number;
  readonly removed: number;
  readonly quarantined: number;
  readonly requests: number;
}

export const readRunTotals = async (db: Db): Promise<readonly RunTotals[]> =>
  (
    await db.query<{ [K in keyof RunTotals]: RunTotals[K] }>(
      `select source, kind, runs, failed, served, stored, removed, quarantined, requests from run_day
       where day = (now() at time zone 'Europe/Copenhagen')::date`,
    )
  ).rows;
