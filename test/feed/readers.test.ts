// Readers of special sorts: representatives, stubs of sources set to say that something exists, emergency access; and
// that nothing leaves before its log entry is committed.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '../../src/store/db.ts';
import { numberHash } from '../../src/store/subjects.ts';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person, personaNamed, rememberingLog } from './fixture.ts';

const database = useDatabase();
const log = rememberingLog();
let hub: Hub;
let maja: Person;
const planOf = (person: Person): string => `/v1/citizens/${person.id}/plan`;

beforeAll(async () => {
  hub = await createHub(database.pool(), { accessLog: log });
  for (const unit of ['jobcenter', 'social', 'sundhed']) await hub.world.unit(unit, null);
  maja = await hub.world.person('0102703333');
  await hub.world.record({ citizens: [maja], ownerUnit: 'jobcenter' });
  await hub.world.record({
    citizens: [maja],
    kind: 'goal',
    domain: 'social',
    source: 'sensum',
    ownerUnit: 'social',
    sensitivity: 'sensitive',
  });
});

describe('a representative', () => {
  const cpr = '0303703333';
  const claims = { kind: 'representative' };
  it('who logs in with their own number sees what they represent, and is logged as representing', async () => {
    const ask = () => hub.ask('citizen', planOf(maja), { cpr, claims });
    expect((await ask()).statusCode).toBe(404);
    await database.pool().query(
      `insert into representation (id, version, citizen_id, representative, type, domains, valid_from, recorded_at)
       values ($1, 1, $2, $3, 'powerOfAttorney', '{social}', now() - interval '1 day', now() - interval '1 day')`,
      [randomUUID(), maja.id, numberHash(hub.keys, cpr)],
    );
    log.entries.length = 0;
    const body = (await ask()).json();
    expect([body.plans.length, body.goals.length]).toEqual([0, 1]);
    expect(log.entries[0]).toMatchObject({ represented: maja.id, citizen: maja.id, actor: { kind: 'representative' } });
    expect(JSON.stringify(log.entries)).not.toContain(cpr);
    expect((await hub.ask('citizen', '/v1/citizens', { cpr, claims })).json().citizens).toEqual([{ id: maja.id }]);
  });

  it('a citizen who logs in with their number is found by it', async () => {
    expect((await hub.ask('citizen', planOf(maja), { cpr: maja.cpr })).statusCode).toBe(200);
    expect((await hub.ask('citizen', planOf(maja), { cpr: '0404703333' })).statusCode).toBe(404);
    expect((await hub.ask('citizen', planOf(maja), { citizen: 'everybody' })).statusCode).toBe(401);
  });
});

describe('a source set to say that something exists', () => {
  it('gives stubs without ids to who sees the citizen, and a refusal takes them away', async () => {
    const { world } = hub;
    await database
      .pool()
      .query(
        `insert into source_version (source, domain, existence_shown, valid_from) values ('sensum', 'social', true, '2026-01-01')`,
      );
    const body = (await hub.ask('caseworker-employment', planOf(maja))).json();
    expect(body.hidden).toEqual([{ domain: 'social', source: 'sensum', kind: 'goal' }]);
    expect((await hub.ask('nurse-health', planOf(maja))).statusCode).toBe(404);
    await world.say(maja, 'refuse', 'unit:jobcenter', { domains: ['social'] });
    expect((await hub.ask('caseworker-employment', planOf(maja))).json()).not.toHaveProperty('hidden');
  });
});

describe('emergency access', () => {
  it('shows, and each entry says so', async () => {
    const nurse = personaNamed('nurse-health');
    await database.pool().query(
      `insert into emergency_access (id, citizen_id, person, role, organisation, reason, valid_from, valid_to)
       values ($1, $2, $3, $4, $5, 'x', now() - interval '1 minute', now() + interval '1 hour')`,
      [randomUUID(), maja.id, nurse.person, nurse.role, nurse.organisation],
    );
    log.entries.length = 0;
    expect((await hub.ask(nurse, planOf(maja))).json().plans).toHaveLength(1);
    expect(log.entries[0]).toMatchObject({ emergency: true, decision: 'allowed' });
    expect(log.entries[0]?.bases[0]).toMatch(/^3 databeskyttelsesloven.*emergency:/);
  });
});

describe('nothing leaves before its entry', () => {
  it('the answer waits for the commit', async () => {
    let commit = (): void => undefined;
    const committed = new Promise<void>((resolve) => {
      commit = resolve;
    });
    const asked = Promise.withResolvers<void>();
    const slow = {
      ...rememberingLog(),
      write: async () => {
        asked.resolve();
        await committed;
      },
    };
    const waiting = await createHub(database.pool(), { accessLog: slow, keys: hub.keys });
    let answered = false;
    const answer = waiting.ask('caseworker-employment', planOf(maja)).then((given) => {
      answered = true;
      return given;
    });
    await asked.promise;
    expect(answered).toBe(false);
    commit();
    expect((await answer).statusCode).toBe(200);
  });

  it('a database that is gone is 503, and tells nothing', async () => {
    const gone = createPool('postgres://nobody:secret@127.0.0.1:1/none');
    const lost = await createHub(gone, { keys: hub.keys });
    const answer = await lost.ask('caseworker-employment', planOf(maja));
    expect(answer.statusCode).toBe(503);
    expect(answer.body).not.toMatch(/secret|ECONN|127\.0/);
    expect((await lost.app.inject('/health/ready')).json()).toEqual({ status: 'failing', schema: 'unknown' });
    await gone.end();
  });

  it('a character the store cannot hold is the sender’s mistake', async () => {
    const answer = await hub.ask(
      'citizen',
      {
        method: 'POST',
        url: `/v1/citizens/${maja.id}/consents`,
        payload: { decision: 'refuse', evidence: 'a\u0000b' },
      },
      { citizen: maja.id },
    );
    expect(answer.statusCode).toBe(400);
  });
});
