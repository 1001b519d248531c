// A rate budget's timeline in Postgres, so that several processes asking one source keep one rate together: whoever
// reserves pushes the time of the next request on. A second of what was not used may be made up for.
import type { Db } from './db.ts';

const burstSeconds = 1;

/** @returns ms until the first of these requests may start. */
export const reserveRequests = async (
  db: Db,
  name: string,
  requests: number,
  requestsPerSecond: number,
): Promise<number> => {
  const { rows } = await db.query<{ wait: number }>({
    name: 'reserve-requests',
    text: `insert into rate_budget as b (name, next_at) values ($1, clock_timestamp() + ($2::float8 - $3) * interval '1 second')
           on conflict (name) do update set
             next_at = greatest(b.next_at, clock_timestamp() - $3 * interval '1 second') + $2::float8 * interval '1 second'
           returning greatest(0, extract(epoch from next_at - $2::float8 * interval '1 second' - clock_timestamp()) * 1000)::float8 as wait`,
    values: [name, requests / requestsPerSecond, Math.max(burstSeconds, 1 / requestsPerSecond)],
  });
  return Math.ceil(rows[0]?.wait ?? 0);
};
