// Who may subscribe, to which addresses, what is shown to whom, and what is logged.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { personaNamed } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { createWebhookHub, emptied, type Shown, type WebhookHub } from './hub.ts';

const database = useDatabase();
let hub: WebhookHub;

beforeEach(async () => {
  await emptied(database.pool());
  hub = await createWebhookHub(database.pool());
});
afterEach(() => hub.receiver.close());

const path = '/v1/subscriptions';

describe('subscriptions', () => {
  it.each([
    'https://127.0.0.2/',
    'https://10.1.2.3/',
    'https://169.254.169.254/',
    'https://2130706434/',
    'https://[::ffff:127.0.0.1]/',
    'https://localhost/',
    'http://vendor.example/',
    'file:///etc/passwd',
    'x',
  ])('have no address inside: %s is refused without repeating it', async (url) => {
    const answer = await hub.post('', { url });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ errors: [{ path: 'url' }] });
    if (url.length > 3) expect(answer.body).not.toContain(url);
  });

  it('are made, listed, read and deleted by their consumer; the secret is shown once', async () => {
    const one = await hub.subscribe();
    expect(one.secret).toMatch(/^whsec_/);
    const { secret: _, ...known } = one;
    expect((await hub.ask('consumer-system', path)).json()).toEqual({ subscriptions: [known] });
    expect(await hub.shown(one.id)).toEqual(known);
    const gone = await hub.ask('consumer-system', { method: 'DELETE', url: `${path}/${one.id}` });
    expect(gone.statusCode).toBe(204);
    expect((await hub.ask('consumer-system', `${path}/${one.id}`)).statusCode).toBe(404);
    expect((await database.pool().query('select from webhook_secret')).rowCount).toBe(0);
  });

  it('may be given a name, which tells several of one host apart', async () => {
    const made = await hub.post('', { url: hub.receiver.url, name: ' Natlig hentning ' });
    expect(made.json()).toMatchObject({ name: 'Natlig hentning' });
    expect(await hub.shown(made.json().id)).toMatchObject({ name: 'Natlig hentning' });
    expect(await hub.shown((await hub.subscribe()).id)).not.toHaveProperty('name');
    for (const name of ['', ' ', 'a\nb', 'x'.repeat(81), 7])
      expect((await hub.post('', { url: hub.receiver.url, name })).statusCode, String(name)).toBe(400);
  });

  it('are made and rotated once per key', async () => {
    const headers = { 'idempotency-key': 'k1' };
    const [first, again] = [
      await hub.post('', { url: hub.receiver.url }, headers),
      await hub.post('', { url: hub.receiver.url }, headers),
    ];
    expect(again.json()).toEqual(first.json());
    const { id } = first.json() as Shown;
    const rotated = await hub.post(`/${id}/rotate`, {}, { 'idempotency-key': 'k2' });
    expect((await hub.post(`/${id}/rotate`, {}, { 'idempotency-key': 'k2' })).json()).toEqual(rotated.json());
    expect((rotated.json() as Shown).formerUntil).toBeTypeOf('string');
  });

  it('that are verified again and again call their address no more often than hints would', async () => {
    const { id } = await hub.subscribe();
    for (let n = 0; n < 5; n += 1) expect((await hub.post(`/${id}/verify`)).statusCode).toBe(202);
    expect(await hub.send()).toBe(0);
    // What is asked over HTTP is of the real clock.
    hub.pass(10_000);
    expect(await hub.send()).toBe(1);
    hub.pass(60_000);
    expect(await hub.send()).toBe(0);
  });

  it('are signed with three secrets at most, however often they change', async () => {
    const { id } = await hub.subscribe();
    for (let n = 0; n < 5; n += 1) expect((await hub.post(`/${id}/rotate`)).statusCode).toBe(200);
    await hub.send();
    expect(String(hub.receiver.got[0]?.headers['webhook-signature']).split(' ')).toHaveLength(3);
  });

  it('are at most ten', async () => {
    const made = await Promise.all(Array.from({ length: 12 }, () => hub.post('', { url: hub.receiver.url })));
    expect(made.map((answer) => answer.statusCode).sort()).toEqual([...Array(10).fill(201), 409, 409]);
  });

  it('of another consumer are as absent as none, in every way to ask', async () => {
    const one = await hub.subscribe();
    await database.pool().query(`update webhook set consumer = 'another'`);
    const requests = [
      { url: `${path}/${one.id}` },
      { method: 'DELETE', url: `${path}/${one.id}` },
      { url: `${path}/${one.id}/deliveries` },
      ...['verify', 'rotate', 'resend'].map((verb) => ({
        method: 'POST',
        url: `${path}/${one.id}/${verb}`,
        payload: verb === 'resend' ? { from: '2026-01-01T00:00:00Z' } : {},
      })),
    ] as const;
    for (const request of requests) {
      const [theirs, nobodys] = [
        await hub.ask('consumer-system', request as never),
        await hub.ask('consumer-system', {
          ...request,
          url: request.url.replace(one.id, crypto.randomUUID()),
        } as never),
      ];
      expect([theirs.statusCode, theirs.body]).toEqual([404, nobodys.body]);
    }
    expect((await hub.ask('consumer-system', path)).json()).toEqual({ subscriptions: [] });
    expect((await database.pool().query('select from webhook')).rowCount).toBe(1);
  });

  it('are for consumer systems that keep copies, with the scope, and each answer is logged', async () => {
    const refused = async (persona: Parameters<typeof hub.ask>[0]): Promise<number> =>
      (await hub.ask(persona, { method: 'POST', url: path, payload: { url: hub.receiver.url } })).statusCode;
    for (const persona of ['caseworker-social', 'citizen', 'dpo', 'administrator'] as const)
      expect(await refused(persona)).toBe(403);
    const system = personaNamed('consumer-system');
    expect(await refused({ ...system, scopes: ['plan.read'] })).toBe(403);
    expect(await refused({ ...system, kind: 'professional' })).toBe(403);
    hub.log.entries.length = 0;
    const one = await hub.subscribe();
    await hub.shown(one.id);
    await hub.deliveries(one.id);
    expect(hub.log.entries.map((entry) => [entry.endpoint, entry.actor.consumer, entry.decision])).toEqual([
      ['POST /v1/subscriptions', 'borgerportal', 'allowed'],
      ['GET /v1/subscriptions/:id', 'borgerportal', 'allowed'],
      ['GET /v1/subscriptions/:id/deliveries', 'borgerportal', 'allowed'],
    ]);
    expect(JSON.stringify(hub.log.entries)).not.toContain('very-secret');
    hub.log.broken = new Error('full');
    const before = (await database.pool().query('select from webhook')).rowCount;
    expect((await hub.post('', { url: hub.receiver.url })).statusCode).toBeGreaterThanOrEqual(500);
    expect((await database.pool().query('select from webhook')).rowCount).toBe(before);
  });
});
