// What operators did can be found again by who, what, where and when, page by page, and nobody rewrites it.
import { expect, it } from 'vitest';
import { cutActs, listActs, type NewAct, recordAct } from '../../src/store/acts.ts';
import { transaction } from '../../src/store/db.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
const at = (day: number): Date => new Date(Date.UTC(2026, 10, day, 12));
const act = (day: number, more: Partial<NewAct> = {}): NewAct => ({
  at: at(day),
  person: 'ole',
  role: 'operate',
  what: 'source.pause',
  subject: 'momentum',
  source: 'momentum',
  ...more,
});
const subjects = async (filter: Partial<Parameters<typeof listActs>[1]> = {}) =>
  (await listActs(database.pool(), { limit: 50, ...filter })).map((one) => one.subject);

it('is written with the act or not at all, found by every filter and page by page', async () => {
  const pool = database.pool();
  await recordAct(pool, act(1, { subject: 'a', why: 'the vendor asked', detail: { kinds: 3 } }));
  await recordAct(pool, act(2, { subject: 'b', person: 'ida', what: 'source.resume' }));
  await recordAct(pool, act(3, { subject: 'c', source: undefined, what: 'webhook.rotate', outcome: 'failed' }));
  await expect(
    transaction(pool, async (tx) => {
      await recordAct(tx, act(4, { subject: 'never' }));
      throw new Error('what it was about did not happen');
    }),
  ).rejects.toThrow();

  expect(await subjects()).toEqual(['c', 'b', 'a']);
  expect(await subjects({ person: 'ida' })).toEqual(['b']);
  expect(await subjects({ what: 'source' })).toEqual(['b', 'a']);
  expect(await subjects({ what: 'source.pause' })).toEqual(['a']);
  expect(await subjects({ source: 'momentum' })).toEqual(['b', 'a']);
  expect(await subjects({ subject: 'c' })).toEqual(['c']);
  expect(await subjects({ from: at(2), to: at(3) })).toEqual(['b']);
  const [first] = await listActs(pool, { limit: 1 });
  expect(first).toMatchObject({ subject: 'c', source: null, why: null, outcome: 'failed', detail: {} });
  expect(await subjects({ after: first?.id ?? 0, limit: 1 })).toEqual(['b']);
  expect((await listActs(pool, { limit: 1, subject: 'a' }))[0]).toMatchObject({
    at: at(1),
    person: 'ole',
    role: 'operate',
    why: 'the vendor asked',
    outcome: 'done',
    detail: { kinds: 3 },
  });
});

it('is not rewritten, and goes by retention alone', async () => {
  const pool = database.pool();
  await recordAct(pool, act(9, { subject: 'kept' }));
  for (const sql of ['update act set person = $$x$$', 'delete from act', 'truncate act'])
    await expect(pool.query(sql)).rejects.toThrow('append-only');
  await expect(recordAct(pool, act(9, { detail: { text: 'x'.repeat(4000) } }))).rejects.toThrow();
  expect(await cutActs(pool, at(9))).toBe(3);
  expect(await subjects()).toEqual(['kept']);
});

it('keeps no number of a person, whoever gives one as a reason', async () => {
  await recordAct(database.pool(), act(9, { subject: 'told', why: 'Borgeren 010270-3333 ringede' }));
  const [told] = await listActs(database.pool(), { limit: 1, subject: 'told' });
  expect(told?.why).toBe('Borgeren ‹number› ringede');
});
