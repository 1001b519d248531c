// Out of order, twice, and with pulls in between: the same messages always come to one state of the store, the one they
// come to in order. With the project's own threads, and with MedCom's official Bundles where they are there.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { publishedFhir } from '../proof/fhir-hub.ts';
import { bundlesOf } from '../sandbox/fhir-inbox/bundle.ts';
import { type Random, randomOf } from '../sandbox/world/random.ts';
import { type InboxHub, openInboxHub } from './hub.ts';
import { cprs, threads } from './threads.ts';

/** Several databases at once: two hundred orders are mostly waiting. Ids and hashes are the same in all of them. */
const databases = [useDatabase(), useDatabase(), useDatabase(), useDatabase()];
const published = publishedFhir();
if (published === undefined)
  console.warn('MedCom’s official Bundles are not there (set SAMSPIL_SHARED): their orders are skipped.');

let lanes: readonly InboxHub[];
beforeAll(async () => {
  lanes = await Promise.all(databases.map((database) => openInboxHub(database.pool())));
  for (const lane of lanes) for (const cpr of [cprs.anna, cprs.bo, '2509479989', '0703921VJ4']) await lane.enrol(cpr);
});
afterAll(() => Promise.all(lanes.map((lane) => lane.close())));

const shuffled = <T>(list: readonly T[], random: Random): readonly T[] =>
  list
    .map((value) => ({ value, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);

/** Everything in the given order, some twice, pulling now and then. */
const deliver = async (inbox: InboxHub, messages: readonly string[], random?: Random): Promise<string> => {
  await inbox.clear();
  const twice = random === undefined ? [] : messages.filter(() => random.chance(0.25));
  const order = random === undefined ? messages : shuffled([...messages, ...twice], random);
  for (const message of order) {
    if (random?.chance(0.5) === true) await inbox.post(message);
    else await inbox.drop(message);
    if (random?.chance(0.08) === true) await inbox.pull();
  }
  await inbox.pull();
  return inbox.state();
};

const bundlesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

const oneState = async (messages: readonly string[], orders: number): Promise<string> => {
  const [first] = lanes;
  if (first === undefined) throw new Error('there is a lane');
  const inOrder = await deliver(first, messages);
  expect(inOrder).not.toBe('');
  let last = 0;
  const walk = async (lane: InboxHub): Promise<void> => {
    while (last < orders) {
      last += 1;
      const seed = last;
      expect(await deliver(lane, messages, randomOf(seed, 'order')), `order ${seed}`).toBe(inOrder);
    }
  };
  await Promise.all(lanes.map(walk));
  return inOrder;
};

describe('one state, whatever the order', () => {
  it('of the project’s own threads', async () => {
    const messages = Object.values(threads).flatMap((thread) =>
      bundlesOf(thread).map((bundle) => JSON.stringify(bundle)),
    );
    const state = await oneState(messages, 40);
    const lines = state.split('\n');
    // 4 events and a ward; 1 and a ward; nothing of the mistake; 3 and a ward; 3 and a ward of the renamed; one correspondence, one withdrawn.
    expect(lines.filter((line) => line.startsWith('hospitalStay/'))).toHaveLength(5 + 2 + 0 + 4 + 4);
    expect(lines.filter((line) => line.startsWith('careCommunication/'))).toHaveLength(1);
  }, 120_000);

  it.skipIf(published === undefined)(
    'of MedCom’s official Bundles, in 200 orders',
    async () => {
      const messages = ['medcom-hospitalnotification', 'medcom-carecommunication'].flatMap((folder) =>
        bundlesIn(join(published ?? '', folder)),
      );
      expect(messages.length).toBe(19);
      const state = await oneState(messages, 200);
      expect(state.split('\n').filter((line) => line.startsWith('careCommunication/'))).toHaveLength(4);
    },
    300_000,
  );
});
