// Agreements from network meetings and adjustment requests: beside the sources' own in the plan, told by `changes`, answered
// by the unit that owns the record, and gone with the record they are about.
import { beforeAll, describe, expect, it } from 'vitest';
import { createHub, type Hub, type Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
let hub: Hub;
let anna: Person;
let [meeting, mentor] = ['', ''];

type Reader = Parameters<Hub['ask']>[0];
const scope = { claims: { scope: 'plan.read comments.write consents.write changes.read' } };
const as = (persona: Reader) => ({ ...scope, ...(persona === 'citizen' ? { citizen: anna.id } : {}) });
const post = (persona: Reader, path: string, payload: object = {}) =>
  hub.ask(persona, { method: 'POST', url: `/v1/citizens/${anna.id}/${path}`, payload }, as(persona));
const planOf = async (persona: Reader) => (await hub.ask(persona, `/v1/citizens/${anna.id}/plan`, as(persona))).json();
const changesAfter = async (after: string) =>
  (
    await hub.ask('consumer-system', `/v1/changes${after === '' ? '' : `?after=${after}`}`, as('consumer-system'))
  ).json();

beforeAll(async () => {
  hub = await createHub(database.pool());
  await hub.world.unit('jobcenter', null);
  await hub.world.unit('social', null);
  await hub.world.unit('broen-mentor', null);
  anna = await hub.world.person('0102703333');
  meeting = await hub.world.record({ kind: 'appointment', citizens: [anna], ownerUnit: 'jobcenter' });
  mentor = await hub.world.record({ kind: 'intervention', citizens: [anna], ownerUnit: 'jobcenter' });
  await hub.world.say(anna, 'grant', 'organisation:fonden-broen', { record: mentor });
  await hub.world.say(anna, 'grant', 'unit:social', { record: meeting });
});

describe('an agreement', () => {
  let id = '';
  const agreed = { text: 'Virksomhedsbesøg aftales', responsible: 'Jobcenteret', followUpAt: '2026-12-15' };
  it('stands in the plan of whoever sees the meeting', async () => {
    const written = await post('caseworker-social', 'agreements', { ...agreed, meeting });
    expect(written.statusCode, written.body).toBe(201);
    id = written.json().id;
    for (const persona of ['citizen', 'caseworker-employment', 'caseworker-social'] as const) {
      const plan = await planOf(persona);
      expect(plan.agreements).toMatchObject([{ id, ...agreed, status: 'planned', source: 'samspil' }]);
      expect(plan.links).toContainEqual({ from: id, rel: 'meeting', to: meeting });
    }
    expect((await planOf('private-provider')).agreements).toEqual([]);
  });

  it('changes by its author and the unit, field by field; a meeting is an appointment', async () => {
    expect((await post('caseworker-employment', `agreements/${id}`, { status: 'completed' })).json().version).toBe(2);
    expect((await post('caseworker-social', `agreements/${id}`, { priority: 'high' })).json().version).toBe(3);
    expect((await post('citizen', `agreements/${id}`, { status: 'cancelled' })).statusCode).toBe(403);
    expect((await post('caseworker-social', `agreements/${id}`, {})).statusCode).toBe(400);
    expect((await planOf('citizen')).agreements).toMatchObject([{ ...agreed, status: 'completed', priority: 'high' }]);
    const wrong = await post('caseworker-employment', 'agreements', { ...agreed, meeting: mentor });
    expect(wrong.json().errors[0].path).toBe('meeting');
  });
});

describe('an adjustment request', () => {
  let id = '';
  const asks = { what: 'To timer mere om ugen', why: 'Transporten tager tiden', dueAt: '2026-12-01' };
  const listed = async (persona: Reader, query = ''): Promise<readonly { readonly outcome: string }[]> =>
    (await hub.ask(persona, `/v1/requests${query}`, as(persona))).json().requests;

  it('goes from the provider to the unit, and to nobody who does not see the intervention', async () => {
    const written = await post('private-provider', 'requests', { ...asks, about: mentor });
    expect(written.statusCode, written.body).toBe(201);
    id = written.json().id;
    expect(await listed('caseworker-employment')).toMatchObject([{ id, ...asks, outcome: 'open', about: mentor }]);
    expect(await listed('private-provider', '?outcome=open')).toHaveLength(1);
    expect(await listed('caseworker-social')).toEqual([]);
    expect((await planOf('caseworker-social')).requests).toEqual([]);
    expect((await post('citizen', 'requests', { ...asks, about: mentor })).statusCode).toBe(403);
  });

  it('is answered by the unit alone, and the provider reads it', async () => {
    const answer = { outcome: 'declined', answer: 'Bevillingen er fuldt brugt' };
    expect((await post('private-provider', `requests/${id}/answer`, answer)).statusCode).toBe(403);
    expect((await post('caseworker-social', `requests/${id}/answer`, answer)).statusCode).toBe(404);
    expect((await post('caseworker-employment', `requests/${id}/answer`, answer)).json().version).toBe(2);
    expect((await planOf('private-provider')).requests).toMatchObject([
      { ...asks, ...answer, answeredBy: 'jobcenter' },
    ]);
    expect(await listed('private-provider', '?outcome=open')).toEqual([]);
  });

  it('leaves no gap in a page for what its sender may no longer see', async () => {
    const grant = await hub.world.say(anna, 'refuse', 'organisation:fonden-broen', { record: mentor });
    const answer = await hub.ask('private-provider', '/v1/requests?limit=1', as('private-provider'));
    expect(answer.json()).toEqual({ requests: [], more: false });
    await hub.ask('citizen', { method: 'POST', url: `/v1/consents/${grant}/withdraw`, payload: {} }, as('citizen'));
    expect(await listed('private-provider')).toHaveLength(1);
  });
});

it('systems with copies are told of what is said and what goes with the record', async () => {
  const first = await changesAfter('');
  expect(first.entries).toEqual([]);
  const grant = await hub.world.say(anna, 'grant', 'consumer:borgerportal', { record: mentor });
  const second = await changesAfter(first.cursor);
  expect(second.entries.map((one: { kind: string }) => one.kind).sort()).toEqual([
    'citizen',
    'intervention',
    'request',
  ]);
  await post('caseworker-employment', 'comments', { text: 'Vi ser på det', about: mentor });
  const third = await changesAfter(second.cursor);
  expect(third.entries).toMatchObject([{ op: 'created', kind: 'comment', record: { text: 'Vi ser på det' } }]);
  await hub.ask('citizen', { method: 'POST', url: `/v1/consents/${grant}/withdraw`, payload: {} }, as('citizen'));
  const fourth = await changesAfter(third.cursor);
  expect(fourth.entries.map((one: { op: string }) => one.op)).toEqual(Array(4).fill('removed'));
});
