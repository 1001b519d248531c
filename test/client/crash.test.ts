// The cursor loop against a real hub: it breaks off at any point (before an answer, after it, before and after the copy is
// written, before and after a confirmation) while citizens grant and withdraw, and the copy ends as what it may see.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Client, createClient } from '../../openapi/client/client.ts';
import { type CopyStore, follow, type Position, type Step } from '../../openapi/client/follow.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { type Copy, keyOf, noticed, visibleNow } from '../changes/follower.ts';
import { createWorld, type Person } from '../changes/world.ts';
import { createHub, type Hub } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { type Random, randomOf } from '../sandbox/world/random.ts';
import { consumer, overHub, owed, readerOf, stir } from './copies.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());
const seed = Number(process.env['SAMSPIL_CLIENT_SEED'] ?? Math.floor(Math.random() * 2 ** 30));
const numbers = ['0102703333', '0202703333', '0302703333', '0402703333', '0502703333'];
let hub: Hub;
let world: ReturnType<typeof createWorld>;
let people: readonly Person[];

class Crash extends Error {}
const crashed = async (work: Promise<void>): Promise<boolean> => {
  try {
    await work;
    return false;
  } catch (error) {
    if (error instanceof Crash) return true;
    throw error;
  }
};

/** A copy that outlives the loops that write it. */
const createMemory = () => {
  const held = new Map<string, { readonly generation: number; readonly record: unknown; readonly links: unknown }>();
  let at: Position | undefined;
  return {
    copy: (): Copy => new Map([...held].map(([key, { record, links }]) => [key, { record, links }])),
    lose: (): void => held.clear(),
    /** How often it was read afresh. */
    fresh: () => at?.generation,
    /** As after a silence longer than cursors live. */
    outlive: (cursor: string): void => {
      if (at !== undefined) at = { ...at, cursor };
    },
    store: (between: () => void): CopyStore => ({
      position: () => at,
      apply({ put, removed, sweep, position }: Step) {
        between();
        for (const { citizen, id, record, links } of put)
          held.set(keyOf(citizen, id), {
            generation: position.generation,
            record: noticed(JSON.stringify(record)),
            links,
          });
        for (const { citizen, id } of removed) held.delete(keyOf(citizen, id));
        if (sweep) for (const [key, { generation }] of held) if (generation !== position.generation) held.delete(key);
        at = position;
        between();
      },
    }),
  };
};
type Memory = ReturnType<typeof createMemory>;

const clientOf = async (between: () => void = () => {}): Promise<Client> => {
  const token = await hub.token('consumer-system');
  return createClient({ baseUrl: 'http://hub', token: () => token, fetch: overHub(hub, between), pauseMs: 1 });
};

/** Follows until there is nothing more to tell, or until it breaks off. */
const run = async (memory: Memory, between: () => void = () => {}, anew = false): Promise<boolean> => {
  const done = new AbortController();
  return crashed(
    follow({
      client: await clientOf(between),
      store: memory.store(between),
      signal: done.signal,
      wait: 0,
      limit: 3,
      anew,
      onCurrent: () => done.abort(),
    }),
  );
};

beforeAll(async () => {
  hub = await createHub(database.pool(), { keys });
  world = createWorld(database.pool(), keys, consumer);
});
beforeEach(async () => {
  await world.empty();
  people = await Promise.all(numbers.map((cpr) => world.enrolPerson(cpr)));
});

/** A cursor the hub answers 410 to: it was given under other fields. */
const formerCursor = async (): Promise<string> => {
  const client = await clientOf();
  return (await client.get('/v1/changes', { query: { fields: 'plans', limit: 1 } })).data.cursor;
};

const expected = (): Promise<Copy> =>
  visibleNow(
    database.pool(),
    keys,
    readerOf(consumer),
    people.map(({ id }) => id),
  );
const breaking = (random: Random, chance: number) => (): void => {
  if (random.chance(chance)) throw new Crash();
};

describe(`the cursor loop, seed ${seed}`, () => {
  it('keeps its copy true, wherever it breaks off, and confirms everything it deleted', async () => {
    const random = randomOf(seed, 'crashes');
    const memory = createMemory();
    let crashes = 0;
    for (let round = 0; round < 40; round += 1) {
      for (let n = random.int(1, 4); n > 0; n -= 1) await stir(world, people, random);
      if (await run(memory, breaking(random, 0.15))) crashes += 1;
    }
    expect(await run(memory)).toBe(false);
    expect(memory.copy()).toEqual(await expected());
    expect(await owed(database.pool())).toBe(0);
    expect(crashes).toBeGreaterThan(5);
  });

  it('reads afresh when its cursor is not known any more, and deletes what does not come again', async () => {
    const random = randomOf(seed, 'afresh');
    const memory = createMemory();
    for (let n = 0; n < 25; n += 1) await stir(world, people, random);
    await run(memory);
    for (let n = 0; n < 10; n += 1) await stir(world, people, random);
    memory.outlive(await formerCursor());
    await run(memory, breaking(random, 0.05));
    await run(memory);
    expect(memory.fresh()).toBe(2);
    expect(memory.copy()).toEqual(await expected());
  });

  it('fills a copy that was lost', async () => {
    const random = randomOf(seed, 'lost');
    const memory = createMemory();
    for (let n = 0; n < 25; n += 1) await stir(world, people, random);
    await run(memory);
    memory.lose();
    // Asked for until it has begun; from then on the position remembers.
    while (memory.fresh() === 1) await run(memory, breaking(random, 0.1), true);
    await run(memory);
    expect(memory.copy()).toEqual(await expected());
  });
});
