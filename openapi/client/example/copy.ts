// A copy of what a consumer system may see, in one SQLite file. A step is one transaction: records, deletions and position
// together. What is deleted is overwritten, not only forgotten: the hub is told that it is gone.
import { DatabaseSync } from 'node:sqlite';
import type { Change, CopyStore, Position, Step } from '../follow.ts';

const schema = `
  pragma journal_mode = truncate;
  pragma synchronous = full;
  pragma secure_delete = on;
  create table if not exists record (
    citizen text not null, id text not null, kind text, body text not null, links text not null, generation integer not null,
    primary key (citizen, id)
  ) strict, without rowid;
  create table if not exists position (
    one integer primary key check (one = 1), cursor text, generation integer not null, fresh integer not null
  ) strict;
`;

export interface HeldRecord {
  readonly citizen: string;
  readonly id: string;
  readonly kind: string;
  readonly body: string;
  readonly links: string;
}

export interface Copy extends CopyStore {
  records(): readonly HeldRecord[];
  /** How much is held. */
  size(): { readonly records: number; readonly citizens: number };
  close(): void;
}

export const openCopy = (path: string): Copy => {
  const database = new DatabaseSync(path);
  database.exec(schema);
  // A record about several citizens comes once for each: the citizen is part of what it is held under.
  const put = database.prepare(
    `insert into record (citizen, id, kind, body, links, generation) values (?, ?, ?, ?, ?, ?)
     on conflict (citizen, id) do update set
       kind = excluded.kind, body = excluded.body, links = excluded.links, generation = excluded.generation`,
  );
  const remove = database.prepare('delete from record where citizen = ? and id = ?');
  const sweep = database.prepare('delete from record where generation <> ?');
  const keep = database.prepare(
    `insert into position (one, cursor, generation, fresh) values (1, ?, ?, ?)
     on conflict (one) do update set cursor = excluded.cursor, generation = excluded.generation, fresh = excluded.fresh`,
  );
  const write = (step: Step): void => {
    const { cursor, generation, fresh } = step.position;
    for (const change of step.put)
      put.run(
        change.citizen,
        change.id,
        change.kind ?? null,
        JSON.stringify(change.record),
        JSON.stringify(change.links ?? []),
        generation,
      );
    for (const change of step.removed as readonly Change[]) remove.run(change.citizen, change.id);
    if (step.sweep) sweep.run(generation);
    keep.run(cursor ?? null, generation, fresh ? 1 : 0);
  };
  return {
    position(): Position | undefined {
      const row = database.prepare('select cursor, generation, fresh from position').get() as
        | { readonly cursor: string | null; readonly generation: number; readonly fresh: number }
        | undefined;
      if (row === undefined) return undefined;
      const at = { generation: row.generation, fresh: row.fresh === 1 };
      return row.cursor === null ? at : { ...at, cursor: row.cursor };
    },
    apply(step) {
      database.exec('begin immediate');
      try {
        write(step);
        database.exec('commit');
      } catch (error) {
        database.exec('rollback');
        throw error;
      }
    },
    records: () =>
      database
        .prepare('select citizen, id, kind, body, links from record order by citizen, id')
        .all() as unknown as readonly HeldRecord[],
    size: () =>
      database.prepare('select count(*) as records, count(distinct citizen) as citizens from record').get() as {
        records: number;
        citizens: number;
      },
    close: () => database.close(),
  };
};
