// A citizen's consents as the feed tells them, put together as what was said: each with its versions, the newest first.
import type { MarkedConsent } from '../../../consent/before-party.ts';
/** As a decision names it for its ground. */
export const consentKey = ({ id, version }: Pick<MarkedConsent, 'id' | 'version'>): string =>
  `consent:${id}:${version}`;

export type Standing = 'grant' | 'refuse' | 'withdrawn' | 'ended' | 'coming';

/** @param today Copenhagen day; the last day counts */
export const standingOf = ({ withdrawn, from, to, decision }: MarkedConsent, today: string): Standing => {
  if (withdrawn) return 'withdrawn';
  if (to !== undefined && to < today) return 'ended';
  return from > today ? 'coming' : decision;
};

export interface Said {
  readonly id: string;
  readonly standing: Standing;
  readonly latest: MarkedConsent;
  readonly earlier: readonly MarkedConsent[];
}

/** What stands comes first, then what will; the newest first in each. */
export const saidOf = (consents: readonly MarkedConsent[], today: string): readonly Said[] => {
  const order: readonly Standing[] = ['grant', 'refuse', 'coming', 'ended', 'withdrawn'];
  return [...Map.groupBy(consents, ({ id }) => id)]
    .flatMap(([id, versions]) => {
      const [latest, ...earlier] = versions.toSorted((a, b) => b.version - a.version);
      return latest === undefined ? [] : [{ id, latest, earlier, standing: standingOf(latest, today) }];
    })
    .sort(
      (a, b) =>
        order.indexOf(a.standing) - order.indexOf(b.standing) || (a.latest.recordedAt > b.latest.recordedAt ? -1 : 1),
    );
};
