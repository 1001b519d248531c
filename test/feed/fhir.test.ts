// The plan as FHIR: valid R4 to a validator nobody here wrote, readable by a stock client, in pages, and through the same
// consent as everything else.
import { Fhir } from 'fhir';
import { Client } from 'fhir-kit-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person } from './fixture.ts';

interface Entry {
  readonly resource: { readonly resourceType: string; readonly id: string; readonly [element: string]: unknown };
}
interface Bundle {
  readonly entry: readonly Entry[];
  readonly link: readonly { readonly relation: string; readonly url: string }[];
}

const database = useDatabase();
const validator = new Fhir();
let hub: Hub;
let maja: Person;

beforeAll(async () => {
  const keys = createKeyRing(newKeyMaterial());
  hub = await createHub(database.pool(), { keys, accessLog: createAccessLog(database.pool(), keys) });
  for (const unit of ['jobcenter', 'social']) await hub.world.unit(unit, null);
  maja = await hub.world.person('0102703333');
  const own = { citizens: [maja], ownerUnit: 'jobcenter' };
  const plan = await hub.world.record({ ...own, kind: 'plan' });
  const goal = await hub.world.record({ ...own, kind: 'goal' });
  const intervention = await hub.world.record({ ...own, kind: 'intervention' });
  for (const kind of ['contact', 'appointment', 'journalReference', 'statusEntry'] as const)
    await hub.world.record({ ...own, kind });
  await hub.world.record({ citizens: [maja], kind: 'plan', domain: 'social', source: 'sensum', ownerUnit: 'social' });
  await database
    .pool()
    .query(`insert into link (from_id, rel, to_id) values ($1, 'goal', $2), ($3, 'plan', $1), ($3, 'goal', $2)`, [
      plan,
      goal,
      intervention,
    ]);
  await hub.ask(
    'citizen',
    {
      method: 'POST',
      url: `/v1/citizens/${maja.id}/consents`,
      payload: { decision: 'grant', recipient: 'unit:jobcenter' },
    },
    { citizen: maja.id },
  );
});

const ask = (path: string, persona: Parameters<Hub['ask']>[0] = 'citizen') =>
  hub.ask(persona, `/fhir/${path}`, persona === 'citizen' ? { citizen: maja.id } : {});
const everything = async (persona?: Parameters<Hub['ask']>[0], query = ''): Promise<Bundle> =>
  (await ask(`Patient/${maja.id}/$everything${query}`, persona)).json() as Bundle;
const types = ({ entry }: Bundle) => entry.map(({ resource }) => resource.resourceType);
const faults = (resource: object) =>
  validator
    .validate(resource, { errorOnUnexpected: true })
    .messages.filter(({ severity }) => severity === 'error' || severity === 'fatal');

describe('$everything', () => {
  it('holds every kind there is a resource for, and a validator finds nothing', async () => {
    const bundle = await everything();
    expect(types(bundle)).toEqual([
      'Patient',
      'CarePlan',
      'CarePlan',
      'CarePlan',
      'Goal',
      'CareTeam',
      'Appointment',
      'DocumentReference',
      'Consent',
      'Provenance',
      'Provenance',
    ]);
    for (const { resource } of bundle.entry) expect(faults(resource), resource.resourceType).toEqual([]);
    expect(faults(bundle)).toEqual([]);
    expect(faults((await ask('metadata')).json())).toEqual([]);
    expect(faults((await ask(`Patient/${maja.id}`)).json())).toEqual([]);
    expect(JSON.stringify(bundle)).not.toContain('0102703333');
    const orders = bundle.entry.filter(({ resource }) => resource['intent'] === 'order');
    expect(orders[0]?.resource).toMatchObject({ partOf: [{ reference: expect.stringMatching(/^CarePlan\//) }] });
    // The validator is worth something only if it finds what is wrong.
    expect(faults({ resourceType: 'CarePlan', status: 'nonsense' })).not.toEqual([]);
  });

  it('comes in pages that together are the whole', async () => {
    const whole = await everything();
    const paged: Entry[] = [];
    let next: string | undefined = `Patient/${maja.id}/$everything?_count=3`;
    while (next !== undefined) {
      const page = (await ask(next)).json() as Bundle;
      expect(page.entry.length).toBeLessThanOrEqual(3);
      paged.push(...page.entry);
      next = page.link.find(({ relation }) => relation === 'next')?.url;
    }
    expect(paged).toEqual(whole.entry);
  });

  it('shows each reader what the plan shows them, and is logged with what it showed', async () => {
    expect(types(await everything('caseworker-social'))).toEqual(['Patient', 'CarePlan', 'Provenance']);
    const { rows } = await database
      .pool()
      .query<{ n: number; decision: string }>(
        `select cardinality(records) as n, decision from access_log where endpoint like '%everything' order by id desc limit 1`,
      );
    expect(rows[0]).toEqual({ n: 1, decision: 'partly' });
    const hidden = await ask(`Patient/${maja.id}/$everything`, 'nurse-health');
    expect(hidden.statusCode).toBe(404);
    expect(hidden.json()).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'not-found' }] });
    expect(faults(hidden.json())).toEqual([]);
    expect((await ask(`Patient/${maja.id}/$everything?_count=0`)).json().issue[0].expression).toEqual(['_count']);
  });
});

it('a stock FHIR client reads the statement, the patient and everything', async () => {
  await hub.app.listen({ port: 0, host: '127.0.0.1' });
  const address = hub.app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const token = await hub.token('citizen', { citizen: maja.id });
  const client = new Client({
    baseUrl: `http://127.0.0.1:${port}/fhir`,
    bearerToken: token,
    customHeaders: { 'x-purpose': 'coordinated-plan' },
  });
  expect(await client.capabilityStatement()).toMatchObject({ fhirVersion: '4.0.1' });
  expect(await client.read({ resourceType: 'Patient', id: maja.id })).toMatchObject({ resourceType: 'Patient' });
  const bundle = await client.operation({ name: 'everything', method: 'GET', resourceType: 'Patient', id: maja.id });
  expect((bundle as unknown as Bundle).entry.length).toBe(11);
});
