// Who may grant, refuse, withdraw and read; that it takes effect with the next read, leaves every version standing and
// tells the followers of changes; and that an error names the field.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ConsentInput } from '../../src/consent/consent-input.ts';
import { declareConsent, listConsents, withdrawConsent } from '../../src/consent/consents.ts';
import { explain, visibleRecords } from '../../src/consent/decide.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { useDatabase } from '../postgres.ts';
import { actor, newCitizen, newRecord, type Person, self } from './people.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());
const clock = { now: () => new Date('2026-12-01T10:00:00Z') };
const social = actor({ person: 'social-1', role: 'caseworker', unit: 'social', scopes: ['consents.write'] });
const job = actor({ person: 'job-1', role: 'caseworker', unit: 'job', scopes: ['consents.write'] });
const dpo = actor({ kind: 'dpo', person: 'dpo-1' });
const toJob: ConsentInput = { decision: 'grant', recipient: 'unit:job', domains: ['social'] };
let citizen: Person;
let plan: string;

const declare = (who: Parameters<typeof declareConsent>[1], input: ConsentInput) =>
  declareConsent(database.pool(), who, citizen.id, input, { keys, purposes: ['coordinated-plan'] });
const seen = async (who: Parameters<typeof visibleRecords>[1]): Promise<readonly string[]> =>
  (await visibleRecords(database.pool(), who, { citizens: [citizen.id] })).map((row) => row.recordId);
const looks = async (): Promise<number> =>
  (
    await database
      .pool()
      .query<{ n: number }>(`select count(*)::int as n from change where citizen_id = $1 and op = 'look'`, [citizen.id])
  ).rows[0]?.n ?? 0;
const representative = async (domains: readonly string[] | null) => {
  const numberHash = Buffer.from(randomUUID());
  await database
    .pool()
    .query(
      `insert into representation (id, version, citizen_id, representative, type, domains, valid_from) values ($1, 1, $2, $3, 'guardian', $4, now())`,
      [randomUUID(), citizen.id, numberHash, domains],
    );
  return actor({ kind: 'representative', person: 'rep-1', sector: 'private', numberHash });
};

beforeAll(async () => {
  await database.pool().query(`insert into unit_version (unit_id, parent_id, name, type) values
    ('town', null, 'Kommunen', 'organisation'), ('social', 'town', 'Socialafdelingen', 'unit'), ('job', 'town', 'Jobcentret', 'unit')`);
});

describe('a citizen', () => {
  beforeAll(async () => {
    citizen = await newCitizen(database.pool());
    plan = await newRecord(database.pool(), citizen);
  });

  it('grants, refuses and withdraws with effect for the next read, and every version stays', async () => {
    const before = await looks();
    expect(await seen(job)).toEqual([]);
    const grant = await declare(self(citizen), toJob);
    expect(grant).toMatchObject({ version: 1, decision: 'grant', recordedAs: 'citizen', withdrawn: false });
    expect(grant.text).toContain('Jobcentret');
    expect(await seen(job)).toEqual([plan]);
    const granted = new Date();
    const refusal = await declare(self(citizen), { decision: 'refuse', recipient: 'organisation:town' });
    expect(await seen(job)).toEqual([]);
    expect(await seen(social)).toEqual([plan]);
    await withdrawConsent(database.pool(), self(citizen), refusal.id, { keys });
    expect(await seen(job)).toEqual([plan]);
    const gone = await withdrawConsent(database.pool(), self(citizen), grant.id, { keys });
    expect(gone).toMatchObject({ version: 2, withdrawn: true });
    expect(await withdrawConsent(database.pool(), self(citizen), grant.id, { keys })).toMatchObject({ version: 2 });
    expect(await seen(job)).toEqual([]);
    expect(await looks()).toBe(before + 4);
    const [then] = await explain(database.pool(), job, citizen.id, plan, granted);
    expect(then).toMatchObject({ rule: 6, show: 'content', basis: `consent:${grant.id}:1` });
    const versions = (await listConsents(database.pool(), keys, self(citizen), citizen.id)).map(
      (one) => `${one.decision} ${one.version}`,
    );
    expect(versions.sort()).toEqual(['grant 1', 'grant 2', 'refuse 1', 'refuse 2']);
  });

  it('says days, the last included, in Copenhagen', async () => {
    const said = await declareConsent(
      database.pool(),
      self(citizen),
      citizen.id,
      { ...toJob, from: '2026-12-01', to: '2027-07-31' },
      { keys, clock },
    );
    expect(said).toMatchObject({ from: '2026-12-01', to: '2027-07-31' });
    const { rows } = await database.pool().query('select valid_from, valid_to from consent where id = $1', [said.id]);
    expect(rows[0]).toEqual({
      valid_from: new Date('2026-11-30T23:00:00Z'),
      valid_to: new Date('2027-07-31T22:00:00Z'),
    });
  });

  it.each<readonly [string, unknown]>([
    ['decision', {}],
    ['decision', { ...toJob, decision: 'perhaps' }],
    ['recipient', { decision: 'grant' }],
    ['recipient', { ...toJob, recipient: 'everybody' }],
    ['domains.0', { ...toJob, domains: ['secret'] }],
    ['kinds.1', { ...toJob, kinds: ['plan', 'x'] }],
    ['purposes.0', { ...toJob, purposes: ['curiosity'] }],
    ['to', { ...toJob, from: '2099-01-02', to: '2099-01-01' }],
    ['to', { ...toJob, from: '2020-01-01', to: '2020-01-02' }],
    ['from', { ...toJob, from: '2026-02-30' }],
    ['show', { decision: 'refuse', show: 'busy' }],
    ['record', { ...toJob, record: randomUUID() }],
    ['body', { ...toJob, sneaky: true }],
  ])('is told which field is wrong: %s', async (path, input) => {
    const before = await looks();
    await expect(declare(self(citizen), input as ConsentInput)).rejects.toMatchObject({
      code: 'request/invalid',
      path,
    });
    expect(await looks()).toBe(before);
  });

  it('cannot name a record that is withheld, nor speak for somebody else', async () => {
    const secret = await newRecord(database.pool(), citizen, { withheld: true });
    await expect(declare(self(citizen), { ...toJob, record: secret })).rejects.toMatchObject({ path: 'record' });
    const other = await newCitizen(database.pool());
    await expect(declare(self(other), toJob)).rejects.toMatchObject({ code: 'request/not-found' });
    await expect(listConsents(database.pool(), keys, self(other), citizen.id)).rejects.toMatchObject({
      code: 'request/not-found',
    });
  });
});

describe('a representative', () => {
  beforeAll(async () => {
    citizen = await newCitizen(database.pool());
    plan = await newRecord(database.pool(), citizen);
  });

  it('speaks inside what they represent, and never grants to themselves', async () => {
    const guardian = await representative(['social']);
    expect(await declare(guardian, toJob)).toMatchObject({ recordedAs: 'representative' });
    expect(await declare(guardian, { ...toJob, record: plan })).toMatchObject({ record: plan });
    const outside = { code: 'request/forbidden' };
    await expect(declare(guardian, { ...toJob, domains: ['social', 'health'] })).rejects.toMatchObject(outside);
    await expect(declare(guardian, { decision: 'refuse' })).rejects.toMatchObject(outside);
    await expect(declare(guardian, { ...toJob, recipient: 'person:rep-1' })).rejects.toMatchObject(outside);
    const whole = await declare(self(citizen), { decision: 'refuse', recipient: 'role:caseworker' });
    await expect(withdrawConsent(database.pool(), guardian, whole.id, { keys })).rejects.toMatchObject(outside);
    expect(await listConsents(database.pool(), keys, guardian, citizen.id)).toHaveLength(3);
  });
});

describe('a professional', () => {
  beforeAll(async () => {
    citizen = await newCitizen(database.pool());
    plan = await newRecord(database.pool(), citizen);
  });

  it('records what the citizen said, with evidence and scope, never for themselves', async () => {
    await expect(declare(social, toJob)).rejects.toMatchObject({ code: 'request/invalid', path: 'evidence' });
    const evidence = 'underskrevet 1.12.';
    const noScope = { ...social, scopes: [] };
    await expect(declare(noScope, { ...toJob, evidence })).rejects.toMatchObject({ code: 'request/forbidden' });
    await expect(declare(social, { ...toJob, recipient: 'person:social-1', evidence })).rejects.toMatchObject({
      code: 'request/forbidden',
      path: 'recipient',
    });
    await expect(declare(job, { ...toJob, evidence })).rejects.toMatchObject({ code: 'request/not-found' });
    const said = await declare(social, { ...toJob, evidence });
    expect(said).toMatchObject({ recordedAs: 'professional', recordedBy: 'social-1', evidence });
    expect(await seen(job)).toEqual([plan]);
  });

  it('reads and withdraws only grants that name them or what they recorded, never refusals', async () => {
    const hidden = await declare(self(citizen), { decision: 'refuse', recipient: 'role:nurse' });
    await declare(self(citizen), { decision: 'grant', recipient: 'person:somebody' });
    const own = await declare(self(citizen), {
      decision: 'grant',
      recipient: 'organisation:town',
      domains: ['social'],
    });
    const read = await listConsents(database.pool(), keys, job, citizen.id);
    expect(read.map((one) => one.recipient).sort()).toEqual(['organisation:town', 'unit:job']);
    await expect(withdrawConsent(database.pool(), job, hidden.id, { keys, evidence: 'x' })).rejects.toMatchObject({
      code: 'request/not-found',
    });
    await expect(withdrawConsent(database.pool(), job, own.id, { keys })).rejects.toMatchObject({ path: 'evidence' });
    expect(await withdrawConsent(database.pool(), job, own.id, { keys, evidence: 'x' })).toMatchObject({
      withdrawn: true,
      recordedBy: 'job-1',
    });
    const outsider = actor({ person: 'gp-1', organisation: 'gp' });
    await expect(listConsents(database.pool(), keys, outsider, citizen.id)).rejects.toMatchObject({
      code: 'request/not-found',
    });
    // Who can never write is told so alike for a consent that is there and for none.
    for (const id of [own.id, randomUUID()])
      await expect(withdrawConsent(database.pool(), outsider, id, { keys })).rejects.toMatchObject({
        code: 'request/forbidden',
      });
    const writing = actor({ person: 'gp-1', organisation: 'gp', scopes: ['consents.write'] });
    await expect(withdrawConsent(database.pool(), writing, own.id, { keys })).rejects.toMatchObject({
      code: 'request/not-found',
    });
  });

  it('of data protection reads everything, and writes nothing', async () => {
    expect((await listConsents(database.pool(), keys, dpo, citizen.id)).length).toBeGreaterThanOrEqual(5);
    await expect(declare(dpo, toJob)).rejects.toMatchObject({ code: 'request/not-found' });
  });
});
