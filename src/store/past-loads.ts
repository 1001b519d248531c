// What complete loads have taken: the history a forecast is made from. Counts and times only.
import type { Db } from './db.ts';

export interface PastLoad {
  readonly endedAt: Date;
  /** Asked of the source; null where nobody counted. */
  readonly requests: number | null;
  readonly pages: number;
  readonly served: number;
  readonly seconds: number;
}

/** Complete loads of a kind that ended well, the latest first. */
export const pastLoads = async (db: Db, source: string, kind: string, limit: number): Promise<readonly PastLoad[]> => {
  const { rows } = await db.query<PastLoad>(
    `select ended_at as "endedAt", requests, pages, coalesce((counts->>'served')::int, 0) as served,
       extract(epoch from ended_at - started_at)::float8 as seconds
     from run where source = $1 and kind = $2 and mode = 'load' and state = 'done' and started_at is not null and (pages > 0 or requests > 0)
     order by ended_at desc limit $3`,
    [source, kind, limit],
  );
  return rows;
};

/** Requests per page of the kind's latest counted runs of any sort; undefined when none was counted. */
export const requestsPerPage = async (db: Db, source: string, kind: string): Promise<number | undefined> => {
  const { rows } = await db.query<{ requests: number; pages: number }>(
    `select sum(requests)::int as requests, sum(pages)::int as pages from (
       select requests, pages from run where source = $1 and kind = $2 and state = 'done' and requests > 0 and pages > 0
       order by ended_at desc limit 20) as latest`,
    [source, kind],
  );
  const [row] = rows;
  return row === undefined || !(row.pages > 0) ? undefined : row.requests / row.pages;
};

/** How many citizens the latest crawl of a kind has asked for, and how many there are now; undefined for other kinds. */
export const crawlGrowth = async (
  db: Db,
  source: string,
  kind: string,
): Promise<{ readonly asked: number; readonly enrolled: number } | undefined> => {
  const { rows } = await db.query<{ asked: number | null; enrolled: number }>(
    `select (select (checkpoint->>'asked')::int from sync_state where source = $1 and kind = $2 and load_complete) as asked,
       (select count(*)::int from enrolment where ended_at is null and starts_at <= now()) as enrolled`,
    [source, kind],
  );
  const { asked = null, enrolled = 0 } = rows[0] ?? {};
  return asked === null || asked === 0 ? undefined : { asked, enrolled };
};
