// What every page is given: who looks at it, the feed to ask about citizens, the tables that name nobody, and the hands
// for what an operator may do. Pages about a citizen know no other way to the plan than the feed itself, with the
// viewer's own token: what a page shows is what the feed would answer them, and is logged there.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import type { Actor } from '../consent/actor.ts';
import type { ShownContact } from '../jobs/alert-contacts.ts';
import type { AlertSettings } from '../jobs/alert-settings.ts';
import type { Queues } from '../jobs/queue.ts';
import type { Logger } from '../log.ts';
import type { AccessLog } from '../store/access-log.ts';
import type { KeyRing } from '../store/crypto.ts';
import type { Pool } from '../store/db.ts';
import type { Steering } from './steering.ts';

export const languages = ['da', 'en'] as const;
export type Language = (typeof languages)[number];

/** Who is signed in. Made from a verified token by src/http alone. */
export interface Viewer {
  readonly actor: Omit<Actor, 'purpose'>;
  /** What the person is called, for the page's head alone. */
  readonly name: string;
  /** May look at the running of the hub; may act on it; reads as data-protection officer. */
  readonly rights: { readonly view: boolean; readonly operate: boolean; readonly dpo: boolean };
  /** What the feed is asked for, and what else this person could choose (`POST /sign-in/purpose`). */
  readonly purpose: string;
  readonly purposes: readonly string[];
  /** However busy: then a new log-in is needed. */
  readonly endsAt: Date;
}

export interface FeedQuestion {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** With its query; ids only, never a number or name. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FeedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** The text as JSON. */
  json<T>(): T;
}

/** One configured source as pages show it. */
export interface ShownSource {
  readonly name: string;
  readonly title: string;
  readonly domain: string;
  readonly adapter: string;
  readonly freshForMs: number;
  readonly kinds: readonly ShownKind[];
  readonly guard: { readonly count: number; readonly share: number };
  /** How fast it may be asked; `shared`: with other sources of that name. Windows: other numbers by the clock. */
  readonly budget: {
    readonly requestsPerSecond: number;
    readonly concurrency: number;
    readonly shared?: string | undefined;
    readonly windows: readonly {
      readonly between: string;
      readonly requestsPerSecond?: number | undefined;
      readonly concurrency?: number | undefined;
    }[];
  };
  /** Never pulled inside these, Copenhagen time. */
  readonly maintenance: readonly string[];
  /** Credentials and certificates with a known end. */
  readonly expiries: readonly { readonly what: string; readonly at: Date }[];
}

export interface ShownKind {
  readonly name: string;
  /** Version of its mapping; absent: nothing maps it, and it is not pulled. */
  readonly version?: string;
  /** Cron, in Copenhagen time. */
  readonly schedule: string;
  readonly reconcile?: string;
  readonly mode: 'incremental' | 'snapshot';
  /** Its keys are numbers of people: never shown, not even in part. */
  readonly keyIsCpr: boolean;
}

/** A registered consumer system as pages show it. */
export interface ShownConsumer {
  readonly id: string;
  readonly organisation: string;
  /** For what it owes. */
  readonly contact: string;
  /** Follows the changes and keeps copies; otherwise it only reads. */
  readonly copies: boolean;
  /** Absent: as its tokens say. */
  readonly scopes?: readonly string[] | undefined;
  readonly purposes?: readonly string[] | undefined;
  readonly requestsPerMinute?: number | undefined;
  /** Citizens' data it may be answered with on one day. */
  readonly dailyReads?: number | undefined;
  readonly streams: number;
}

/** What is configured of those who read from the hub. */
export interface ConsumerParts {
  readonly registered: readonly ShownConsumer[];
  /** Deletions are to be confirmed within. */
  readonly purgeDeadlineMs: number;
  /** How long a webhook's former secret signs beside its successor. */
  readonly overlapMs: number;
  /** How long deliveries that ended are listed. */
  readonly keepDeliveriesMs: number;
  /** Two challenges or hints of one webhook are at least so far apart. */
  readonly gapMs: number;
}

/** What is configured of alerts; addresses and secrets stay there. */
export interface AlertParts {
  readonly settings: AlertSettings;
  readonly contacts: readonly ShownContact[];
  /** Copenhagen time; absent: nobody gets the digest. */
  readonly digestAt: string | undefined;
  readonly quiet: readonly string[];
  /** How long alerts that resolved are listed. */
  readonly keepMs: number;
  /** A contact's places as the outbox names them. */
  places(contact: string): readonly string[];
}

/** What forms offer: how the municipality works, as configured. */
export interface Practice {
  readonly enrolmentBases: readonly { readonly code: string; readonly title: string }[];
  readonly emergencyRoles: readonly string[];
  readonly units: readonly { readonly id: string; readonly name: string; readonly type: 'unit' | 'organisation' }[];
}

export interface DashboardContext {
  readonly pool: Pool;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly log: Logger;
  readonly accessLog: AccessLog;
  readonly municipality: { readonly code: string; readonly name: string };
  readonly practice: Practice;
  readonly sources: readonly ShownSource[];
  readonly consumers: ConsumerParts;
  readonly alerts: AlertParts;
  readonly queues: Queues;
  readonly steering: Steering;
  /** Asks the feed as the viewer: same rules, same log, same answers as any other consumer gets. */
  ask(request: FastifyRequest, question: FeedQuestion): Promise<FeedAnswer>;
  /** For answers that go on for long: is the person still signed in, and the page still theirs? */
  stands(request: FastifyRequest): Promise<boolean>;
  /** Served over https: cookies go nowhere else. */
  readonly secure: boolean;
  /** `https://samspil.egevang.dk`: what addresses given to people begin with. */
  originOf(request: FastifyRequest): string;
  /** The token a page must send back with every form (`_csrf`) or htmx request (`csrf-token`). */
  csrfOf(reply: FastifyReply): string;
}

/** What the composition root hands in; the server adds the rest. */
export type DashboardParts = Pick<DashboardContext, 'sources' | 'consumers' | 'alerts' | 'queues' | 'steering'>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Absent: nobody is signed in. */
    viewer: Viewer | undefined;
  }
  interface FastifyContextConfig {
    /** Who may open a page; others are sent to sign in, or told that it is not theirs. Absent: not a page. */
    page?: 'anybody' | 'signed-in' | 'view' | 'operate' | 'dpo';
    /** Asked by a page by itself: does not count as somebody being there. */
    background?: boolean;
  }
}
