// What every route of the feed is given: the store, the keys, the log, and the settings it reads. Plain data: the feed
// knows neither YAML nor tokens. The caller of a request is its `actor`, put there by the door (src/http) alone.
import type { Clock } from '../clock.ts';
import type { Actor } from '../consent/actor.ts';
import type { Logger } from '../log.ts';
import type { Scope } from '../model/values.ts';
import type { AccessLog } from '../store/access-log.ts';
import type { ConsumerUse } from '../store/consumer-use.ts';
import type { KeyRing } from '../store/crypto.ts';
import type { Db, Pool } from '../store/db.ts';
import type { PlanReader } from '../store/plan-memo.ts';
import type { AddressRule } from '../webhook/address.ts';
import type { StreamTimes } from './changes-stream.ts';

export interface FeedSource {
  readonly id: string;
  readonly title: string;
  readonly domain: string;
  /** A source whose last complete run is older than this is late. */
  readonly freshForMs: number;
  readonly existenceShown: boolean;
}

export interface FeedConsumer {
  readonly id: string;
  readonly organisation: string;
  /** Does it keep copies (the change feed), or only read plans? */
  readonly copies: boolean;
  /** Streams of changes it may have open at once in one process. */
  readonly streams: number;
  /** Of its organisation, for what it owes. */
  readonly contact: string;
  /** The scopes its tokens may use, whatever they say; absent: as they say. */
  readonly scopes?: readonly Scope[] | undefined;
  /** Those it is registered for; absent: any of the hub's. */
  readonly purposes?: readonly string[] | undefined;
  readonly requestsPerMinute?: number | undefined;
  /** Citizens' data it may be answered with on one day. */
  readonly dailyReads?: number | undefined;
}

export interface FeedSettings {
  readonly sources: readonly FeedSource[];
  readonly consumers: readonly FeedConsumer[];
  readonly purposes: readonly string[];
  readonly enrolmentBases: readonly string[];
  /** Roles that may take emergency access. */
  readonly emergencyRoles: readonly string[];
  /** Legal basis written to the log for rules 1–3. */
  readonly legalBasis: { readonly own: string; readonly ownJournal: string; readonly emergency: string };
  /** Sources in the order their master data is preferred. */
  readonly masterDataOrder: readonly string[];
  /** How long cursors of `changes` live. */
  readonly changeRetentionMs: number;
  /** Deletions are to be confirmed within. */
  readonly purgeDeadlineMs: number;
  /** A citizen's rating is due again after. */
  readonly ratingEveryMs: number;
  readonly webhooks: WebhookSettings;
  /** Until which age custody represents; from 15 a young person is party to their own case. */
  readonly custodyUntil: number;
}

export interface WebhookSettings {
  /** Where they may go. */
  readonly addresses: AddressRule;
  /** How long a former secret signs beside its successor. */
  readonly overlapMs: number;
  /** Two hints of one webhook are at least so far apart. */
  readonly gapMs: number;
}

export interface FeedContext {
  readonly pool: Pool;
  /** Where plans are read; default: the pool. */
  readonly reads?: Db;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly log: Logger;
  readonly accessLog: AccessLog;
  readonly settings: FeedSettings;
  /** Characters of plans kept in memory at most; default: the plan reader's own. */
  readonly planMemory?: number;
  /** Beats and ends of streams of changes; default: as documented. */
  readonly streamTimes?: StreamTimes;
  /** How registered systems use the feed; absent: nobody counts. */
  readonly use?: ConsumerUse;
}

/** Signs what a citizen has said, for them to keep. */
export interface Receipts {
  sign(claims: object): Promise<string>;
  /** Public keys that verify them. */
  readonly jwks: object;
}

/** What routes are given that answer with receipts. */
export interface ReceiptContext extends FeedContext {
  readonly receipts: Receipts;
}

/** What routes that show a part of the plan are given besides: one memory of plans for all of them. */
export interface PlanContext extends FeedContext {
  readonly plans: PlanReader;
}

export type { Actor, Scope };

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; absent on routes that need no token. */
    actor: Actor | undefined;
    /** Milliseconds for which the token still holds, verified anew; absent where no token is needed. */
    standing: (() => Promise<number>) | undefined;
    /** The registered system that asks, whoever it asks for, and the scope that opened the door. */
    system: { readonly id: string; readonly scope: string } | undefined;
    /** Has the log entry of this exchange been committed? */
    logged: boolean;
  }
  interface FastifyContextConfig {
    /** One of these scopes is needed; an empty list means any valid token. Absent: no token needed. */
    scopes?: readonly Scope[];
    /** Does the route need a purpose? Default yes where a token is needed. */
    purpose?: boolean;
  }
}
