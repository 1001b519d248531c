// Consents that another system reports: nothing until the citizen says so too; refusals and revocations at once; whatever
// the order and however often they come; and the command that brings them, as typed.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { report } from '../../src/consent/proposals.ts';
import { readReported } from '../../src/consent/reported.ts';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { endEnrolment } from '../../src/store/enrolment.ts';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person, personaNamed } from './fixture.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());
let hub: Hub;
let maja: Person;

beforeAll(async () => {
  hub = await createHub(database.pool(), { keys, accessLog: createAccessLog(database.pool(), keys) });
  for (const unit of ['jobcenter', 'social']) await hub.world.unit(unit, null);
  maja = await newPerson('0102703333');
});

const newPerson = async (cpr: string): Promise<Person> => {
  const person = await hub.world.person(cpr);
  await hub.world.record({ citizens: [person], kind: 'goal', ownerUnit: 'jobcenter' });
  return person;
};
type Who = Parameters<Hub['ask']>[0];
const grant = { decision: 'grant', recipient: 'unit:social', domains: 'employment' };
const bring = async (row: object, source = 'sbsip') => {
  const outcomes: string[] = [];
  for (const one of readReported([row], new Date(), ['coordinated-plan']))
    outcomes.push(
      await report(database.pool(), one, { keys, source, clock: systemClock, purposes: ['coordinated-plan'] }),
    );
  return outcomes[0];
};
const at = (person: Person) => `/v1/citizens/${person.id}/consent-proposals`;
const list = async (person: Person, who: Who = 'citizen') =>
  (await hub.ask(who, at(person), who === 'citizen' ? { citizen: person.id } : {})).json().proposals;
const decide = (person: Person, id: string, how: string, who: Who = 'citizen', payload: object = {}) =>
  hub.ask(
    who,
    { method: 'POST', url: `${at(person)}/${id}/${how}`, payload },
    who === 'citizen' ? { citizen: person.id } : {},
  );
const goals = async (person: Person): Promise<number> => {
  const plan = await hub.ask('caseworker-social', `/v1/citizens/${person.id}/plan`);
  return plan.statusCode === 404 ? 0 : plan.json().goals.length;
};

describe('a reported grant', () => {
  it('is nothing until the citizen confirms it, and then a consent like any other', async () => {
    expect(await bring({ cpr: maja.cpr, reference: 'S-1', ...grant, evidence: 'SBSIP 4711' })).toBe('proposed');
    expect(await goals(maja)).toBe(0);
    const [proposal] = await list(maja);
    expect(proposal).toMatchObject({ source: 'sbsip', recipient: 'unit:social', evidence: 'SBSIP 4711' });
    expect(proposal.text).toMatch(/^Et andet system siger, at du har givet lov til/);
    const given = await decide(maja, proposal.id, 'confirm');
    expect(given.statusCode, given.body).toBe(201);
    expect(given.json()).toMatchObject({ decision: 'grant', recordedAs: 'citizen', version: 1 });
    expect(given.json().receipt).toMatch(/^ey/);
    expect(await goals(maja)).toBe(1);
    expect((await decide(maja, proposal.id, 'confirm')).statusCode).toBe(409);
    expect(await list(maja)).toEqual([]);
    expect(await bring({ cpr: maja.cpr, reference: 'S-1', ...grant })).toBe('known');
    expect(await bring({ cpr: maja.cpr, reference: 'S-1', decision: 'revoke' })).toBe('revoked');
    expect(await goals(maja)).toBe(0);
  });

  it('is staff’s to confirm only with evidence, only where it names them, and never for themselves', async () => {
    const bo = await newPerson('0202703333');
    await bring({ cpr: bo.cpr, reference: 'S-2', decision: 'grant', recipient: 'unit:jobcenter' });
    const { person } = personaNamed('caseworker-employment');
    await bring({ cpr: bo.cpr, reference: 'S-3', decision: 'grant', recipient: `person:${person}` });
    await bring({ cpr: bo.cpr, reference: 'S-4', ...grant });
    const own = await list(bo, 'caseworker-employment');
    expect(own.map(({ recipient }: { recipient: string }) => recipient).sort()).toEqual([
      `person:${person}`,
      'unit:jobcenter',
    ]);
    const idOf = (recipient: string): string =>
      own.find((one: { recipient: string }) => one.recipient === recipient)?.id;
    const staff = 'caseworker-employment';
    expect((await decide(bo, idOf('unit:jobcenter'), 'confirm', staff)).json().errors[0].path).toBe('evidence');
    expect((await decide(bo, idOf(`person:${person}`), 'confirm', staff, { evidence: 'J-1' })).statusCode).toBe(403);
    expect((await decide(bo, idOf('unit:jobcenter'), 'dismiss', staff)).statusCode).toBe(403);
    const hidden = (await list(bo)).find((one: { recipient: string }) => one.recipient === 'unit:social').id;
    const answers = [
      await decide(bo, hidden, 'confirm', staff, { evidence: 'x' }),
      await decide(bo, randomUUID(), 'confirm', staff, { evidence: 'x' }),
    ];
    expect(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)[0]).toBe(`404 ${answers[1]?.body}`);
    const done = await decide(bo, idOf('unit:jobcenter'), 'confirm', staff, { evidence: 'J-1' });
    expect(done.json()).toMatchObject({ recordedAs: 'professional', evidence: 'J-1' });
    expect((await decide(bo, hidden, 'dismiss')).statusCode).toBe(204);
    expect(await list(bo)).toHaveLength(1);
    expect(await goals(bo)).toBe(0);
  });

  it('goes with the enrolment, and is not kept of anybody who is not enrolled', async () => {
    const ida = await newPerson('0302703333');
    await bring({ cpr: ida.cpr, reference: 'S-5', ...grant });
    expect(await bring({ cpr: '0402703333', reference: 'S-6', ...grant })).toBe('not enrolled');
    await endEnrolment(database.pool(), ida.enrolment, 'test');
    const { rows } = await database
      .pool()
      .query('select from consent_proposal p join identity i on i.id = p.identity_id where i.citizen_id = $1', [
        ida.id,
      ]);
    expect(rows).toEqual([]);
    const all = await database.pool().query<{ text: string }>('select p::text as text from consent_proposal p');
    expect(JSON.stringify(all.rows)).not.toContain('S-1');
  });
});

describe('reports', () => {
  it('end alike in whatever order and however often they come: a no is never lost, a yes never gained', async () => {
    const word = fc.constantFrom('grant', 'revoke', 'refuse') as fc.Arbitrary<'grant' | 'revoke' | 'refuse'>;
    let n = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('A', 'B'), word), { minLength: 1, maxLength: 8 }),
        async (said) => {
          n += 1;
          const cpr = `${String(1 + (n % 28)).padStart(2, '0')}${String(1 + (Math.floor(n / 28) % 12)).padStart(2, '0')}713333`;
          const person = await newPerson(cpr);
          await hub.world.say(person, 'grant', 'unit:social');
          for (const [reference, decision] of said)
            await bring(
              decision === 'revoke'
                ? { cpr, reference, decision }
                : { cpr, reference, decision, recipient: 'unit:social' },
            );
          const has = (reference: string, decision: string): boolean =>
            said.some(([other, one]) => other === reference && one === decision);
          const references = ['A', 'B'];
          // The citizen's own grant stands until somebody has said no; no report has opened anything.
          expect(await goals(person)).toBe(references.some((one) => has(one, 'refuse')) ? 0 : 1);
          const open = references.filter(
            (one) => has(one, 'grant') && !has(one, 'revoke') && !has(one, 'refuse'),
          ).length;
          expect(await list(person)).toHaveLength(open);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('are read in full before any counts, and errors name row and field', () => {
    const read =
      (...rows: readonly unknown[]) =>
      () =>
        readReported(rows, new Date(), ['coordinated-plan']);
    const good = { cpr: maja.cpr, reference: 'X', ...grant };
    expect(read(good, { ...good, recipient: 'everybody' })).toThrow(/^Row 2, recipient: /);
    expect(read({ ...good, cpr: '12' })).toThrow(/^Row 1, cpr: /);
    expect(read({ ...good, decision: 'perhaps' })).toThrow(/^Row 1, decision: /);
    expect(read({ ...good, secret: 'x' })).toThrow(/^Row 1, body: /);
    expect(read({ ...good, to: '2020-01-01' })).toThrow(/^Row 1, to: /);
    expect(read('x')).toThrow(/^Row 1, row: /);
    expect(read({ ...good, domains: 'social, health', upTo: '', evidence: ' ' })()[0]?.consent).toEqual({
      decision: 'grant',
      recipient: 'unit:social',
      domains: ['social', 'health'],
    });
  });
});
