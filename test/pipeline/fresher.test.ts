// A slower look never writes over a fresher one, whichever of the two is the pull; and what was left out is asked again.
import { beforeEach, describe, expect, it } from 'vitest';
import { fetchHistory } from '../../src/pipeline/history.ts';
import type { PipelineDeps } from '../../src/pipeline/source.ts';
import { createRun } from '../../src/store/runs.ts';
import { useDatabase } from '../postgres.ts';
import { answerNotices, type Controlled, controlled, openNotices, pullCases, tell, titles } from './notice-toy.ts';
import { anna, bo, caseOf, enrolToy, noData, type ToyData, toyDeps } from './toy.ts';

const database = useDatabase();
let deps: PipelineDeps;
let data: ToyData;

beforeEach(async () => {
  deps = toyDeps(database.pool());
  data = noData();
  data.case = [caseOf('c1', [anna], 'one')];
  await database
    .pool()
    .query(
      'truncate citizen, subject_key, record, record_body, link, change, load_page, sync_state, notice, look, look_mark, retained cascade',
    );
});

const stored = () => titles(database.pool());
const rawKept = async () => (await database.pool().query('select from retained')).rowCount;
/** The same, with raw records kept for a day. */
const keeping = (toy: Controlled): Controlled => {
  const kinds = toy.source.kinds.map((kind) => ({ ...kind, retain: 86_400_000 }));
  return { ...toy, source: { ...toy.source, kinds } };
};
const updated = { key: 'c1', change: 'updated', citizens: undefined } as const;

describe('a pull that was asked before a push and arrives after it', () => {
  it('leaves the record as the push stored it, and has it asked for again', async () => {
    await enrolToy(deps, anna);
    const toy = controlled(data);
    const pulling = pullCases(deps, toy.source);
    const slow = await toy.next('pull');
    data.case = [caseOf('c1', [anna], 'two')];
    await tell(deps, toy.source, [updated]);
    const answering = answerNotices(deps, toy.source);
    (await toy.next('keys')).give();
    await answering;
    expect(await stored()).toEqual({ c1: 'two' });
    slow.give();
    expect(await pulling).toMatchObject({ served: 1, overtaken: 1, stored: 0 });
    expect(await stored()).toEqual({ c1: 'two' });
    expect(await openNotices(database.pool())).toEqual([{ state: 'open', times: 1 }]);
    toy.free();
    await answerNotices(deps, toy.source);
    expect(await openNotices(database.pool())).toEqual([]);
    expect(await stored()).toEqual({ c1: 'two' });
  });

  it('does not bring back what the push found gone, nor its raw body', async () => {
    await enrolToy(deps, anna);
    const toy = keeping(controlled(data));
    toy.free();
    await pullCases(deps, toy.source);
    expect(await rawKept()).toBe(1);
    const again = keeping(controlled(data));
    const pulling = pullCases(deps, again.source, 'reconcile');
    const slow = await again.next('pull');
    data.case = [];
    await tell(deps, again.source, [{ ...updated, change: 'deleted' }]);
    const answering = answerNotices(deps, again.source);
    (await again.next('keys')).give();
    await answering;
    expect(await stored()).toEqual({});
    slow.give();
    await pulling;
    expect(await stored()).toEqual({});
    expect(await rawKept()).toBe(0);
  });

  it('may bring what differs in nothing', async () => {
    await enrolToy(deps, anna);
    const toy = controlled(data);
    const pulling = pullCases(deps, toy.source);
    const slow = await toy.next('pull');
    await tell(deps, toy.source, [updated]);
    const answering = answerNotices(deps, toy.source);
    (await toy.next('keys')).give();
    await answering;
    slow.give();
    expect(await pulling).toMatchObject({ overtaken: 0, unchanged: 1 });
    expect(await openNotices(database.pool())).toEqual([]);
  });

  it('keeps its hands off everything of a citizen who was asked about', async () => {
    const { citizenId } = await enrolToy(deps, anna);
    const toy = controlled(data, { ways: ['citizen'] });
    data.case.push(caseOf('c2', [anna], 'short-lived'));
    const pulling = pullCases(deps, toy.source);
    const slow = await toy.next('pull');
    data.case = [caseOf('c1', [anna], 'two')];
    await tell(deps, toy.source, [{ key: 'c1', change: 'updated', citizens: [citizenId] }]);
    const answering = answerNotices(deps, toy.source);
    (await toy.next('citizen')).give();
    await answering;
    slow.give();
    expect(await pulling).toMatchObject({ overtaken: 2 });
    expect(await stored()).toEqual({ c1: 'two' });
  });

  it('says whose a record is no more than the push did', async () => {
    await enrolToy(deps, anna);
    await enrolToy(deps, bo);
    const toy = controlled(data);
    const pulling = pullCases(deps, toy.source);
    const slow = await toy.next('pull');
    data.case = [caseOf('c1', [bo], 'two')];
    await tell(deps, toy.source, [updated]);
    const answering = answerNotices(deps, toy.source);
    (await toy.next('keys')).give();
    await answering;
    const owners = async () =>
      (await database.pool().query(`select citizen_id from record_version where valid_to = 'infinity'`)).rows;
    const after = await owners();
    slow.give();
    await pulling;
    expect(await owners()).toEqual(after);
  });
});

describe('a push that was asked before a pull and arrives after it', () => {
  it('asks again instead of writing over it', async () => {
    await enrolToy(deps, anna);
    const toy = controlled(data);
    await tell(deps, toy.source, [updated]);
    const answering = answerNotices(deps, toy.source);
    const old = await toy.next('keys');
    data.case = [caseOf('c1', [anna], 'two')];
    const pulling = pullCases(deps, toy.source);
    (await toy.next('pull')).give();
    await pulling;
    expect(await stored()).toEqual({ c1: 'two' });
    old.give();
    // Asked a second time; only then is the notice answered.
    (await toy.next('keys')).give();
    await answering;
    expect(await stored()).toEqual({ c1: 'two' });
  });

  it('also when the pull found nothing changed: the push may have seen something in between', async () => {
    await enrolToy(deps, anna);
    const first = controlled(data);
    first.free();
    await pullCases(deps, first.source);
    const toy = controlled(data);
    data.case = [caseOf('c1', [anna], 'for a moment')];
    await tell(deps, toy.source, [updated]);
    const answering = answerNotices(deps, toy.source);
    const old = await toy.next('keys');
    data.case = [caseOf('c1', [anna], 'one')];
    const pulling = pullCases(deps, toy.source, 'reconcile');
    (await toy.next('pull')).give();
    await pulling;
    old.give();
    (await toy.next('keys')).give();
    await answering;
    expect(await stored()).toEqual({ c1: 'one' });
  });
});

it('a fresher pull writes over an older push', async () => {
  await enrolToy(deps, anna);
  const toy = controlled(data);
  toy.free();
  await tell(deps, toy.source, [updated]);
  await answerNotices(deps, toy.source);
  data.case = [caseOf('c1', [anna], 'two')];
  expect(await pullCases(deps, toy.source)).toMatchObject({ overtaken: 0, changed: 1 });
  expect(await stored()).toEqual({ c1: 'two' });
});

it('a sweep does not take what a history fetch stored while the load was under way', async () => {
  const { citizenId } = await enrolToy(deps, anna);
  const toy = controlled(data, { mode: 'snapshot' });
  const pulling = pullCases(deps, toy.source);
  const slow = await toy.next('pull');
  data.case.push(caseOf('c2', [anna], 'new'));
  const runId = await createRun(deps.pool, { source: 'toy', kind: '*', mode: 'citizen', trigger: 'test' });
  const fetching = fetchHistory(deps, { source: toy.source, citizenId, runId, signal: AbortSignal.timeout(20_000) });
  (await toy.next('citizen')).give();
  await fetching;
  slow.give();
  await pulling;
  expect(await stored()).toEqual({ c1: 'one', c2: 'new' });
  // And the next load does, once it is gone.
  data.case = [caseOf('c1', [anna], 'one')];
  toy.free();
  await pullCases(deps, toy.source);
  expect(await stored()).toEqual({ c1: 'one' });
});
