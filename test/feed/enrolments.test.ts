// Enrolling and ending it over the feed, and writes sent twice.
import { beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, rememberingLog } from './fixture.ts';

const database = useDatabase();
const log = rememberingLog();
let hub: Hub;

beforeAll(async () => {
  hub = await createHub(database.pool(), { accessLog: log });
});

const enrol = (
  body: object,
  headers: Record<string, string> = {},
  persona: Parameters<Hub['ask']>[0] = 'caseworker-employment',
) => hub.ask(persona, { method: 'POST', url: '/v1/enrolments', payload: { basis: 'lab-40-3', ...body }, headers });
const count = async (): Promise<number> =>
  (await database.pool().query<{ n: number }>('select count(*)::int as n from enrolment')).rows[0]?.n ?? -1;

describe('enrolling', () => {
  it('is 202 alike for numbers the hub knows and does not, and logged', async () => {
    log.entries.length = 0;
    const first = await enrol({ cpr: '0102703333', from: '2026-11-01', evidence: 'Journal 12' });
    const again = await enrol({ cpr: '0102703333' });
    expect([first.statusCode, again.statusCode]).toEqual([202, 202]);
    expect(again.json()).toEqual(first.json());
    expect(log.entries).toHaveLength(2);
  });

  it('names the field at fault, never its value', async () => {
    expect((await enrol({ cpr: '0102703333', basis: 'because' })).json().errors[0].path).toBe('basis');
    const answer = await enrol({ cpr: '01027033' });
    expect(answer.json().errors[0].path).toBe('cpr');
    expect(answer.body).not.toContain('01027033');
    expect((await enrol({ cpr: '0102703333', from: '2026-13-01' })).json().errors[0].path).toBe('from');
  });

  it('is not for citizens, nor without the scope', async () => {
    expect((await enrol({ cpr: '0202703333' }, {}, 'citizen')).statusCode).toBe(403);
    expect((await enrol({ cpr: '0202703333' }, {}, 'nurse-health')).statusCode).toBe(403);
  });
});

describe('ending', () => {
  it('is for who recorded it or sees the citizen; for others there is no such enrolment', async () => {
    const { id } = (await enrol({ cpr: '0402703333' })).json();
    const end = (persona: Parameters<Hub['ask']>[0]) =>
      hub.ask(persona, { method: 'POST', url: `/v1/enrolments/${id}/end` });
    expect((await end('caseworker-social')).statusCode).toBe(404);
    expect((await end('caseworker-employment')).statusCode).toBe(204);
  });

  it('can be done by the citizen, who can read which one to end; others get 404', async () => {
    const person = await hub.world.person('0302703333');
    await hub.world.record({ citizens: [person] });
    const list = (await hub.ask('citizen', `/v1/citizens/${person.id}/enrolments`, { citizen: person.id })).json();
    expect(list.enrolments).toMatchObject([{ id: person.enrolment, basis: 'lab-40-3', active: true }]);
    const end = (citizen: string) =>
      hub.ask('citizen', { method: 'POST', url: `/v1/enrolments/${person.enrolment}/end` }, { citizen });
    expect((await end('00000000-0000-8000-8000-000000000000')).statusCode).toBe(404);
    expect((await end(person.id)).statusCode).toBe(204);
    expect((await end(person.id)).statusCode).toBe(204);
    const { rows } = await database
      .pool()
      .query('select 1 from record r join record_version v on v.record_id = r.id where v.citizen_id = $1', [person.id]);
    expect(rows).toEqual([]);
    const after = (await hub.ask('citizen', `/v1/citizens/${person.id}/enrolments`, { citizen: person.id })).json();
    expect(after.enrolments[0]).toMatchObject({ active: false });
  });
});

describe('Idempotency-Key', () => {
  it('gives the same answer and does the work once', async () => {
    const before = await count();
    const key = { 'idempotency-key': 'k-1' };
    const first = await enrol({ cpr: '0402703333' }, key);
    await database.pool().query('update enrolment set ended_at = now() where id = $1', [first.json().id]);
    const again = await enrol({ cpr: '0402703333' }, key);
    expect(again.json()).toEqual(first.json());
    expect(await count()).toBe(before + 1);
    const { rows } = await database.pool().query<{ text: string }>('select i::text as text from idempotency i');
    expect(JSON.stringify(rows)).not.toContain('0402703333');
  });

  it('is refused for another request, and belongs to its caller', async () => {
    const key = { 'idempotency-key': 'k-2' };
    await enrol({ cpr: '0502703333' }, key);
    expect((await enrol({ cpr: '0602703333' }, key)).statusCode).toBe(422);
    expect((await enrol({ cpr: '0602703333' }, key, 'caseworker-social')).statusCode).toBe(202);
    expect((await enrol({ cpr: '0602703333' }, { 'idempotency-key': '' })).statusCode).toBe(400);
  });

  it('is free again when the work failed, and 409 while it is under way', async () => {
    const key = { 'idempotency-key': 'k-3' };
    log.broken = new Error('disk full');
    expect((await enrol({ cpr: '0702703333' }, key)).statusCode).toBe(500);
    log.broken = undefined;
    const answers = await Promise.all([enrol({ cpr: '0702703333' }, key), enrol({ cpr: '0702703333' }, key)]);
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual(expect.arrayContaining([202]));
    expect(answers.every((answer) => [202, 409].includes(answer.statusCode))).toBe(true);
  });
});
