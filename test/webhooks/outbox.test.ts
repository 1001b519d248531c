// The outbox under accidents: a worker killed between sending and recording, two workers at once, deliveries sent again,
// what is kept and for how long.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendDelivery } from '../../src/jobs/webhook-send.ts';
import { pruneDeliveries } from '../../src/store/webhook-outbox.ts';
import type { Outcome } from '../../src/webhook/schedule.ts';
import type { Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { createWebhookHub, emptied, type Shown, type WebhookHub } from './hub.ts';
import { status } from './receiver.ts';

const database = useDatabase();
let hub: WebhookHub;
let anna: Person;
let one: Shown;
let number = 0;

beforeEach(async () => {
  await emptied(database.pool());
  hub = await createWebhookHub(database.pool());
  number += 1;
  anna = await hub.world.person(`${String(number + 1).padStart(2, '0')}02703333`);
  await hub.world.say(anna, 'grant', 'consumer:borgerportal');
  one = await hub.subscribed();
});
afterEach(() => hub.receiver.close());

const hint = async (): Promise<string> => {
  await hub.world.record({ citizens: [anna] });
  await hub.scan();
  hub.pass(5000);
  const [newest] = await hub.deliveries(one.id);
  return newest?.id ?? '';
};
const ids = (): readonly unknown[] => hub.receiver.hints().map((got) => got.headers['webhook-id']);

describe('a delivery', () => {
  it('sent and not recorded, because its worker was killed, is sent again under the same id', async () => {
    const id = await hint();
    const killed = new Promise<Outcome>(() => undefined);
    let sent = false;
    // The receiver has it; the worker never comes back to say so.
    const dying = {
      ...hub.deps,
      send: async (...args: Parameters<typeof hub.deps.send>) => {
        await hub.deps.send(...args);
        sent = true;
        return killed;
      },
    };
    void sendDelivery(dying, id);
    await expect.poll(() => sent).toBe(true);
    expect(await hub.send()).toBe(0);
    hub.pass(61_000);
    expect(await hub.send()).toBe(1);
    expect(ids()).toEqual([id, id]);
    expect((await hub.deliveries(one.id))[0]?.state).toBe('delivered');
  });

  it('is sent once by two workers that find it due together', async () => {
    const id = await hint();
    const both = await Promise.all([sendDelivery(hub.deps, id), sendDelivery(hub.deps, id)]);
    expect(both.filter(Boolean)).toHaveLength(1);
    expect(ids()).toEqual([id]);
  });

  it('that is new while another is under way is not lost in it', async () => {
    const id = await hint();
    hub.receiver.answer = (response) => {
      void hub.world
        .record({ citizens: [anna] })
        .then(() => hub.scan())
        .then(() => response.writeHead(204).end());
    };
    await sendDelivery(hub.deps, id);
    hub.receiver.answer = status(204);
    hub.pass(5000);
    expect(await hub.send()).toBe(1);
    expect(new Set(ids()).size).toBe(2);
  });
});

describe('a selection', () => {
  it('is sent again: by id, by time, by both, with the ids they had', async () => {
    const first = await hint();
    await hub.send();
    const between = hub.now().toISOString();
    hub.pass(1000);
    const second = await hint();
    await hub.send();
    const resend = async (payload: object): Promise<unknown> => {
      hub.receiver.got.length = 0;
      const answer = await hub.post(`/${one.id}/resend`, payload);
      expect(answer.statusCode, answer.body).toBe(202);
      await hub.send();
      return [answer.json().resent, [...ids()].sort()];
    };
    expect(await resend({ deliveries: [first] })).toEqual([1, [first]]);
    expect(await resend({ from: between })).toEqual([1, [second]]);
    expect(await resend({ deliveries: [first], from: between })).toEqual([0, []]);
    expect((await resend({ to: '2999-01-01T00:00:00+01:00' })) as [number]).toHaveProperty('0', 3);
    for (const payload of [{}, { deliveries: [] }, { deliveries: ['x'] }, { from: 'yesterday' }, { all: true }])
      expect((await hub.post(`/${one.id}/resend`, payload)).statusCode).toBe(400);
  });

  it('is listed newest first in pages, and goes after its time; what waits stays', async () => {
    const first = await hint();
    await hub.send();
    hub.receiver.answer = status(500);
    const waiting = await hint();
    await hub.send();
    const ask = async (query: string) =>
      (await hub.ask('consumer-system', `/v1/subscriptions/${one.id}/deliveries${query}`)).json();
    const page = await ask('?limit=2');
    expect([page.deliveries.map((each: { id: string }) => each.id), page.more]).toEqual([[waiting, first], true]);
    const rest = await ask(`?limit=2&before=${page.next}`);
    expect([rest.deliveries.map((each: { kind: string }) => each.kind), rest.more]).toEqual([
      ['hint', 'challenge'],
      false,
    ]);
    await pruneDeliveries(database.pool(), new Date(hub.now().getTime() + 1));
    expect((await hub.deliveries(one.id)).map((each) => each.id)).toEqual([waiting]);
  });
});
