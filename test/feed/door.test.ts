// Who gets in: tokens, assurance, scopes, purposes, systems that act for people; and how refusals look.
import { generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { openSandboxIssuer, type SignOptions } from '../sandbox/issuer.ts';
import { createHub, type Hub, personaNamed, rememberingLog } from './fixture.ts';

const database = useDatabase();
const log = rememberingLog();
let hub: Hub;
const job = personaNamed('caseworker-employment');
const url = '/v1/citizens';

beforeAll(async () => {
  hub = await createHub(database.pool(), { accessLog: log });
});

const bearer = (token: string, headers: Record<string, string> = {}) =>
  hub.app.inject({ url, headers: { authorization: `Bearer ${token}`, ...headers } });
const status = async (options: SignOptions, headers: Record<string, string> = {}, persona = job): Promise<number> =>
  (await bearer(await hub.issuer.sign(persona, options), headers)).statusCode;

describe('tokens', () => {
  it('opens to a valid one, and not without', async () => {
    expect(await status({})).toBe(200);
    const none = await hub.app.inject(url);
    expect(none.statusCode).toBe(401);
    expect(none.headers['www-authenticate']).toBe('Bearer');
    expect(none.headers['content-type']).toContain('application/problem+json');
    expect(none.json().type).toBe('urn:samspil:problem:unauthorised');
  });

  it('refuses one that is expired, not yet valid, for another hub, or from someone else', async () => {
    expect(await status({ now: new Date('2020-01-01'), lifetimeSeconds: 60 })).toBe(401);
    expect(await status({ now: new Date(Date.now() + 3_600_000) })).toBe(401);
    const other = await createHub(database.pool());
    expect(
      (await other.app.inject({ url, headers: { authorization: `Bearer ${await hub.token(job)}` } })).statusCode,
    ).toBe(401);
    const elsewhere = await createHub(database.pool(), { issuers: [{ ...hub.issuer.issuer, audience: 'urn:other' }] });
    expect(
      (await elsewhere.app.inject({ url, headers: { authorization: `Bearer ${await hub.token(job)}` } })).statusCode,
    ).toBe(401);
    const stranger = await openSandboxIssuer();
    expect((await bearer(await stranger.sign(job))).statusCode).toBe(401);
  });

  it('refuses unsigned tokens, symmetric ones and other algorithms', async () => {
    const claims = (await hub.token('caseworker-employment')).split('.')[1] ?? '';
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
    expect((await bearer(unsigned)).statusCode).toBe(401);
    const payload = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
    const symmetric = await new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32));
    expect((await bearer(symmetric)).statusCode).toBe(401);
    const { privateKey } = await generateKeyPair('PS256');
    expect(
      (await bearer(await new SignJWT(payload).setProtectedHeader({ alg: 'PS256' }).sign(privateKey))).statusCode,
    ).toBe(401);
  });

  it('wants NSIS Substantial of people, and to know who they are', async () => {
    expect(await status({ claims: { assurance: 'Low' } })).toBe(401);
    expect(await status({ claims: { assurance: undefined } })).toBe(401);
    expect(await status({ claims: { assurance: 'https://data.gov.dk/concept/core/nsis/loa/High' } })).toBe(200);
    expect(await status({ claims: { kind: 'owner' } })).toBe(401);
    const citizen = personaNamed('citizen');
    expect(await status({ claims: { cpr: '0102703333' } }, {}, citizen)).toBe(200);
    expect(await status({}, {}, { ...citizen, person: '010270-3333' })).toBe(401);
    expect(await status({ claims: { cpr: '1AX2703333' } }, {}, { ...citizen, person: 'dk:1AX2703333' })).toBe(401);
  });

  it('stops listening to an address that keeps guessing', async () => {
    const guess = () =>
      hub.app.inject({ url, remoteAddress: '10.9.9.9', headers: { authorization: `Bearer ${'x'.repeat(40)}` } });
    for (let attempt = 0; attempt < 100; attempt += 1) expect((await guess()).statusCode).toBe(401);
    const answer = await guess();
    expect(answer.statusCode).toBe(429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    // Behind one proxy everybody has that address: whoever has a good token is not shut out by the guesser.
    const headers = { authorization: `Bearer ${await hub.issuer.sign(job)}` };
    expect((await hub.app.inject({ url, remoteAddress: '10.9.9.9', headers })).statusCode).toBe(200);
  });

  it('counts by the address a trusted proxy gives, and by no other’s word', async () => {
    const { config } = await import('./fixture.ts');
    const behind = await createHub(database.pool(), { config: { ...config, trustedProxies: ['10.8.0.0/16'] } });
    const guess = (proxy: string, from: string) =>
      behind.app.inject({ url, remoteAddress: proxy, headers: { authorization: 'Bearer x', 'x-forwarded-for': from } });
    for (let attempt = 0; attempt < 100; attempt += 1) {
      await guess('10.8.0.1', '192.0.2.1');
      await guess('10.7.0.1', `192.0.2.${attempt}`);
    }
    expect((await guess('10.8.0.1', '192.0.2.1')).statusCode).toBe(429);
    expect((await guess('10.8.0.1', '192.0.2.2')).statusCode).toBe(401);
    expect((await guess('10.7.0.1', '192.0.2.200')).statusCode).toBe(429);
  });
});

describe('scopes and purposes', () => {
  it('a missing scope is 403, and logged', async () => {
    log.entries.length = 0;
    expect(await status({ claims: { scope: 'calendar.read' } })).toBe(403);
    expect(log.entries).toMatchObject([
      { actor: { person: job.person }, decision: 'denied', endpoint: 'GET /v1/citizens' },
    ]);
  });

  it('no purpose or an unknown one is 400, one this caller may not have is 403', async () => {
    const open = { claims: { purpose: undefined } };
    expect(await status(open)).toBe(400);
    expect(await status(open, { 'x-purpose': 'curiosity' })).toBe(400);
    expect(await status(open, { 'x-purpose': 'coordinated-plan' })).toBe(200);
    expect(await status({}, { 'x-purpose': 'follow-up' })).toBe(403);
    expect(await status(open, { 'x-purpose': 'follow-up' }, personaNamed('consumer-system'))).toBe(403);
  });

  it('the person a system acts for comes from the token; an unknown system is refused', async () => {
    log.entries.length = 0;
    expect(
      await status(
        { actingSystem: 'borgerportal', claims: { organisation: 'egevang-borgerportal' } },
        { 'x-acting-for': 'someone' },
      ),
    ).toBe(200);
    expect(await status({ actingSystem: 'unheard-of' })).toBe(403);
    // Also for people of other organisations a system is bound to the purposes it is registered for.
    const open = { actingSystem: 'borgerportal', claims: { purpose: undefined } };
    expect(await status(open, { 'x-purpose': 'coordinated-plan' })).toBe(200);
    expect(await status(open, { 'x-purpose': 'follow-up' })).toBe(403);
    expect(await status({ claims: { consumer: 'unheard-of' } }, {}, personaNamed('consumer-system'))).toBe(403);
  });
});

describe('every route', () => {
  it('is shut without a token, by whatever method and spelling', async () => {
    const id = '00000000-0000-8000-8000-000000000000';
    for (const path of ['/v1/citizens', `/v1/citizens/${id}/plan`, '/v1/changes', `/v1/citizens/${id}/access-log`]) {
      for (const method of ['GET', 'HEAD'] as const)
        expect((await hub.app.inject({ method, url: path })).headers['www-authenticate']).toBe('Bearer');
      expect((await hub.app.inject({ method: 'OPTIONS', url: path })).statusCode).toBe(404);
      expect((await hub.app.inject(`${path}/`)).statusCode).toBe(404);
      expect((await hub.app.inject(path.replace('/v1/', '//v1/'))).statusCode).toBe(404);
    }
    expect((await hub.app.inject(`/v1/citizens/%30${id.slice(1)}/plan`)).headers['www-authenticate']).toBe('Bearer');
  });
});

describe('answers', () => {
  it('name no one and nothing foreign', async () => {
    const post = async (payload: string, type = 'application/json') =>
      hub.ask('caseworker-employment', {
        method: 'POST',
        url: '/v1/citizens/lookup',
        payload,
        headers: { 'content-type': type },
      });
    expect((await post('{"cpr":')).statusCode).toBe(400);
    expect((await post('cpr=0102703333', 'application/x-www-form-urlencoded')).statusCode).toBe(415);
    expect((await post(`{"cpr":"${'1'.repeat(70_000)}"}`)).statusCode).toBe(413);
    const wrong = await post('{"cpr":"0102703333","name":"Maja"}');
    expect(wrong.json()).toMatchObject({ status: 400, errors: [{ path: 'body' }] });
    expect(wrong.body).not.toMatch(/Maja|0102703333/);
    expect((await post('{"cpr":"hej med dig"}')).json().errors[0].path).toBe('cpr');
    const deep = await post(`${'['.repeat(30_000)}${']'.repeat(30_000)}`);
    expect(deep.json()).toMatchObject({ status: 400, errors: [{ path: 'body' }] });
    expect((await post('{"__proto__":{"cpr":"0102703333"}}')).statusCode).toBe(400);
    expect((await hub.app.inject('/nowhere')).json().type).toBe('urn:samspil:problem:not-found');
  });

  it('are refused with 503 when their log entry cannot be written, refusals too', async () => {
    const { HubError } = await import('../../src/errors.ts');
    log.broken = new HubError({ code: 'log/unwritable', fault: 'transient', message: 'The log cannot be written.' });
    expect(await status({})).toBe(503);
    expect(await status({ claims: { scope: '' } })).toBe(503);
    log.broken = undefined;
    expect(await status({})).toBe(200);
  });

  it('carry security headers and a correlation id of the hub’s own', async () => {
    const answer = await hub.ask('caseworker-employment', {
      url,
      headers: { 'x-correlation-id': 'mine', 'request-id': 'mine' },
    });
    expect(answer.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.headers['cache-control']).toContain('no-store');
  });

  it('slow a caller down with 429 and Retry-After', async () => {
    const { config } = await import('./fixture.ts');
    const slow = await createHub(database.pool(), { config: { ...config, rateLimitPerMinute: 3 } });
    for (let count = 0; count < 3; count += 1)
      expect((await slow.ask('caseworker-employment', url)).statusCode).toBe(200);
    const answer = await slow.ask('caseworker-employment', url);
    expect(answer.statusCode).toBe(429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await slow.ask('caseworker-social', url)).statusCode).toBe(200);
  });
});
