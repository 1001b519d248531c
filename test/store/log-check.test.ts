// Checks of the access log that somebody asked for: one at a time, told how far it has come, over when its process went
// away; and what an overtaken one found is not kept over what its successor will find.
import { expect, it } from 'vitest';
import { beatCheck, beginCheck, endCheck, type LastCheck, readChecks } from '../../src/store/log-check.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
const start = new Date('2026-11-22T03:00:00.000Z');
const after = (seconds: number): Date => new Date(start.getTime() + seconds * 1000);
const begin = (at: Date) => beginCheck(database.pool(), { person: 'dpo-1', of: 5_000, at });
const found = (state: LastCheck['state'], at: Date): LastCheck => ({
  person: 'dpo-1',
  startedAt: start.toISOString(),
  endedAt: at.toISOString(),
  state,
  findings: [],
  more: false,
});

it('runs one at a time, is heard of, and leaves what it found', async () => {
  const pool = database.pool();
  expect(await readChecks(pool, start)).toEqual({});
  const [one, other] = await Promise.all([begin(start), begin(start)]);
  const check = one ?? other;
  expect([one, other].filter((begun) => begun !== undefined)).toHaveLength(1);
  if (check === undefined) throw new Error('nobody began');
  await beatCheck(pool, check, after(50), 2_000);
  expect((await readChecks(pool, after(100))).running).toMatchObject({ links: 2_000, of: 5_000, person: 'dpo-1' });
  expect(await begin(after(100))).toBeUndefined();
  await endCheck(pool, check, found('whole', after(101)));
  expect(await readChecks(pool, after(101))).toEqual({ last: found('whole', after(101)) });
});

it('is over when it has been silent for a minute; what it still finds then is nobody’s', async () => {
  const pool = database.pool();
  const silent = await begin(after(200));
  expect((await readChecks(pool, after(261))).running).toBeUndefined();
  const next = await begin(after(261));
  expect(next?.id).not.toBe(silent?.id);
  if (silent === undefined || next === undefined) throw new Error('did not begin');
  await beatCheck(pool, silent, after(262), 4_000);
  await endCheck(pool, silent, found('broken', after(263)));
  const { running, last } = await readChecks(pool, after(263));
  expect(running).toMatchObject({ id: next.id, links: 0 });
  expect(last?.state).toBe('whole');
  await endCheck(pool, next, found('broken', after(264)));
  expect((await readChecks(pool, after(264))).last?.state).toBe('broken');
});
