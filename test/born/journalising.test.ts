// What was said in the hub reaches the responsible unit's list, once per version, and no end of an enrolment takes it away
// before the unit has confirmed it or the DPO has released it. Then nothing of it is left.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { journalPatienceMs, waitingPerUnit } from '../../src/store/journal-items.ts';
import { createHub, type Hub, type Person, personaNamed, rememberingLog } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
const log = rememberingLog();
let hub: Hub;
let anna: Person;
let goal = '';
let day = 0;

type Reader = Parameters<Hub['ask']>[0];
interface Item {
  readonly id: string;
  readonly citizen: string;
  readonly content?: { readonly text?: string };
}
const scope = { claims: { scope: 'plan.read comments.write consents.write enrolments.write cpr.read log.read' } };
const as = (persona: Reader) => ({ ...scope, ...(persona === 'citizen' ? { citizen: anna.id } : {}) });
const post = (persona: Reader, url: string, payload: object = {}) =>
  hub.ask(persona, { method: 'POST', url, payload }, as(persona));
const list = async (persona: Reader, query = ''): Promise<readonly Item[]> => {
  const answer = await hub.ask(persona, `/v1/journalising${query}`, as(persona));
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().items.filter((item: Item) => item.citizen === anna.id);
};
const comment = async (text: string, about = goal): Promise<string> => {
  const answer = await post('citizen', `/v1/citizens/${anna.id}/comments`, { text, about });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json().id;
};
const textsOf = (items: readonly Item[]) => items.map((item) => item.content?.text);
const left = async (): Promise<number> => {
  const { rows } = await database
    .pool()
    .query<{ n: number }>(
      `select count(*)::int as n from born_record b join identity i on i.id = b.identity_id where i.citizen_id = $1`,
      [anna.id],
    );
  return rows[0]?.n ?? -1;
};

beforeAll(async () => {
  hub = await createHub(database.pool(), { accessLog: log });
  await hub.world.unit('arbejdsmarked', null);
  await hub.world.unit('jobcenter', 'arbejdsmarked');
  await hub.world.unit('social', null);
});
beforeEach(async () => {
  day += 1;
  anna = await hub.world.person(`${String(day).padStart(2, '0')}02703333`);
  goal = await hub.world.record({ kind: 'goal', citizens: [anna], ownerUnit: 'jobcenter' });
});

describe('the list', () => {
  it('has each version for the unit and whoever is above it, for nobody else', async () => {
    const id = await comment('Første');
    await post('citizen', `/v1/citizens/${anna.id}/comments/${id}`, { text: 'Anden' });
    expect(textsOf(await list('caseworker-employment'))).toEqual(['Første', 'Anden']);
    expect(textsOf(await list('caseworker-employment', '?unit=jobcenter'))).toEqual(['Første', 'Anden']);
    expect(await list('caseworker-employment', '?unit=social')).toEqual([]);
    const above = { ...personaNamed('caseworker-employment'), person: 'egevang-chef', unit: 'arbejdsmarked' };
    expect(textsOf(await list(above))).toEqual(['Første', 'Anden']);
    expect(await list('caseworker-social')).toEqual([]);
    expect((await hub.ask('citizen', '/v1/journalising', as('citizen'))).statusCode).toBe(403);
    expect((await hub.ask('administrator', '/v1/journalising', as('administrator'))).statusCode).toBe(403);
  });

  it('comes in pages, names the number only when asked for, and is logged per citizen', async () => {
    await comment('En');
    await comment('To');
    log.entries.length = 0;
    const first = await hub.ask(
      'caseworker-employment',
      '/v1/journalising?limit=1&fields=cpr',
      as('caseworker-employment'),
    );
    expect(first.json().more).toBe(true);
    const [all] = [await list('caseworker-employment', '?fields=cpr')];
    expect(all).toMatchObject([{ cpr: anna.cpr }, { cpr: anna.cpr }]);
    expect(await list('caseworker-employment', `?after=${all[0]?.id}`)).toHaveLength(1);
    expect((await list('caseworker-employment'))[0]).not.toHaveProperty('cpr');
    const entry = log.entries.find((one) => one.citizen === anna.id);
    expect(entry).toMatchObject({ endpoint: 'GET /v1/journalising (with cpr)', decision: 'allowed' });
    expect(entry?.records).toHaveLength(2);
  });

  it('follows the record to another unit, and reminds of what is late', async () => {
    await comment('Flyttet');
    await database
      .pool()
      .query(`update record_version set owner_unit = 'social' where record_id = $1 and valid_to = 'infinity'`, [goal]);
    expect(await list('caseworker-employment')).toEqual([]);
    expect(textsOf(await list('caseworker-social'))).toEqual(['Flyttet']);
    expect(await list('caseworker-social', '?late=yes')).toEqual([]);
    await database.pool().query(`update journal_item set said_at = said_at - interval '15 days'`);
    expect(await list('caseworker-social', '?late=yes')).toMatchObject([{ late: true }]);
    const units = await waitingPerUnit(database.pool(), new Date(Date.now() - journalPatienceMs));
    expect(units.find(({ unit }) => unit === 'social')).toMatchObject({ waiting: 1, late: 1, ended: 0 });
  });
});

describe('settling', () => {
  it('is the unit’s with a reference, once; another unit’s is not there', async () => {
    await comment('Til journalen');
    const [item] = await list('caseworker-employment');
    const confirm = (persona: Reader, payload: object = { journalReference: '2026-17' }) =>
      post(persona, `/v1/journalising/${item?.id}/confirm`, payload);
    expect((await confirm('caseworker-social')).statusCode).toBe(404);
    expect((await confirm('dpo')).statusCode).toBe(403);
    expect((await confirm('caseworker-employment', {})).json().errors[0].path).toBe('journalReference');
    expect((await confirm('caseworker-employment')).statusCode).toBe(204);
    expect((await confirm('caseworker-employment')).statusCode).toBe(404);
    expect(await list('caseworker-employment')).toEqual([]);
    const { rows } = await database.pool().query('select content from journal_item where id = $1', [item?.id]);
    expect(rows).toEqual([{ content: Buffer.alloc(0) }]);
    expect((await post('caseworker-employment', `/v1/journalising/${item?.id}/release`)).statusCode).toBe(403);
  });
});

it('edits and confirmations at the same time are each done once', async () => {
  const id = await comment('Første');
  const edits = Array.from({ length: 6 }, (_, n) =>
    post('citizen', `/v1/citizens/${anna.id}/comments/${id}`, { text: `Rettet ${n}` }),
  );
  const versions = (await Promise.all(edits)).map((answer) => answer.json().version);
  expect(versions.sort()).toEqual([2, 3, 4, 5, 6, 7]);
  const items = await list('caseworker-employment');
  expect(items).toHaveLength(7);
  const confirm = () =>
    post('caseworker-employment', `/v1/journalising/${items[0]?.id}/confirm`, { journalReference: '1' });
  const codes = (await Promise.all([confirm(), confirm(), confirm(), confirm()])).map((answer) => answer.statusCode);
  expect(codes.sort()).toEqual([204, 404, 404, 404]);
});

describe('the end of an enrolment', () => {
  const end = () => post('citizen', `/v1/enrolments/${anna.enrolment}/end`);

  it('keeps what waits, for the unit and the DPO alone, until it is confirmed', async () => {
    await comment('Confirmed before');
    const [before] = await list('caseworker-employment');
    await post('caseworker-employment', `/v1/journalising/${before?.id}/confirm`, { journalReference: '1' });
    await comment('Ukvitteret');
    // While the record lives the DPO sees that it waits, and not what it says.
    expect(textsOf(await list('dpo'))).toEqual([undefined]);
    expect((await end()).statusCode).toBe(204);
    expect(await left()).toBe(1);
    expect((await hub.ask('citizen', `/v1/citizens/${anna.id}/comments`, as('citizen'))).json().comments).toEqual([]);
    expect((await hub.ask('caseworker-employment', `/v1/citizens/${anna.id}/comments`)).statusCode).toBe(404);
    expect(textsOf(await list('dpo'))).toEqual(['Ukvitteret']);
    const [waiting] = await list('caseworker-employment');
    expect(waiting).toMatchObject({ enrolmentEnded: true, content: { text: 'Ukvitteret' } });
    expect(await list('caseworker-social')).toEqual([]);
    await post('caseworker-employment', `/v1/journalising/${waiting?.id}/confirm`, { journalReference: '2' });
    expect(await left()).toBe(0);
  });

  it('waits its turn: what is said while it ends is kept for the journal or refused, never half', async () => {
    const said = Array.from({ length: 8 }, (_, n) =>
      post('citizen', `/v1/citizens/${anna.id}/comments`, { text: `Nr. ${n}`, about: goal }),
    );
    const [, ...answers] = await Promise.all([end(), ...said]);
    const written = answers.filter((answer) => answer.statusCode === 201).length;
    expect(answers.every(({ statusCode }) => [201, 400].includes(statusCode))).toBe(true);
    expect(await list('dpo')).toHaveLength(written);
    const { rows } = await database
      .pool()
      .query(
        `select from record r join born_record b on b.record_id = r.id join identity i on i.id = b.identity_id where i.citizen_id = $1`,
        [anna.id],
      );
    expect(rows).toEqual([]);
  });

  it('lets go of it when the DPO releases it', async () => {
    await comment('Frigives');
    await end();
    const [waiting] = await list('dpo');
    expect((await post('dpo', `/v1/journalising/${waiting?.id}/release`, { reason: 'Dublet' })).statusCode).toBe(204);
    expect(await left()).toBe(0);
  });

  it('brings nothing back with a new enrolment', async () => {
    await comment('Fra før');
    await end();
    await hub.world.person(anna.cpr);
    expect((await hub.ask('citizen', `/v1/citizens/${anna.id}/comments`, as('citizen'))).json().comments).toEqual([]);
    expect(await left()).toBe(1);
  });
});

it('what is withdrawn still waits, and is gone once it is confirmed', async () => {
  const id = await comment('Fortrudt');
  expect((await post('dpo', `/v1/citizens/${anna.id}/comments/${id}/withdraw`)).statusCode).toBe(204);
  const [item] = await list('caseworker-employment');
  expect(item).toMatchObject({ withdrawn: true, content: { text: 'Fortrudt' } });
  await post('caseworker-employment', `/v1/journalising/${item?.id}/confirm`, { journalReference: '3' });
  expect(await left()).toBe(0);
});
