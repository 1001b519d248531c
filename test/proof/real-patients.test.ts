// The official Danish test patients: numbers that fail modulus 11, replacement numbers, X-eCPR and D-eCPR are all
// accepted and have master data; the protected one's name and address do not reach a private reader.
// The records lie outside the project; without them (SAMSPIL_SHARED or ../shared) these tests are skipped, and say so.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseNumber } from '../../src/model/cpr.ts';
import { createHub } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { accountFor, type Counts, printCounts } from './accounts.ts';
import { type FhirHub, openFhirHub, publishedFhir } from './fhir-hub.ts';

const data = publishedFhir();
if (data === undefined)
  console.warn('The published FHIR patients are not there (set SAMSPIL_SHARED): their proofs are skipped.');

const passesModulus11 = (number: string): boolean =>
  [4, 3, 2, 7, 6, 5, 4, 3, 2, 1].reduce((sum, weight, n) => sum + weight * Number(number[n]), 0) % 11 === 0;

describe.skipIf(data === undefined)('dk-core-patients', () => {
  const database = useDatabase();
  let fhir: FhirHub;
  let ids: ReadonlyMap<string, string>;
  let counts: Counts;
  beforeAll(async () => {
    fhir = await openFhirHub(join(data ?? '', 'dk-core-patients'), database.pool());
    ids = await fhir.enrolAll();
    counts = await fhir.sync();
    printCounts('dk-core-patients, every citizen enrolled', counts);
  });
  afterAll(() => fhir.close());

  it('stores every patient, whatever sort of number', () => {
    accountFor(counts, (kind) => fhir.stub.store.count(kind));
    expect(counts['Patient']).toMatchObject({ served: 48, stored: 48 });
    const types = Map.groupBy(fhir.numbers, (number) => parseNumber(number)?.type);
    expect(Object.fromEntries([...types].map(([type, all]) => [type, all.length]))).toEqual({
      cpr: 38,
      'x-ecpr': 1,
      'd-ecpr': 2,
    });
    expect(types.get('cpr')?.some((number) => !passesModulus11(number))).toBe(true);
  });

  it('gives every enrolled citizen master data', async () => {
    const { rows } = await database
      .pool()
      .query<{ citizen_id: string }>('select distinct citizen_id from citizen_record');
    expect(rows.map((row) => row.citizen_id).sort()).toEqual([...new Set(ids.values())].sort());
  });

  it('keeps the protected name and address from a private reader, and only from that one', async () => {
    const patient = fhir.stub.store.get('Patient', 'Confidential');
    const number = (patient?.['identifier'] as { value: string }[] | undefined)?.[0]?.value ?? '';
    const id = ids.get(number) ?? '';
    fhir.stub.store.put({
      resourceType: 'CarePlan',
      id: 'of-the-protected-one',
      status: 'active',
      intent: 'plan',
      title: 'Genoptræning',
      subject: { reference: 'Patient/Confidential' },
    });
    expect((await fhir.sync())['CarePlan']).toMatchObject({ served: 1, stored: 1 });
    const feed = await createHub(database.pool(), { keys: fhir.hub.keys, config: fhir.hub.config });
    await feed.world.unit('sundhed', null);
    const { rows } = await database.pool().query<{ id: number }>('select id from identity where citizen_id = $1', [id]);
    const person = { cpr: number, id, identity: Number(rows[0]?.id), enrolment: '' };
    await feed.world.say(person, 'grant', 'organisation:fonden-broen', { domains: ['health'], upTo: 'sensitive' });

    const given = JSON.stringify([patient?.['name'], patient?.['address']]);
    const secrets = [...given.matchAll(/"(?:family|text|line|city|postalCode)":\[?"([^"]+)"/g)].map((m) => m[1] ?? '');
    expect(secrets.length).toBeGreaterThan(0);
    const plan = async (persona: 'private-provider' | 'nurse-health' | 'citizen') =>
      feed.ask(persona, `/v1/citizens/${id}/plan`, persona === 'citizen' ? { citizen: id } : {});
    const [stranger, nurse, own] = [await plan('private-provider'), await plan('nurse-health'), await plan('citizen')];
    expect([stranger.statusCode, nurse.statusCode, own.statusCode]).toEqual([200, 200, 200]);
    expect(stranger.json().plans.length + stranger.json().interventions.length).toBeGreaterThan(0);
    expect(stranger.json().citizen).not.toHaveProperty('name');
    expect(stranger.json().citizen).not.toHaveProperty('address');
    for (const secret of secrets) expect(stranger.body).not.toContain(secret);
    expect(nurse.json().citizen).toHaveProperty('name');
    expect(own.json().citizen).toHaveProperty('name');
  });
});
