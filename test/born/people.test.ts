// What is said under a number goes with the number: to whom two numbers are joined, and back when they are parted. And with
// a split, a merge or an ended enrolment nothing reaches anybody it did not reach before.
import { beforeAll, expect, it } from 'vitest';
import { parseNumber } from '../../src/model/cpr.ts';
import { mergeCitizens, splitCitizen } from '../../src/store/people.ts';
import { createHub, type Hub, type Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
let hub: Hub;
const why = { reason: 'test', actor: 'test' };
const number = (text: string) => {
  const parsed = parseNumber(text);
  if (parsed === undefined) throw new Error('not a number');
  return parsed;
};
const claims = { scope: 'plan.read comments.write' };

beforeAll(async () => {
  hub = await createHub(database.pool());
  await hub.world.unit('jobcenter', null);
  await hub.world.unit('social', null);
});

const comment = async (person: Person, text: string, about: string): Promise<void> => {
  const request = { method: 'POST', url: `/v1/citizens/${person.id}/comments`, payload: { text, about } } as const;
  expect((await hub.ask('citizen', request, { citizen: person.id, claims })).statusCode).toBe(201);
};
const seenBy = async (
  persona: 'caseworker-employment' | 'caseworker-social',
  id: string,
): Promise<readonly string[]> => {
  const answer = await hub.ask(persona, `/v1/citizens/${id}/comments`, { claims });
  return answer.statusCode === 200 ? answer.json().comments.map(({ text }: { text: string }) => text) : [];
};
const waitingOf = async (id: string): Promise<readonly string[]> => {
  const { items } = (await hub.ask('caseworker-employment', '/v1/journalising', { claims })).json();
  return items
    .filter((item: { citizen: string }) => item.citizen === id)
    .map((item: { content: { text: string } }) => item.content.text);
};

it('follows its number through a merge and a split', async () => {
  const current = await hub.world.person('0102703333');
  const former = await hub.world.person('0202703333');
  const [kept, moved] = [
    await hub.world.record({ kind: 'goal', citizens: [current], ownerUnit: 'jobcenter' }),
    await hub.world.record({ kind: 'goal', citizens: [former], ownerUnit: 'jobcenter' }),
  ];
  await hub.world.say(current, 'grant', 'unit:social', { domains: ['employment'] });
  await comment(current, 'Om det nye', kept);
  await comment(former, 'Om det gamle', moved);
  const { pool, keys } = { pool: database.pool(), keys: hub.keys };
  await mergeCitizens(pool, keys, { current: number(current.cpr), former: number(former.cpr) }, why);
  expect([...(await seenBy('caseworker-employment', current.id))].sort()).toEqual(['Om det gamle', 'Om det nye']);
  // The grant was given for one number; so are the words it shows.
  expect(await seenBy('caseworker-social', current.id)).toEqual(['Om det nye']);
  expect([...(await waitingOf(current.id))].sort()).toEqual(['Om det gamle', 'Om det nye']);
  await splitCitizen(pool, keys, number(former.cpr), why);
  expect(await seenBy('caseworker-employment', current.id)).toEqual(['Om det nye']);
  expect(await seenBy('caseworker-employment', former.id)).toEqual(['Om det gamle']);
  expect(await waitingOf(current.id)).toEqual(['Om det nye']);
  expect(await waitingOf(former.id)).toEqual(['Om det gamle']);
});
