// What happens in a small municipality over a few years, by chance: what sources say, what citizens and representatives
// say, what is configured, who is enrolled, who is one citizen with whom, and at some instants somebody reads.
import fc from 'fast-check';

/** Places: two grown-ups, who may turn out to be one citizen, and a child who turns 15 meanwhile. */
export const cast = 3;
export const child = 2;

export const readers = ['social', 'nurse', 'provider', 'system', 'citizen', 'relative'] as const;
export type Reader = (typeof readers)[number];

export interface Arrival {
  readonly slot: number;
  readonly subjects: readonly number[];
  readonly domain: 'employment' | 'social' | 'health';
  readonly sensitivity: 'normal' | 'confidential' | 'sensitive' | 'vip';
  readonly ownerUnit: string | undefined;
  readonly named: boolean;
  readonly withheld: boolean;
  readonly guarded: boolean;
}
export interface Saying {
  readonly citizen: number;
  /** Said by whoever represents them. */
  readonly byRelative: boolean;
  readonly decision: 'grant' | 'refuse';
  readonly recipient: string;
  readonly domains: readonly string[] | undefined;
  readonly kinds: readonly string[] | undefined;
  readonly slot: number | undefined;
  readonly upTo: 'normal' | 'confidential' | 'sensitive';
  readonly show: 'content' | 'busy';
  /** Days from today. */
  readonly from: number | undefined;
  readonly days: number | undefined;
}
export type Act =
  | { readonly act: 'arrive'; readonly record: Arrival }
  | { readonly act: 'remove'; readonly slot: number }
  | { readonly act: 'protect'; readonly citizen: number; readonly days: number | null | undefined }
  | { readonly act: 'say'; readonly said: Saying }
  | { readonly act: 'withdraw' | 'endRepresentation'; readonly which: number }
  | { readonly act: 'comment'; readonly citizen: number; readonly slot: number }
  | { readonly act: 'configure'; readonly tree: number; readonly law: number }
  | { readonly act: 'appoint'; readonly citizen: number; readonly type: Appointment; readonly days: number | undefined }
  | { readonly act: 'emergency' | 'enrol' | 'endEnrolment'; readonly citizen: number }
  | { readonly act: 'merge'; readonly current: 0 | 1 }
  | { readonly act: 'split' }
  | { readonly act: 'moveStaff'; readonly unit: string }
  | { readonly act: 'pass'; readonly ms: number }
  | { readonly act: 'read'; readonly reader: Reader; readonly what: 'plan' | 'calendar' };
export type Appointment = 'powerOfAttorney' | 'guardian' | 'custody';

export const slots = 7;
/** A record stays of the kind it is. */
export const kindOf = (slot: number) => (['plan', 'goal', 'appointment'] as const)[slot % 3] ?? 'plan';
export const units = ['jobcenter', 'social', 'sundhed'] as const;
const minute = 60_000;
const day = 86_400_000;
const someone = fc.nat(cast - 1);
const slot = fc.nat(slots - 1);
const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(one, { nil: undefined });
const someDays = maybe(fc.constantFrom(0, 1, 30, 200));

const arrival: fc.Arbitrary<Arrival> = fc.record({
  slot,
  subjects: fc.oneof(
    { weight: 4, arbitrary: someone.map((n) => [n]) },
    fc.uniqueArray(someone, { minLength: 2, maxLength: 2 }),
  ),
  domain: fc.constantFrom('employment', 'social', 'health'),
  sensitivity: fc.constantFrom('normal', 'normal', 'confidential', 'sensitive', 'vip'),
  ownerUnit: fc.constantFrom(...units, undefined),
  named: fc.boolean(),
  withheld: fc.nat(3).map((n) => n === 0),
  guarded: fc.nat(3).map((n) => n === 0),
});

const saying: fc.Arbitrary<Saying> = fc.record({
  citizen: someone,
  byRelative: fc.nat(3).map((n) => n === 0),
  decision: fc.constantFrom('grant', 'grant', 'refuse'),
  recipient: fc.constantFrom(
    'unit:social',
    'unit:jobcenter',
    'unit:sundhed',
    'organisation:egevang',
    'organisation:fonden-broen',
    'role:caseworker',
    'person:egevang-trkr',
    'person:egevang-bewi',
    'consumer:borgerportal',
  ),
  domains: maybe(fc.uniqueArray(fc.constantFrom('employment', 'social', 'health'), { minLength: 1 })),
  kinds: maybe(fc.uniqueArray(fc.constantFrom('plan', 'goal', 'appointment'), { minLength: 1 })),
  slot: fc.option(slot, { nil: undefined, freq: 5 }).map((n) => (n === undefined || n % 2 === 0 ? undefined : n)),
  upTo: fc.constantFrom('normal', 'confidential', 'sensitive'),
  show: fc.constantFrom('content', 'content', 'busy'),
  from: fc.constantFrom(undefined, undefined, 0, 20),
  days: someDays,
});

const of = <A extends Act['act'], R>(act: A, rest: { [K in keyof R]: fc.Arbitrary<R[K]> }) =>
  fc.record(rest).map((one) => ({ act, ...one }));
const weighed = (weight: number, arbitrary: fc.Arbitrary<unknown>) => ({
  weight,
  arbitrary: arbitrary as fc.Arbitrary<Act>,
});

const read = of('read', { reader: fc.constantFrom(...readers), what: fc.constantFrom('plan', 'plan', 'calendar') });
const actWith = (joining: number): fc.Arbitrary<Act> =>
  fc.oneof(
    weighed(9, of('arrive', { record: arrival })),
    weighed(1, of('remove', { slot })),
    weighed(1, of('protect', { citizen: someone, days: fc.constantFrom(undefined, null, 30) })),
    weighed(9, of('say', { said: saying })),
    weighed(3, of('withdraw', { which: fc.nat(20) })),
    weighed(1, of('endRepresentation', { which: fc.nat(20) })),
    weighed(1, of('comment', { citizen: someone, slot })),
    weighed(2, of('configure', { tree: fc.nat(2), law: fc.nat(3) })),
    weighed(
      3,
      of('appoint', {
        citizen: someone,
        type: fc.constantFrom('powerOfAttorney', 'guardian', 'custody'),
        days: someDays,
      }),
    ),
    weighed(1, of('emergency', { citizen: someone })),
    weighed(1, of('endEnrolment', { citizen: someone })),
    weighed(1, of('enrol', { citizen: someone })),
    weighed(joining, of('merge', { current: fc.constantFrom(0, 1) })),
    weighed(joining, of('split', {})),
    weighed(2, of('moveStaff', { unit: fc.constantFrom('jobcenter', 'social') })),
    weighed(4, of('pass', { ms: fc.constantFrom(minute, 50 * minute, day, 25 * day, 120 * day) })),
    weighed(7, read),
  ) as fc.Arbitrary<Act>;

/** Something is there to begin with, and the last word is a read. */
export const historyWith = (joining: number): fc.Arbitrary<readonly Act[]> =>
  fc
    .tuple(
      fc.array(of('arrive', { record: arrival }), { minLength: 3, maxLength: 5 }),
      fc.array(actWith(joining), { minLength: 12, maxLength: 34 }),
      fc.array(read, { minLength: 1, maxLength: 3 }),
    )
    .map((parts) => parts.flat() as readonly Act[]);
