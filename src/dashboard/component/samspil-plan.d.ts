// Types of <samspil-plan> for hosts written in TypeScript: the element, its events and what they carry.

export type SamspilView = 'plan' | 'calendar' | 'timeline' | 'all';

/** `expired`: sign in again. `hidden`: not there, or not for this reader; the hub does not say which. */
export type SamspilErrorKind = 'expired' | 'refused' | 'hidden' | 'invalid' | 'slow' | 'unreachable';

export interface SamspilEvents {
  /** The view is as new as it gets. */
  'samspil-loaded': CustomEvent<{ readonly citizen: string; readonly views: readonly SamspilView[] }>;
  'samspil-error': CustomEvent<{ readonly kind: SamspilErrorKind; readonly status: number }>;
  /** Prevent the default to open the record yourself. */
  'samspil-open-journal': CustomEvent<{ readonly url: string; readonly source: string; readonly record: string }>;
}

/** Attributes: citizen (the hub's id), hub (its address), lang, view, purpose, target (of journal links), level (1–4). */
export interface SamspilPlanElement extends HTMLElement {
  /** A token for the hub, in memory only. It is never read back. */
  token: string | undefined;
  /** Asked before each load, and once more with `expired: true` after a 401. */
  getToken: ((why: { readonly expired: boolean }) => Promise<string> | string) | undefined;
  refresh(): Promise<void>;
}

declare global {
  interface HTMLElementTagNameMap {
    'samspil-plan': SamspilPlanElement;
  }
  interface HTMLElementEventMap extends SamspilEvents {}
}
