// One entry of the access log, and its canonical text: what the HMAC and the chain are computed over.
// One entry per citizen touched. Never a URL with data, a number or a name of a citizen.

export type LogDecision = 'allowed' | 'partly' | 'denied' | 'failed';

export interface LogActor {
  readonly kind: string;
  readonly person: string;
  readonly role?: string;
  readonly organisation?: string;
  readonly unit?: string;
  readonly consumer?: string;
}

export interface LogEntry {
  /** Default: when it is written. */
  readonly at?: Date;
  readonly actor: LogActor;
  /** Hub citizen id of the person represented, when a representative reads. */
  readonly represented?: string;
  readonly purpose: string;
  /** Method and route pattern: `GET /v1/citizens/:id/plan`. */
  readonly endpoint: string;
  /** The citizen touched (hub id) … */
  readonly citizen?: string;
  /** … or, for a look-up that found nobody to show, the keyed hash of the number asked for. */
  readonly numberHash?: Buffer;
  readonly records: readonly string[];
  readonly decision: LogDecision;
  /** Legal basis per rule used, e.g. `6 consent:<id>:<version>`, `2 GDPR art. 6(1)(e) …`. */
  readonly bases: readonly string[];
  readonly correlation: string;
  readonly emergency?: boolean;
}
