// Which processes work: each says so every half a minute, by an id drawn at its start. Whoever has not for a day is forgotten.
import type { Db } from './db.ts';

export interface SeenWorker {
  /** Drawn at its start; says nothing of the machine. */
  readonly id: string;
  readonly version: string;
  readonly startedAt: Date;
  readonly seenAt: Date;
}

/** So often a worker says that it is there, in milliseconds; one not seen for three times as long has stopped. */
export const seenEveryMs = 30_000;

export const seeWorker = async (
  db: Db,
  worker: { readonly id: string; readonly version: string; readonly startedAt: Date },
): Promise<void> => {
  await db.query(
    `with gone as (delete from worker_seen where seen_at < now() - interval '1 day')
     insert into worker_seen (id, version, started_at, seen_at) values ($1, $2, $3, now())
     on conflict (id) do update set seen_at = now()`,
    [worker.id, worker.version, worker.startedAt],
  );
};

/** One that stops in order is not missed. */
export const forgetWorker = async (db: Db, id: string): Promise<void> => {
  await db.query('delete from worker_seen where id = $1', [id]);
};

/** Those of the last day, the latest seen first. */
export const readWorkers = async (db: Db): Promise<readonly SeenWorker[]> =>
  (
    await db.query<{ [K in keyof SeenWorker]: SeenWorker[K] }>(
      `select id, version, started_at as "startedAt", seen_at as "seenAt" from worker_seen
       where seen_at > now() - interval '1 day' order by seen_at desc, id`,
    )
  ).rows;
