// What the pipeline knows of a configured source: its kinds in the order they must be pulled (those that others name
// their citizen by come first), with mapping and settings. Built by the composition root from configuration.
import type { Delivery, KindSpec, Page, Receipt, Source } from '../adapter/contract.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { KindMapping } from '../mapping/compile.ts';
import type { Domain, Sensitivity } from '../model/values.ts';
import type { KeyRing } from '../store/crypto.ts';
import type { Pool, Tx } from '../store/db.ts';
import type { Guard } from '../store/deletions.ts';
import type { DriftPolicies } from '../store/drift.ts';
import type { ConsentBelief } from './told-consents.ts';

export interface SyncKind {
  readonly name: string;
  readonly spec: KindSpec;
  /** Absent: served records are counted as not mapped and never stored. */
  readonly mapping: KindMapping | undefined;
  readonly domain: Domain;
  /** Least sensitivity of its records; a mapping may raise it. */
  readonly sensitivity: Sensitivity;
  readonly ownerUnit: string | undefined;
  /** The key holds a CPR: stored as keyed hash. */
  readonly keyIsCpr: boolean;
  /** Its text cannot be separated per person. */
  readonly mixed: boolean;
  /** Raw records are kept this long, in milliseconds; absent: not at all. */
  readonly retain?: number | undefined;
  /** Absent: everything is only noted. */
  readonly drift?: DriftPolicies;
}

/** An open source with its types forgotten; checkpoints were validated by the kind's schema. */
export interface OpenSource {
  readonly pull: Readonly<
    Record<string, (options: { after: never; signal: AbortSignal }) => AsyncIterable<Page<unknown>>>
  >;
  readonly byCitizen?: Readonly<
    Record<string, (options: { cpr: string; signal: AbortSignal }) => AsyncIterable<Page<unknown>>>
  >;
  readonly byKeys?: Readonly<
    Record<string, (options: { keys: readonly string[]; signal: AbortSignal }) => AsyncIterable<Page<unknown>>>
  >;
  probe: Source['probe'];
  /** How many requests it has made since it was opened. */
  readonly requests?: () => number;
  close(): Promise<void>;
}

export interface SyncSource {
  readonly name: string;
  /** Base of journal links; scheme and host come from here only. */
  readonly journalBaseUrl: string | undefined;
  /** Whole addresses with `{name}`s, by the system a record is kept in (lower case). */
  readonly journalTemplates?: Readonly<Record<string, string>>;
  /** Only such sources give a citizen's address. */
  readonly master: boolean;
  /** Whether its custody holders and guardians represent, and in what. Absent: not at all. */
  readonly representation?: { readonly custodyUntil: number; readonly guardianDomains: readonly string[] };
  /** What is believed of its consents. Absent: nothing. */
  readonly consents?: ConsentBelief;
  /** Digest of how its kinds are described where they are configured: in the system's file and the configuration. */
  readonly described?: string;
  readonly guard: Guard;
  /** In pulling order. */
  readonly kinds: readonly SyncKind[];
  open(): Promise<OpenSource>;
  /** Reads what was posted to the hub, where the adapter can. */
  readonly receive?: (delivery: Delivery) => Promise<Receipt>;
}

export interface PipelineDeps {
  readonly pool: Pool;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a quarantined body is kept, in milliseconds. */
  readonly quarantineRetention: number;
  /** Writes into the access log that a source's word has changed who may see what, with the change itself. */
  readonly consentsTold?: (tx: Tx, source: string, citizens: readonly string[]) => Promise<void>;
}

/** Kinds sorted so that every kind comes after those its subject is found through, and master data (numbers) first. */
export const inPullingOrder = (kinds: readonly SyncKind[]): readonly SyncKind[] => {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const sorted: SyncKind[] = [];
  const visit = (kind: SyncKind, path: readonly string[]): void => {
    if (sorted.includes(kind) || path.includes(kind.name)) return;
    for (const via of [...(kind.mapping?.viaKinds ?? []), ...(kind.spec.after ?? [])]) {
      const before = byName.get(via);
      if (before !== undefined) visit(before, [...path, kind.name]);
    }
    sorted.push(kind);
  };
  for (const kind of kinds) if (kind.mapping?.mapsCitizen === true) visit(kind, []);
  for (const kind of kinds) visit(kind, []);
  return sorted;
};

/** Kinds whose citizens are found through this one, directly or through others. */
export const dependentsOf = (source: SyncSource, kind: string): readonly string[] => {
  const found = new Set<string>();
  const visit = (via: string): void => {
    for (const other of source.kinds)
      if (other.mapping?.viaKinds.includes(via) === true && !found.has(other.name)) {
        found.add(other.name);
        visit(other.name);
      }
  };
  visit(kind);
  return [...found];
};
