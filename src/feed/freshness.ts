// The freshness contract: how old is what the hub knows from each source. The same for every citizen and reader, except
// that a source whose first fetch of this citizen has not ended is unknown for them: unknown is never shown as empty.
import { type Freshness, freshnessOf } from '../store/freshness.ts';
import type { SourceRow } from '../store/plans.ts';
import type { FeedSource } from './context.ts';

export interface SourceState {
  readonly id: string;
  readonly title: string;
  readonly domain: string;
  readonly state: Freshness;
  readonly syncedAt?: string;
  readonly existenceShown?: true;
}

/** The state of every configured source, in configured order. */
export const sourceStates = (
  sources: readonly FeedSource[],
  rows: readonly SourceRow[],
  pending: ReadonlySet<string>,
  now: Date,
): readonly SourceState[] => {
  const synced = new Map(rows.map((row) => [row.source, row.syncedAt]));
  return sources.map((source) => {
    const at = synced.get(source.id) ?? null;
    return {
      id: source.id,
      title: source.title,
      domain: source.domain,
      state: pending.has(source.id) ? 'unknown' : freshnessOf(at, source.freshForMs, now),
      ...(at === null ? {} : { syncedAt: at.toISOString() }),
      ...(source.existenceShown ? { existenceShown: true as const } : {}),
    };
  });
};

/** What decides whether an answer about the same records is another answer: states, not times. */
export const stateKey = (states: readonly SourceState[]): string =>
  states.map((state) => `${state.id}=${state.state}`).join(',');

/** Header form, so that a 304 repeats it: `momentum=fresh;2026-11-21T18:00:00.000Z, sensum=unknown`. */
export const sourcesHeader = (states: readonly SourceState[]): string =>
  states
    .map((state) => `${state.id}=${state.state}${state.syncedAt === undefined ? '' : `;${state.syncedAt}`}`)
    .join(', ');
