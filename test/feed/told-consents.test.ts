// A consent that a source told of, over the feed: the citizen reads where it is from and when it was given, keeps a receipt
// of it, and withdraws it like one that was given here.
import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { beforeAll, expect, it } from 'vitest';
import { insertConsent } from '../../src/store/consents.ts';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person } from './fixture.ts';

const database = useDatabase();
let hub: Hub;
let maja: Person;

beforeAll(async () => {
  hub = await createHub(database.pool());
  for (const unit of ['jobcenter', 'social']) await hub.world.unit(unit, null);
  maja = await hub.world.person('0102703333');
  await hub.world.record({ citizens: [maja], kind: 'goal', domain: 'employment', ownerUnit: 'jobcenter' });
});

it('is shown with its source, receipted, and withdrawn', async () => {
  const given = {
    id: randomUUID(),
    citizen_id: maja.id,
    decision: 'grant',
    recipient: 'unit:social',
    domains: ['employment'],
    kinds: null,
    record_id: null,
    purposes: null,
    up_to: 'normal',
    show: 'content',
    valid_from: new Date('2026-01-01T00:00:00Z'),
    valid_to: null,
    withdrawn: false,
    recorded_by: 'momentum',
    recorded_as: 'system',
    evidence: null,
    source: 'momentum',
    source_record: randomUUID(),
    source_day: '2026-02-03',
  } as const;
  await insertConsent(database.pool(), given, undefined, [maja.identity]);
  const citizen = (url: string, method: 'GET' | 'POST' = 'GET') =>
    hub.ask('citizen', { method, url, ...(method === 'POST' ? { payload: {} } : {}) }, { citizen: maja.id });
  const sees = async () => (await hub.ask('caseworker-social', `/v1/citizens/${maja.id}/plan`)).statusCode;
  expect(await sees()).toBe(200);
  const [consent] = (await citizen(`/v1/citizens/${maja.id}/consents`)).json().consents;
  expect(consent).toMatchObject({ source: 'momentum', recordedBy: 'momentum', recordedAs: 'system' });
  expect(consent.text).toMatch(/Registreret i momentum den 3\.2\.2026\.$/);
  const { receipt } = (await citizen(`/v1/consents/${given.id}/receipt`)).json();
  expect(decodeJwt(receipt)['consent']).toMatchObject({ id: given.id, source: 'momentum' });
  const why = await citizen(
    `/v1/citizens/${maja.id}/explain?reader=egevang-trkr&role=caseworker&organisation=egevang&unit=social`,
  );
  expect(why.body).toContain(`consent:${given.id}:1`);
  const back = await citizen(`/v1/consents/${given.id}/withdraw`, 'POST');
  expect(back.json()).toMatchObject({ withdrawn: true, version: 2, source: 'momentum', recordedAs: 'citizen' });
  expect(await sees()).toBe(404);
});
