// What mapping gives back. Problems of one record are data, never exceptions; an issue holds codes and target
// paths only, never a value from the record.
import type { Entity } from '../model/told-consent.ts';
import type { Domain, LinkRel, Sensitivity } from '../model/values.ts';

/** A wish to link to another record; one per candidate entity. Which of them exists is found out when linking. */
export interface LinkDraft {
  readonly rel: LinkRel;
  /** The source kind and key of the target, in the same source. */
  readonly kind: string;
  readonly key: string;
  readonly entity: Entity;
  readonly part: string;
}

export interface RepresentativeDraft {
  readonly type: 'custody' | 'guardian';
  readonly form?: '5' | '6' | '7';
  readonly number: string;
}

/** One citizen-plan record as mapped, valid against its kind's schema, not yet linked to a citizen. */
export interface Draft {
  /** Provenance: `sensum.indsats@3`. */
  readonly mapping: string;
  readonly entity: Entity;
  /** Tells records of one source record and entity apart; empty when there is only one. */
  readonly part: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly links: readonly LinkDraft[];
  /** Path below the journal's base URL, percent-encoded; absent when a value of the template was missing. */
  readonly journalPath?: string;
  /** For a record kept in one of several systems: which, and what its link may name, percent-encoded. */
  readonly hop?: { readonly by: string; readonly values: Readonly<Record<string, string>> };
  /** Absent = the source kind's configured domain. */
  readonly domain?: Domain;
  /** Owner unit; absent = the source kind's configured unit. */
  readonly unit?: string;
  /** Source ids of professionals named on the record. */
  readonly named: readonly string[];
  /** At least this; the source kind's configured default is never lowered. */
  readonly sensitivity?: Sensitivity;
  /** The source says, with a legal reason, that the citizen may not see it. */
  readonly withheld: boolean;
  /** The record names a third person whose name or address is protected. */
  readonly thirdPartyProtected: boolean;
  readonly sourceUpdatedAt?: string;
  /** Of a contact: who represents the citizen. The number stays in memory. */
  readonly representative?: RepresentativeDraft;
  /** Of a consent: fields that could not be read in full, and whether it is limited by something the hub has no word for. */
  readonly consent?: { readonly doubts: readonly string[]; readonly limited: boolean };
  /** Target fields that do not count as a change. */
  readonly ignoreForChange: readonly string[];
}

export interface Issue {
  /** `<target field>/<problem>`, for example `status/unknown-code` or `period.start/bad-date`. */
  readonly code: string;
  /** The target field; indexes of lists are left out so that issues can be counted. */
  readonly path: string;
  /** True: the record is not stored, its last good version stays. */
  readonly reject: boolean;
}

export type SubjectRef = { readonly cpr: string } | { readonly via: string; readonly key: string };

/** `drafts` is empty when an issue rejects the record; empty without such an issue means: no mapping takes it. */
export interface MapResult {
  readonly drafts: readonly Draft[];
  readonly issues: readonly Issue[];
}
