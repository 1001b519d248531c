// What the feed answers about a citizen, as pages read it (openapi/feed.v1.yaml is the contract; the fields of each kind
// are the model's own). Pages show what is there and nothing else: a list that is missing is not an empty one.
import type { Content, ListedKind, planLists } from '../../../model/kinds.ts';
import type { Freshness } from '../../../store/freshness.ts';

/** What every record carries beside its own fields. */
export interface Carried {
  readonly id: string;
  readonly domain: string;
  readonly source: string;
  readonly sensitivity: string;
  readonly observedAt: string;
  readonly staleSince?: string;
  readonly journalUrl?: string;
}

export type Shown<K extends ListedKind> = Content<K> & Carried & { readonly kind: K };

export interface ShownSourceState {
  readonly id: string;
  readonly title: string;
  readonly domain: string;
  readonly state: Freshness;
  readonly syncedAt?: string;
}

export interface ShownLink {
  readonly from: string;
  readonly to: string;
  readonly rel: string;
}

type Lists = { readonly [K in ListedKind as (typeof planLists)[K]]?: readonly Shown<K>[] };

export interface ShownPlan extends Lists {
  readonly citizen: Partial<Content<'citizen'>> & { readonly id: string; readonly age?: number };
  readonly asOf: string;
  readonly sources: readonly ShownSourceState[];
  readonly links?: readonly ShownLink[];
  /** What a source is set to say exists and is not shown. */
  readonly hidden?: readonly { readonly source: string }[];
}
