// Pages over HTTP: a snapshot, what follows, what counts as received, cursors that no longer do, deletions to confirm.
import { beforeEach, describe, expect, it } from 'vitest';
import { endEnrolment } from '../../src/store/enrolment.ts';
import type { Person } from '../feed/fixture.ts';
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
