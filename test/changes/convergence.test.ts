// Fifty consumers, killed at random between receiving, keeping and confirming, while citizens grant, refuse, withdraw,
// leave and return and records come, change and go: every copy ends equal to what its consumer may see, and what is still
// owed is owed by those who never confirm. Three seconds of it; SAMSPIL_CONVERGENCE_SECONDS=120 for longer.
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { unconfirmedPurges } from '../../src/store/consumers.ts';
import { createPool } from '../../src/store/db.ts';
import { owedByConsumers } from '../../src/store/purges.ts';
import { config, personaNamed } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { randomOf } from '../sandbox/world/random.ts';
import { type Client, createClient } from './client.ts';
import { consumerActor, visibleNow } from './follower.ts';
import { createFeedHub } from './hub.ts';
import { createWorld, type Person } from './world.ts';

const database = useDatabase();
const seconds = Number(process.env['SAMSPIL_CONVERGENCE_SECONDS'] ?? 3);
const seed = Number(process.env['SAMSPIL_SEED'] ?? Date.now() % 1_000_000);
const consumers = Array.from({ length: 50 }, (_, n) => `copy-${n}`);
const silent = new Set(consumers.slice(0, 4));
const slots = 60;

it(
  `every copy ends true (seed ${seed}, ${seconds} s)`,
  async () => {
    const pool = createPool(database.url(), { max: 20 });
    const registered = consumers.map((id) => ({ ...config.consumers[0], id, organisation: `organisation-${id}` }));
    const hub = await createFeedHub(pool, {
      unchecked: true,
      config: { ...config, consumers: registered as typeof config.consumers },
    });
    await hub.app.listen({ port: 0, host: '127.0.0.1' });
    const url = `http://127.0.0.1:${(hub.app.server.address() as AddressInfo).port}/v1/changes`;
    const world = createWorld(pool, hub.keys, 'nobody');
    const people: Person[] = [];
    for (let n = 0; n < 16; n += 1) people.push(await world.enrolPerson(`${String(n + 2).padStart(2, '0')}02703333`));

    const random = randomOf(seed, 'convergence').next;
    const nat = (below: number): number => Math.floor(random() * below);
    const pick = <T>(all: readonly T[]): T => all[nat(all.length)] as T;
    const dated = (): number | null => (random() < 0.2 ? 20 + nat(200) : null);
    const delays = (): readonly [number, number] => [nat(6), random() < 0.2 ? 25 : nat(6)];

    const said = (decision: 'grant' | 'refuse') => ({
      person: 0,
      decision,
      domains: random() < 0.5 ? null : [pick(['employment', 'social'])],
      upTo: pick(['normal', 'confidential'] as const),
      slot: random() < 0.1 ? nat(slots) : null,
      startsIn: dated(),
      endsIn: dated(),
    });
    const save = () => ({
      slot: nat(slots),
      people: [],
      sensitivity: pick(['normal', 'normal', 'confidential'] as const),
      domain: pick(['employment', 'social'] as const),
      text: nat(9),
      linkTo: random() < 0.5 ? nat(slots) : null,
      encrypted: random() < 0.3,
      secret: random() < 0.3,
      guarded: random() < 0.2,
    });
    const act = async (): Promise<void> => {
      const person = pick(people);
      const what = random();
      if (what < 0.4) {
        const subjects = random() < 0.2 ? [person, pick(people)] : [person];
        await world.write(delays(), (tx) => world.saveAs(tx, save(), [...new Set(subjects)]));
      } else if (what < 0.5) await world.write(delays(), (tx) => world.remove(tx, nat(slots)));
      else if (what < 0.72) await world.write(delays(), (tx) => world.say(tx, said('grant'), person, pick(consumers)));
      else if (what < 0.78) await world.write(delays(), (tx) => world.say(tx, said('refuse'), person, pick(consumers)));
      else if (what < 0.92) await world.write(delays(), (tx) => world.withdraw(tx, person));
      else if (what < 0.94) await world.write(delays(), (tx) => world.protect(tx, person, 20 + nat(200)));
      else if (what < 0.97) await world.endEnrolment(person);
      else await world.enrolPerson(person.cpr);
    };
    // Everybody has something to copy.
    for (const [n, to] of consumers.entries()) {
      const [one, other] = [people[n % people.length], people[(n * 7 + 3) % people.length]] as [Person, Person];
      for (const person of new Set([one, other]))
        await world.write([0, 0], (tx) =>
          world.say(tx, { ...said('grant'), domains: null, startsIn: null, endsIn: null, slot: null }, person, to),
        );
    }
    for (let n = 0; n < slots; n += 1)
      await world.write([0, 0], (tx) => world.saveAs(tx, { ...save(), slot: n }, [pick(people)]));

    const clients = new Map<string, Client>();
    for (const [n, consumer] of consumers.entries()) {
      const persona = {
        ...personaNamed('consumer-system'),
        person: `system-${consumer}`,
        consumer,
        sector: 'private' as const,
      };
      const authorization = `Bearer ${await hub.token(persona)}`;
      const own = randomOf(seed, 'client', n).next;
      clients.set(consumer, createClient({ hub, url, authorization, silent: silent.has(consumer), random: own }));
    }
    const until = performance.now() + seconds * 1000;
    const going = (): boolean => performance.now() < until;
    const writers = Array.from({ length: 4 }, async () => {
      while (going()) await act();
    });
    const readers = [...clients.values()].map(async (client) => {
      while (going()) await client.step();
    });
    await Promise.all([...writers, ...readers]);
    // Everything dated has begun or ended by then.
    await sleep(300);
    for (const client of clients.values()) await client.settle();

    const citizens = people.map((person) => person.id);
    const sum = { pages: 0, entries: 0, removed: 0, killed: 0, snapshots: 0 };
    for (const [consumer, client] of clients) {
      for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += client.counts[name];
      const expected = await visibleNow(pool, hub.keys, consumerActor(consumer), citizens);
      expect(client.copy(), consumer).toEqual(expected);
    }
    const owing = new Set((await unconfirmedPurges(pool)).map((one) => one.consumer));
    expect([...owing].filter((consumer) => !silent.has(consumer))).toEqual([]);
    // Whoever has read to the end has fetched everything.
    expect((await owedByConsumers(pool)).filter((one) => one.behindSince !== null)).toEqual([]);
    expect(sum.removed).toBeGreaterThan(20);
    expect(sum.killed).toBeGreaterThan(20);
    if (seconds > 3) process.stdout.write(`${JSON.stringify({ ...sum, owing: [...owing] })}\n`);
    // A connection that was opened and never used is not idle to the server.
    hub.app.server.closeAllConnections();
    await hub.app.close();
    await pool.end();
  },
  seconds * 1000 + 90_000,
);
