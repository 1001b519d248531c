// What happens to what a follower may not see leaves no trace in its feed of changes: no entry, no earlier answer to a
// long poll, no other cursor length. Two hubs, one of which alone is busy with hidden things, answer alike.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LightMyRequestResponse } from 'fastify';
import { beforeAll, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { openStream } from '../changes/reader.ts';
import { createHub, type Hub, type Person } from '../feed/fixture.ts';
import { type TestDatabase, useDatabase } from '../postgres.ts';
import { uuidOf } from './hidden-world.ts';

const [busy, still] = [useDatabase(), useDatabase()];
const keys = createKeyRing(newKeyMaterial());
const shown = '0102703333';
const hidden = '0202703333';
interface Side {
  readonly database: TestDatabase;
  readonly hub: Hub;
  readonly shown: Person;
  cursor: string;
}
let sides: readonly [Side, Side];

const open = async (database: TestDatabase): Promise<Side> => {
  const accessLog = createAccessLog(database.pool(), keys);
  const hub = await createHub(database.pool(), {
    keys,
    accessLog,
    streamTimes: { heartbeatMs: 300, refreshMs: 60_000, longestMs: 60_000 },
  });
  const person = await hub.world.person(shown);
  await hub.world.say(person, 'grant', 'consumer:borgerportal', { domains: ['employment'], id: uuidOf(2, 0) });
  await hub.world.record({ id: uuidOf(1, 0), citizens: [person] });
  return { database, hub, shown: person, cursor: '' };
};
beforeAll(async () => {
  sides = [await open(busy), await open(still)];
});

const changed = async ({ database }: Side, citizen: string, record: string | null, op: string): Promise<void> => {
  await database
    .pool()
    .query('select append_changes(array[$1]::uuid[], array[$2]::uuid[], array[$3])', [citizen, record, op]);
};
interface Read {
  readonly page: object;
  readonly length: unknown;
  readonly ms: number;
}
const read = async (side: Side, wait = 0): Promise<Read> => {
  const after = side.cursor === '' ? '' : `&after=${side.cursor}`;
  const started = performance.now();
  const answer: LightMyRequestResponse = await side.hub.ask('consumer-system', `/v1/changes?wait=${wait}${after}`);
  expect(answer.statusCode, answer.body).toBe(200);
  const { cursor, ...page } = answer.json();
  side.cursor = cursor;
  return { page, length: answer.headers['content-length'], ms: performance.now() - started };
};
const both = async (wait = 0): Promise<readonly [Read, Read]> => {
  const [one, other] = await Promise.all([read(sides[0], wait), read(sides[1], wait)]);
  expect([one.page, one.length]).toEqual([other.page, other.length]);
  return [one, other];
};
/** Much that this follower may not see: another citizen whole, another domain of this one, a refusal elsewhere. */
const rustle = async (side: Side, n: number): Promise<void> => {
  const { world } = side.hub;
  const other = await world.person(hidden);
  for (const [at, citizen, domain] of [
    [0, other, 'employment'],
    [1, side.shown, 'health'],
    [2, side.shown, 'social'],
  ] as const) {
    const id = uuidOf(1, 100 + 10 * n + at);
    await world.record({ id, citizens: [citizen], domain, kind: 'intervention' });
    await world.link(id, 'plan', uuidOf(1, 0));
    await changed(side, citizen.id, id, 'created');
    await changed(side, citizen.id, id, 'changed');
  }
  await world.say(side.shown, 'refuse', 'role:nobody');
  await changed(side, side.shown.id, null, 'look');
  await changed(side, other.id, null, 'look');
};

it('begins alike', async () => {
  const [one] = await both();
  expect(JSON.stringify(one.page)).toContain(uuidOf(1, 0));
});

it('tells nothing of what is hidden, also to who waits', async () => {
  await rustle(sides[0], 1);
  expect((await both())[0].page).toEqual({ entries: [], more: false });
  const rustling = new Promise<void>((resolve, reject) => {
    setTimeout(() => rustle(sides[0], 2).then(resolve, reject), 200);
  });
  const [one, other] = await both(1);
  await rustling;
  expect(one.page).toEqual({ entries: [], more: false });
  for (const { ms } of [one, other]) expect(ms).toBeGreaterThan(950);
});

it('streams alike, however much happens to what is hidden', async () => {
  const readers = await Promise.all(
    sides.map(async (side) => {
      const url = await side.hub.app.listen({ port: 0, host: '127.0.0.1' });
      const authorization = `Bearer ${await side.hub.token('consumer-system')}`;
      return openStream(`${url}/v1/changes?limit=2`, { authorization, 'last-event-id': side.cursor });
    }),
  );
  const first = await Promise.all(readers.map((reader) => reader.next()));
  for (const event of first) expect(event?.page).toMatchObject({ entries: [], more: false });
  const next = Promise.all(readers.map((reader) => reader.next()));
  await rustle(sides[0], 3);
  const before = readers.map((reader) => reader.comments());
  await sleep(1500);
  // They beat at the same rate, and nothing else comes.
  const [one = 0, other = 0] = readers.map((reader, n) => reader.comments() - (before[n] ?? 0));
  expect(Math.abs(one - other)).toBeLessThanOrEqual(2);
  expect(one).toBeGreaterThan(2);
  const id = uuidOf(1, 2);
  for (const side of sides) {
    await side.hub.world.record({ id, citizens: [side.shown], kind: 'goal' });
    await changed(side, side.shown.id, id, 'created');
  }
  const told = await next;
  expect(told[0]?.page.entries).toEqual(told[1]?.page.entries);
  expect(JSON.stringify(told[0]?.page.entries)).toContain(id);
  expect(told[0]?.id?.length).toBe(told[1]?.id?.length);
  for (const [n, side] of sides.entries()) {
    side.cursor = told[n]?.id ?? '';
    readers[n]?.close();
  }
});

it('wakes both for what both see', async () => {
  const waiting = both(20);
  const id = uuidOf(1, 1);
  for (const side of sides) {
    await side.hub.world.record({ id, citizens: [side.shown], kind: 'goal' });
    await changed(side, side.shown.id, id, 'created');
  }
  const [one, other] = await waiting;
  expect(JSON.stringify(one.page)).toContain(id);
  for (const { ms } of [one, other]) expect(ms).toBeLessThan(15_000);
});
