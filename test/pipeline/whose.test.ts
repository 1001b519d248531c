// Whose is what is kept: an ended enrolment takes along what is about several people, a split parts what a merge joined,
// and one record nobody can store stops no page.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from '../../src/adapter/contract.ts';
import { type ParsedNumber, parseNumber } from '../../src/model/cpr.ts';
import { fetchHistory } from '../../src/pipeline/history.ts';
import type { OpenSource, PipelineDeps, SyncSource } from '../../src/pipeline/source.ts';
import { endEnrolment } from '../../src/store/enrolment.ts';
import { mergeCitizens, splitCitizen } from '../../src/store/people.ts';
import { createRun } from '../../src/store/runs.ts';
import { useDatabase } from '../postgres.ts';
import {
  anna,
  bo,
  caseOf,
  changesOf,
  enrolToy,
  lastPosition,
  noData,
  person,
  storedRecords,
  syncToy,
  type ToyData,
  task,
  toyDeps,
  toySource,
} from './toy.ts';

const database = useDatabase();
let deps: PipelineDeps;
let data: ToyData;
beforeAll(() => {
  deps = toyDeps(database.pool());
});
beforeEach(async () => {
  await database
    .pool()
    .query('truncate citizen, sync_state, load_page, run, record, record_body, link, change cascade');
  data = noData();
  data.person = [person('p1', anna, 'Anna And'), person('p2', bo, 'Bo Bi')];
});

const number = (text: string): ParsedNumber => {
  const parsed = parseNumber(text);
  if (parsed === undefined) throw new Error('not a number');
  return parsed;
};
const why = { reason: 'test', actor: 'test' };
const untitled = (key: string, caseId: string) => ({ key, body: { id: key, caseId } });
const waiting = async (): Promise<readonly (string | null)[]> =>
  (
    await database.pool().query<{ citizen_id: string | null }>('select citizen_id from quarantine order by id')
  ).rows.map((row) => row.citizen_id);
const keys = async (): Promise<readonly string[]> => (await storedRecords(database.pool())).map((r) => r.key);

describe('an enrolment that ends', () => {
  it('takes along a text that cannot be parted, until what may be shown of the others has come', async () => {
    const first = await enrolToy(deps, anna);
    const second = await enrolToy(deps, bo);
    data.case = [caseOf('c3', [anna, bo], 'Fælles plan')];
    const source = toySource(data, { mode: 'incremental', perCitizen: true, kinds: { case: { mixed: true } } });
    await syncToy(deps, source);
    const position = await lastPosition(database.pool());
    await endEnrolment(database.pool(), second.enrolmentId, 'test');
    const bodies = async () => (await database.pool().query<{ body: string }>('select body from record_body')).rows;
    expect((await bodies()).filter(({ body }) => body?.includes('Fælles'))).toEqual([]);
    const told = (await changesOf(database.pool(), position)).filter((change) => change.op === 'removed');
    expect(told.map((change) => change.citizen_id)).toEqual([first.citizenId]);

    const runId = await createRun(deps.pool, { source: 'toy', kind: '*', mode: 'citizen', trigger: 'test' });
    const { rows } = await database.pool().query(`select citizen_id from citizen_fetch where state = 'pending'`);
    expect(rows).toEqual([{ citizen_id: first.citizenId }]);
    await fetchHistory(deps, { source, citizenId: first.citizenId, runId, signal: AbortSignal.timeout(10_000) });
    expect((await bodies()).map(({ body }) => JSON.parse(body ?? '{}').title)).toContain('Handleplan');
  });

  it('takes along what waits in quarantine, also when it is about others too', async () => {
    await enrolToy(deps, anna);
    const second = await enrolToy(deps, bo);
    data.case = [caseOf('c3', [anna, bo], 'Fælles plan'), caseOf('c1', [anna], 'Plan A')];
    data.task = [untitled('t3', 'c3'), untitled('t1', 'c1')];
    await syncToy(deps, toySource(data));
    expect(await waiting()).toHaveLength(2);
    await endEnrolment(database.pool(), second.enrolmentId, 'test');
    expect(await waiting()).toHaveLength(1);
  });
});

describe('a split', () => {
  it('gives each number back what waits of it, and whoever represents it', async () => {
    const former = await enrolToy(deps, bo);
    const current = await enrolToy(deps, anna);
    data.case = [caseOf('c1', [anna], 'Plan A'), caseOf('c2', [bo], 'Plan B')];
    data.task = [untitled('t1', 'c1'), untitled('t2', 'c2')];
    await syncToy(deps, toySource(data));
    const represent = (citizen: string, name: string) =>
      database.pool().query(
        `insert into representation (id, version, citizen_id, representative, type, valid_from)
         values (gen_random_uuid(), 1, $1, $2, 'guardian', now())`,
        [citizen, Buffer.from(name)],
      );
    await represent(former.citizenId, 'of bo');
    await represent(current.citizenId, 'of anna');
    await mergeCitizens(database.pool(), deps.keys, { current: number(anna), former: number(bo) }, why);
    expect(new Set(await waiting())).toEqual(new Set([current.citizenId]));
    await splitCitizen(database.pool(), deps.keys, number(bo), why);
    expect([...(await waiting())].sort()).toEqual([current.citizenId, former.citizenId].sort());
    const { rows } = await database
      .pool()
      .query(`select citizen_id, convert_from(representative, 'UTF8') as who from representation order by who`);
    expect(rows).toEqual([
      { citizen_id: current.citizenId, who: 'of anna' },
      { citizen_id: former.citizenId, who: 'of bo' },
    ]);
  });
});

describe('one bad record', () => {
  it('with a key no database can hold or index is one bad record', async () => {
    await enrolToy(deps, anna);
    const strange = ['c\u0000', `c${'9'.repeat(5000)}`, 'c\ud800'];
    data.case = [...strange.map((key) => caseOf(key, [anna], 'x')), caseOf('c1', [anna], 'Plan A')];
    data.deleted.case = ['d\u0000'];
    const outcomes = await syncToy(deps, toySource(data));
    expect(outcomes.map((outcome) => outcome.state)).toEqual(['done', 'done', 'done']);
    expect(await keys()).toEqual(['p1', 'c1']);
  });

  it('nested too deeply to be written down is one bad record', async () => {
    await enrolToy(deps, anna);
    data.case = [caseOf('c1', [anna], 'Plan A')];
    const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`) as unknown;
    data.task = [{ key: 't1', body: { id: 't1', caseId: 'c1', deep } }, task('t2', 'c1', 'Mentor')];
    const outcomes = await syncToy(deps, toySource(data));
    expect(outcomes.at(-1)?.counts).toMatchObject({ quarantined: 1, stored: 1 });
  });
});

describe('a history fetch', () => {
  it('that a scheduled pull has overtaken is asked again, and takes nothing away by its old answer', async () => {
    const { citizenId } = await enrolToy(deps, anna);
    data.case = [caseOf('c1', [anna], 'Plan A'), caseOf('c2', [anna], 'Plan B')];
    const source = toySource(data, { mode: 'incremental', perCitizen: true });
    await syncToy(deps, source);
    let asked = 0;
    const asking: SyncSource = {
      ...source,
      open: async (): Promise<OpenSource> => {
        const opened = await source.open();
        async function* slow(): AsyncIterable<Page<unknown>> {
          const then = [caseOf('c1', [anna], 'Plan A')];
          asked += 1;
          if (asked === 1) {
            data.case.push(caseOf('c9', [anna], 'Ny plan'));
            await syncToy(deps, source, 'reload', ['case']);
          } else then.push(caseOf('c9', [anna], 'Ny plan'));
          yield { records: then, deleted: [], checkpoint: null };
        }
        return { ...opened, byCitizen: { ...opened.byCitizen, case: slow } };
      },
    };
    const runId = await createRun(deps.pool, { source: 'toy', kind: '*', mode: 'citizen', trigger: 'test' });
    await fetchHistory(deps, { source: asking, citizenId, runId, signal: AbortSignal.timeout(10_000) });
    expect(asked).toBe(2);
    expect(await keys()).toEqual(['p1', 'c1', 'c9']);
  });
});
