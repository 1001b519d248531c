// The citizen's ratings over the feed: theirs alone until a grant names them, one a day of each person, never journalised,
// and gone with the enrolment.
import { beforeAll, expect, it } from 'vitest';
import { endEnrolment } from '../../src/store/enrolment.ts';
import { createHub, type Hub, type Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
let hub: Hub;
let anna: Person;
let bo: Person;

type Reader = Parameters<Hub['ask']>[0];
const scope = 'plan.read comments.write consents.write changes.read log.read';
const as = (persona: Reader, citizen = anna) => ({
  claims: { scope },
  ...(persona === 'citizen' ? { citizen: citizen.id } : {}),
});
const answers = { influence: 4, cooperation: 2, direction: 5, comment: 'Ring før kl. 10, 010270-3333' };
const at = (person = anna) => `/v1/citizens/${person.id}`;
const rate = (persona: Reader, payload: object = answers, citizen = anna) =>
  hub.ask(persona, { method: 'POST', url: `${at()}/ratings`, payload }, as(persona, citizen));
const read = (persona: Reader) => hub.ask(persona, `${at()}/ratings`, as(persona));
const seenBy = async (persona: Reader): Promise<number> => (await read(persona)).json().ratings?.length;
const share = (recipient: string) => {
  const payload = { decision: 'grant', recipient, kinds: ['rating'], upTo: 'confidential' };
  return hub.ask('citizen', { method: 'POST', url: `${at()}/consents`, payload }, as('citizen'));
};
const copenhagen = (ms: number) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Copenhagen' }).format(new Date(ms));
const changesAfter = async (after: string) =>
  (
    await hub.ask('consumer-system', `/v1/changes${after === '' ? '' : `?after=${after}`}`, as('consumer-system'))
  ).json();
const inNinety = () => copenhagen(Date.now() + 90 * 86_400_000);

beforeAll(async () => {
  hub = await createHub(database.pool());
  for (const unit of ['jobcenter', 'social', 'sundhed']) await hub.world.unit(unit, null);
  anna = await hub.world.person('0102703333');
  bo = await hub.world.person('0202703333');
  await hub.world.record({ kind: 'goal', citizens: [anna], ownerUnit: 'jobcenter' });
});

it('is said by the citizen, answers when the next is due, and masks numbers', async () => {
  expect((await read('citizen')).json()).toEqual({ ratings: [], due: copenhagen(Date.now()) });
  const written = await rate('citizen');
  expect(written.statusCode, written.body).toBe(201);
  expect(written.json()).toMatchObject({ version: 1, due: inNinety() });
  const { ratings, due } = (await read('citizen')).json();
  expect(due).toBe(inNinety());
  const comment = 'Ring før kl. 10, ‹number›';
  expect(ratings).toMatchObject([{ ...answers, comment, author: 'Borgeren', domain: 'shared', mine: true }]);
  expect((await hub.ask('citizen', `${at()}/plan`, as('citizen'))).json().ratings).toHaveLength(1);
});

it('is one a day of each person: the newer replaces, also of two at once', async () => {
  const first = (await rate('citizen', { ...answers, influence: 1 })).json();
  expect(first.version).toBe(2);
  const both = await Promise.all([rate('citizen'), rate('citizen')]);
  expect(both.map((one) => one.json().version).sort()).toEqual([3, 4]);
  expect(await seenBy('citizen')).toBe(1);
  await database.pool().query(`update born_record set written_at = written_at - interval '1 day'`);
  const next = (await rate('citizen')).json();
  expect(next.id).not.toBe(first.id);
  expect(await seenBy('citizen')).toBe(2);
});

it('refuses what is not an answer, naming the field, and whoever may not rate', async () => {
  for (const [path, wrong] of [
    ['influence', { ...answers, influence: 6 }],
    ['cooperation', { ...answers, cooperation: 2.5 }],
    ['comment', { ...answers, comment: 'x'.repeat(1001) }],
    ['body', { ...answers, mood: 3 }],
  ] as const) {
    const refused = await rate('citizen', wrong);
    expect(refused.json().errors[0].path).toBe(path);
  }
  expect((await rate('caseworker-employment')).statusCode).toBe(403);
  expect((await rate('citizen', answers, bo)).statusCode).toBe(404);
});

it('reaches nobody by own journal, emergency or a general grant; a grant that names it does, and ends', async () => {
  expect(await seenBy('caseworker-employment')).toBe(0);
  await hub.world.say(anna, 'grant', 'unit:jobcenter', { upTo: 'sensitive' });
  expect(await seenBy('caseworker-employment')).toBe(0);
  expect((await hub.ask('caseworker-employment', `${at()}/plan`, as('caseworker-employment'))).json().ratings).toEqual(
    [],
  );
  expect((await read('caseworker-employment')).json()).not.toHaveProperty('due');
  await database.pool().query(
    `insert into emergency_access (id, citizen_id, person, role, organisation, reason, valid_from, valid_to)
     values (gen_random_uuid(), $1, 'egevang-bewi', 'nurse', 'egevang', 'x', now() - interval '1 hour', now() + interval '1 hour')`,
    [anna.id],
  );
  expect((await hub.ask('nurse-health', `${at()}/plan`, as('nurse-health'))).json().goals).toHaveLength(1);
  expect(await seenBy('nurse-health')).toBe(0);
  const grant = await share('unit:social');
  expect(grant.statusCode, grant.body).toBe(201);
  expect(await seenBy('caseworker-social')).toBe(2);
  expect((await rate('caseworker-social')).statusCode).toBe(403);
  expect(await seenBy('caseworker-employment')).toBe(0);
  await hub.ask(
    'citizen',
    { method: 'POST', url: `/v1/consents/${grant.json().id}/withdraw`, payload: {} },
    as('citizen'),
  );
  expect((await read('caseworker-social')).statusCode).toBe(404);
});

it('is never journalised', async () => {
  const { rows } = await database.pool().query('select count(*)::int as n from journal_item');
  expect(rows).toEqual([{ n: 0 }]);
});

it('is told to a copying system only through a grant that names it, and is taken back', async () => {
  await hub.world.say(anna, 'grant', 'consumer:borgerportal', { upTo: 'confidential' });
  const first = await changesAfter('');
  expect(first.entries.map((one: { kind: string }) => one.kind)).not.toContain('rating');
  const { cursor } = await changesAfter(first.cursor);
  await rate('citizen');
  expect((await changesAfter(cursor)).entries).toEqual([]);
  await share('consumer:borgerportal');
  const told = await changesAfter(cursor);
  expect(told.entries).toMatchObject([{ kind: 'rating' }, { kind: 'rating' }]);
  const id = told.entries[0].id;
  const taken = await hub.ask(
    'citizen',
    { method: 'POST', url: `${at()}/ratings/${id}/withdraw`, payload: {} },
    as('citizen'),
  );
  expect(taken.statusCode, taken.body).toBe(204);
  expect((await changesAfter(told.cursor)).entries).toMatchObject([{ op: 'removed', id }]);
});

it('is erased when the enrolment ends', async () => {
  await endEnrolment(database.pool(), anna.enrolment, 'test');
  for (const left of [
    `select from born_record where kind = 'rating'`,
    `select from record where mapping like 'samspil.rating%'`,
    `select from record_version where kind = 'rating' and valid_to = 'infinity'`,
  ])
    expect((await database.pool().query(left)).rowCount).toBe(0);
});
