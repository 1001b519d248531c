// A small world for the consent engine: what the rules read, as plain values. Times are instants in milliseconds; an
// interval is [from, to), open ends are Infinity.

export interface Interval {
  readonly from: number;
  readonly to: number;
}
export interface Unit extends Interval {
  readonly id: string;
  readonly parent: string | null;
  readonly type: 'unit' | 'organisation';
}
export interface Subject extends Interval {
  readonly record: string;
  readonly citizen: string;
  readonly number: number;
  readonly kind: string;
  readonly domain: string;
  readonly source: string;
  readonly sensitivity: 'normal' | 'confidential' | 'sensitive' | 'vip';
  readonly ownerUnit: string | null;
  readonly named: readonly string[];
  readonly withheld: boolean;
  readonly thirdPartyProtected: boolean;
  /** Said in the hub about this record: that one's verdict is its own. */
  readonly about?: string;
}
export interface Scope {
  readonly domains: readonly string[] | null;
  readonly kinds: readonly string[] | null;
}
export interface Said extends Scope, Interval {
  readonly id: string;
  readonly version: number;
  readonly citizen: string;
  readonly numbers: readonly number[];
  readonly decision: 'grant' | 'refuse';
  readonly recipient: string | null;
  readonly record: string | null;
  readonly purposes: readonly string[] | null;
  readonly upTo: 'normal' | 'confidential' | 'sensitive';
  readonly show: 'content' | 'busy';
  readonly withdrawn: boolean;
  readonly recorded: Interval;
}
export interface Statute extends Scope, Interval {
  readonly id: string;
  readonly recipients: readonly string[];
  readonly purposes: readonly string[] | null;
  readonly upTo: 'normal' | 'confidential' | 'sensitive';
  readonly optOut: boolean;
}
export interface Representation extends Scope, Interval {
  readonly id: string;
  readonly citizen: string;
  readonly representative: string;
  readonly recorded: Interval;
}
export interface Emergency extends Interval {
  readonly id: string;
  readonly citizen: string;
  readonly person: string;
  readonly role: string;
  readonly organisation: string;
}
export interface Protection extends Interval {
  readonly record: string;
  readonly citizen: string;
  readonly recorded: Interval;
}
export interface Source extends Interval {
  readonly source: string;
  readonly existenceShown: boolean;
}
export interface World {
  readonly citizens: readonly string[];
  readonly units: readonly Unit[];
  readonly subjects: readonly Subject[];
  readonly said: readonly Said[];
  readonly statutes: readonly Statute[];
  readonly representations: readonly Representation[];
  readonly emergencies: readonly Emergency[];
  readonly protections: readonly Protection[];
  readonly sources: readonly Source[];
}
export interface Reader {
  readonly kind: 'professional' | 'citizen' | 'representative' | 'consumer-system' | 'administrator' | 'dpo';
  readonly person: string;
  readonly role: string | null;
  readonly organisation: string | null;
  readonly unit: string | null;
  readonly domain: string | null;
  readonly sector: 'public' | 'private';
  readonly consumer: string | null;
  readonly citizen: string | null;
  readonly number: string | null;
  readonly purpose: string;
}
