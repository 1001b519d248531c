// Representation over the feed, with effect for the next read; and receipts that a stock JWS library verifies with the
// hub's public keys and nothing else.
import { randomUUID } from 'node:crypto';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person, personaNamed } from './fixture.ts';

const database = useDatabase();
let hub: Hub;
let maja: Person;
const sister = '0303703333';

beforeAll(async () => {
  const keys = createKeyRing(newKeyMaterial());
  hub = await createHub(database.pool(), { keys, accessLog: createAccessLog(database.pool(), keys) });
  for (const unit of ['jobcenter', 'social', 'sundhed']) await hub.world.unit(unit, null);
  maja = await hub.world.person('0102703333');
  await hub.world.record({ citizens: [maja], kind: 'goal', ownerUnit: 'jobcenter' });
  await hub.world.record({ citizens: [maja], kind: 'plan', domain: 'social', source: 'sensum', ownerUnit: 'social' });
});

type Who = Parameters<Hub['ask']>[0];
const own = () => ({ citizen: maja.id, cpr: maja.cpr });
const asSister = { cpr: sister, claims: { kind: 'representative' } };
const at = () => `/v1/citizens/${maja.id}/representations`;
const post = (url: string, payload: object, who: Who = 'citizen', options: object = own()) =>
  hub.ask(who, { method: 'POST', url, payload }, who === 'citizen' ? options : {});

describe('representation', () => {
  it('opens at the next read what it covers, and closes at the next when it ends', async () => {
    const plan = () => hub.ask('citizen', `/v1/citizens/${maja.id}/plan`, asSister);
    expect((await plan()).statusCode).toBe(404);
    const given = await post(at(), { type: 'powerOfAttorney', cpr: sister, name: 'Min søster', domains: ['social'] });
    expect(given.statusCode, given.body).toBe(201);
    expect(given.body).not.toContain(sister);
    const body = (await plan()).json();
    expect([body.plans.length, body.goals.length]).toEqual([1, 0]);
    const made = await post(`/v1/citizens/${maja.id}/calendar-links`, {}, 'citizen', asSister);
    expect((await hub.app.inject(made.json().path)).statusCode).toBe(200);
    const outside = await post(`/v1/citizens/${maja.id}/consents`, { decision: 'refuse' }, 'citizen', asSister);
    expect(outside.statusCode).toBe(403);
    const mine = await hub.ask('citizen', at(), asSister);
    expect(mine.json().representations).toHaveLength(1);
    const ended = await post(`/v1/representations/${given.json().id}/end`, {});
    expect(ended.json()).toMatchObject({ version: 2, ended: true });
    expect((await plan()).statusCode).toBe(404);
    expect((await hub.app.inject(made.json().path)).statusCode).toBe(404);
    expect((await hub.ask('dpo', at())).json().representations).toHaveLength(2);
  });

  it('by staff needs evidence; a co-guardian reads but does not speak alone', async () => {
    const guardian = { type: 'guardian', form: '7', cpr: sister, domains: ['social'] };
    expect((await post(at(), guardian, 'caseworker-social')).json().errors[0].path).toBe('evidence');
    const given = await post(at(), { ...guardian, evidence: 'Familieretshuset 2026-17' }, 'caseworker-social');
    expect(given.json()).toMatchObject({ evidence: 'Familieretshuset 2026-17', recordedAs: 'professional' });
    expect((await hub.ask('citizen', `/v1/citizens/${maja.id}/plan`, asSister)).json().plans).toHaveLength(1);
    const said = { decision: 'refuse', domains: ['social'] };
    expect((await post(`/v1/citizens/${maja.id}/consents`, said, 'citizen', asSister)).statusCode).toBe(403);
    expect((await hub.ask('citizen', at(), own())).json().representations[0].text).toContain('samværge');
    expect((await post(`/v1/representations/${given.json().id}/end`, {})).statusCode).toBe(403);
  });

  it('is written with its log entry, and hides like everything else', async () => {
    const log = (await hub.ask('dpo', `/v1/citizens/${maja.id}/access-log?limit=1000`)).json().entries;
    const posts = log.filter(
      (entry: { endpoint: string }) => entry.endpoint === 'POST /v1/citizens/:id/representations',
    );
    expect(posts.some((entry: { decision: string }) => entry.decision === 'allowed')).toBe(true);
    expect(JSON.stringify(posts)).toContain('ændrede, hvem der kan handle for dig');
    const stranger = [
      await hub.ask('nurse-health', at()),
      await hub.ask('nurse-health', at().replace(maja.id, randomUUID())),
    ];
    expect(stranger.map(({ statusCode, body }) => `${statusCode} ${body}`)[0]).toBe(
      `${stranger[1]?.statusCode} ${stranger[1]?.body}`,
    );
    const id = (await hub.ask('citizen', at(), own())).json().representations[0].id;
    const ends = [id, randomUUID()].map((one) =>
      post(`/v1/representations/${one}/end`, { evidence: 'x' }, 'nurse-health'),
    );
    const [hidden, absent] = await Promise.all(ends);
    expect([hidden?.statusCode, hidden?.body]).toEqual([absent?.statusCode, absent?.body]);
  });
});

describe('a receipt', () => {
  const open = async (receipt: string) => {
    const keys = (await hub.app.inject('/.well-known/samspil-receipts')).json() as JSONWebKeySet;
    const { payload, protectedHeader } = await compactVerify(receipt, createLocalJWKSet(keys));
    return { header: protectedHeader, claims: JSON.parse(new TextDecoder().decode(payload)) };
  };

  it('comes with each grant, refusal and withdrawal and verifies without the hub', async () => {
    const consents = `/v1/citizens/${maja.id}/consents`;
    const given = await post(consents, { decision: 'grant', recipient: 'unit:jobcenter', evidence: `Ref ${maja.cpr}` });
    const { claims, header } = await open(given.json().receipt);
    expect(header).toMatchObject({ alg: 'EdDSA', typ: 'samspil-receipt+jws' });
    const { receipt, evidence, ...said } = given.json();
    expect(claims).toMatchObject({ sub: maja.id, municipality: { code: '0999', name: 'Egevang' }, consent: said });
    expect(JSON.stringify(claims)).not.toContain(maja.cpr);
    expect(evidence).toContain('Ref');
    const back = await post(`/v1/consents/${given.json().id}/withdraw`, {});
    expect((await open(back.json().receipt)).claims.consent).toMatchObject({ version: 2, withdrawn: true });
    const again = (version: string) => hub.ask('citizen', `/v1/consents/${given.json().id}/receipt${version}`, own());
    expect((await again('?version=1')).json().receipt).toBe(receipt);
    expect((await again('')).json().receipt).toBe(back.json().receipt);
    expect((await again('?version=3')).statusCode).toBe(404);
    expect((await again('?version=x')).statusCode).toBe(400);
  });

  it('that was altered does not verify', async () => {
    const said = await post(`/v1/citizens/${maja.id}/consents`, { decision: 'refuse', domains: ['health'] });
    const [header, payload, signature] = said.json().receipt.split('.');
    const other = Buffer.from(Buffer.from(payload, 'base64url').toString().replace('refuse', 'grant ')).toString(
      'base64url',
    );
    await expect(open(`${header}.${other}.${signature}`)).rejects.toThrow();
  });

  it('is for whoever may read the consent; a refusal’s is not there for staff', async () => {
    const refusal = (
      await post(`/v1/citizens/${maja.id}/consents`, { decision: 'refuse', domains: ['family'] })
    ).json();
    const ask = (id: string, who: Who = 'caseworker-employment') => hub.ask(who, `/v1/consents/${id}/receipt`);
    const [hidden, absent] = [await ask(refusal.id), await ask(randomUUID())];
    expect([hidden.statusCode, hidden.body]).toEqual([404, absent.body]);
    expect((await ask(refusal.id, 'dpo')).statusCode).toBe(200);
    const person = personaNamed('caseworker-employment').person;
    const grant = (
      await post(`/v1/citizens/${maja.id}/consents`, { decision: 'grant', recipient: `person:${person}` })
    ).json();
    expect((await ask(grant.id)).statusCode).toBe(200);
  });
});

describe('nobody represents by their own word', () => {
  const own = '0404703333';
  const custody = { type: 'guardian', form: '5', domains: ['social'], cpr: own, evidence: 'Familieretshuset 2026-18' };
  const record = (person: string, options: object) =>
    hub.ask({ ...personaNamed('caseworker-social'), person }, { method: 'POST', url: at(), payload: custody }, options);

  it('staff known by the number in their token', async () => {
    const refused = await record('staff-1', { cpr: own });
    expect([refused.statusCode, refused.json().errors?.[0]?.path]).toEqual([403, 'cpr']);
    expect((await record('staff-1', { cpr: '0505703333' })).statusCode).toBe(201);
    // The number says who they are and opens nothing.
    const mine = await hub.world.person(own);
    await hub.world.record({ citizens: [mine], domain: 'health', source: 'kalender', ownerUnit: 'sundhed' });
    const staff = personaNamed('caseworker-social');
    expect((await hub.ask(staff, `/v1/citizens/${mine.id}/plan`, { cpr: own })).statusCode).toBe(404);
  });

  it('staff who have read in person under the same id', async () => {
    const person = 'same-login-2';
    const relative = { ...personaNamed('citizen'), person };
    const other = { type: 'powerOfAttorney', cpr: own, domains: ['social'] };
    const given = await post(at(), other);
    expect(given.statusCode).toBe(201);
    const asRelative = { cpr: own, claims: { kind: 'representative' } };
    expect((await hub.ask(relative, `/v1/citizens/${maja.id}/plan`, asRelative)).statusCode).toBe(200);
    await post(`/v1/representations/${given.json().id}/end`, {});
    expect((await record(person, {})).statusCode).toBe(403);
    expect((await record('somebody-else', {})).statusCode).toBe(201);
  });
});
