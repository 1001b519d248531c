// A follower of `changes` under parallel writers whose commits are delayed at random, crashing now and then between
// receiving and keeping, misses nothing and ends with exactly what it may see: also after withdrawals, refusals, ends
// and starts that fell due, ended enrolments and records that moved.
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { useDatabase } from '../postgres.ts';
import { consumerActor, contextOf, createFollower, visibleNow } from './follower.ts';
import { type ChangingWorld, createWorld, type Person, type RecordChoice, type SaidChoice } from './world.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());
const consumer = 'follower';
const numbers = Array.from({ length: 9 }, (_, n) => `0${n + 1}02703333`);
let people: readonly Person[];
let world: ChangingWorld;

beforeAll(async () => {
  world = createWorld(database.pool(), keys, consumer);
});

type Act =
  | { readonly do: 'save'; readonly record: RecordChoice }
  | { readonly do: 'remove'; readonly slot: number }
  | { readonly do: 'say'; readonly said: SaidChoice }
  | { readonly do: 'withdraw' | 'leave' | 'return'; readonly person: number }
  | { readonly do: 'protect'; readonly person: number; readonly endsIn: number };
interface Step {
  readonly act: Act;
  readonly delays: readonly [number, number];
}

const who = fc.nat(numbers.length - 1);
const slot = fc.nat(11);
const soon = fc.option(fc.integer({ min: 20, max: 250 }), { freq: 2 });
const record: fc.Arbitrary<RecordChoice> = fc.record({
  slot,
  people: fc.oneof(fc.tuple(who), fc.uniqueArray(who, { minLength: 2, maxLength: 3 })),
  sensitivity: fc.constantFrom('normal', 'normal', 'confidential'),
  domain: fc.constantFrom('employment', 'social'),
  text: fc.nat(3),
  linkTo: fc.option(slot),
  encrypted: fc.boolean(),
  secret: fc.boolean(),
  guarded: fc.boolean(),
});
const said: fc.Arbitrary<SaidChoice> = fc.record({
  person: who,
  decision: fc.constantFrom('grant', 'grant', 'refuse'),
  domains: fc.option(fc.constantFrom(['employment'], ['social'])),
  upTo: fc.constantFrom('normal', 'confidential'),
  slot: fc.option(slot, { freq: 1 }),
  startsIn: soon,
  endsIn: soon,
});
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('save' as const), record }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), slot }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('say' as const), said }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('withdraw' as const, 'leave', 'return'), person: who }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('protect' as const),
      person: who,
      endsIn: fc.integer({ min: 20, max: 250 }),
    }),
  },
);
// Long enough between drawing a position and committing it for others to overtake.
const delay = fc.oneof(fc.nat(6), fc.integer({ min: 25, max: 50 }));
const writer = fc.array(fc.record({ act, delays: fc.tuple(delay, delay) }), { minLength: 3, maxLength: 9 });
const reads = fc.array(fc.record({ limit: fc.integer({ min: 1, max: 7 }), crash: fc.boolean(), pause: fc.nat(5) }), {
  minLength: 3,
  maxLength: 12,
});

const person = (index: number): Person => {
  const found = people[index];
  if (found === undefined) throw new Error('no such person');
  return found;
};

const perform = async ({ act: wanted, delays }: Step): Promise<void> => {
  switch (wanted.do) {
    case 'save':
      return world.write(delays, (tx) => world.saveAs(tx, wanted.record, wanted.record.people.map(person)));
    case 'remove':
      return world.write(delays, (tx) => world.remove(tx, wanted.slot));
    case 'say':
      return world.write(delays, (tx) => world.say(tx, wanted.said, person(wanted.said.person)));
    case 'withdraw':
      return world.write(delays, (tx) => world.withdraw(tx, person(wanted.person)));
    case 'protect':
      return world.write(delays, (tx) => world.protect(tx, person(wanted.person), wanted.endsIn));
    case 'leave':
      return world.endEnrolment(person(wanted.person));
    case 'return':
      await world.enrolPerson(person(wanted.person).cpr);
  }
};

const start = async (): Promise<void> => {
  await world.empty();
  people = await Promise.all(numbers.map((cpr) => world.enrolPerson(cpr)));
  // Most of them have granted something, or there would be little to follow.
  const grant = {
    decision: 'grant',
    domains: null,
    upTo: 'confidential',
    slot: null,
    startsIn: null,
    endsIn: null,
  } as const;
  for (const index of [0, 1, 2, 3, 4, 5])
    await world.write([0, 0], (tx) => world.say(tx, { ...grant, person: index }, person(index)));
};

it('misses nothing and ends with exactly what it may see', async () => {
  let entries = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(writer, { minLength: 3, maxLength: 6 }), reads, async (writers, plan) => {
      await start();
      const actor = consumerActor(consumer);
      const follower = createFollower(contextOf(database.pool(), keys), { actor, consumer });
      let writing = true;
      const following = (async () => {
        for (let n = 0; writing; n += 1) {
          const { limit, crash, pause } = plan[n % plan.length] ?? { limit: 3, crash: false, pause: 0 };
          entries += (await follower.read(limit, crash)).entries.length;
          await sleep(pause);
        }
      })();
      await Promise.all(
        writers.map(async (steps) => {
          for (const step of steps) await perform(step);
        }),
      ).finally(() => {
        writing = false;
      });
      await following;
      // Everything dated has begun or ended by then.
      await sleep(280);
      await follower.drain(3);
      const citizens = people.map((one) => one.id);
      expect(follower.copy()).toEqual(await visibleNow(database.pool(), keys, actor, citizens));
      expect(follower.faults).toEqual([]);
    }),
    { numRuns: 30, endOnFailure: true },
  );
  expect(entries).toBeGreaterThan(100);
}, 120_000);
