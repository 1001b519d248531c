// Saying who sees what over the feed, with effect for the next read; and who has looked, from the real log.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person, personaNamed } from './fixture.ts';

const database = useDatabase();
let hub: Hub;
let maja: Person;

beforeAll(async () => {
  const keys = createKeyRing(newKeyMaterial());
  hub = await createHub(database.pool(), { keys, accessLog: createAccessLog(database.pool(), keys) });
  for (const unit of ['jobcenter', 'social', 'sundhed']) await hub.world.unit(unit, null);
  maja = await hub.world.person('0102703333');
  await hub.world.record({ citizens: [maja], kind: 'goal', ownerUnit: 'jobcenter' });
  await hub.world.record({ citizens: [maja], kind: 'plan', domain: 'social', source: 'sensum', ownerUnit: 'social' });
});

const own = () => ({ citizen: maja.id });
const say = (body: object, persona: Parameters<Hub['ask']>[0] = 'citizen', headers: Record<string, string> = {}) =>
  hub.ask(
    persona,
    { method: 'POST', url: `/v1/citizens/${maja.id}/consents`, payload: body, headers },
    persona === 'citizen' ? own() : {},
  );
const goalsOfSocial = async (): Promise<number> =>
  (await hub.ask('caseworker-social', `/v1/citizens/${maja.id}/plan`)).json().goals.length;
const withdraw = (id: string, persona: Parameters<Hub['ask']>[0] = 'citizen', body: object = {}) =>
  hub.ask(
    persona,
    { method: 'POST', url: `/v1/consents/${id}/withdraw`, payload: body },
    persona === 'citizen' ? own() : {},
  );

describe('consents', () => {
  it('a grant shows at the next read, its withdrawal hides at the next', async () => {
    expect(await goalsOfSocial()).toBe(0);
    const given = await say({ decision: 'grant', recipient: 'unit:social', domains: ['employment'] });
    expect(given.statusCode, given.body).toBe(201);
    expect(await goalsOfSocial()).toBe(1);
    const back = await withdraw(given.json().id);
    expect(back.json()).toMatchObject({ withdrawn: true, version: 2 });
    expect(await goalsOfSocial()).toBe(0);
  });

  it('errors name the field', async () => {
    expect((await say({ decision: 'grant' })).json().errors[0].path).toBe('recipient');
    expect((await say({ decision: 'grant', recipient: 'unit:x', upTo: 'vip' })).json().errors[0].path).toBe('upTo');
    expect((await say({ decision: 'refuse', until: '2026-01-01' })).statusCode).toBe(400);
  });

  it('a professional records with evidence; reads only grants that name them; never refusals', async () => {
    expect(
      (await say({ decision: 'refuse', recipient: 'role:mentor' }, 'caseworker-employment')).json().errors[0].path,
    ).toBe('evidence');
    expect(
      (await say({ decision: 'refuse', recipient: 'role:mentor', evidence: 'J-12' }, 'caseworker-employment'))
        .statusCode,
    ).toBe(201);
    await say({ decision: 'grant', recipient: 'unit:jobcenter' });
    const list = (await hub.ask('caseworker-employment', `/v1/citizens/${maja.id}/consents`)).json();
    expect(list.consents.map((consent: { recipient: string }) => consent.recipient)).toEqual(['unit:jobcenter']);
    const all = (await hub.ask('citizen', `/v1/citizens/${maja.id}/consents`, own())).json();
    expect(all.consents.length).toBeGreaterThan(2);
    const dpo = await hub.ask('dpo', `/v1/citizens/${maja.id}/consents`);
    expect(dpo.json().consents).toHaveLength(all.consents.length);
    expect((await hub.ask('dpo', `/v1/citizens/${randomUUID()}/consents`)).statusCode).toBe(404);
  });

  it('nobody records a grant that names themselves, and nobody withdraws what they cannot see', async () => {
    const body = {
      decision: 'grant',
      recipient: `person:${personaNamed('caseworker-employment').person}`,
      evidence: 'J-13',
    };
    expect((await say(body, 'caseworker-employment')).statusCode).toBe(403);
    const refusal = (await say({ decision: 'refuse', domains: ['health'] })).json();
    const [hidden, absent] = [
      await withdraw(refusal.id, 'caseworker-employment', { evidence: 'x' }),
      await withdraw(randomUUID(), 'caseworker-employment', { evidence: 'x' }),
    ];
    expect(hidden.statusCode).toBe(404);
    expect(hidden.body).toBe(absent.body);
  });

  it('is said once per Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'once' };
    const body = { decision: 'refuse', recipient: 'organisation:fonden-broen' };
    const [first, again] = [await say(body, 'citizen', key), await say(body, 'citizen', key)];
    expect(again.json()).toEqual(first.json());
    expect((await say({ ...body, domains: ['social'] }, 'citizen', key)).statusCode).toBe(422);
  });
});

describe('the access log', () => {
  it('tells the citizen in Danish who looked, with staff masked', async () => {
    const answer = await hub.ask('citizen', `/v1/citizens/${maja.id}/access-log?limit=1000`, own());
    expect(answer.statusCode, answer.body).toBe(200);
    const { entries } = answer.json();
    const looked = entries.find(
      (entry: { unit?: string; endpoint: string }) => entry.unit === 'social' && entry.endpoint.endsWith('/plan'),
    );
    expect(looked.text).toContain('fagperson');
    expect(looked).not.toHaveProperty('person');
    expect(answer.body).not.toContain(personaNamed('caseworker-social').person);
  });

  it('tells the DPO by name, and that this was read too', async () => {
    const read = async () => (await hub.ask('dpo', `/v1/citizens/${maja.id}/access-log?limit=1000`)).json().entries;
    expect(JSON.stringify(await read())).toContain(personaNamed('caseworker-social').person);
    const [last] = await read();
    expect(last).toMatchObject({
      kind: 'dpo',
      endpoint: 'GET /v1/citizens/:id/access-log',
      person: personaNamed('dpo').person,
    });
  });

  it('comes in pages without losing or repeating an entry', async () => {
    const seen: string[] = [];
    let after = '';
    const stop = (await hub.ask('dpo', `/v1/citizens/${maja.id}/access-log?limit=1000`)).json().entries.length;
    for (let page = 0; page < 100 && seen.length < stop; page += 1) {
      const body = (await hub.ask('dpo', `/v1/citizens/${maja.id}/access-log?limit=7${after}`)).json();
      seen.push(...body.entries.map((entry: { correlation: string }) => entry.correlation));
      if (!body.more) break;
      after = `&after=${body.next}`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect((await hub.ask('dpo', `/v1/citizens/${maja.id}/access-log?after=x`)).statusCode).toBe(400);
  });

  it('is not for staff: 403 to who sees the citizen, 404 to who does not', async () => {
    const scope = { claims: { scope: 'log.read' } };
    expect((await hub.ask('caseworker-employment', `/v1/citizens/${maja.id}/access-log`, scope)).statusCode).toBe(403);
    expect((await hub.ask('nurse-health', `/v1/citizens/${maja.id}/access-log`, scope)).statusCode).toBe(404);
  });
});
