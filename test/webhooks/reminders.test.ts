// Who owes the confirmation of deletions hears of it at its webhook: once for each reminder, signed like every delivery,
// with a deadline and nothing of whom or what.
import { CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createConsumerWatch } from '../../src/jobs/consumer-watch.ts';
import { remindByWebhook } from '../../src/jobs/webhook-reminders.ts';
import type { Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { createWebhookHub, emptied, type WebhookHub } from './hub.ts';
import { type Got, status, typeOf } from './receiver.ts';

const database = useDatabase();
const day = 86_400_000;
const purgeDeadlineMs = 14 * day;
let hub: WebhookHub;
let anna: Person;
let consent: string;
let number = 0;

beforeEach(async () => {
  await emptied(database.pool());
  hub = await createWebhookHub(database.pool());
  number += 1;
  anna = await hub.world.person(`${String(number + 1).padStart(2, '0')}02703333`);
  consent = await hub.world.say(anna, 'grant', 'consumer:borgerportal', { upTo: 'confidential' });
  await hub.world.record({ citizens: [anna] });
});
afterEach(() => hub.receiver.close());

const reminders = (): readonly Got[] => hub.receiver.got.filter((one) => typeOf(one) === 'dk.samspil.purge.reminder');
/** What the worker does once an hour, and then what it does every second. */
const look = async (): Promise<void> => {
  const sendReminder = remindByWebhook(hub.deps.clock);
  const watch = createConsumerWatch(database.pool(), hub.deps.log, { purgeDeadlineMs, consumers: [], sendReminder });
  await watch.look(hub.now());
  await hub.send();
};
/** Reads everything, is told to delete what was withdrawn, and confirms nothing. @returns where it has read to. */
const owing = async (): Promise<string> => {
  const { cursor } = await hub.snapshot();
  await database.pool().query('update consent set withdrawn = true where id = $1', [consent]);
  await hub.look(anna.id);
  return (await hub.page({ after: (await hub.page({ after: cursor })).cursor })).cursor;
};

it('comes once after each half of the deadline, verified and parsed by stock libraries, until it is confirmed', async () => {
  const one = await hub.subscribed();
  const cursor = await owing();
  await look();
  expect(reminders()).toHaveLength(0);
  hub.pass(7.1 * day);
  await look();
  await look();
  const [got] = reminders();
  if (got === undefined) throw new Error('not reminded');
  expect(reminders()).toHaveLength(1);
  const event = HTTP.toEvent<{ deadline: string; cursor: string }>({ headers: got.headers, body: got.body });
  if (!(event instanceof CloudEvent)) throw new Error('no event');
  expect(event.validate()).toBe(true);
  expect(Object.keys(event.data ?? {}).sort()).toEqual(['cursor', 'deadline']);
  expect(Math.abs(Date.parse(event.data?.deadline ?? '') - (Date.now() + purgeDeadlineMs))).toBeLessThan(60_000);
  expect(got.body).not.toContain(anna.id);
  // The library looks at the real clock, which is a week behind.
  const stamp = Number(got.headers['webhook-timestamp']) * 1000;
  expect(Math.abs(stamp - hub.now().getTime())).toBeLessThan(2000);
  const signature = new Webhook(one.secret ?? '').sign(String(got.headers['webhook-id']), new Date(stamp), got.body);
  expect(got.headers['webhook-signature']).toBe(signature);
  expect((await hub.deliveries(one.id))[0]).toMatchObject({ kind: 'reminder', state: 'delivered' });
  hub.pass(7.1 * day);
  await look();
  expect(reminders()).toHaveLength(2);
  expect((await hub.confirm(cursor)).statusCode).toBe(204);
  hub.pass(30 * day);
  await look();
  expect(reminders()).toHaveLength(2);
});

it('goes to no address that has not answered, and is tried again where nobody hears', async () => {
  await hub.subscribe();
  await owing();
  hub.pass(7.1 * day);
  hub.receiver.echo = (response) => void response.writeHead(200).end('{"challenge":"wrong"}');
  await look();
  expect(reminders()).toHaveLength(0);
  hub.receiver.echo = (response, challenge) => void response.end(JSON.stringify({ challenge }));
  hub.pass(60_000);
  await hub.send();
  hub.receiver.answer = status(503);
  hub.pass(7.1 * day);
  await look();
  hub.receiver.answer = status(204);
  hub.pass(60_000);
  await hub.send();
  const [first, second] = reminders();
  expect(reminders()).toHaveLength(2);
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
});
