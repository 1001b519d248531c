// How long a full reload of a source would take, from its own history: the requests its latest complete loads made, at
// the rate its budget allows from now on, and not faster than those loads were. Without history it says so.
import { type Clock, insideWindow } from '../clock.ts';
import type { SyncSource } from '../pipeline/source.ts';
import type { Db } from '../store/db.ts';
import { crawlGrowth, pastLoads, requestsPerPage } from '../store/past-loads.ts';

/** The source's budget as configured. */
export interface ForecastBudget {
  readonly requestsPerSecond: number;
  readonly windows: readonly { readonly between: string; readonly requestsPerSecond?: number | undefined }[];
}

export interface KindForecast {
  readonly kind: string;
  /** Undefined: there is no history to tell it from. */
  readonly requests: number | undefined;
  /** Seconds its latest complete load took, scaled to `requests`. */
  readonly seconds: number | undefined;
  /** What it is told from. */
  readonly from: string;
}

export interface Forecast {
  readonly kinds: readonly KindForecast[];
  /** Of the kinds that are known. */
  readonly requests: number;
  /** Undefined while any kind is unknown. */
  readonly seconds: number | undefined;
  /** In words, for people. */
  readonly text: string;
}

const looked = 3;
/** Kinds of a source that are pulled at the same time. */
const together = 3;
const longest = 90 * 86_400;
const minuteMs = 60_000;

const rateAt = ({ requestsPerSecond, windows }: ForecastBudget, at: Date): number =>
  windows.find(({ between }) => insideWindow(at, between))?.requestsPerSecond ?? requestsPerSecond;

/** Seconds that so many requests take from now on, minute by minute through the day's windows. */
export const paced = (requests: number, budget: ForecastBudget, from: Date): number => {
  if (budget.windows.length === 0) return requests / budget.requestsPerSecond;
  let left = requests;
  for (let ms = 0; ms < longest * 1000; ms += minuteMs) {
    const rate = rateAt(budget, new Date(from.getTime() + ms));
    if (left <= rate * 60) return ms / 1000 + left / rate;
    left -= rate * 60;
  }
  return longest;
};

/** `6 h 20 m`, `12 m`, `40 s`; rounded up, for nobody waits for the seconds of an hour. */
export const inWords = (seconds: number): string => {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} m`;
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  if (days > 0) return hours === 0 ? `${days} d` : `${days} d ${hours} h`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} m`;
};

const day = (at: Date): string => at.toISOString().slice(0, 10);

const kindForecast = async (db: Db, source: string, kind: string): Promise<KindForecast> => {
  const loads = await pastLoads(db, source, kind, looked);
  const [latest] = loads;
  if (latest === undefined)
    return { kind, requests: undefined, seconds: undefined, from: 'unknown: no complete load has ended yet' };
  // The largest of the latest: a source grows, and a load that was lucky is no promise.
  const counted = loads.filter(({ requests }) => requests !== null);
  const most = counted.toSorted((a, b) => (b.requests ?? 0) - (a.requests ?? 0))[0];
  if (most?.requests !== undefined && most.requests !== null)
    return { kind, requests: most.requests, seconds: most.seconds, from: `load of ${day(most.endedAt)}` };
  const perPage = await requestsPerPage(db, source, kind);
  if (perPage === undefined)
    return { kind, requests: undefined, seconds: latest.seconds, from: 'unknown: its requests were never counted' };
  return {
    kind,
    requests: Math.ceil(latest.pages * perPage),
    seconds: latest.seconds,
    from: `${latest.pages} pages of ${day(latest.endedAt)}`,
  };
};

const rateInWords = (budget: ForecastBudget): string =>
  [
    `at ${budget.requestsPerSecond} requests/s`,
    ...budget.windows.flatMap(({ between, requestsPerSecond }) =>
      requestsPerSecond === undefined ? [] : [`${requestsPerSecond} between ${between}`],
    ),
  ].join(', ');

/** A crawl takes as much more as there are more citizens to ask for now. */
const grown = async (db: Db, source: string, forecast: KindForecast): Promise<KindForecast> => {
  const growth = await crawlGrowth(db, source, forecast.kind);
  if (growth === undefined || growth.enrolled <= growth.asked) return forecast;
  const more = (n: number | undefined): number | undefined =>
    n === undefined ? undefined : Math.ceil((n * growth.enrolled) / growth.asked);
  return {
    kind: forecast.kind,
    requests: more(forecast.requests),
    seconds: more(forecast.seconds),
    from: `${forecast.from}, for ${growth.enrolled} citizens instead of ${growth.asked}`,
  };
};

/** @param kinds only these; default every mapped kind */
export const forecastReload = async (
  db: Db,
  clock: Clock,
  source: SyncSource,
  budget: ForecastBudget,
  kinds: readonly string[] = source.kinds.filter(({ mapping }) => mapping !== undefined).map(({ name }) => name),
): Promise<Forecast> => {
  const each = await Promise.all(
    kinds.map(async (kind) => {
      const forecast = await kindForecast(db, source.name, kind);
      const crawled = source.kinds.find(({ name }) => name === kind)?.spec.crawl === true;
      return crawled ? grown(db, source.name, forecast) : forecast;
    }),
  );
  const requests = each.reduce((sum, one) => sum + (one.requests ?? 0), 0);
  const unknown = each.filter((one) => one.requests === undefined);
  const slowest = each.map((one) => one.seconds ?? 0);
  const before = Math.max(0, ...slowest, slowest.reduce((sum, one) => sum + one, 0) / together);
  const least = Math.max(paced(requests, budget, clock.now()), before);
  if (unknown.length === 0)
    return { kinds: each, requests, seconds: least, text: `${inWords(least)} ${rateInWords(budget)}` };
  const names = unknown.map(({ kind }) => kind).join(', ');
  const text =
    unknown.length === each.length
      ? `unknown: there is no history of ${names} yet`
      : `unknown: ${inWords(least)} ${rateInWords(budget)} for the others, and no history of ${names} yet`;
  return { kinds: each, requests, seconds: undefined, text };
};
