// Evidence is sealed at rest wherever it is written, read where it is shown, and what was written in the clear before is
// sealed at the next start.
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { declareConsent, listConsents, withdrawConsent } from '../../src/consent/consents.ts';
import { appoint, endRepresentation, listRepresentations } from '../../src/consent/representations.ts';
import { parseNumber } from '../../src/model/cpr.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { enrol } from '../../src/store/enrolment.ts';
import { openEvidence, sealEvidence, sealOldEvidence } from '../../src/store/evidence.ts';
import { useDatabase } from '../postgres.ts';
import { actor, newCitizen, newRecord, self } from './people.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());
const staff = actor({ person: 'job-1', role: 'caseworker', unit: 'job', scopes: ['consents.write'] });
const long = `Samtale med Maja Madsen ${'æ'.repeat(450)}`;

const stored = async (): Promise<string> => {
  const rows = await Promise.all(
    ['consent', 'enrolment', 'representation', 'consent_proposal'].map(
      async (table) => (await database.pool().query(`select * from ${table}`)).rows,
    ),
  );
  return JSON.stringify(rows);
};

it('is sealed when it is written and open when it is read', async () => {
  const pool = database.pool();
  const number = parseNumber('0102703333');
  if (number === undefined) throw new Error('not a number');
  const wanted = { number, basis: 'lab-40-3', by: 'x', evidence: 'Maja Madsen, sag 3' };
  const { citizenId } = await enrol(pool, keys, [], wanted);
  const { rows } = await pool.query<{ id: number }>('select id from identity where citizen_id = $1', [citizenId]);
  const citizen = { id: citizenId, number: Number(rows[0]?.id) };
  await newRecord(pool, citizen, { unit: 'job' });
  const said = await declareConsent(
    pool,
    staff,
    citizen.id,
    { decision: 'grant', recipient: 'unit:social', domains: ['employment'], evidence: long },
    { keys },
  );
  expect(said.evidence).toBe(long);
  expect((await withdrawConsent(pool, self(citizen), said.id, { keys })).evidence).toBe(long);
  expect((await listConsents(pool, keys, self(citizen), citizen.id)).map((one) => one.evidence)).toEqual([long, long]);

  const clock = { now: () => new Date() };
  const input = {
    type: 'guardian',
    form: '5',
    domains: ['employment'],
    cpr: '0303703333',
    evidence: 'Maja Madsen, sag 1',
  };
  const given = await appoint(pool, staff, citizen.id, input, { keys, clock, custodyUntil: 18 });
  const ended = await endRepresentation(pool, staff, given.id, { keys, evidence: 'Maja Madsen, sag 2' });
  expect([given.evidence, ended.evidence]).toEqual(['Maja Madsen, sag 1', 'Maja Madsen, sag 2']);
  expect((await listRepresentations(pool, keys, self(citizen), citizen.id)).map((one) => one.evidence)).toEqual([
    'Maja Madsen, sag 2',
    'Maja Madsen, sag 1',
  ]);
  expect(await stored()).not.toContain('Madsen');
});

it('from before is read as it is, and sealed once', async () => {
  const pool = database.pool();
  const citizen = await newCitizen(pool);
  for (const evidence of ['Maja Madsen, sag 4', 'Maja Madsen, sag 4', null])
    await pool.query(
      `insert into consent (id, version, citizen_id, numbers, decision, recipient, up_to, valid_from, recorded_by, recorded_as, evidence)
       values ($1, 1, $2, $3, 'refuse', 'unit:x', 'normal', now(), 'x', 'professional', $4)`,
      [randomUUID(), citizen.id, [], evidence],
    );
  const read = async () => (await listConsents(pool, keys, self(citizen), citizen.id)).map((one) => one.evidence ?? '');
  const before = (await read()).sort();
  expect(before).toEqual(['', 'Maja Madsen, sag 4', 'Maja Madsen, sag 4']);
  expect(await sealOldEvidence(pool, keys)).toBe(1);
  expect(await stored()).not.toContain('Madsen');
  expect((await read()).sort()).toEqual(before);
  expect(await sealOldEvidence(pool, keys)).toBe(0);
});

it('opens with the hub’s own keys only', () => {
  const shut = sealEvidence(keys, 'x');
  expect(openEvidence(keys, shut)).toBe('x');
  expect(sealEvidence(keys, undefined)).toBeNull();
  expect(() => openEvidence(createKeyRing(newKeyMaterial()), shut)).toThrow();
});
