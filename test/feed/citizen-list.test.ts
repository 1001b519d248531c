// The list of citizens with what people know each other by: told as the plan tells it, logged as a list and not as a look
// into a plan, once about each citizen it names.
import { beforeAll, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person } from './fixture.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());
let hub: Hub;
let maja: Person;
let hidden: Person;
let protectedOne: Person;

beforeAll(async () => {
  hub = await createHub(database.pool(), { keys, accessLog: createAccessLog(database.pool(), keys) });
  const { world } = hub;
  for (const unit of ['jobcenter', 'social']) await world.unit(unit, null);
  await world.unit('fonden-broen', null, 'organisation');
  await world.unit('broen-mentor', 'fonden-broen');
  maja = await world.person('0102703333');
  protectedOne = await world.person('0202703333');
  hidden = await world.person('0302703333');
  for (const [person, name] of [
    [maja, 'Maja Sandkasse'],
    [protectedOne, 'Ole Beskyttet'],
    [hidden, 'Ingen Ser'],
  ] as const) {
    await world.record({
      citizens: [person],
      kind: 'citizen',
      fields: { birthDate: '1970-02-01' },
      protectedFields: { name, address: 'Bøgevej 1' },
    });
    const ownerUnit = person === hidden ? 'social' : 'jobcenter';
    await world.record({ citizens: [person], domain: 'employment', ownerUnit });
  }
  await world.protect(protectedOne);
  for (const one of [maja, protectedOne]) await world.say(one, 'grant', 'organisation:fonden-broen');
});

const listed = async (persona: Parameters<Hub['ask']>[0], query = '?fields=name,age') => {
  const answer = await hub.ask(persona, `/v1/citizens${query}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().citizens as readonly { id: string; name?: string; age?: number }[];
};

it.each(['caseworker-employment', 'private-provider'] as const)(
  'tells %s of each what the plan would, and of nobody else',
  async (persona) => {
    const citizens = await listed(persona);
    expect(citizens.map(({ id }) => id).sort()).toEqual([maja.id, protectedOne.id].sort());
    for (const { id, ...told } of citizens) {
      const plan = await hub.ask(persona, `/v1/citizens/${id}/plan?fields=citizen(name,age)`);
      const { name, age } = plan.json().citizen;
      expect(told).toEqual({ ...(name === undefined ? {} : { name }), ...(age === undefined ? {} : { age }) });
    }
    const named = citizens.filter(({ name }) => name !== undefined).map(({ name }) => name);
    expect(named.sort()).toEqual(
      persona === 'private-provider' ? ['Maja Sandkasse'] : ['Maja Sandkasse', 'Ole Beskyttet'],
    );
  },
);

it('tells ids alone when nothing is asked for, and only what is asked for', async () => {
  expect(Object.keys((await listed('caseworker-employment', ''))[0] ?? {})).toEqual(['id']);
  expect(Object.keys((await listed('caseworker-employment', '?fields=age'))[0] ?? {})).toEqual(['id', 'age']);
  for (const query of [
    'fields=cpr',
    'fields=name,address',
    'fields=',
    'fields=name&limit=101',
    'fields=name&fields=age',
  ])
    expect((await hub.ask('caseworker-employment', `/v1/citizens?${query}`)).statusCode, query).toBe(400);
});

it('is one look in the log, told to each citizen as a list; opening the plan is another', async () => {
  await listed('caseworker-employment');
  await hub.ask('caseworker-employment', `/v1/citizens/${maja.id}/plan?fields=citizen(name,age)`);
  await hub.ask('caseworker-employment', `/v1/citizens/${maja.id}/plan`);
  const { entries } = (await hub.ask('dpo', '/v1/access-log?organisation=egevang&limit=4')).json();
  expect(entries.map((entry: { endpoint: string }) => entry.endpoint)).toEqual([
    'GET /v1/citizens/:id/plan',
    'GET /v1/citizens/:id/plan (master data)',
    'GET /v1/citizens (with name and age)',
    'GET /v1/citizens (with name and age)',
  ]);
  const looks = entries.map((entry: { occasion: string }) => entry.occasion);
  expect([looks[0] === looks[1], looks[2] === looks[3], looks[1] === looks[2]]).toEqual([true, true, false]);
  const own = { citizen: maja.id, cpr: maja.cpr };
  const page = (await hub.ask('citizen', `/v1/citizens/${maja.id}/access-log?others=true`, own)).json();
  const mine = page.entries.filter(({ kind }: { kind: string }) => kind === 'professional');
  expect(mine.slice(0, 3).map((entry: { text: string }) => /: .*?\) i .*? (så .*?)\./.exec(entry.text)?.[1])).toEqual([
    'så én oplysning om dig',
    'så dit navn eller andre stamoplysninger',
    'så dit navn på en liste over borgere',
  ]);
  expect([mine[0].occasion === mine[1].occasion, mine[1].occasion === mine[2].occasion]).toEqual([true, false]);
  expect(JSON.stringify(mine)).not.toContain('egevang-hato');
});
