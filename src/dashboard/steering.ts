// What pages need of the running hub that lies beyond the tables and queues: they may not know pipeline, mappings or
// adapters, so the composition root hands these in.
import type { Forecast } from '../jobs/forecast.ts';
import type { Verification } from '../store/verify.ts';

/** A cause of quarantine and what would become of its records now. */
export interface Verdict {
  readonly source: string;
  readonly kind: string;
  readonly code: string;
  readonly path: string;
  readonly count: number;
  /** Whose body is kept. */
  readonly replayable: number;
  /** Of those, tried in the time there was. */
  readonly tried: number;
  /** Of those tried: would no longer be set aside. */
  readonly passing: number;
  readonly first: Date;
  readonly last: Date;
  /** Ends of the keys of the first ones. */
  readonly keys: readonly string[];
}

export type Probe =
  | { readonly up: true; readonly ms: number; readonly detail?: string }
  | {
      readonly up: false;
      readonly ms: number;
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
    };

/** How a source is reached and with what. */
export interface SourceSetup {
  /** The file it is configured in; undefined: none, as in a test. */
  readonly file: string | undefined;
  readonly addresses: readonly { readonly setting: string; readonly value: string }[];
  /** Where each secret is taken from; nowhere: it stands in the configuration itself. */
  readonly secrets: readonly {
    readonly setting: string;
    readonly places: readonly { readonly kind: 'environment' | 'file'; readonly at: string }[];
  }[];
  /** One of its files has changed since it was read: that holds from the next start. */
  readonly changedAt: Date | undefined;
}

export interface MappingFile {
  /** `indsats.yaml` */
  readonly file: string;
  readonly text: string;
}

/** What a mapping makes of what its source sends. Names and counts, never a value. */
export interface Coverage {
  /** Records the hub has kept, or the examples in the mapping's files. */
  readonly from: 'kept' | 'examples';
  readonly records: number;
  /** Of those: would be set aside. */
  readonly rejected: number;
  readonly paths: readonly {
    readonly path: string;
    readonly state: 'used' | 'unused on purpose' | 'never seen' | 'new';
    /** Fields that are filled from it. */
    readonly readers: readonly string[];
    /** In so many of the records. */
    readonly seen: number;
    readonly firstSeen?: Date;
  }[];
  readonly fields: readonly {
    readonly entity: string;
    readonly field: string;
    readonly filled: number;
    readonly of: number;
  }[];
}

/** What following the log's chain came to, also by the file outside the database, where one is configured. */
export interface LogVerdict {
  readonly report: Verification;
  readonly outside?: { readonly lines: number; readonly lastNumber?: number; readonly lastAt?: string };
}

export interface Steering {
  /** Follows the whole chain, with progress in links. A long log takes minutes. */
  checkLog(progress: (links: number) => void, signal: AbortSignal): Promise<LogVerdict>;
  /** Slow where much waits: up to ten seconds, and then not all of it is tried. */
  verdicts(): Promise<readonly Verdict[]>;
  /** Where the source's record holds what the mapping's field is made of; the path itself where no mapping was reached. */
  sourcePaths(cause: Pick<Verdict, 'source' | 'kind' | 'code' | 'path'>): readonly string[];
  /** Asks the source itself; up to 30 s. */
  probe(source: string): Promise<Probe>;
  /** Never a secret itself. */
  setup(source: string): SourceSetup;
  /** How long a full reload would take, of all kinds or one. */
  forecast(source: string, kind?: string): Promise<Forecast>;
  /** The files that make records of this kind, as deployed. */
  mappingFiles(source: string, kind: string): readonly MappingFile[];
  /** Undefined: nothing maps it. */
  coverage(source: string, kind: string): Promise<Coverage | undefined>;
  /** A source's configuration as YAML, every secret masked. */
  configuration(source: string): string;
}
