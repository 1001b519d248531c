// The statutes in force now, for showing the citizen what the law shares without asking.
import type { Db } from './db.ts';

export interface StatuteRow {
  readonly id: string;
  readonly title: string;
  readonly recipients: readonly string[];
  readonly domains: readonly string[] | null;
  readonly kinds: readonly string[] | null;
  readonly purposes: readonly string[] | null;
  readonly upTo: string;
  readonly optOut: boolean;
}

export const currentStatutes = async (db: Db): Promise<readonly StatuteRow[]> => {
  const { rows } = await db.query<{ [K in keyof StatuteRow]: StatuteRow[K] }>(
    `select statute_id as id, title, recipients, domains, kinds, purposes, up_to as "upTo", opt_out as "optOut"
     from statute_version where valid_from <= now() and now() < valid_to order by statute_id`,
  );
  return rows;
};
