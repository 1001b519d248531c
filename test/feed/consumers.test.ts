// Registered systems: only the scopes they are registered for, no more requests and citizens than agreed, and a list for
// administrators and the DPO that tells who uses what, what nobody uses, and who owes a confirmation.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createConsumerWatch } from '../../src/jobs/consumer-watch.ts';
import { createLogger } from '../../src/log.ts';
import { registerConsumers } from '../../src/store/consumer-use.ts';
import type { Tx } from '../../src/store/db.ts';
import { type PurgeReminder, remindOfPurges } from '../../src/store/purges.ts';
import { createFeedHub, type FeedHub } from '../changes/hub.ts';
import { useDatabase } from '../postgres.ts';
import { config, type Person } from './fixture.ts';

const database = useDatabase();
const day = 86_400_000;
let anna: Person;

const open: FeedHub[] = [];
const hubWith = async (consumer: object): Promise<FeedHub> => {
  const consumers = config.consumers.map((one) => ({ ...one, ...consumer }));
  const hub = await createFeedHub(database.pool(), { config: { ...config, consumers } });
  open.push(hub);
  return hub;
};
// What they counted is written when they close.
afterEach(async () => {
  for (const hub of open.splice(0)) await hub.app.close();
});
const withdraw = async (hub: FeedHub): Promise<void> => {
  await database.pool().query('update consent set withdrawn = true');
  await hub.look(anna.id);
};
const listed = async (hub: FeedHub, as: 'dpo' | 'administrator' = 'dpo') => {
  const answer = await hub.ask(as, '/v1/consumers');
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().consumers[0];
};

beforeEach(async () => {
  for (const table of ['purge_reminder', 'consumer_hold', 'consumer_page', 'purge', 'consumer', 'consumer_use'])
    await database.pool().query(`delete from ${table}`);
  for (const table of ['change', 'consent', 'record_version']) await database.pool().query(`delete from ${table}`);
  const { world } = await hubWith({});
  anna = await world.person('0102703333');
  await world.say(anna, 'grant', 'consumer:borgerportal');
  await world.record({ citizens: [anna] });
});

it('a token opens only what its system is registered for', async () => {
  const hub = await hubWith({ scopes: ['changes.read'] });
  expect((await hub.asked()).statusCode).toBe(200);
  expect((await hub.ask('consumer-system', `/v1/citizens/${anna.id}/plan`)).statusCode).toBe(403);
  // Nor for a person who works in it.
  const through = await hub.ask('caseworker-employment', '/v1/citizens', { actingSystem: 'borgerportal' });
  expect(through.statusCode).toBe(403);
  expect((await hub.ask('caseworker-employment', '/v1/citizens')).statusCode).toBe(200);
});

it('asks no oftener than agreed', async () => {
  const hub = await hubWith({ requestsPerMinute: 3 });
  for (let n = 0; n < 3; n += 1) expect((await hub.ask('consumer-system', '/v1/citizens')).statusCode).toBe(200);
  const fourth = await hub.ask('consumer-system', '/v1/citizens');
  expect(fourth.statusCode).toBe(429);
  expect(Number(fourth.headers['retry-after'])).toBeGreaterThan(0);
  expect((await hub.ask('caseworker-employment', '/v1/citizens')).statusCode).toBe(200);
});

it('reads no more citizens a day than agreed, in all processes together', async () => {
  const [one, other] = [await hubWith({ dailyReads: 2 }), await hubWith({ dailyReads: 2 })];
  const plan = `/v1/citizens/${anna.id}/plan`;
  expect((await one.ask('consumer-system', plan)).statusCode).toBe(200);
  expect((await other.ask('consumer-system', plan)).statusCode).toBe(200);
  await one.app.close();
  await other.app.close();
  const next = await hubWith({ dailyReads: 2 });
  const refused = await next.ask('consumer-system', plan);
  expect(refused.statusCode).toBe(429);
  const wait = Number(refused.headers['retry-after']);
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(25 * 3600);
  expect((await next.ask('caseworker-employment', '/v1/citizens')).statusCode).toBe(200);
});

it('the list tells how it is used and which scopes nobody needs, without any citizen', async () => {
  const hub = await hubWith({ scopes: ['plan.read', 'changes.read', 'calendar.read'] });
  await registerConsumers(database.pool(), ['borgerportal']);
  expect(await listed(hub)).toMatchObject({ readsToday: 0, unusedScopes: [] });
  await database.pool().query(`update consumer set known_since = now() - interval '31 days'`);
  await hub.asked();
  const seen = await listed(hub, 'administrator');
  expect(seen).toMatchObject({ id: 'borgerportal', contact: 'x@egevang.example', copies: true, readsToday: 1 });
  expect(seen.unusedScopes).toEqual(['plan.read', 'calendar.read']);
  expect(seen.lastUsed).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(JSON.stringify(seen)).not.toContain(anna.id);
  await database.pool().query(`update consumer_use set day = day - 31`);
  expect((await listed(hub)).unusedScopes).toContain('changes.read');
  for (const persona of ['caseworker-employment', 'citizen', 'consumer-system'] as const)
    expect((await hub.ask(persona, '/v1/consumers', { claims: { scope: 'admin log.read' } })).statusCode).toBe(403);
});

it('who has not confirmed owes it, is reminded at each half of the deadline, and owes nothing once it has', async () => {
  const hub = await hubWith({});
  const { cursor } = await hub.snapshot();
  expect((await listed(hub)).owes).toBeUndefined();
  await withdraw(hub);
  // It does not come back: what it may hold counts from now.
  expect((await listed(hub)).owes).toMatchObject({ records: 0, overdue: false, reminders: 0 });
  const page = await hub.page({ after: cursor });
  const last = await hub.page({ after: page.cursor });
  expect((await listed(hub)).owes).toMatchObject({ records: 2, citizens: 1 });
  expect((await listed(hub)).owes.notFetchedSince).toBeUndefined();
  const sent: PurgeReminder[] = [];
  const send = async (_: Tx, reminder: PurgeReminder): Promise<void> => {
    sent.push(reminder);
  };
  const later = (days: number): Promise<unknown> =>
    remindOfPurges(database.pool(), 14 * day, new Date(Date.now() + days * day), send);
  for (const days of [0, 6, 7.1, 7.2, 13, 14.2, 14.3, 22]) await later(days);
  expect(sent.map((one) => [one.consumer, one.records, one.overdue])).toEqual([
    ['borgerportal', 2, false],
    ['borgerportal', 2, true],
    ['borgerportal', 2, true],
  ]);
  expect((await listed(hub)).owes).toMatchObject({ reminders: 3, records: 2 });
  expect((await hub.confirm(last.cursor)).statusCode).toBe(204);
  expect((await listed(hub)).owes).toBeUndefined();
  await later(60);
  expect(sent).toHaveLength(3);
});

it('a consumer that is no longer registered is named for as long as it owes something', async () => {
  const hub = await hubWith({});
  const { cursor } = await hub.snapshot();
  await withdraw(hub);
  await hub.page({ after: (await hub.page({ after: cursor })).cursor });
  const successor = await hubWith({ id: 'successor' });
  const answer = await successor.ask('dpo', '/v1/consumers');
  expect(answer.json().consumers).toMatchObject([
    { id: 'successor', registered: true },
    { id: 'borgerportal', registered: false, owes: { records: 2 } },
  ]);
});

it('a reminder that could not be sent was none, and the log names the consumer alone', async () => {
  const hub = await hubWith({});
  const { cursor } = await hub.snapshot();
  await withdraw(hub);
  await hub.page({ after: (await hub.page({ after: cursor })).cursor });
  const soon = new Date(Date.now() + 8 * day);
  const failing = remindOfPurges(database.pool(), 14 * day, soon, () => Promise.reject(new Error('no outbox')));
  await expect(failing).rejects.toThrow();
  const lines: string[] = [];
  const log = createLogger({ level: 'info', destination: { write: (line: string) => void lines.push(line) } });
  const watch = createConsumerWatch(database.pool(), log, { purgeDeadlineMs: 14 * day, consumers: [] });
  await watch.look(soon);
  await watch.look(soon);
  expect(lines.filter((line) => line.includes('purge.reminder'))).toHaveLength(1);
  expect(lines.join()).toContain('borgerportal');
  expect(lines.join()).not.toContain(anna.id);
});
