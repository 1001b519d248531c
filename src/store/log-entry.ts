// One entry of the access log, and its canonical text: what the keyed hash and the chain are computed over.
// One entry per citizen touched. Never a URL with data, a number or a name of a citizen.
import type { KeyRing } from './crypto.ts';

export type LogDecision = 'allowed' | 'partly' | 'denied' | 'failed';

export interface LogActor {
  readonly kind: string;
  readonly person: string;
  readonly role?: string;
  readonly organisation?: string;
  readonly unit?: string;
  readonly consumer?: string;
  /** The actor's own hub citizen: tells a citizen's own reads from others'. */
  readonly citizen?: string;
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
  /** … or, for a look-up that found nobody to show, the keyed hash of the number asked for (KeyRing use `cpr`). */
  readonly numberHash?: Buffer;
  readonly records: readonly string[];
  readonly decision: LogDecision;
  /** Legal basis per rule used, e.g. `6 consent:<id>:<version>`, `2 GDPR art. 6(1)(e) …`. */
  readonly bases: readonly string[];
  readonly correlation: string;
  readonly emergency?: boolean;
}

/** An entry as the table holds it; null where it says nothing. */
export interface StoredEntry {
  readonly id: string;
  readonly at: Date;
  readonly actor_kind: string;
  readonly person: string;
  readonly role: string | null;
  readonly organisation: string | null;
  readonly unit: string | null;
  readonly consumer: string | null;
  readonly actor_citizen: string | null;
  readonly represented: string | null;
  readonly purpose: string;
  readonly endpoint: string;
  readonly citizen_id: string | null;
  readonly number_hash: Buffer | null;
  readonly records: readonly string[];
  readonly decision: LogDecision;
  readonly bases: readonly string[];
  readonly correlation: string;
  readonly emergency: boolean;
}

/** Every column of the entry but its keyed hash, for select lists. */
export const entryColumns = `id, at, actor_kind, person, role, organisation, unit, consumer, actor_citizen, represented,
  purpose, endpoint, citizen_id, number_hash, records, decision, bases, correlation, emergency`
  .split(',')
  .map((name) => `e.${name.trim()}`)
  .join(', ');

/** The entry as one unambiguous text: JSON of its values in a fixed order. */
export const canonicalText = (entry: StoredEntry): string =>
  JSON.stringify([
    entry.id,
    entry.at.toISOString(),
    entry.actor_kind,
    entry.person,
    entry.role,
    entry.organisation,
    entry.unit,
    entry.consumer,
    entry.actor_citizen,
    entry.represented,
    entry.purpose,
    entry.endpoint,
    entry.citizen_id,
    entry.number_hash?.toString('hex') ?? null,
    entry.records,
    entry.decision,
    entry.bases,
    entry.correlation,
    entry.emergency,
  ]);

export const entryMac = (keys: KeyRing, canonical: string): Buffer => keys.hash('log', `entry ${canonical}`);

/** Hash of link `number` of the chain. `mac` and `canonical` are empty for an entry that was gone before it was sealed. */
export const sealHash = (keys: KeyRing, previous: Buffer, number: number, mac: Buffer, canonical: string): Buffer =>
  keys.hash('log', `seal ${previous.toString('hex')} ${number} ${mac.toString('hex')} ${canonical}`);

/** The hash before the first link. */
export const chainStart = Buffer.alloc(32);
