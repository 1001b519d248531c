// Through the whole line, source to reader: records that come before anybody knows whose they are, records that move,
// siblings with one plan, and an enrolment that ends. What is asked is the feed; what is changed is the source.
import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  anna,
  bo,
  carl,
  caseOf,
  changesOf,
  enrolToy,
  lastPosition,
  noData,
  person,
  type ToyData,
  task,
} from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { emptyLine, type Line, openLine } from './line-hub.ts';

const database = useDatabase();
let line: Line;
let data: ToyData;
beforeAll(async () => {
  line = await openLine(database);
});
beforeEach(async () => {
  await emptyLine(line);
  data = noData();
  data.person = [person('p1', anna, 'Anna And'), person('p2', bo, 'Bo Bi')];
});

const grantTo = (recipient: string, more: object = {}) => ({
  decision: 'grant',
  recipient,
  domains: ['social'],
  ...more,
});
const idOf = async (citizen: string, title: string): Promise<string> => {
  const plans = (await line.plan('citizen', citizen)).json().plans as { id: string; title: string }[];
  return plans.find((plan) => plan.title === title)?.id ?? '';
};
const stateOf = async (citizen: string): Promise<string> =>
  (await line.plan('citizen', citizen)).json().sources[0].state;

describe('a record that comes before its subject is known', () => {
  it.each([{ perCitizen: true }, { perCitizen: false }])('comes again once it is known ($perCitizen)', async (how) => {
    const { citizenId } = await enrolToy(line.deps, anna);
    const source = line.source(data, { mode: 'incremental', ...how });
    await line.pull(source);
    data.task.push(task('t1', 'c1', 'Mentor'));
    await line.pull(source);
    expect(await line.titles('citizen', citizenId)).toEqual([]);
    expect((await database.pool().query('select 1 from record where source_kind = $1', ['task'])).rowCount).toBe(0);

    // Nothing in the source's list of tasks is new when the case arrives: only asking again brings the task.
    data.case.push(caseOf('c1', [anna], 'Plan A'));
    expect(await stateOf(citizenId)).toBe('fresh');
    await line.pull(source);
    expect(await line.titles('citizen', citizenId)).toEqual(['Mentor', 'Plan A']);
    expect(await line.titles('caseworker-social', citizenId)).toEqual(['Mentor', 'Plan A']);
    expect((await line.plan('citizen', citizenId)).json().links).toHaveLength(1);
    expect(await stateOf(citizenId)).toBe('fresh');
  });
});

describe('a record that moves to another citizen', () => {
  it('is lost to the old one’s readers, gained by the new one’s, and single-record grants end', async () => {
    const [from, to] = [await enrolToy(line.deps, anna), await enrolToy(line.deps, bo)];
    data.case = [caseOf('c1', [anna], 'Plan A'), caseOf('c2', [bo], 'Plan B')];
    const source = line.source(data);
    await line.pull(source);
    const record = await idOf(from.citizenId, 'Plan A');
    await line.say(from.citizenId, grantTo('person:egevang-bewi', { record }));
    await line.say(to.citizenId, grantTo('unit:jobcenter'));
    for (const id of [from.citizenId, to.citizenId]) await line.say(id, grantTo('consumer:borgerportal'));
    expect([...(await line.follow()).keys()]).toContain(`${from.citizenId} ${record}`);
    expect(await line.titles('nurse-health', from.citizenId)).toEqual(['Plan A']);
    expect(await line.titles('caseworker-employment', to.citizenId)).toEqual(['Plan B']);

    data.case[0] = caseOf('c1', [bo], 'Plan A');
    await line.pull(source);
    expect(await line.titles('nurse-health', from.citizenId)).toBe(404);
    expect(await line.titles('nurse-health', to.citizenId)).toBe(404);
    expect(await line.titles('citizen', from.citizenId)).toEqual([]);
    expect(await line.titles('caseworker-employment', to.citizenId)).toEqual(['Plan A', 'Plan B']);
    expect(await idOf(to.citizenId, 'Plan A')).toBe(record);
    const followed = [...(await line.follow()).keys()];
    expect(followed).toContain(`${to.citizenId} ${record}`);
    expect(followed).not.toContain(`${from.citizenId} ${record}`);

    data.case[0] = caseOf('c1', [anna], 'Plan A');
    await line.pull(source);
    expect(await line.titles('citizen', from.citizenId)).toEqual(['Plan A']);
    expect(await line.titles('nurse-health', from.citizenId)).toBe(404);
    expect(await line.titles('caseworker-employment', to.citizenId)).toEqual(['Plan B']);

    data.case[0] = caseOf('c1', [carl], 'Plan A');
    await line.pull(source);
    expect(await line.titles('citizen', from.citizenId)).toEqual([]);
    expect((await database.pool().query('select 1 from record_body where record_id = $1', [record])).rowCount).toBe(0);
  });
});

describe('a plan of two siblings', () => {
  it('is the enrolled one’s alone, then both have a say', async () => {
    const first = await enrolToy(line.deps, anna);
    data.case = [caseOf('c3', [anna, bo], 'Fælles plan'), caseOf('c2', [bo], 'Plan B')];
    const source = line.source(data);
    await line.pull(source);
    await line.say(first.citizenId, grantTo('unit:jobcenter'));
    expect(await line.titles('caseworker-employment', first.citizenId)).toEqual(['Fælles plan']);
    const { rows } = await database.pool().query<{ n: number }>('select count(*)::int as n from identity');
    expect(rows).toEqual([{ n: 1 }]);

    const second = await enrolToy(line.deps, bo);
    await line.pull(source);
    expect(await line.titles('citizen', second.citizenId)).toEqual(['Fælles plan', 'Plan B']);
    expect(await line.titles('citizen', first.citizenId)).toEqual(['Fælles plan']);
    expect(await line.titles('caseworker-social', second.citizenId)).toEqual(['Fælles plan', 'Plan B']);
    expect(await line.titles('caseworker-employment', first.citizenId)).toBe(404);
    expect(await line.titles('caseworker-employment', second.citizenId)).toBe(404);

    await line.say(second.citizenId, grantTo('unit:jobcenter', { kinds: ['plan'] }));
    expect(await line.titles('caseworker-employment', first.citizenId)).toEqual(['Fælles plan']);
    expect(await line.titles('caseworker-employment', second.citizenId)).toEqual(['Fælles plan', 'Plan B']);

    await line.say(second.citizenId, { decision: 'refuse', recipient: 'unit:jobcenter' });
    expect(await line.titles('caseworker-employment', first.citizenId)).toBe(404);
  });
});

describe('an enrolment that ends', () => {
  it('leaves a citizen like one never heard of, a log that stays, and the same id when it begins again', async () => {
    const { citizenId, enrolmentId } = await enrolToy(line.deps, anna);
    const other = await enrolToy(line.deps, bo);
    data.case = [caseOf('c1', [anna], 'Plan A'), caseOf('c3', [anna, bo], 'Fælles plan')];
    data.task = [task('t1', 'c1', 'Mentor')];
    const source = line.source(data);
    await line.pull(source);
    const record = await idOf(citizenId, 'Plan A');
    await line.say(citizenId, grantTo('unit:jobcenter'));
    await line.say(citizenId, grantTo('consumer:borgerportal'));
    expect(await line.titles('caseworker-employment', citizenId)).toEqual(['Mentor', 'Plan A']);
    expect([...(await line.follow()).values()].filter((id) => id === citizenId).length).toBeGreaterThan(2);
    const logged = async (): Promise<number> =>
      (await database.pool().query('select 1 from access_log where citizen_id = $1', [citizenId])).rowCount ?? 0;
    const entries = await logged();
    expect(entries).toBeGreaterThan(0);

    const position = await lastPosition(database.pool());
    const end = { method: 'POST', url: `/v1/enrolments/${enrolmentId}/end` } as const;
    expect((await line.feed.ask('citizen', end, { citizen: citizenId })).statusCode).toBe(204);
    const told = (await changesOf(database.pool(), position)).filter((change) => change.citizen_id === citizenId);
    expect(told.some((change) => change.op === 'look' && change.record_id === null)).toBe(true);
    await line.pull(source);
    expect([...(await line.follow()).values()]).not.toContain(citizenId);

    for (const persona of ['caseworker-employment', 'caseworker-social', 'nurse-health'] as const) {
      const answer = await line.plan(persona, citizenId);
      const random = await line.plan(persona, randomUUID());
      expect([answer.statusCode, answer.body]).toEqual([404, random.body]);
    }
    const payload = { cpr: anna };
    const lookup = { method: 'POST', url: '/v1/citizens/lookup', payload } as const;
    expect((await line.feed.ask('caseworker-social', lookup)).statusCode).toBe(404);
    expect(await line.titles('citizen', other.citizenId)).toEqual(['Fælles plan']);
    const left = await database.pool().query(
      `select 1 from record where key in ('c1', 't1', 'p1') union all select 1 from record_body where record_id = $1
       union all select 1 from subject_key k join identity i on i.id = k.identity_id where i.citizen_id = $2
       union all select 1 from quarantine where citizen_id = $2 union all select 1 from citizen_record where citizen_id = $2`,
      [record, citizenId],
    );
    expect(left.rowCount).toBe(0);
    expect(await logged()).toBeGreaterThanOrEqual(entries);

    const again = await enrolToy(line.deps, anna);
    expect(again.citizenId).toBe(citizenId);
    await line.pull(source);
    expect(await line.titles('citizen', citizenId)).toEqual(['Fælles plan', 'Mentor', 'Plan A']);
    expect(await idOf(citizenId, 'Plan A')).toBe(record);
  });
});
