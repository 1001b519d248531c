// Pages over HTTP: a snapshot, what follows, what counts as received, cursors that no longer do, deletions to confirm.
import { beforeEach, describe, expect, it } from 'vitest';
import { pruneChanges } from '../../src/store/change-log.ts';
import { unconfirmedPurges } from '../../src/store/consumers.ts';
import { endEnrolment } from '../../src/store/enrolment.ts';
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

describe('a snapshot', () => {
  it('brings master data first, then records with their links, and is logged per citizen', async () => {
    const plan = await hub.world.record({ citizens: [anna] });
    const goal = await hub.world.record({ kind: 'goal', citizens: [anna], encrypted: true, staleSince: new Date(0) });
    await hub.world.record({ kind: 'citizen', citizens: [anna], fields: { name: 'Anna', birthDate: '1970-02-01' } });
    const hidden = await hub.world.record({ citizens: [anna], sensitivity: 'vip' });
    await hub.world.link(goal, 'plan', plan);
    await hub.world.link(plan, 'about', hidden);
    hub.log.entries.length = 0;
    const page = await hub.page();
    expect(page.more).toBe(false);
    expect(page.entries[0]).toEqual({
      op: 'created',
      citizen: anna.id,
      id: anna.id,
      kind: 'citizen',
      record: { id: anna.id, kind: 'citizen', name: 'Anna', birthDate: '1970-02-01' },
      links: [],
    });
    const byId = new Map(page.entries.map((entry) => [entry.id, entry]));
    expect([...byId.keys()].sort()).toEqual([anna.id, plan, goal].sort());
    expect(byId.get(goal)?.links).toEqual([{ from: goal, rel: 'plan', to: plan }]);
    expect(byId.get(goal)?.record).toMatchObject({ text: 'Komme i praktik', staleSince: '1970-01-01T00:00:00.000Z' });
    expect(byId.get(plan)?.links).toEqual([]);
    expect(hub.log.entries).toHaveLength(1);
    expect(hub.log.entries[0]).toMatchObject({
      citizen: anna.id,
      decision: 'allowed',
      endpoint: 'GET /v1/changes',
      actor: { consumer: 'borgerportal', organisation: 'egevang-borgerportal' },
    });
    expect([...(hub.log.entries[0]?.records ?? [])].sort()).toEqual([plan, goal].sort());
    expect(hub.log.entries[0]?.bases[0]).toMatch(/^6 consent:/);
  });

  it('spans pages, citizen by citizen, and then follows', async () => {
    const bo = await newPerson();
    await hub.world.say(bo, 'grant', 'consumer:borgerportal');
    const ids = [];
    for (const person of [anna, bo])
      for (let n = 0; n < 5; n += 1) ids.push(await hub.world.record({ citizens: [person] }));
    const { entries, cursor } = await hub.snapshot(3);
    expect(told({ entries }).toSorted()).toEqual([...ids, anna.id, bo.id].map((id) => `created ${id}`).sort());
    const late = await hub.world.record({ citizens: [bo] });
    await hub.look(bo.id);
    expect(told(await hub.page({ after: cursor }))).toEqual([`created ${late}`]);
  });

  it('begun again brings everything anew, and says what is to go', async () => {
    const [kept, lost] = [await hub.world.record({ citizens: [anna] }), await hub.world.record({ citizens: [anna] })];
    const first = await hub.snapshot();
    await database.pool().query(`update record_version set sensitivity = 'vip' where record_id = $1`, [lost]);
    const again = await hub.snapshot(1);
    expect(told(again).toSorted()).toEqual([`created ${anna.id}`, `created ${kept}`, `removed ${lost}`].sort());
    // The copy that was restored from a backup comes with a cursor that was overtaken.
    expect((await hub.asked({ after: first.cursor })).statusCode).toBe(410);
  });
});

describe('what follows', () => {
  it('a row larger than the page spans pages', async () => {
    const { cursor } = await hub.snapshot();
    const ids = [];
    for (let n = 0; n < 7; n += 1) ids.push(await hub.world.record({ citizens: [anna] }));
    await hub.look(anna.id);
    const seen: string[] = [];
    let page = await hub.page({ after: cursor, limit: 3 });
    for (; page.more; page = await hub.page({ after: page.cursor, limit: 3 })) {
      expect(page.entries).toHaveLength(3);
      seen.push(...told(page));
    }
    seen.push(...told(page));
    expect(seen.toSorted()).toEqual([anna.id, ...ids].map((id) => `created ${id}`).sort());
    expect(told(await hub.page({ after: page.cursor }))).toEqual([]);
  });

  it('what nobody sees changes nothing, and nothing shows that it happened', async () => {
    const plan = await hub.world.record({ citizens: [anna] });
    const { cursor } = await hub.snapshot();
    const secret = await hub.world.record({ citizens: [anna], sensitivity: 'vip' });
    await hub.world.link(plan, 'about', secret);
    // The stored text is written anew with the same content, as when something hidden in the record changed.
    await database.pool().query(`update record set content_hash = sha256('other') where id = $1`, [plan]);
    await database
      .pool()
      .query(
        `update record_body set body = replace(body, '2026-11-20T10:00', '2026-11-21T10:00') where record_id = $1`,
        [plan],
      );
    await hub.look(anna.id);
    const answer = await hub.page({ after: cursor });
    expect(answer).toMatchObject({ entries: [], more: false });
    expect(answer.cursor).toHaveLength(cursor.length);
    // The earlier cursor is as good as it was: a hidden change moves no page.
    expect(await hub.page({ after: cursor })).toMatchObject({ entries: [], more: false });
  });

  it('what one citizen says reaches the records they share with another', async () => {
    const bo = await newPerson();
    const shared = await hub.world.record({ citizens: [anna, bo] });
    const { cursor, entries } = await hub.snapshot();
    expect(entries).toEqual([]);
    await hub.world.say(bo, 'grant', 'consumer:borgerportal');
    await hub.look(bo.id);
    const seen = await hub.page({ after: cursor });
    const both = [anna, bo].flatMap(({ id }) => [`created ${id} ${id}`, `created ${id} ${shared}`]);
    expect(seen.entries.map(({ op, citizen, id }) => `${op} ${citizen} ${id}`).toSorted()).toEqual(both.sort());
    await withdraw(bo);
    const gone = await hub.page({ after: seen.cursor });
    expect(told(gone).filter((line) => line === `removed ${shared}`)).toHaveLength(2);
    // Nobody stands in Anna's way once Bo is not enrolled.
    await endEnrolment(database.pool(), bo.enrolment, 'test');
    expect(told(await hub.page({ after: gone.cursor }))).toEqual([`created ${anna.id}`, `created ${shared}`]);
  });

  it('protection turning on is a change, for a private reader', async () => {
    const persona = { claims: { sector: 'private' } };
    const plan = await hub.world.record({ citizens: [anna], protectedFields: { purpose: 'Engvej 1' } });
    await hub.world.record({ kind: 'citizen', citizens: [anna], fields: { name: 'Anna', gender: 'female' } });
    const ask = async (after?: string) =>
      (
        await hub.ask('consumer-system', `/v1/changes${after === undefined ? '' : `?after=${after}`}`, persona)
      ).json() as Awaited<ReturnType<FeedHub['page']>>;
    const { cursor } = await ask();
    await hub.world.protect(anna);
    await hub.look(anna.id);
    const page = await ask(cursor);
    expect(told(page)).toEqual([`changed ${anna.id}`, `changed ${plan}`]);
    expect(page.entries[0]?.record).toEqual({ id: anna.id, kind: 'citizen', gender: 'female' });
    expect(page.entries[1]?.record).not.toHaveProperty('purpose');
    expect((await hub.asked({ after: page.cursor })).statusCode).toBe(410);
  });

  it('a grant that fell due takes effect with the next read, and its end too', async () => {
    await database.pool().query('delete from consent');
    const plan = await hub.world.record({ citizens: [anna] });
    const { cursor } = await hub.snapshot();
    const id = await hub.world.say(anna, 'grant', 'consumer:borgerportal');
    // Said half an hour ago, for a start that has just passed; the horizon is before it.
    const dated = (column: string, to: string) =>
      database.pool().query(`update consent set ${column} = ${to} where id = $1`, [id]);
    await dated('valid_from', `now() - interval '1 second'`);
    await database.pool().query(`update change_horizon set due_to = now() - interval '1 minute'`);
    const page = await hub.page({ after: cursor });
    expect(told(page)).toEqual([`created ${anna.id}`, `created ${plan}`]);
    await dated('valid_to', 'clock_timestamp()');
    const end = await hub.page({ after: page.cursor });
    expect(told(end)).toEqual([`removed ${plan}`, `removed ${anna.id}`]);
    const { rows } = await database.pool().query('select count(*)::int as n from change where op = $1', ['look']);
    await hub.page({ after: end.cursor });
    expect((await database.pool().query('select count(*)::int as n from change where op = $1', ['look'])).rows).toEqual(
      rows,
    );
  });
});

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
    for (let n = 0; n < 16; n += 1) await hub.page();
    expect((await hub.asked({ after: first.cursor })).statusCode).toBe(410);
    const { rows } = await database.pool().query('select count(*)::int as n from consumer_page');
    expect(rows).toEqual([{ n: 16 }]);
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
