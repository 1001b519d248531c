// What follows from an attempt: done, again at a time, or given up. The waits are those Standard Webhooks recommends, 75
// hours in all, each moved a little at random; what the receiver asks for comes first.

export const outcomes = [
  'delivered',
  'not-echoed',
  'redirect',
  'refused',
  'gone',
  'too-many',
  'failing',
  'timeout',
  'unreachable',
  'tls',
  'address-refused',
] as const;
export type OutcomeName = (typeof outcomes)[number];

export interface Outcome {
  readonly name: OutcomeName;
  /** `Retry-After`, in milliseconds from now. */
  readonly retryAfterMs?: number;
  readonly ms: number;
}

const [second, minute, hour] = [1000, 60_000, 3_600_000];
/** Waits after the first attempt, the second …: ten attempts. */
export const waits: readonly number[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];
/** Whoever registers an address is there to answer: a challenge is tried for half an hour. */
const challengeWaits = waits.slice(0, 3);
const longestAsked = 24 * hour;
const spread = 0.2;

export type Verdict =
  | { readonly state: 'delivered' }
  | { readonly state: 'waiting'; readonly waitMs: number; readonly quiet: boolean }
  | { readonly state: 'failed'; readonly gone: boolean };

/** @param attempts how often it has been tried, this time included. `random`: 0 to 1. */
export const verdictOf = (
  kind: 'challenge' | 'hint' | 'reminder',
  attempts: number,
  outcome: Outcome,
  random: () => number,
): Verdict => {
  if (outcome.name === 'delivered') return { state: 'delivered' };
  if (outcome.name === 'gone') return { state: 'failed', gone: true };
  const wait = (kind === 'challenge' ? challengeWaits : waits)[attempts - 1];
  if (wait === undefined) return { state: 'failed', gone: false };
  const own = Math.round(wait * (1 - spread / 2 + spread * random()));
  const asked = Math.min(outcome.retryAfterMs ?? 0, longestAsked);
  return { state: 'waiting', waitMs: Math.max(own, asked), quiet: asked > 0 };
};
