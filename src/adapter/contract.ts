// The adapter contract. An adapter speaks only its source's language: it knows neither the citizen-plan
// model, nor the store, nor the queue. Everything it may touch comes in the context.
// Run failures are thrown as HubError; one bad record is data (a body that later fails to decode).
import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { Http } from './http.ts';

/** One raw record as the source gave it. `body` is unchecked here; the pipeline decodes it with the kind's zod schema. */
export interface RawRecord {
  /** The source's own key, unique within the kind. Empty string when it could not be read. */
  readonly key: string;
  readonly body: unknown;
}

/** One transaction's worth, at most 1,000 records. */
export interface Page<Checkpoint> {
  readonly records: readonly RawRecord[];
  /** Keys the source itself reports as deleted (including entered-in-error). */
  readonly deleted: readonly string[];
  /** Where to go on from when this page is stored. Saved in the page's transaction. */
  readonly checkpoint: Checkpoint;
  /** The source's own total for the whole pull, where it states one: a snapshot that disagrees is incomplete. */
  readonly total?: number;
  /**
   * Records the source answered for this page that are not records of this kind (for example an
   * OperationOutcome in a Bundle). Only counted.
   */
  readonly ignored?: number;
  /**
   * The source holds exactly what the complete pull that ended in `after` gave: this is the only page, it has no
   * records, and nothing may be concluded from that. (An unchanged file is not an empty one.)
   */
  readonly unchanged?: true;
  /**
   * This page is the first of a whole snapshot. After pages of an unfinished pull it means that the source has a newer
   * snapshot: what those pages gave no longer counts as present. Ignoring it only delays deletions.
   */
  readonly begins?: true;
}

/**
 * What deletions can be learnt from.
 * - incremental + reported: pages list deleted keys.
 * - incremental + unseen: nothing says so; a weekly `reconcile` (complete pull) is swept under the guard.
 * - snapshot + absent: what a complete, error-free pull did not hold is gone.
 * - snapshot + unseen: never deleted.
 */
export type Capabilities =
  | { readonly mode: 'incremental'; readonly deletes: 'reported' | 'unseen' }
  | {
      readonly mode: 'snapshot';
      readonly deletes: 'absent' | 'unseen';
      /**
       * A new snapshot is asked for with the checkpoint in which the last complete one ended, so that the adapter can
       * answer `unchanged`; where the source differs it starts from the beginning. Without it `after` is null.
       */
      readonly seesUnchanged?: true;
    };

export interface KindSpec<Checkpoint = unknown> {
  /** One line for people. */
  readonly title: string;
  /** The zod schema of a record's body; loose objects, so that drift can be seen. */
  readonly body: z.ZodType;
  readonly checkpoint: z.ZodType<Checkpoint>;
  readonly capabilities: Capabilities;
  /** Kinds of this adapter whose keys this kind's records name their citizen by: pulled first. */
  readonly after?: readonly string[];
  /**
   * The source can be asked for this kind citizen by citizen only. It has no `pull`, but `byCitizen`, and the pipeline
   * asks for those who are enrolled, nobody else. Its capabilities are those of a snapshot, the citizen's; its pages
   * are nothing to go on from, so the checkpoint is `z.null()`.
   */
  readonly crawl?: true;
  /** Its keys are CPRs: the hub stores them hashed. (Where a configured kind's are, the configuration says so.) */
  readonly keyIsCpr?: true;
}

export interface PullOptions<Checkpoint> {
  /** The last stored checkpoint, or null for everything from the beginning. */
  readonly after: Checkpoint | null;
  /** Aborting ends the iteration within one page. */
  readonly signal: AbortSignal;
}

export interface ByCitizenOptions {
  /** The citizen's number: ten characters. Never into a URL, a log line or an error. */
  readonly cpr: string;
  readonly signal: AbortSignal;
}

export type ProbeResult =
  | { readonly up: true; readonly ms: number; readonly detail?: string }
  | {
      readonly up: false;
      readonly ms: number;
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
    };

/**
 * What a source told about one of its own records. It is a reason to ask, never content: the record is fetched.
 * With `cprs` the citizens concerned are asked for (`byCitizen`), else the record is (`byKeys`).
 */
export interface Notice {
  readonly kind: string;
  readonly key: string;
  readonly change: 'created' | 'updated' | 'deleted';
  /** Ten characters each. */
  readonly cprs?: readonly string[];
}

/** What somebody posted to the hub's push address of a source; who they are has been checked. */
export interface Delivery {
  readonly contentType: string;
  readonly body: string;
}

export interface Receipt {
  readonly notices: readonly Notice[];
  /** Messages were kept in the inbox: the source's kinds are pulled soon. */
  readonly kept?: true;
  /** What the sender's protocol wants to read; without it the answer is empty. */
  readonly answer?: { readonly contentType: string; readonly body: string };
}

/**
 * Messages that come once and must be read again together. Kept encrypted, only of citizens who are enrolled, until the
 * citizen's enrolment ends or nothing more has come of their thread for the source's retention: a thread is whole or gone.
 */
export interface Inbox {
  /**
   * A message with an id that came before is `known` and changes nothing. Ids and threads are the source's own; the
   * first id is the one it is read back with.
   */
  put(message: {
    readonly ids: readonly string[];
    readonly thread: string;
    /** Whom it is about: the reason it may be kept. */
    readonly cprs: readonly string[];
    readonly body: string;
  }): Promise<'kept' | 'known' | 'not-enrolled'>;
  /** Threads in which messages were kept after this position, in the order of their latest message. */
  threads(options: {
    readonly after: number | null;
    readonly limit: number;
  }): Promise<readonly { readonly position: number; readonly thread: string }[]>;
  /** One at a time for the source, in whatever process: for fetching messages from where they lie. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** All messages of a thread in the order they were kept. */
  read(thread: string): Promise<readonly { readonly id: string; readonly keptAt: Date; readonly body: string }[]>;
}

/** The kinds of one adapter by name. */
export type Kinds = Readonly<Record<string, KindSpec>>;
type CheckpointOf<Kind extends KindSpec> = z.infer<Kind['checkpoint']>;
type Pull<Checkpoint> = (options: PullOptions<Checkpoint>) => AsyncIterable<Page<Checkpoint>>;
type Ask<Checkpoint> = (options: ByCitizenOptions) => AsyncIterable<Page<Checkpoint>>;
type Look = (options: {
  readonly keys: readonly string[];
  readonly signal: AbortSignal;
}) => AsyncIterable<Page<unknown>>;
/** Name of a kind that is crawled, or of one that is not; `never` for the others. */
type IfCrawled<K extends Kinds, Name extends keyof K> = K[Name] extends { crawl: true } ? Name : never;
type IfPulled<K extends Kinds, Name extends keyof K> = K[Name] extends { crawl: true } ? never : Name;

/** An open connection to one configured source. */
export interface Source<K extends Kinds = Kinds> {
  /** Is it there, and do the credentials work? Never throws; reads no personal data. */
  probe(signal: AbortSignal): Promise<ProbeResult>;
  /** One pull per kind that is not crawled. The checkpoint given back as `after` continues where the page ended. */
  readonly pull: { readonly [Name in keyof K as IfPulled<K, Name>]: Pull<CheckpointOf<K[Name]>> };
  /**
   * Everything of one kind about one citizen; a complete iteration is a snapshot of that citizen alone. Crawled kinds
   * must have it, others may. Throws `source/forbidden` when the source refuses this citizen: then nothing is swept.
   */
  readonly byCitizen?: {
    readonly [Name in keyof K as IfPulled<K, Name>]?: Ask<CheckpointOf<K[Name]>>;
  } & { readonly [Name in keyof K as IfCrawled<K, Name>]: Ask<CheckpointOf<K[Name]>> };
  /** Some records anew, by their keys; those the source no longer has come as `deleted`. For notices. */
  readonly byKeys?: { readonly [Name in keyof K]?: Look };
  close(): Promise<void>;
}

export interface AdapterContext {
  /** The only way out to the network; it knows the declared hosts, time-outs, rate budget and fault classes. */
  readonly http: Http;
  readonly log: Logger;
  readonly clock: Clock;
  /** Present where the hub keeps the source's messages. */
  readonly inbox?: Inbox;
}

export interface Adapter<Config = unknown, K extends Kinds = Kinds> {
  /** Lower-case name used in configuration: `adapter: fhir`. */
  readonly name: string;
  readonly title: string;
  /** zod schema of the source's `config` block. Secrets are marked with `.meta({ secret: true })`. */
  readonly config: z.ZodType<Config>;
  /** Hosts (`host:port` or host) this configuration may talk to; http refuses all others. */
  readonly hosts: (config: Config) => readonly string[];
  /** Empty for an adapter whose kinds are configured. */
  readonly kinds: K;
  /** For an adapter of an interface shape, not of one system: the kinds that the block `config.kinds` describes. */
  readonly configuredKinds?: (block: unknown) => Kinds;
  /**
   * Reads what was posted to the hub. @throws HubError `request/invalid`, naming the field, when it cannot be
   * understood: nothing of it is kept, and the sender is told.
   */
  readonly receive?: (delivery: Delivery, config: Config, context: Omit<AdapterContext, 'http'>) => Promise<Receipt>;
  open(config: Config, context: AdapterContext): Promise<Source<K>>;
}

/** Identity with types: the literal kinds check every pull's checkpoint against its zod schema. */
export const defineAdapter = <Config, K extends Kinds>(adapter: Adapter<Config, K>): Adapter<Config, K> => adapter;

/** An adapter in a list, its own types forgotten: checkpoints were validated by its schema before they come back. */
// biome-ignore lint/suspicious/noExplicitAny: configuration and checkpoint are contravariant; the schemas check them at run time.
export type AnyAdapter = Adapter<any, any>;

/** The kinds a source with this (unparsed) `config` block has. */
export const kindsOf = (adapter: AnyAdapter, config: unknown): Kinds =>
  adapter.configuredKinds === undefined
    ? (adapter.kinds as Kinds)
    : adapter.configuredKinds((config as { readonly kinds?: unknown } | undefined)?.kinds);
