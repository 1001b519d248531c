// A webhook that an operator stops: nothing goes out, its consumer cannot start it again, and a challenge that was under way
// does not either; once it is started here and the address has answered, hints go on. Who did it and why is written down.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resendChosen, restartWebhook, rotateWebhook, stopWebhook } from '../../src/jobs/webhook-acts.ts';
import { sendDelivery } from '../../src/jobs/webhook-send.ts';
import { listActs } from '../../src/store/acts.ts';
import { disabledWebhooks } from '../../src/store/alert-facts.ts';
import { readHubFigures } from '../../src/store/hub-figures.ts';
import { countChosen, dueDeliveries } from '../../src/store/webhook-outbox.ts';
import { readWebhook, secretTimes, type Webhook } from '../../src/store/webhooks.ts';
import { useDatabase } from '../postgres.ts';
import { createWebhookHub, emptied, type WebhookHub } from './hub.ts';

const database = useDatabase();
let hub: WebhookHub;
beforeEach(async () => {
  hub = await createWebhookHub(database.pool());
});
afterEach(async () => {
  await hub.receiver.close();
  await hub.app.close();
  await emptied(database.pool());
});

const by = (why?: string) => ({ at: hub.now(), person: 'ole', role: 'operate', why });
const read = async (id: string): Promise<Webhook> => {
  const webhook = await readWebhook(database.pool(), hub.keys, id);
  if (webhook === undefined) throw new Error('no webhook');
  return webhook;
};

it('is silent, stays so whatever its consumer asks, and goes on when it is started here', async () => {
  const { id } = await hub.subscribed();
  await stopWebhook(database.pool(), await read(id), by('leaks its address'));
  expect(await hub.shown(id)).toMatchObject({ state: 'disabled', reason: 'operator' });
  expect((await hub.post(`/${id}/verify`)).statusCode).toBe(409);
  expect(await hub.scan()).toBe(0);
  expect(await hub.send()).toBe(0);
  // Nobody need be told of what they did themselves.
  expect(await disabledWebhooks(database.pool())).toEqual([]);
  expect((await readHubFigures(database.pool())).webhooksDisabled).toBe(0);
  await expect(async () => resendChosen(database.pool(), await read(id), { from: new Date(0) }, by())).rejects.toThrow(
    'not active',
  );

  hub.pass(60_000);
  await restartWebhook(database.pool(), await read(id), 5000, by('the vendor has changed it'));
  expect(await hub.send()).toBe(1);
  expect(await hub.shown(id)).toMatchObject({ state: 'active' });
  expect((await listActs(database.pool(), { subject: id, limit: 9 })).map(({ what, why }) => [what, why])).toEqual([
    ['webhook.enable', 'the vendor has changed it'],
    ['webhook.disable', 'leaks its address'],
  ]);
});

it('is not started by a challenge that was on its way when it was stopped', async () => {
  const { id } = await hub.subscribe();
  const [challenge] = await dueDeliveries(database.pool(), hub.now(), hub.now(), 1);
  const webhook = await read(id);
  hub.receiver.echo = (response, text) => {
    hub.pass(1);
    void stopWebhook(database.pool(), webhook, by('wrong address')).then(() =>
      response.writeHead(200, { 'content-type': 'text/plain' }).end(text),
    );
  };
  await sendDelivery(hub.deps, challenge?.id ?? '');
  expect(await hub.shown(id)).toMatchObject({ state: 'disabled', reason: 'operator' });
});

it('changes its secret once for one look at it', async () => {
  const { id } = await hub.subscribed();
  const { madeAt } = await secretTimes(database.pool(), id, hub.now());
  const webhook = await read(id);
  const rotate = () => rotateWebhook({ pool: database.pool(), keys: hub.keys }, webhook, 60_000, by('leaked'), madeAt);
  hub.pass(1000);
  const made = await rotate();
  expect(made).toMatchObject({ secret: expect.stringMatching(/^whsec_/) });
  await expect(rotate()).rejects.toThrow('meanwhile');
  expect((await secretTimes(database.pool(), id, hub.now())).formerUntil).toEqual(made.formerUntil);
  const acts = await listActs(database.pool(), { subject: id, what: 'webhook.rotate', limit: 9 });
  expect(acts).toHaveLength(1);
  expect(JSON.stringify(acts)).not.toContain('whsec_');
});

it('sends again what was given up, and nothing that arrived', async () => {
  const { id } = await hub.subscribed();
  const all = { from: new Date(0) };
  expect(await countChosen(database.pool(), id, all)).toBe(1);
  expect(await countChosen(database.pool(), id, { ...all, undelivered: true })).toBe(0);
  await database.pool().query(`update webhook_delivery set state = 'failed' where kind = 'hint'`);
  expect(await resendChosen(database.pool(), await read(id), { ...all, undelivered: true }, by('fixed'))).toBe(1);
  expect(await hub.send()).toBe(1);
});
