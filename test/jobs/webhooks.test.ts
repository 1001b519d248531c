// Webhooks as the worker runs them: a real queue (Redis when REDIS_URL is set, else Postgres), a real receiver. What the
// queue forgets costs a moment, what it holds says nothing, and closing waits for what is under way.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openQueues, type Queues } from '../../src/jobs/queue.ts';
import { type RunningWebhooks, startWebhooks } from '../../src/jobs/webhooks.ts';
import type { Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { createWebhookHub, emptied, type WebhookHub } from '../webhooks/hub.ts';
import { status } from '../webhooks/receiver.ts';
import { emptyQueueStore, queueStoreText } from './fixture.ts';

const database = useDatabase();
// A store of its own: it is emptied here, and its queue has the one name all hubs give it.
const redisUrl = process.env['REDIS_URL'] === undefined ? undefined : new URL('/6', process.env['REDIS_URL']).href;
const soon = { timeout: 8000, interval: 20 };
let hub: WebhookHub;
let queues: Queues;
let anna: Person;
let number = 0;
const running: RunningWebhooks[] = [];

beforeEach(async () => {
  await emptied(database.pool());
  hub = await createWebhookHub(database.pool(), 300);
  queues = openQueues({ databaseUrl: database.url(), ...(redisUrl === undefined ? {} : { redisUrl }) });
  number += 1;
  anna = await hub.world.person(`${String(number + 1).padStart(2, '0')}02703333`);
  await hub.world.say(anna, 'grant', 'consumer:borgerportal');
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
  await queues.close();
  await hub.receiver.close();
});

const start = (): RunningWebhooks => {
  const clock = { now: () => new Date() };
  const one = startWebhooks({ ...hub.deps, clock, queues, keepMs: 1e9 }, { everyMs: 100 });
  running.push(one);
  return one;
};
const events = (): readonly unknown[] => hub.receiver.hints().map((got) => JSON.parse(got.body).data.event);

it('verify, tell that there may be something, and tell when there is', async () => {
  await hub.subscribe();
  start();
  await vi.waitFor(() => expect(events()).toEqual([1]), soon);
  await hub.world.record({ citizens: [anna] });
  await vi.waitFor(() => expect(events()).toEqual([1, 2]), soon);
  const text = await queueStoreText(database.pool(), undefined, redisUrl);
  for (const secret of ['very-secret', '127.0.0.1', anna.id, anna.cpr]) expect(text).not.toContain(secret);
});

it('lose only time with the queue, and send once though two workers run', async () => {
  const one = await hub.subscribe();
  hub.receiver.answer = status(503);
  const newest = async () =>
    (await hub.deliveries(one.id)).find(({ kind }) => kind === 'hint') ?? { attempts: [], state: '' };
  const [first] = [start(), start()];
  await vi.waitFor(async () => expect((await newest()).attempts).toHaveLength(1), soon);
  await emptyQueueStore(database.pool(), redisUrl);
  hub.receiver.answer = status(204);
  await first.round();
  await vi.waitFor(async () => expect((await newest()).state).toBe('delivered'), soon);
  expect(events()).toEqual([1, 1]);
});
