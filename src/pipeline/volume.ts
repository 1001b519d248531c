// Is the number of records a complete load (or a run) served far from this kind's own history? Median and median deviation: a few odd
// loads in the past do not blunt it. Too little history is said, not guessed at.

export interface VolumeJudgement {
  /** `unknown`: not enough complete loads yet. */
  readonly verdict: 'usual' | 'far' | 'unknown';
  readonly median: number;
  /** Loads seen, of those needed. */
  readonly loads: number;
  readonly needed: number;
}

export const loadsNeeded = 5;
/** A normal distribution's standard deviation in median deviations. */
const perDeviation = 1.4826;
const deviations = 6;
/** Never further than this counts as far: small kinds jump about. */
const least = { share: 0.2, records: 20 } as const;

const medianOf = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
};

/** @param floor differences up to this many records are never far. */
export const judgeVolume = (
  history: readonly number[],
  served: number,
  floor: number = least.records,
): VolumeJudgement => {
  const median = medianOf(history);
  const base = { median, loads: history.length, needed: loadsNeeded };
  if (history.length < loadsNeeded) return { ...base, verdict: 'unknown' };
  const spread = perDeviation * medianOf(history.map((one) => Math.abs(one - median)));
  const allowed = Math.max(deviations * spread, least.share * median, floor);
  return { ...base, verdict: Math.abs(served - median) > allowed ? 'far' : 'usual' };
};
