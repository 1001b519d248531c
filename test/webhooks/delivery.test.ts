// From subscribing to hints: the handshake, what stock libraries make of a delivery, retries by the clock, and how it ends.
import { createPublicKey, verify } from 'node:crypto';
import { CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { createWebhookHub, emptied, type Shown, type WebhookHub } from './hub.ts';
import { type Got, status, typeOf } from './receiver.ts';

const database = useDatabase();
let hub: WebhookHub;
let anna: Person;
let number = 0;

beforeEach(async () => {
  await emptied(database.pool());
  hub = await createWebhookHub(database.pool());
  number += 1;
  anna = await hub.world.person(`${String(number + 1).padStart(2, '0')}02703333`);
  await hub.world.say(anna, 'grant', 'consumer:borgerportal', { upTo: 'confidential' });
});
afterEach(() => hub.receiver.close());

const record = (): Promise<string> => hub.world.record({ citizens: [anna] });
const headersOf = ({ headers }: Got): Record<string, string> => headers as Record<string, string>;
const [minute, hour] = [60_000, 3_600_000];

describe('the handshake', () => {
  it('comes first, is signed, and has to be echoed; then one hint says that there may be something', async () => {
    const one = await hub.subscribe();
    expect(one).toMatchObject({ state: 'unverified', url: hub.receiver.url });
    await record();
    expect([await hub.scan(), await hub.send()]).toEqual([0, 1]);
    const [challenge] = hub.receiver.got;
    if (challenge === undefined) throw new Error('no challenge');
    expect(typeOf(challenge)).toBe('dk.samspil.subscription.challenge');
    new Webhook(one.secret ?? '').verify(challenge.body, headersOf(challenge));
    expect((await hub.shown(one.id)).state).toBe('active');
    expect([await hub.scan(), await hub.send()]).toEqual([1, 1]);
    expect(hub.receiver.hints()).toHaveLength(1);
    expect([await hub.scan(), await hub.send()]).toEqual([0, 0]);
  });

  it('that is not echoed activates nothing, is tried for half an hour, and again when asked for', async () => {
    hub.receiver.echo = (response) => void response.writeHead(200).end('{"challenge":"wrong"}');
    const one = await hub.subscribe();
    for (const wait of [0, 6000, 6 * minute, 40 * minute, 2 * hour]) {
      hub.pass(wait);
      await hub.send();
    }
    expect(hub.receiver.got).toHaveLength(4);
    expect(await hub.shown(one.id)).toMatchObject({ state: 'unverified' });
    expect((await hub.deliveries(one.id))[0]).toMatchObject({
      state: 'failed',
      attempts: [{ outcome: 'not-echoed' }, {}, {}, {}],
    });
    hub.receiver.echo = (response, challenge) => void response.end(JSON.stringify({ challenge }));
    expect((await hub.post(`/${one.id}/verify`)).statusCode).toBe(202);
    await hub.send();
    expect((await hub.shown(one.id)).state).toBe('active');
  });
});

describe('a hint', () => {
  it('is what stock libraries verify and parse, and says nothing of whom or what', async () => {
    const one = await hub.subscribed();
    const id = await record();
    expect([await hub.scan(), await hub.send()]).toEqual([1, 1]);
    const [got] = hub.receiver.hints();
    if (got === undefined) throw new Error('no hint');
    // The library looks at the real clock; the hub's own is ahead of it.
    const skew = Number(got.headers['webhook-timestamp']) * 1000 - Date.now();
    expect(skew).toBeLessThan(4 * minute);
    new Webhook(one.secret ?? '').verify(got.body, headersOf(got));
    const event = HTTP.toEvent({ headers: got.headers, body: got.body });
    if (!(event instanceof CloudEvent)) throw new Error('no event');
    expect(event.validate()).toBe(true);
    expect(event).toMatchObject({
      type: 'dk.samspil.changes.available',
      source: `/v1/subscriptions/${one.id}`,
      id: got.headers['webhook-id'],
      data: { event: 2 },
    });
    expect(event.subject).toBeUndefined();
    for (const secret of [id, anna.id, anna.cpr]) expect(got.body).not.toContain(secret);
    expect(Object.keys(JSON.parse(got.body)).sort()).toEqual([
      'data',
      'datacontenttype',
      'id',
      'source',
      'specversion',
      'time',
      'type',
    ]);
  });

  it('carries the cursor its consumer goes on from, once a page has come back', async () => {
    await hub.subscribed();
    await record();
    const { cursor: own } = await hub.snapshot();
    await hub.page({ after: own });
    await record();
    await hub.scan();
    await hub.send();
    const { data } = JSON.parse(hub.receiver.hints().at(-1)?.body ?? '') as { data: { cursor: string } };
    const page = await hub.page({ after: data.cursor });
    expect(page.entries.map((entry) => entry.op)).toEqual(['created']);
  });

  it('is one for all that is new meanwhile, and not more than one in five seconds', async () => {
    await hub.subscribed();
    for (let n = 0; n < 3; n += 1) await record();
    expect(await hub.scan()).toBe(1);
    await record();
    expect([await hub.scan(), await hub.send()]).toEqual([0, 1]);
    expect(await hub.scan()).toBe(1);
    expect(await hub.send()).toBe(0);
    hub.pass(5000);
    expect(await hub.send()).toBe(1);
  });

  it('with Ed25519 verifies by the public key that anybody may have', async () => {
    const one = await hub.subscribed({ signature: 'ed25519' });
    expect(one.secret).toBeUndefined();
    await record();
    await hub.scan();
    await hub.send();
    const [got] = hub.receiver.hints();
    const x = Buffer.from(one.publicKeys?.[0]?.slice(5) ?? '', 'base64').toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = headersOf(got as Got);
    const signed = Buffer.from(`${id}.${at}.${got?.body}`);
    expect(verify(null, signed, key, Buffer.from(signature?.slice(4) ?? '', 'base64'))).toBe(true);
  });

  it('is signed with both secrets while they change, and with the new one alone after that', async () => {
    const one = await hub.subscribed();
    const rotated = (await hub.post(`/${one.id}/rotate`)).json() as Shown;
    expect(rotated.secret).not.toBe(one.secret);
    const hinted = async (): Promise<Got> => {
      await record();
      await hub.scan();
      hub.pass(5000);
      await hub.send();
      return hub.receiver.hints().at(-1) as Got;
    };
    const during = await hinted();
    for (const { secret } of [one, rotated]) new Webhook(secret ?? '').verify(during.body, headersOf(during));
    hub.pass(24 * hour);
    const after = await hinted();
    expect(after.headers['webhook-signature']).not.toContain(' ');
    expect(await hub.shown(one.id)).not.toHaveProperty('secret');
  });
});

describe('what does not arrive', () => {
  const waits = [5000, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour];

  it('is tried ten times over 75 hours, with one id and a time of its own each, and then the address is disabled', async () => {
    const one = await hub.subscribed();
    hub.receiver.answer = status(500);
    await record();
    await hub.scan();
    expect(await hub.send()).toBe(1);
    for (const wait of waits) {
      hub.pass(wait - 1);
      expect(await hub.send()).toBe(0);
      hub.pass(1);
      expect(await hub.send()).toBe(1);
    }
    const ids = new Set(hub.receiver.hints().map((got) => got.headers['webhook-id']));
    const times = new Set(hub.receiver.hints().map((got) => got.headers['webhook-timestamp']));
    expect([ids.size, times.size]).toEqual([1, 10]);
    expect(await hub.shown(one.id)).toMatchObject({ state: 'disabled', reason: 'failing' });
    expect(hub.lines.some((line) => line.includes('webhook.disabled') && line.includes('failing'))).toBe(true);
    expect((await hub.deliveries(one.id))[0]?.attempts).toHaveLength(10);
    await record();
    expect([await hub.scan(), await hub.send()]).toEqual([0, 0]);
    expect((await hub.post(`/${one.id}/resend`, { from: '2020-01-01T00:00:00Z' })).statusCode).toBe(409);
    // Verified again, it is told that there may be something.
    hub.receiver.answer = status(204);
    await hub.post(`/${one.id}/verify`);
    await hub.send();
    expect([await hub.scan(), await hub.send()]).toEqual([1, 1]);
    expect(await hub.shown(one.id)).not.toHaveProperty('reason');
  });

  it('waits as long as the receiver asks for, and what is new meanwhile waits with it', async () => {
    const one = await hub.subscribed();
    hub.receiver.answer = status(503, { 'retry-after': '600' });
    await record();
    await hub.scan();
    await hub.send();
    hub.receiver.answer = status(204);
    await record();
    await hub.scan();
    hub.pass(599_000);
    expect(await hub.send()).toBe(0);
    hub.pass(1000);
    expect(await hub.send()).toBe(1);
    expect((await hub.deliveries(one.id))[0]).toMatchObject({
      state: 'delivered',
      attempts: [{ outcome: 'failing' }, { outcome: 'delivered' }],
    });
  });

  it('goes at once when the receiver is back and says so by being verified', async () => {
    const one = await hub.subscribed();
    hub.receiver.answer = status(500);
    await record();
    await hub.scan();
    await hub.send();
    hub.pass(5000);
    await hub.send();
    hub.receiver.answer = status(204);
    await hub.post(`/${one.id}/verify`);
    expect([await hub.send(), await hub.send()]).toEqual([1, 1]);
    expect(hub.receiver.hints()).toHaveLength(3);
  });

  it('because the receiver is gone disables it at once, with the reason, and drops what waits', async () => {
    const one = await hub.subscribed();
    hub.receiver.answer = status(410);
    await record();
    await hub.scan();
    await hub.send();
    expect(await hub.shown(one.id)).toMatchObject({ state: 'disabled', reason: 'gone' });
    expect((await hub.deliveries(one.id)).some((delivery) => delivery.state === 'waiting')).toBe(false);
  });

  it('leaves no address with its token, no secret and no answer in the log', async () => {
    const one = await hub.subscribed();
    hub.receiver.answer = status(500);
    await record();
    await hub.scan();
    await hub.send();
    const text = hub.lines.join('\n');
    expect(text).toContain('webhook.attempted');
    for (const secret of ['very-secret', '/hook', one.secret ?? 'x', 'nothing to see', anna.id])
      expect(text).not.toContain(secret);
    const { rows } = await database.pool().query<{ text: string }>(
      `select string_agg(t, ' ') as text from (select webhook::text as t from webhook union all
         select webhook_delivery::text from webhook_delivery union all select webhook_attempt::text from webhook_attempt
         union all select webhook_secret::text from webhook_secret) all_of_it`,
    );
    for (const secret of ['very-secret', one.secret ?? 'x', 'nothing to see'])
      expect(rows[0]?.text).not.toContain(secret);
  });
});
