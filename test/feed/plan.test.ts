// The consolidated plan: what each reader gets, and that asking again costs nothing when nothing changed.
import { beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person, rememberingLog } from './fixture.ts';

const database = useDatabase();
const log = rememberingLog();
let hub: Hub;
let maja: Person;
let records: Record<'plan' | 'goal' | 'social' | 'health' | 'contact', string>;

const planOf = async (persona: Parameters<Hub['ask']>[0], query = '', headers: Record<string, string> = {}) =>
  hub.ask(persona, { url: `/v1/citizens/${maja.id}/plan${query}`, headers }, { citizen: maja.id });
const ids = (body: Record<string, { id: string }[]>, ...lists: string[]): string[] =>
  lists.flatMap((list) => (body[list] ?? []).map((record) => record.id)).sort();

beforeAll(async () => {
  hub = await createHub(database.pool(), { accessLog: log });
  const { world } = hub;
  for (const unit of ['jobcenter', 'social', 'sundhed']) await world.unit(unit, null);
  await world.unit('broen-mentor', 'fonden-broen');
  await world.unit('fonden-broen', null, 'organisation');
  maja = await world.person('0102703333');
  const citizens = [maja];
  records = {
    plan: await world.record({ citizens, ownerUnit: 'jobcenter' }),
    goal: await world.record({
      citizens,
      kind: 'goal',
      ownerUnit: 'jobcenter',
      staleSince: new Date('2026-11-19T00:00:00Z'),
    }),
    social: await world.record({
      citizens,
      kind: 'intervention',
      domain: 'social',
      source: 'sensum',
      sensitivity: 'sensitive',
      ownerUnit: 'social',
      encrypted: true,
    }),
    health: await world.record({
      citizens,
      domain: 'health',
      source: 'kalender',
      ownerUnit: 'sundhed',
      encrypted: true,
    }),
    contact: await world.record({
      citizens,
      kind: 'contact',
      ownerUnit: 'social',
      domain: 'social',
      source: 'sensum',
      protectedFields: { name: 'Hanne Toft', phone: '70201000' },
    }),
  };
  await world.record({
    citizens,
    kind: 'citizen',
    fields: { name: 'Maja Sandkasse', birthDate: '1970-02-01' },
    protectedFields: { address: 'Bøgevej 1' },
  });
  await world.link(records.goal, 'plan', records.plan);
  await world.link(records.social, 'goal', records.goal);
  await world.say(maja, 'grant', 'unit:social', { domains: ['employment'] });
  await world.synced('momentum', 'task', new Date());
  await world.synced('sensum', 'indsats', new Date('2026-01-01T00:00:00Z'));
});

describe('what each reader gets', () => {
  it('the citizen gets every record, decrypted, with master data and the age of today', async () => {
    const answer = await planOf('citizen');
    expect(answer.statusCode, answer.body).toBe(200);
    const body = answer.json();
    expect(ids(body, 'plans', 'goals', 'interventions', 'contacts')).toEqual(Object.values(records).sort());
    expect(body.citizen).toMatchObject({ id: maja.id, kind: 'citizen', name: 'Maja Sandkasse', address: 'Bøgevej 1' });
    expect(body.citizen.age).toBeGreaterThanOrEqual(56);
    expect(body.citizen).not.toHaveProperty('cpr');
    expect(body.goals[0].staleSince).toBe('2026-11-19T00:00:00.000Z');
    expect(body.links).toHaveLength(2);
    expect(body).toMatchObject({ comments: [], requests: [] });
    expect(body.appointments).toEqual([]);
  });

  it('a professional gets the own journal and what a grant shows; links only with both ends', async () => {
    const social = (await planOf('caseworker-social')).json();
    expect(ids(social, 'plans', 'goals', 'interventions', 'contacts')).toEqual(
      [records.plan, records.goal, records.social, records.contact].sort(),
    );
    const nurse = (await planOf('nurse-health')).json();
    expect(ids(nurse, 'plans', 'goals', 'interventions', 'contacts')).toEqual([records.health]);
    expect(nurse.links).toEqual([]);
    const job = (await planOf('caseworker-employment')).json();
    expect(job.links).toEqual([{ from: records.goal, rel: 'plan', to: records.plan }]);
  });

  it('sources are the same for every reader, and unknown is said', async () => {
    const states = (body: { sources: { id: string; state: string }[] }) =>
      body.sources.map((source) => [source.id, source.state]);
    const expected = [
      ['momentum', 'fresh'],
      ['sensum', 'late'],
      ['kalender', 'unknown'],
    ];
    expect(states((await planOf('nurse-health')).json())).toEqual(expected);
    expect(states((await planOf('citizen')).json())).toEqual(expected);
  });

  it('a source whose first fetch of this citizen has not ended is unknown', async () => {
    await database.pool().query(`insert into citizen_fetch (citizen_id, source) values ($1, 'momentum')`, [maja.id]);
    expect((await planOf('citizen')).json().sources[0].state).toBe('unknown');
    await database.pool().query(`update citizen_fetch set state = 'refused', ended_at = now()`);
    expect((await planOf('citizen')).json().sources[0].state).toBe('fresh');
  });

  it('a private reader does not learn a protected name or address; the protected person does', async () => {
    const { world } = hub;
    const protectedOne = await world.person('0202703333');
    const contact = await world.record({
      citizens: [protectedOne],
      kind: 'contact',
      encrypted: true,
      protectedFields: { name: 'Ole Juhl', email: 'o@x.example' },
    });
    await world.record({
      citizens: [protectedOne],
      kind: 'citizen',
      protectedFields: { name: 'Skjult', address: 'Skjult 1' },
    });
    await world.protect(protectedOne);
    await world.say(protectedOne, 'grant', 'organisation:fonden-broen');
    const url = `/v1/citizens/${protectedOne.id}/plan`;
    const provider = (await hub.ask('private-provider', url)).json();
    expect(provider.contacts).toHaveLength(1);
    expect(provider.contacts[0]).not.toHaveProperty('name');
    expect(provider.citizen).not.toHaveProperty('address');
    const own = (await hub.ask('citizen', url, { citizen: protectedOne.id })).json();
    expect(own.contacts[0]).toMatchObject({ id: contact, name: 'Ole Juhl' });
    expect(own.citizen.address).toBe('Skjult 1');
  });
});

describe('asking again', () => {
  it('answers 304 with freshness, and logs it, until what the reader sees changes', async () => {
    const first = await planOf('nurse-health');
    const etag = String(first.headers['etag']);
    expect(etag).toMatch(/^W\/"/);
    log.entries.length = 0;
    const second = await planOf('nurse-health', '', { 'if-none-match': etag });
    expect(second.statusCode).toBe(304);
    expect(second.body).toBe('');
    expect(second.headers['samspil-sources']).toContain('momentum=fresh');
    expect(log.entries).toMatchObject([{ citizen: maja.id, records: [records.health], decision: 'partly' }]);
    // What this reader does not see leaves the tag alone.
    await hub.world.record({ citizens: [maja], ownerUnit: 'jobcenter' });
    expect((await planOf('nurse-health')).headers['etag']).toBe(etag);
    await hub.world.record({
      citizens: [maja],
      kind: 'goal',
      domain: 'health',
      source: 'kalender',
      ownerUnit: 'sundhed',
    });
    expect((await planOf('nurse-health', '', { 'if-none-match': etag })).statusCode).toBe(200);
  });
});

describe('fields', () => {
  it('gives what is named, with id and kind, and logs only that', async () => {
    log.entries.length = 0;
    const body = (await planOf('caseworker-social', '?fields=interventions(title,period),contacts')).json();
    expect(Object.keys(body).sort()).toEqual(['asOf', 'citizen', 'contacts', 'interventions', 'sources']);
    expect(body.interventions).toEqual([
      { id: records.social, kind: 'intervention', title: 'Mentor', period: { start: '2026-02-01' } },
    ]);
    expect(body.citizen).toEqual({ id: maja.id, kind: 'citizen' });
    expect([...(log.entries[0]?.records ?? [])].sort()).toEqual([records.contact, records.social].sort());
  });

  it.each(['nothing', 'plans(nothing)', 'plans(', 'plans,', '', 'plans,plans', 'links(a)'])(
    'refuses %j',
    async (fields) => {
      const answer = await planOf('citizen', `?fields=${encodeURIComponent(fields)}`);
      expect(answer.statusCode).toBe(400);
      expect(answer.json().errors[0].path).toBe('fields');
    },
  );

  it('gives the number only with scope and by name, and says so in the log', async () => {
    expect((await planOf('citizen')).json().citizen).not.toHaveProperty('cpr');
    expect((await planOf('citizen', '?fields=citizen')).json().citizen).not.toHaveProperty('cpr');
    expect((await planOf('citizen', '?fields=citizen(cpr)')).statusCode).toBe(403);
    log.entries.length = 0;
    const answer = await hub.ask('citizen', `/v1/citizens/${maja.id}/plan?fields=citizen(name,cpr)`, {
      citizen: maja.id,
      claims: { scope: 'plan.read cpr.read' },
    });
    expect(answer.json().citizen).toEqual({ id: maja.id, kind: 'citizen', name: 'Maja Sandkasse', cpr: '0102703333' });
    expect(log.entries[0]?.endpoint).toBe('GET /v1/citizens/:id/plan (with cpr)');
  });
});
