// A source's runs over time, as few points as a chart can show: a day run by run (in fives of minutes when there are many),
// a week by the hour, a year by the day. The year is read from what its days came to, so it outlives the runs.
import type { Db } from './db.ts';

export type SeriesRange = 'day' | 'week' | 'year';

export interface SeriesPoint {
  /** End of the one run, or beginning of the bucket. */
  readonly at: Date;
  /** The one run it is about; null: a bucket. */
  readonly runId: string | null;
  /** Tries that ended, and those of them that failed. */
  readonly runs: number;
  readonly failed: number;
  /** Records the source gave; of them stored, also unchanged; new or different; removed; put in quarantine. */
  readonly served: number;
  readonly stored: number;
  readonly changed: number;
  readonly removed: number;
  readonly quarantined: number;
  readonly requests: number;
  /** From start to end: all together, and the longest; milliseconds. */
  readonly ms: number;
  readonly longestMs: number;
  /** Served per second under way; null where no time passed. */
  readonly recordsPerSecond: number | null;
}

export interface Series {
  /** What one point stands for. */
  readonly step: 'run' | 'five-minutes' | 'hour' | 'day';
  readonly from: Date;
  readonly to: Date;
  /** The oldest first. Where nothing ended there is no point. */
  readonly points: readonly SeriesPoint[];
}

type PointRow = Omit<SeriesPoint, 'recordsPerSecond'>;

const most = 400;

const counted = (name: string): string => `coalesce((counts->>'${name}')::bigint, 0)`;
const lasted = `coalesce(extract(epoch from ended_at - started_at) * 1000, 0)::bigint`;
const requested = 'coalesce(requests, 0)';

/** $1 source, $2 kind or null, $3 from, $4 to. A run that ended in the range was queued at most a day before it. */
const ofRuns = `from run where source = $1 and ($2::text is null or kind = $2) and queued_at >= $3::timestamptz - interval '1 day'
  and ended_at >= $3 and ended_at < $4 and state in ('done', 'failed', 'cancelled')`;

const eachRun = `select ended_at as at, id as "runId", 1 as runs, (state = 'failed')::int as failed, ${counted('served')} as served,
    ${counted('stored')} as stored, ${counted('created')} + ${counted('changed')} as changed, ${counted('removed')} as removed,
    ${counted('quarantined')} as quarantined, ${requested} as requests, ${lasted} as ms, ${lasted} as "longestMs"
  ${ofRuns} order by ended_at, id limit ${most + 1}`;

const inBuckets = (step: string): string => `
  select date_bin('${step}', ended_at, 'epoch') as at, null as "runId", count(*)::int as runs,
    count(*) filter (where state = 'failed')::int as failed, sum(${counted('served')})::bigint as served,
    sum(${counted('stored')})::bigint as stored, sum(${counted('created')} + ${counted('changed')})::bigint as changed,
    sum(${counted('removed')})::bigint as removed, sum(${counted('quarantined')})::bigint as quarantined,
    sum(${requested})::bigint as requests, sum(${lasted})::bigint as ms, max(${lasted}) as "longestMs"
  ${ofRuns} group by 1 order by 1`;

/** $1 source, $2 kind or null, $3 from, $4 to. */
const ofDays = `
  select day::timestamp at time zone 'Europe/Copenhagen' as at, null as "runId", sum(runs)::bigint as runs, sum(failed)::bigint as failed,
    sum(served)::bigint as served, sum(stored)::bigint as stored, sum(created + changed)::bigint as changed,
    sum(removed)::bigint as removed, sum(quarantined)::bigint as quarantined, sum(requests)::bigint as requests,
    sum(ms)::bigint as ms, max(longest_ms) as "longestMs"
  from run_day where source = $1 and ($2::text is null or kind = $2)
    and day > ($3::timestamptz at time zone 'Europe/Copenhagen')::date and day <= ($4::timestamptz at time zone 'Europe/Copenhagen')::date
  group by day order by day`;

const lengthMs: Readonly<Record<SeriesRange, number>> = {
  day: 86_400_000,
  week: 7 * 86_400_000,
  year: 365 * 86_400_000,
};

/** The range that ends at `now`, of one kind or of all the source's. */
export const readSeries = async (
  db: Db,
  of: { readonly source: string; readonly kind?: string | undefined; readonly range: SeriesRange },
  now: Date,
): Promise<Series> => {
  const from = new Date(now.getTime() - lengthMs[of.range]);
  const read = async (text: string): Promise<readonly SeriesPoint[]> => {
    const { rows } = await db.query<PointRow>(text, [of.source, of.kind ?? null, from, now]);
    return rows.map((row) => ({ ...row, recordsPerSecond: row.ms > 0 ? row.served / (row.ms / 1000) : null }));
  };
  const about = { from, to: now };
  if (of.range === 'year') return { step: 'day', ...about, points: await read(ofDays) };
  if (of.range === 'week') return { step: 'hour', ...about, points: await read(inBuckets('1 hour')) };
  const each = await read(eachRun);
  if (each.length <= most) return { step: 'run', ...about, points: each };
  return { step: 'five-minutes', ...about, points: await read(inBuckets('5 minutes')) };
};
