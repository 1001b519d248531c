// The conformance suite: what every adapter must keep, whatever its source speaks. An adapter plugs in with
// `describeAdapter('fhir', { adapter: fhir, start })`, where `start` serves a small, complete stub of its source.
// The checks are plain functions, so that test/adapter.test.ts can prove that each finds the bug it is there for.
import { describe, test } from 'vitest';
import type { AnyAdapter, Inbox, RawRecord } from '../src/adapter/contract.ts';
import { abortEnds, aheadYieldsNothing, deletionsShow, replayLosesNothing } from './conformance/checkpoints.ts';
import { letsGoOfPages } from './conformance/memory.ts';
import { byCitizenKeepsToOne, contactsOnlyDeclaredHosts, tellsNothing } from './conformance/privacy.ts';
import {
  badConfigurationIsRefused,
  crawledKindsHaveNoPull,
  probeTellsDown,
  probeTellsUp,
  pullsEverythingOnce,
} from './conformance/pulls.ts';

/** A running stub of the source, with data in every kind, and how to reach and disturb it. */
export interface Harness {
  /** A valid `config` block for the running stub, as it would stand in YAML. */
  readonly config: unknown;
  /** Configurations that must be refused, with the path of the field that is wrong, e.g. `auth.clientId`. */
  readonly badConfigs: readonly { readonly config: unknown; readonly path: string }[];
  /** How many records of each pulled kind the stub holds; every kind should have some, one of them several pages. */
  readonly expected: Readonly<Record<string, number>>;
  /** Strings that only the stub's data and the secrets hold: a CPR, a name, a token. Never to be logged or thrown. */
  readonly canaries: readonly string[];
  /** For adapters that offer `byCitizen` or have crawled kinds. */
  readonly citizen?: {
    readonly cpr: string;
    /** A well-formed number the source does not know. */
    readonly unknownCpr: string;
    /** Is this record one of the citizen's? */
    owns(kind: string, record: RawRecord): boolean;
    /** How many records of each kind the citizen has. */
    readonly expected: Readonly<Record<string, number>>;
  };
  /** For incremental kinds: a checkpoint years ahead. */
  readonly ahead?: Readonly<Record<string, unknown>>;
  /**
   * Deletes one record of the kind in the source (of a crawled kind: one of the citizen's) and answers its key;
   * undefined where the kind has no such thing.
   */
  remove?(kind: string): Promise<string | undefined>;
  /** Where messages are kept, for adapters that read their records from there. */
  readonly inbox?: Inbox;
  /** URLs asked of the stub so far; empty for sources without URLs. */
  urls(): readonly string[];
  /** Makes the source unreachable. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface Subject {
  readonly adapter: AnyAdapter;
  start(): Promise<Harness>;
}

export type Check = (subject: Subject) => Promise<void>;

export const checks = {
  'a bad configuration is refused, naming the field': badConfigurationIsRefused,
  'probe says up': probeTellsUp,
  'probe says down without throwing': probeTellsDown,
  'a pull from the beginning gives every record exactly once, in pages and shapes as declared': pullsEverythingOnce,
  'memory does not grow with the source': letsGoOfPages,
  'a kind that is crawled has no pull, and a citizen can be asked for': crawledKindsHaveNoPull,
  'replay from every checkpoint loses nothing, and checkpoints survive JSON': replayLosesNothing,
  'a checkpoint far in the future yields nothing and does not throw': aheadYieldsNothing,
  'abort ends a pull within one page': abortEnds,
  'deletions show as declared': deletionsShow,
  'byCitizen gives that citizen only, and the number is in no URL': byCitizenKeepsToOne,
  'only declared hosts are contacted': contactsOnlyDeclaredHosts,
  'logs and errors hold no personal data and no secret': tellsNothing,
} as const satisfies Record<string, Check>;

export const describeAdapter = (name: string, subject: Subject): void => {
  describe(`${name} keeps the adapter contract`, () => {
    for (const [title, check] of Object.entries(checks)) test(title, { timeout: 60_000 }, () => check(subject));
  });
};
