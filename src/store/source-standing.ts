// In one word, how a kind and its source fare. What somebody must act on comes before what explains itself, and that before
// what passes by itself; one order for everybody who shows or tells it.
import type { BreakerRow } from './breaker.ts';

/**
 * - `failing`: its last pull failed, or is being tried again after one that did and has brought nothing yet.
 * - `paused`: nobody pulls it until somebody resumes it.
 * - `loading`: its first complete load is under way.
 * - `never`: it has never been pulled to its end.
 * - `late`: its last complete pull is older than the source's freshness allows.
 * - `unmapped`: nothing maps it, so it is not pulled.
 */
export type KindStanding = 'failing' | 'paused' | 'loading' | 'never' | 'late' | 'ok' | 'unmapped';
/** A source fares as the worst of its kinds; `breaker-open`: it is not asked at all until a probe succeeds. */
export type SourceStanding = Exclude<KindStanding, 'unmapped'> | 'breaker-open';

/** The worst first. */
const order = ['failing', 'paused', 'late', 'loading', 'never', 'ok'] as const;

export const standingOf = (kind: {
  readonly mapped: boolean;
  readonly paused: boolean;
  readonly lastRun: { readonly state: string } | null;
  readonly running: { readonly errorCode: string | null } | null;
  readonly load: object | null;
  readonly lastCompleteAt: Date | null;
  readonly freshForMs: number;
  readonly now: Date;
}): KindStanding => {
  if (!kind.mapped) return 'unmapped';
  if (kind.paused) return 'paused';
  // A try that begins hides the one before, whose run it is.
  if (kind.lastRun?.state === 'failed' || (kind.running?.errorCode ?? null) !== null) return 'failing';
  if (kind.lastCompleteAt === null) return kind.load === null && kind.running === null ? 'never' : 'loading';
  return kind.now.getTime() - kind.lastCompleteAt.getTime() > kind.freshForMs ? 'late' : 'ok';
};

export const sourceStanding = (
  kinds: readonly KindStanding[],
  breaker: Pick<BreakerRow, 'state'> | null,
): SourceStanding => {
  if (breaker !== null && breaker.state !== 'closed') return 'breaker-open';
  return order.find((standing) => kinds.includes(standing)) ?? 'never';
};
