// What an alert rule is given, and what it is: a question to Postgres, and how often it is worth asking.
import type { Pool } from '../store/db.ts';
import type { Condition } from './alert-judge.ts';
import type { Expiry } from './expiry.ts';

export interface AlertWorld {
  readonly pool: Pool;
  readonly sources: readonly {
    readonly name: string;
    readonly title: string;
    readonly freshForMs: number;
    readonly expiries: readonly Expiry[];
  }[];
  /** Names of units, as configured. */
  readonly unitNames: ReadonlyMap<string, string>;
  /** Deletions must be confirmed within. */
  readonly purgeDeadlineMs: number;
  /** Is the access log's chain anchored in a file? */
  readonly anchored: boolean;
  readonly currentKeyId: string;
}

export interface AlertRule {
  /** Slow: what costs more, and is no matter of minutes. Default: every round. */
  readonly every?: 'round' | 'slow';
  /** That it is over is no news where it only says that something happened. */
  readonly tellsEnd?: false;
  look(world: AlertWorld, now: Date, threshold: number): Promise<readonly Condition[]>;
}
