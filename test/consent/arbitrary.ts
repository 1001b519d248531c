// Random small worlds and readers for the consent property. Names come from short lists so that they collide often;
// times are days around `origin`, and what is recorded never lies in the future.
import fc from 'fast-check';
import type { Interval, Reader, Said, Subject, Unit, World } from './world.ts';

export const dayMs = 86_400_000;
/** The days 0–9 of the world; the present falls inside day 5. */
export const today = 5;

const uuid = (prefix: string, index: number): string =>
  `${prefix.padEnd(8, '0')}-0000-4000-8000-${String(index).padStart(12, '0')}`;
export const citizens = [0, 1, 2].map((index) => uuid('c', index));
/** Identity ids per citizen: the second has two numbers since a merge. */
export const numbers: readonly (readonly number[])[] = [[101], [102, 103], [104]];
const records = Array.from({ length: 20 }, (_, index) => uuid('a', index));
const persons = ['p1', 'p2', 'p3'];
const roles = ['caseworker', 'nurse'];
const unitIds = ['u1', 'u2', 'u3', 'u4', 'u5', 'u6'];
const organisations = ['u1', 'u2', 'gp'];
const consumers = ['edge', 'other'];
const domains = ['social', 'employment', 'health'];
const kinds = ['plan', 'appointment', 'contact', 'rating'];
const purposes = ['coordinated-plan', 'statistics'];
const sources = ['sensum', 'fhir'];
const hashes = ['aa', 'bb'];

const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 3 });
const some = <T>(values: readonly T[]): fc.Arbitrary<readonly T[] | null> =>
  fc.option(fc.subarray([...values], { minLength: 1 }), { freq: 2 });
const seldom = fc.integer({ min: 0, max: 5 }).map((n) => n === 0);
const upTo = pick(['normal', 'confidential', 'sensitive'] as const);
const sensitivity = pick(['normal', 'normal', 'confidential', 'sensitive', 'vip'] as const);

export const worldAt = (origin: number) => {
  const day = (n: number): number => (n >= 10 ? Number.POSITIVE_INFINITY : origin + n * dayMs);
  const interval: fc.Arbitrary<Interval> = fc
    .tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 14 }))
    .map(([from, length]) => ({ from: day(from), to: day(from + length) }));
  const recorded: fc.Arbitrary<Interval> = fc
    .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 9 }))
    .map(([from, length]) => ({ from: day(from), to: from + length > today ? day(10) : day(from + length) }));

  // Unit n hangs under a unit before it, so there is no circle; it may move to another parent on some day.
  const unit = (index: number): fc.Arbitrary<readonly Unit[]> =>
    fc
      .record({ parents: fc.tuple(fc.nat(), fc.nat()), moves: fc.integer({ min: 0, max: 12 }), closes: seldom })
      .map((one) => {
        const parent = (nth: number): string | null => (index === 0 ? null : (unitIds[nth % index] ?? null));
        const type = index < 2 ? ('organisation' as const) : ('unit' as const);
        const id = unitIds[index] ?? '';
        const last = one.closes ? day(8) : day(10);
        return one.moves > 0 && one.moves < 8
          ? [
              { id, type, parent: parent(one.parents[0]), from: day(0), to: day(one.moves) },
              { id, type, parent: parent(one.parents[1]), from: day(one.moves), to: last },
            ]
          : [{ id, type, parent: parent(one.parents[0]), from: day(0), to: last }];
      });

  const recipient = fc.oneof(
    pick(persons).map((id) => `person:${id}`),
    pick(roles).map((id) => `role:${id}`),
    pick([...unitIds, 'elsewhere']).map((id) => `unit:${id}`),
    pick([...organisations, 'u3']).map((id) => `organisation:${id}`),
    pick(consumers).map((id) => `consumer:${id}`),
  );

  const subject = (record: string): fc.Arbitrary<readonly Subject[]> =>
    fc
      .record({
        shared: fc.record({
          kind: pick(kinds),
          domain: pick(domains),
          source: pick(sources),
          sensitivity,
          ownerUnit: maybe(pick(unitIds)),
          named: fc.subarray(persons, { maxLength: 1 }),
          thirdPartyProtected: seldom,
        }),
        who: fc.subarray([0, 1, 2], { minLength: 1, maxLength: 2 }),
        withheld: fc.tuple(seldom, seldom, seldom),
        number: fc.nat(),
        present: recorded,
        // The last five are said about others.
        about: record >= (records[15] ?? '') ? fc.option(pick(records.slice(0, 15)), { freq: 4 }) : fc.constant(null),
      })
      .map((one) =>
        one.who.map((index) => ({
          ...one.shared,
          ...(one.about === null ? {} : { about: one.about }),
          record,
          citizen: citizens[index] ?? '',
          number: numbers[index]?.[one.number % (numbers[index]?.length ?? 1)] ?? 0,
          withheld: one.withheld[index] ?? false,
          ...one.present,
        })),
      );

  const said = (index: number): fc.Arbitrary<Said> =>
    fc
      .record({
        citizen: fc.nat({ max: 2 }),
        version: fc.integer({ min: 1, max: 3 }),
        allNumbers: fc.boolean(),
        decision: pick(['grant', 'grant', 'grant', 'refuse'] as const),
        named: recipient,
        everybody: seldom,
        domains: some(domains),
        kinds: some(kinds),
        record: fc.option(pick(records), { freq: 1 }),
        single: seldom,
        purposes: some(purposes),
        upTo,
        show: pick(['content', 'content', 'busy'] as const),
        withdrawn: seldom,
        valid: interval,
        recorded,
      })
      .map(({ citizen, allNumbers, named, everybody, single, record, valid, ...one }) => {
        const own = numbers[citizen] ?? [];
        return {
          ...one,
          id: uuid('d', index),
          citizen: citizens[citizen] ?? '',
          numbers: allNumbers ? own : own.slice(0, 1),
          recipient: one.decision === 'refuse' && everybody ? null : named,
          record: single ? record : null,
          ...valid,
        };
      });
  const listOf = <T>(max: number, make: (index: number) => fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> =>
    fc.integer({ min: 0, max }).chain((size) => fc.tuple(...Array.from({ length: size }, (_, index) => make(index))));
  const scope = { domains: some(domains), kinds: some(kinds) };

  return fc.record({
    citizens: fc.constant(citizens),
    units: fc.tuple(...unitIds.map((_, index) => unit(index))).map((lists) => lists.flat()),
    subjects: fc.tuple(...records.map(subject)).map((lists) => lists.flat()),
    said: listOf(12, said),
    statutes: listOf(2, (index) =>
      fc
        .record({
          ...scope,
          recipients: fc.array(recipient, { minLength: 1, maxLength: 2 }),
          purposes: some(purposes),
          upTo,
          optOut: fc.boolean(),
          valid: interval,
        })
        .map(({ valid, ...one }) => ({ ...one, id: `law-${index}`, ...valid })),
    ),
    representations: listOf(2, (index) =>
      fc
        .record({ ...scope, citizen: pick(citizens), representative: pick(hashes), valid: interval, recorded })
        .map(({ valid, ...one }) => ({ ...one, id: uuid('e', index), ...valid })),
    ),
    emergencies: listOf(2, (index) =>
      fc
        .record({
          citizen: pick(citizens),
          person: pick(persons),
          role: pick(roles),
          organisation: pick(organisations),
          valid: interval,
        })
        .map(({ valid, ...one }) => ({ ...one, id: uuid('f', index), ...valid })),
    ),
    protections: listOf(2, (index) =>
      fc
        .record({ citizen: pick(citizens), valid: interval, recorded })
        .map(({ valid, ...one }) => ({ ...one, record: uuid('b', index), ...valid })),
    ),
    sources: fc
      .tuple(seldom, interval)
      .map(([existenceShown, valid]) => [{ source: 'fhir', existenceShown, ...valid }]),
  }) satisfies fc.Arbitrary<World>;
};

export const reader: fc.Arbitrary<Reader> = fc.record({
  kind: pick([
    'professional',
    'professional',
    'professional',
    'citizen',
    'representative',
    'consumer-system',
    'dpo',
  ] as const),
  person: pick(persons),
  role: maybe(pick(roles)),
  organisation: maybe(pick([...organisations, 'u3'])),
  unit: maybe(pick([...unitIds, 'elsewhere'])),
  domain: maybe(pick(domains)),
  sector: pick(['public', 'private'] as const),
  consumer: maybe(pick(consumers)),
  citizen: maybe(pick(citizens)),
  number: maybe(pick(hashes)),
  purpose: pick(purposes),
});
