// Who says something here: the citizen, who speaks for them, and professionals. Somebody of the citizen's own network reads
// what they were granted and says nothing in the citizen's name; a parent's words are never told as the child's.
import { beforeAll, expect, it } from 'vitest';
import { createHub, type Hub, type Person, personaNamed } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
let hub: Hub;
let anna: Person;
let mother: Person;
let goal = '';
const claims = { scope: 'plan.read comments.write consents.write' };

beforeAll(async () => {
  hub = await createHub(database.pool());
  await hub.world.unit('jobcenter', null);
  anna = await hub.world.person('0102703333');
  mother = await hub.world.person('0506703333');
  goal = await hub.world.record({ kind: 'goal', citizens: [anna], ownerUnit: 'jobcenter' });
  await hub.world.say(anna, 'grant', `person:${personaNamed('network-person').person}`, {});
});

const asMother = (method: 'GET' | 'POST', path: string, payload?: object) =>
  hub.ask(
    'network-person',
    { method, url: `/v1/citizens/${anna.id}/${path}`, ...(payload === undefined ? {} : { payload }) },
    { citizen: mother.id, cpr: mother.cpr, claims },
  );

it('somebody of the network reads and does not speak', async () => {
  expect((await asMother('GET', 'plan')).json().goals).toHaveLength(1);
  for (const [path, body] of [
    ['comments', { text: 'Jeg siger det for hende', about: goal }],
    ['agreements', { text: 'Vi ringes ved', responsible: 'Mor', unit: 'jobcenter' }],
  ] as const)
    expect([path, (await asMother('POST', path, body)).statusCode]).toEqual([path, 403]);
  expect((await asMother('GET', 'comments')).json().comments).toEqual([]);
});

it('who speaks for the citizen is told as that, whatever they log in as', async () => {
  const given = await hub.ask(
    'citizen',
    {
      method: 'POST',
      url: `/v1/citizens/${anna.id}/representations`,
      payload: { type: 'powerOfAttorney', cpr: mother.cpr, evidence: 'Fuldmagt', to: '2030-01-01' },
    },
    { citizen: anna.id, claims },
  );
  expect(given.statusCode, given.body).toBe(201);
  const said = await asMother('POST', 'comments', { text: 'Hun vil gerne tidligere hjem', about: goal });
  expect(said.statusCode, said.body).toBe(201);
  const { comments } = (await asMother('GET', 'comments')).json();
  expect(comments).toMatchObject([{ author: 'Borgerens repræsentant', mine: true }]);
});
