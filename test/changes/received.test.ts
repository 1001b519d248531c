// What counts as received, cursors that no longer do, deletions to confirm, and who may follow at all.
import { beforeEach, describe, expect, it } from 'vitest';
import { pruneChanges } from '../../src/store/change-log.ts';
import { unconfirmedPurges } from '../../src/store/consumers.ts';
import { config, type Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { createFeedHub, type FeedHub, told } from './hub.ts';

const database = useDatabase();
let hub: FeedHub;
let anna: Person;
let number = 0;

const newPerson = (): Promise<Person> => {
  number += 1;
  return hub.world.person(`${String((number % 27) + 2).padStart(2, '0')}${number > 27 ? '03' : '02'}703333`);
};

beforeEach(async () => {
  hub = await createFeedHub(database.pool());
  for (const table of ['consumer_hold', 'consumer_page', 'purge', 'consumer', 'change', 'consent'])
    await database.pool().query(`delete from ${table}`);
  await database.pool().query('update change_horizon set pruned_to = 0, due_to = now()');
  anna = await newPerson();
  await hub.world.say(anna, 'grant', 'consumer:borgerportal', { upTo: 'confidential' });
});

const withdraw = async (person: Person): Promise<void> => {
  await database.pool().query('update consent set withdrawn = true where citizen_id = $1', [person.id]);
  await hub.look(person.id);
};

describe('received', () => {
  it('is what came back: removed is repeated until then', async () => {
    const plan = await hub.world.record({ citizens: [anna] });
    const { cursor } = await hub.snapshot();
    await withdraw(anna);
    const removed = [`removed ${plan}`, `removed ${anna.id}`];
    const [first, second] = [await hub.page({ after: cursor }), await hub.page({ after: cursor })];
    expect([told(first), told(second)]).toEqual([removed, removed]);
    expect(first.cursor).not.toBe(second.cursor);
    expect(first.entries[0]).toEqual({ op: 'removed', citizen: anna.id, id: plan, kind: 'plan' });
    expect(told(await hub.page({ after: second.cursor }))).toEqual([]);
    expect(told(await hub.page({ after: second.cursor }))).toEqual([]);
    // Its sibling was dropped, and so was what came before.
    for (const after of [first.cursor, cursor]) {
      const gone = await hub.asked({ after });
      expect(gone.statusCode).toBe(410);
      expect(gone.json().hint).toContain('without after');
    }
  });

  it('only so many pages wait', async () => {
    await hub.world.record({ citizens: [anna] });
    const first = await hub.page();
    for (let n = 0; n < 32; n += 1) await hub.page();
    expect((await hub.asked({ after: first.cursor })).statusCode).toBe(410);
    const { rows } = await database.pool().query('select count(*)::int as n from consumer_page');
    expect(rows).toEqual([{ n: 32 }]);
  });

  it('nothing goes out when the entry cannot be written, and nothing is lost', async () => {
    const plan = await hub.world.record({ citizens: [anna] });
    hub.log.broken = Object.assign(new Error('no'), {});
    expect((await hub.asked()).statusCode).toBe(500);
    hub.log.broken = undefined;
    expect(told(await hub.page())).toContain(`created ${plan}`);
  });
});

describe('a cursor', () => {
  it('that is old or older than the log is gone; an altered one, or another consumer’s, is no cursor', async () => {
    await hub.world.record({ citizens: [anna] });
    const { cursor } = await hub.snapshot();
    const later = await createFeedHub(database.pool(), {
      keys: hub.keys,
      clock: { now: () => new Date(Date.now() + 91 * 86_400_000) },
    });
    const token = await later.token('consumer-system', { now: new Date(Date.now() + 91 * 86_400_000) });
    const headers = { authorization: `Bearer ${token}` };
    expect((await later.app.inject({ url: `/v1/changes?after=${cursor}`, headers })).statusCode).toBe(410);
    const altered = `${cursor.slice(0, -2)}${cursor.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const after of [altered, 'x', '']) expect((await hub.asked({ after })).statusCode).toBe(400);
    const other = await createFeedHub(database.pool());
    expect((await other.asked({ after: cursor })).statusCode).toBe(400);
    await hub.look(anna.id);
    await hub.look(anna.id);
    expect(await pruneChanges(database.pool(), -1000)).toBeGreaterThan(1);
    expect((await hub.asked({ after: cursor })).statusCode).toBe(410);
  });

  it('belongs to one purpose', async () => {
    const [portal] = config.consumers;
    if (portal === undefined) throw new Error('no consumer');
    const twice = { ...config, consumers: [{ ...portal, purposes: ['coordinated-plan', 'follow-up'] }] };
    const both = await createFeedHub(database.pool(), { config: twice });
    const as = (purpose: string, query = '') =>
      both.ask(
        'consumer-system',
        { url: `/v1/changes${query}`, headers: { 'x-purpose': purpose } },
        { claims: { purpose: ['coordinated-plan', 'follow-up'] } },
      );
    const { cursor } = (await as('coordinated-plan')).json() as { cursor: string };
    expect((await as('follow-up', `?after=${cursor}`)).statusCode).toBe(410);
    expect((await as('coordinated-plan', `?after=${cursor}`)).statusCode).toBe(200);
  });
});

describe('deletions', () => {
  it('are open until they are confirmed, and no longer owed once the record is back', async () => {
    const [one, two] = [await hub.world.record({ citizens: [anna] }), await hub.world.record({ citizens: [anna] })];
    const { cursor } = await hub.snapshot();
    const level = async (id: string, to: string): Promise<void> => {
      await database.pool().query('update record_version set sensitivity = $2 where record_id = $1', [id, to]);
      await hub.look(anna.id);
    };
    await level(one, 'vip');
    const first = await hub.page({ after: cursor });
    expect(await unconfirmedPurges(database.pool())).toEqual([]);
    await level(two, 'vip');
    const second = await hub.page({ after: first.cursor });
    expect(told(second)).toEqual([`removed ${two}`, `removed ${anna.id}`]);
    expect(await unconfirmedPurges(database.pool())).toMatchObject([
      { consumer: 'borgerportal', citizenId: anna.id, records: 1 },
    ]);
    expect((await hub.confirm(first.cursor, { 'idempotency-key': 'a' })).statusCode).toBe(204);
    expect((await hub.confirm(first.cursor, { 'idempotency-key': 'a' })).statusCode).toBe(204);
    expect(await unconfirmedPurges(database.pool())).toEqual([]);
    // Confirming what was just given also says that it was received.
    await level(two, 'normal');
    const back = await hub.page({ after: second.cursor });
    expect(await unconfirmedPurges(database.pool())).toMatchObject([{ records: 2 }]);
    expect(told(back)).toEqual([`created ${anna.id}`, `created ${two}`]);
    expect((await hub.confirm(back.cursor)).statusCode).toBe(204);
    expect(await unconfirmedPurges(database.pool())).toEqual([]);
    const { rows } = await database.pool().query('select record_id from purge');
    expect(rows).toEqual([{ record_id: one }]);
    expect((await hub.confirm('nonsense')).statusCode).toBe(400);
  });
});

describe('who may follow', () => {
  it('is a registered system that keeps copies', async () => {
    const everyScope = { claims: { scope: 'changes.read' } };
    expect((await hub.ask('caseworker-employment', '/v1/changes', everyScope)).statusCode).toBe(403);
    const consumers = config.consumers.map((consumer) => ({ ...consumer, copies: false }));
    const readsPlans = await createFeedHub(database.pool(), { config: { ...config, consumers } });
    const refused = await readsPlans.asked();
    expect(refused.statusCode).toBe(403);
    expect(refused.json().hint).toContain('plans');
    expect(readsPlans.log.entries.map((entry) => entry.decision)).toEqual(['denied']);
    expect((await readsPlans.confirm('x')).statusCode).toBe(403);
  });

  it('is told what is wrong with the request', async () => {
    for (const query of ['limit=0', 'limit=1001', 'wait=61', 'wait=x'])
      expect((await hub.ask('consumer-system', `/v1/changes?${query}`)).statusCode).toBe(400);
  });
});
