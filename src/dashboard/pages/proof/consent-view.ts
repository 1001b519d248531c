// A citizen's consents as the feed tells them, put together as what was said: each with its versions, the newest first.
export interface Consent {
  readonly id: string;
  readonly version: number;
  readonly decision: 'grant' | 'refuse';
  readonly recipient?: string;
  readonly domains?: readonly string[];
  readonly kinds?: readonly string[];
  readonly record?: string;
  readonly purposes?: readonly string[];
  readonly upTo: string;
  readonly show: string;
  readonly from: string;
  readonly to?: string;
  readonly withdrawn: boolean;
  readonly recordedAt: string;
  readonly recordedBy?: string;
  readonly recordedAs: string;
  readonly evidence?: string;
  readonly source?: string;
  readonly beforeAge15?: true;
  readonly text: string;
}

/** As a decision names it for its ground. */
export const consentKey = ({ id, version }: Pick<Consent, 'id' | 'version'>): string => `consent:${id}:${version}`;

export type Standing = 'grant' | 'refuse' | 'withdrawn' | 'ended' | 'coming';

/** @param today Copenhagen day; the last day counts */
export const standingOf = ({ withdrawn, from, to, decision }: Consent, today: string): Standing => {
  if (withdrawn) return 'withdrawn';
  if (to !== undefined && to < today) return 'ended';
  return from > today ? 'coming' : decision;
};

export interface Said {
  readonly id: string;
  readonly standing: Standing;
  readonly latest: Consent;
  readonly earlier: readonly Consent[];
}

/** What stands comes first, then what will; the newest first in each. */
export const saidOf = (consents: readonly Consent[], today: string): readonly Said[] => {
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
