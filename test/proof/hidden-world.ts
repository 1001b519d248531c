// Small worlds for the proof that hidden equals absent: who lives there, what is held about them, what they have said.
// The same world can be written into two hubs; the second may lack what one reader cannot see in the first.
import fc from 'fast-check';
import type { Person, World } from '../feed/fixture.ts';
import type { PersonaId } from '../sandbox/personas.ts';

export interface HeldRecord {
  readonly id: string;
  readonly citizens: readonly number[];
  readonly kind: string;
  readonly domain: string;
  readonly source: string;
  readonly sensitivity: string;
  readonly ownerUnit: string | undefined;
  readonly withheld: boolean;
  readonly encrypted: boolean;
  readonly guarded: boolean;
}
export interface Said {
  readonly id: string;
  readonly citizen: number;
  readonly decision: 'grant' | 'refuse';
  readonly recipient: string;
  readonly domains: readonly string[] | undefined;
  readonly upTo: string;
}
export interface HiddenWorld {
  readonly reader: PersonaId;
  readonly records: readonly HeldRecord[];
  readonly said: readonly Said[];
  readonly links: readonly (readonly [number, number])[];
  readonly protected: readonly number[];
}

export const cast = 4;
/** Numbers of a case's four citizens. The log keeps what was asked about earlier ones, so each case has its own. */
export const numbersOf = (run: number): readonly string[] =>
  Array.from({ length: cast }, (_, n) => {
    const at = run * cast + n;
    const two = (value: number): string => String(value).padStart(2, '0');
    return `${two(1 + (at % 28))}${two(1 + (Math.floor(at / 28) % 12))}${60 + Math.floor(at / 336)}3333`;
  });
export const uuidOf = (space: number, n: number): string =>
  `${String(space).padStart(8, '0')}-0000-8000-8000-${String(n).padStart(12, '0')}`;

const domains = ['employment', 'social', 'health'] as const;
export const professionals = [
  'caseworker-employment',
  'caseworker-social',
  'nurse-health',
  'private-provider',
] as const satisfies readonly PersonaId[];
export const others = ['citizen', 'consumer-system', 'administrator'] as const satisfies readonly PersonaId[];
export type HiddenReader = (typeof professionals | typeof others)[number];
const namesOf: Readonly<Record<HiddenReader, readonly string[]>> = {
  'caseworker-employment': ['unit:jobcenter', 'role:caseworker'],
  'caseworker-social': ['unit:social', 'role:caseworker'],
  'nurse-health': ['person:egevang-bewi', 'unit:sundhed'],
  'private-provider': ['organisation:fonden-broen', 'person:broen-stbr'],
  citizen: ['unit:jobcenter', 'role:caseworker'],
  'consumer-system': ['consumer:borgerportal'],
  administrator: ['unit:digitalisering'],
};

const place = fc.constantFrom(0, 0, 0, 1, 1, 2, 3);
const record = fc.record({
  citizens: fc.oneof(
    { weight: 4, arbitrary: place.map((n) => [n]) },
    fc.uniqueArray(place, { minLength: 2, maxLength: 2 }),
  ),
  kind: fc.constantFrom('plan', 'goal', 'intervention', 'contact', 'appointment', 'rating'),
  domain: fc.constantFrom(...domains),
  source: fc.constantFrom('momentum', 'sensum', 'kalender'),
  sensitivity: fc.constantFrom('normal', 'normal', 'normal', 'confidential', 'sensitive', 'vip'),
  ownerUnit: fc.constantFrom('jobcenter', 'social', 'sundhed', undefined),
  withheld: fc.nat(3).map((n) => n === 0),
  encrypted: fc.boolean(),
  guarded: fc.boolean(),
});
const saidBy = (reader: HiddenReader): fc.Arbitrary<Omit<Said, 'id'>> =>
  fc.record({
    citizen: place,
    decision: fc.constantFrom<Said['decision']>('grant', 'grant', 'grant', 'refuse'),
    recipient: fc.constantFrom(...namesOf[reader], ...namesOf[reader], 'role:mentor', 'organisation:egevang'),
    domains: fc.option(fc.uniqueArray(fc.constantFrom(...domains), { minLength: 1 }), { nil: undefined }),
    upTo: fc.constantFrom('normal', 'confidential', 'sensitive'),
  });

export const hiddenWorldOf = (readers: readonly HiddenReader[]): fc.Arbitrary<HiddenWorld> =>
  fc
    // Administrators see nothing: one world in eight is enough of them.
    .constantFrom(...readers, ...readers.slice(0, 2), ...readers.slice(0, 2))
    .chain((reader) =>
      fc.record({
        reader: fc.constant(reader),
        records: fc
          .array(record, { minLength: 3, maxLength: 14 })
          .map((list) => list.map((one, n) => ({ ...one, id: uuidOf(1, n) }))),
        said: fc
          .array(saidBy(reader), { minLength: 3, maxLength: 8 })
          .map((list) => list.map((one, n) => ({ ...one, id: uuidOf(2, n) }))),
        links: fc.uniqueArray(fc.tuple(fc.nat(13), fc.nat(13)), {
          maxLength: 8,
          selector: ([from, to]) => `${from} ${to}`,
        }),
        protected: fc.uniqueArray(fc.nat(cast - 1), { maxLength: 2 }),
      }),
    )
    // That somebody else in a shared record is protected is seen by what is left out of it, and must be: not a leak.
    .map((world) => ({
      ...world,
      protected: world.protected.filter(
        (n) => !world.records.some(({ citizens }) => citizens.length > 1 && citizens.some((one) => one === n)),
      ),
    }));

/** What one reader sees: records by id, citizens by number's place. */
export interface Sight {
  readonly records: ReadonlySet<string>;
  readonly citizens: ReadonlySet<number>;
}

/** The world without what this reader cannot see; what is said stays only where the reader may read it. */
export const onlySeen = (world: HiddenWorld, sight: Sight): HiddenWorld => ({
  ...world,
  records: world.records
    .filter((one) => sight.records.has(one.id))
    .map((one) => ({ ...one, citizens: one.citizens.filter((n) => sight.citizens.has(n)) })),
  said: world.said.filter(
    (one) => sight.citizens.has(one.citizen) && (world.reader === 'citizen' || one.decision === 'grant'),
  ),
  protected: world.protected.filter((n) => sight.citizens.has(n)),
});

/** Writes it. Citizens outside `living` are not there at all. @returns the people by place. */
export const settle = async (
  into: World,
  world: HiddenWorld,
  cprs: readonly string[],
  living: ReadonlySet<number>,
): Promise<ReadonlyMap<number, Person>> => {
  const people = new Map<number, Person>();
  for (const [n, cpr] of cprs.entries()) if (living.has(n)) people.set(n, await into.person(cpr));
  const peopleOf = (places: readonly number[]): readonly Person[] => places.flatMap((n) => people.get(n) ?? []);
  for (const [n, one] of people)
    await into.record({
      id: uuidOf(3, n),
      citizens: [one],
      kind: 'citizen',
      protectedFields: { name: `Navn ${n}`, address: `Vej ${n}` },
    });
  for (const { citizens: places, guarded, ...one } of world.records)
    await into.record({
      ...(one.ownerUnit === undefined ? {} : { ownerUnit: one.ownerUnit }),
      id: one.id,
      kind: one.kind,
      domain: one.domain,
      source: one.source,
      sensitivity: one.sensitivity,
      withheld: one.withheld,
      encrypted: one.encrypted,
      citizens: peopleOf(places),
      ...(guarded && one.kind === 'contact' ? { protectedFields: { name: 'En Pårørende', phone: '12345678' } } : {}),
    });
  const there = new Set(world.records.map((one) => one.id));
  for (const [from, to] of world.links)
    if (from !== to && there.has(uuidOf(1, from)) && there.has(uuidOf(1, to)))
      await into.link(uuidOf(1, from), 'about', uuidOf(1, to));
  for (const one of world.said)
    for (const person of peopleOf([one.citizen]))
      await into.say(person, one.decision, one.recipient, {
        id: one.id,
        upTo: one.upTo,
        ...(one.domains === undefined ? {} : { domains: one.domains }),
      });
  for (const person of peopleOf(world.protected)) await into.protect(person);
  await into.synced('momentum', 'task', new Date());
  return people;
};
