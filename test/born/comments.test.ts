// Comments over the feed: who sees them follows the record they are about, in the very read in which that one's verdict
// changes; author and time are fixed; each version waits to be journalised.
import { beforeAll, describe, expect, it } from 'vitest';
import { createHub, type Hub, type Person, rememberingLog } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
const log = rememberingLog();
let hub: Hub;
let anna: Person;
let goal = '';

type Reader = Parameters<Hub['ask']>[0];
const write = { claims: { scope: 'plan.read comments.write consents.write enrolments.write' } };
const as = (persona: Reader) => ({ ...write, ...(persona === 'citizen' ? { citizen: anna.id } : {}) });
const post = (persona: Reader, path: string, payload: object = {}) =>
  hub.ask(persona, { method: 'POST', url: `/v1/citizens/${anna.id}/${path}`, payload }, as(persona));
const textsSeenBy = async (persona: Reader): Promise<readonly string[] | number> => {
  const answer = await hub.ask(persona, `/v1/citizens/${anna.id}/comments`, as(persona));
  return answer.statusCode === 200
    ? answer.json().comments.map(({ text }: { text: string }) => text)
    : answer.statusCode;
};
const all = ['caseworker-employment', 'caseworker-social', 'citizen'] as const;
const seen = () => Promise.all(all.map(textsSeenBy));

beforeAll(async () => {
  hub = await createHub(database.pool(), { accessLog: log });
  await hub.world.unit('jobcenter', null);
  await hub.world.unit('social', null);
  await hub.world.unit('fonden-broen', null, 'organisation');
  anna = await hub.world.person('0102703333');
  goal = await hub.world.record({ kind: 'goal', citizens: [anna], ownerUnit: 'jobcenter' });
});

describe('a comment on a record', () => {
  let id = '';
  it('is seen by who sees the record, and its grant brings it to others', async () => {
    const written = await post('citizen', 'comments', { text: 'Jeg vil hellere i køkkenet, 010270-3333', about: goal });
    expect(written.statusCode, written.body).toBe(201);
    id = written.json().id;
    const text = 'Jeg vil hellere i køkkenet, ‹number›';
    expect(await seen()).toEqual([[text], 404, [text]]);
    const grant = await hub.world.say(anna, 'grant', 'unit:social', { record: goal });
    expect(await seen()).toEqual([[text], [text], [text]]);
    const plan = (await hub.ask('caseworker-social', `/v1/citizens/${anna.id}/plan`)).json();
    expect(plan.comments).toMatchObject([{ id, kind: 'comment', source: 'samspil', author: 'Borgeren', version: 1 }]);
    expect(plan.links).toEqual([{ from: id, rel: 'about', to: goal }]);
    await hub.ask('citizen', { method: 'POST', url: `/v1/consents/${grant}/withdraw`, payload: {} }, as('citizen'));
    expect(await textsSeenBy('caseworker-social')).toBe(404);
  });

  it('goes and comes with the record’s own sensitivity, whatever it was when it was said', async () => {
    await hub.world.say(anna, 'grant', 'unit:social', { domains: ['employment'] });
    expect(await textsSeenBy('caseworker-social')).toHaveLength(1);
    const level = (to: string) =>
      database.pool().query(
        `with closed as (update record_version set valid_to = now() where record_id = $1 and valid_to = 'infinity' returning *)
         insert into record_version (record_id, citizen_id, identity_id, kind, domain, source, sensitivity, owner_unit, valid_from)
         select record_id, citizen_id, identity_id, kind, domain, source, $2, owner_unit, now() from closed`,
        [goal, to],
      );
    const other = await hub.world.record({ kind: 'plan', citizens: [anna], ownerUnit: 'jobcenter' });
    await level('sensitive');
    await database.pool().query(`select append_changes(array[$1::uuid], array[null::uuid], array['look'])`, [anna.id]);
    expect(await seen()).toEqual([[expect.any(String)], [], [expect.any(String)]]);
    await level('normal');
    await database.pool().query(`select append_changes(array[$1::uuid], array[null::uuid], array['look'])`, [anna.id]);
    expect(await textsSeenBy('caseworker-social')).toHaveLength(1);
    expect(other).not.toBe(goal);
  });

  it('is answered in a thread; the answer shares its record', async () => {
    const answer = await post('caseworker-social', 'comments', { text: 'Det tager vi op', replyTo: id });
    expect(answer.statusCode, answer.body).toBe(201);
    const { comments } = (
      await hub.ask('caseworker-social', `/v1/citizens/${anna.id}/comments`, as('caseworker-social'))
    ).json();
    expect(comments).toMatchObject([
      { id, mine: false, about: goal },
      { id: answer.json().id, mine: true, about: goal, replyTo: id, author: 'social' },
    ]);
  });

  it('is edited by its author alone; author and time stay', async () => {
    const before = (await hub.ask('citizen', `/v1/citizens/${anna.id}/comments`, as('citizen'))).json().comments[0];
    expect((await post('caseworker-employment', `comments/${id}`, { text: 'Nej' })).statusCode).toBe(403);
    expect((await post('nurse-health', `comments/${id}`, { text: 'Nej' })).statusCode).toBe(404);
    const edited = await post('citizen', `comments/${id}`, { text: 'Helst i køkkenet' });
    expect(edited.json()).toMatchObject({ id, version: 2 });
    const after = (await hub.ask('citizen', `/v1/citizens/${anna.id}/comments`, as('citizen'))).json().comments[0];
    expect(after).toMatchObject({ text: 'Helst i køkkenet', version: 2, at: before.at, author: before.author });
  });

  it('names the field at fault; a record that is not seen is not known', async () => {
    const secret = await hub.world.record({ kind: 'goal', citizens: [anna], domain: 'social', ownerUnit: 'social' });
    const hidden = await post('caseworker-employment', 'comments', { text: 'x', about: secret });
    const absent = await post('caseworker-employment', 'comments', { text: 'x', about: anna.id });
    expect(hidden.statusCode).toBe(400);
    expect(hidden.json().errors).toEqual(absent.json().errors);
    expect((await post('citizen', 'comments', { text: 'x' })).json().errors[0].path).toBe('unit');
    expect((await post('citizen', 'comments', { text: 'x', unit: 'nowhere' })).json().errors[0].path).toBe('unit');
    expect((await post('citizen', 'comments', { text: 'x'.repeat(4001), unit: 'jobcenter' })).statusCode).toBe(400);
    expect((await post('consumer-system', 'comments', { text: 'x' })).statusCode).toBe(403);
  });

  it('is withdrawn by the unit it reached, not by any reader; then nobody has it', async () => {
    expect((await post('caseworker-social', `comments/${id}/withdraw`)).statusCode).toBe(403);
    expect((await post('caseworker-employment', `comments/${id}/withdraw`)).statusCode).toBe(204);
    expect((await post('caseworker-employment', `comments/${id}/withdraw`)).statusCode).toBe(404);
    expect(await seen()).toEqual(Array(3).fill(['Det tager vi op']));
  });
});

describe('a comment on the plan', () => {
  it('reaches the unit the citizen names, and nobody without a grant for what is shared', async () => {
    const eva = anna;
    anna = await hub.world.person('0202703333');
    await hub.world.record({ kind: 'goal', citizens: [anna], ownerUnit: 'jobcenter' });
    await hub.world.say(anna, 'grant', 'unit:social', { domains: ['employment'] });
    const written = await post('citizen', 'comments', { text: 'Hvem ringer til mig?', unit: 'jobcenter' });
    expect(written.statusCode, written.body).toBe(201);
    expect(await seen()).toEqual([['Hvem ringer til mig?'], [], ['Hvem ringer til mig?']]);
    await hub.world.say(anna, 'grant', 'unit:social', { domains: ['shared'], upTo: 'confidential' });
    expect(await textsSeenBy('caseworker-social')).toEqual(['Hvem ringer til mig?']);
    anna = eva;
  });

  it('is left to the citizen and the unit when the record is gone', async () => {
    const lone = await hub.world.record({ kind: 'goal', citizens: [anna], ownerUnit: 'jobcenter' });
    await hub.world.say(anna, 'grant', 'unit:social', {});
    await post('citizen', 'comments', { text: 'Om målet', about: lone });
    expect(await textsSeenBy('caseworker-social')).toContain('Om målet');
    await database.pool().query(`update record_version set valid_to = now() where record_id = $1`, [lone]);
    await database.pool().query('delete from record where id = $1', [lone]);
    await database.pool().query(`select append_changes(array[$1::uuid], array[null::uuid], array['look'])`, [anna.id]);
    expect((await seen()).map((texts) => Array.isArray(texts) && texts.includes('Om målet'))).toEqual([
      true,
      false,
      true,
    ]);
  });
});

it('is kept sealed, and each write has its log entry', async () => {
  const { rows } = await database
    .pool()
    .query(`select body from record_body b join record r on r.id = b.record_id where r.source = 'samspil'`);
  expect(rows.every((row) => row.body === null)).toBe(true);
  const writes = log.entries.filter((entry) => entry.endpoint === 'POST /v1/citizens/:id/comments');
  expect(writes.filter((entry) => entry.decision === 'allowed')).toHaveLength(4);
  expect(writes.every((entry) => entry.citizen !== undefined)).toBe(true);
});
