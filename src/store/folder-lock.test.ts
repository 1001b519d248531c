// The folder lock: one holder, dead holders taken over at once, strangers in other containers by their heartbeat.
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockFolder } from './folder-lock.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samspil-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const refused = { code: 'store/locked-folder', fault: 'config' };

const rewrite = async (change: (holder: Record<string, unknown>) => Record<string, unknown>): Promise<void> => {
  const lock = await lockFolder(folder);
  const file = join(folder, 'lock');
  const holder = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await lock.release();
  await writeFile(file, JSON.stringify(change(holder)));
};

it('holds the folder for one and gives it back', async () => {
  const lock = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toMatchObject(refused);
  await lock.release();
  await (await lockFolder(folder)).release();
  expect(await readdir(folder)).toEqual([]);
});

it('makes a missing folder', async () => {
  const lock = await lockFolder(join(folder, 'a/b'));
  await lock.release();
});

it.each([
  ['a process that is gone', (holder: object) => ({ ...holder, pid: 2 ** 22 - 3 })],
  ['a process whose number was given to another', (holder: object) => ({ ...holder, started: '1' })],
  ['another boot of the machine', (holder: object) => ({ ...holder, boot: 'earlier' })],
])('takes over from %s', async (_, change) => {
  await rewrite(change);
  await (await lockFolder(folder)).release();
});

it('takes over a lock that was half written', async () => {
  await writeFile(join(folder, 'lock'), '{"pid":');
  await (await lockFolder(folder)).release();
});

it('takes over from another container whose heartbeat has stopped', async () => {
  await rewrite((holder) => ({ ...holder, space: 'pid:[1]' }));
  const earlier = new Date(Date.now() - 60_000);
  await utimes(join(folder, 'lock'), earlier, earlier);
  await (await lockFolder(folder)).release();
});

it('lets exactly one of many take a dead holder’s folder', async () => {
  await rewrite((holder) => ({ ...holder, boot: 'earlier' }));
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
  const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  expect(won).toHaveLength(1);
  for (const lock of won) await lock.release();
});
