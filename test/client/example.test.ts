// The example consumer as a process of its own against a hub that listens: killed at random moments while citizens grant
// and withdraw, the hub away for a while, it ends with what it may see and owes no confirmation.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openCopy } from '../../openapi/client/example/copy.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { type Copy, keyOf, noticed, visibleNow } from '../changes/follower.ts';
import { createWorld, type Person } from '../changes/world.ts';
import { createHub, type Hub } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { randomOf } from '../sandbox/world/random.ts';
import { consumer, owed, readerOf, stir } from './copies.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());
const seed = Number(process.env['SAMSPIL_CLIENT_SEED'] ?? Math.floor(Math.random() * 2 ** 30));
const main = join(import.meta.dirname, '../../openapi/client/example/main.ts');
let hub: Hub;
let port: number;
let folder: string;
const world = () => createWorld(database.pool(), keys, consumer);

const listen = async (at: number): Promise<void> => {
  hub = await createHub(database.pool(), { keys });
  await hub.app.listen({ host: '127.0.0.1', port: at });
  port = (hub.app.server.address() as AddressInfo).port;
  await writeFile(join(folder, 'token'), await hub.token('consumer-system'));
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samspil-copy-'));
  await listen(0);
});
afterAll(async () => {
  await hub.app.close();
  await rm(folder, { recursive: true, force: true });
});

const path = (): string => join(folder, 'copy.sqlite');
const start = (): ChildProcess =>
  spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, path()], {
    env: { ...process.env, HUB_URL: `http://127.0.0.1:${port}`, TOKEN_COMMAND: `cat ${join(folder, 'token')}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
const stop = async (child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
  const exit = child.exitCode === null ? once(child, 'exit') : Promise.resolve([child.exitCode]);
  child.kill(signal);
  return (await exit)[0] as number | null;
};

const held = (): Copy => {
  const copy = openCopy(path());
  try {
    return new Map(
      copy
        .records()
        .map(({ citizen, id, body, links }) => [
          keyOf(citizen, id),
          { record: noticed(body), links: JSON.parse(links) as unknown },
        ]),
    );
  } finally {
    copy.close();
  }
};

it(`keeps a true copy through kills and a hub that goes away, seed ${seed}`, async () => {
  const random = randomOf(seed, 'example');
  const people: Person[] = [];
  for (const cpr of ['0102703333', '0202703333', '0302703333']) people.push(await world().enrolPerson(cpr));
  for (let n = 0; n < 20; n += 1) await stir(world(), people, random);
  for (let round = 0; round < 6; round += 1) {
    const child = start();
    const until = sleep(random.int(150, 700));
    for (let n = 0; n < 4; n += 1) await stir(world(), people, random);
    await until;
    await stop(child, 'SIGKILL');
  }
  const child = start();
  await once(child.stdout ?? child, 'data');
  await hub.app.close();
  for (let n = 0; n < 5; n += 1) await stir(world(), people, random);
  // With keys of its own, as after a change of issuer: the token that was good is refused, and another asked for.
  await listen(port);
  const expected = (): Promise<Copy> =>
    visibleNow(
      database.pool(),
      keys,
      readerOf(consumer),
      people.map(({ id }) => id),
    );
  await expect
    .poll(async () => [held(), await owed(database.pool())], { timeout: 15_000, interval: 200 })
    .toEqual([await expected(), 0]);
  expect(await stop(child, 'SIGTERM')).toBe(0);
}, 60_000);
