// Where what is born here points to: what it is about, the meeting it was made at, the comment it answers.
import type { Db } from './db.ts';

export interface BornLinks {
  readonly about?: string;
  readonly meeting?: string;
  readonly parent?: string;
}

/** By record. Targets that are gone are left out. */
export const bornLinks = async (db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, BornLinks>> => {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<{ from_id: string; rel: string; to_id: string }>(
    `select l.from_id, l.rel, l.to_id from link l
     where l.from_id = any($1::uuid[]) and exists (select from record r where r.id = l.to_id)`,
    [ids],
  );
  return new Map(
    [...Map.groupBy(rows, (row) => row.from_id)].map(([id, links]) => [
      id,
      Object.fromEntries(links.map((link) => [link.rel, link.to_id])) as BornLinks,
    ]),
  );
};
