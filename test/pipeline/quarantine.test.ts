// Quarantine: by cause, judged by a draft, and replayed in the order the versions arrived. Two who replay at once do it once;
// what a newer version has overtaken is left alone; what is given up is gone.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { quarantineVerdicts } from '../../src/pipeline/quarantine.ts';
import { type ReplayOrder, replayQuarantine } from '../../src/pipeline/replay.ts';
import type { PipelineDeps, SyncSource } from '../../src/pipeline/source.ts';
import { transaction } from '../../src/store/db.ts';
import { endEnrolment } from '../../src/store/enrolment.ts';
import { leaveQuarantine } from '../../src/store/quarantine.ts';
import { discardQuarantine, readQuarantine } from '../../src/store/quarantine-read.ts';
import { readRun, wantStop } from '../../src/store/runs.ts';
import { keyHash, lockPages } from '../../src/store/subjects.ts';
import { useDatabase } from '../postgres.ts';
import { compileVariant, richCase } from './mapping-variants.ts';
import {
  anna,
  bo,
  caseOf,
  enrolToy,
  noData,
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
  await database.pool().query(
    `truncate citizen, identity, enrolment, subject_key, citizen_fetch, record, record_body, record_version, link, change,
      sync_state, load_page, run, quarantine, held_deletion, drift, field_seen, load_history, retained cascade`,
  );
  data = noData();
});

const bad = (key: string) => richCase(key, { persons: [anna], title: 'Plan', start: 'engang' });
const strict = (version = 1): SyncSource =>
  toySource(data, { kinds: { case: { mapping: compileVariant('dates must be right', version) } } });
const lenient = (): SyncSource => toySource(data, { kinds: { case: { mapping: compileVariant('plain', 2) } } });

const order = (source: SyncSource, more: Partial<ReplayOrder> = {}): ReplayOrder => ({
  source,
  trigger: 'test',
  signal: new AbortController().signal,
  ...more,
});
const open = async () => readQuarantine(deps.pool, deps.keys, { limit: 100 });
const keysStored = async () => (await storedRecords(database.pool())).map((record) => record.key).sort();
const createdInOrder = async () =>
  (
    await database
      .pool()
      .query<{ key: string }>(
        `select r.key from change c join record r on r.id = c.record_id where c.op = 'created' order by c.position`,
      )
  ).rows.map((row) => row.key);

describe('what waits', () => {
  it('is told by cause, with what would now pass by the deployed mappings and by a draft', async () => {
    await enrolToy(deps, anna);
    data.case = [bad('case-0001'), bad('case-0002'), richCase('case-0003', { persons: [anna], title: '' })];
    const deployed = strict();
    await syncToy(deps, deployed, 'next', ['case']);
    const byDeployed = await quarantineVerdicts(deps, () => deployed);
    expect(byDeployed).toMatchObject([
      { kind: 'case', code: 'period.start/bad-date', path: 'period.start', count: 2, replayable: 2, passing: 0 },
      { kind: 'case', code: 'title/missing', path: 'title', count: 1, passing: 0 },
    ]);
    expect(byDeployed[0]?.keys).toEqual(['…001', '…002']);
    const byDraft = await quarantineVerdicts(deps, () => lenient());
    expect(byDraft.map(({ code, passing }) => [code, passing])).toEqual([
      ['period.start/bad-date', 2],
      ['title/missing', 0],
    ]);
    expect(JSON.stringify(byDraft)).not.toMatch(/engang|case-000/);
    expect(await keysStored()).toEqual([]);
  });

  it('tries no more when time is up, and says how many it tried', async () => {
    await enrolToy(deps, anna);
    data.case = [bad('case-0001'), bad('case-0002')];
    await syncToy(deps, strict(), 'next', ['case']);
    const [hurried] = await quarantineVerdicts(deps, () => lenient(), 0);
    expect(hurried).toMatchObject({ count: 2, replayable: 2, tried: 0, passing: 0 });
    const [patient] = await quarantineVerdicts(deps, () => lenient(), 60_000);
    expect(patient).toMatchObject({ tried: 2, passing: 2 });
  });

  it('says when the first came and when the latest version of any', async () => {
    await enrolToy(deps, anna);
    data.case = [bad('c1')];
    await syncToy(deps, strict(), 'next', ['case']);
    await database
      .pool()
      .query(
        `update quarantine set received_at = now() - interval '3 days', last_received_at = now() - interval '3 days'`,
      );
    await syncToy(deps, strict(), 'next', ['case']);
    const [group] = await quarantineVerdicts(deps, () => strict());
    expect(Date.now() - (group?.first.getTime() ?? 0)).toBeGreaterThan(2 * 86_400_000);
    expect(Date.now() - (group?.last.getTime() ?? 0)).toBeLessThan(60_000);
  });

  it('is gone with the enrolment it is about, and with what is given up', async () => {
    const { enrolmentId } = await enrolToy(deps, anna);
    data.case = [bad('c1'), bad('c2')];
    await syncToy(deps, strict(), 'next', ['case']);
    const [first] = await open();
    expect(await discardQuarantine(deps.pool, { id: first?.id ?? 0 }, { by: 'test', reason: 'a test record' })).toBe(1);
    expect(await open()).toHaveLength(1);
    const { rows } = await database
      .pool()
      .query(`select state, cipher, reason from quarantine where id = $1`, [first?.id]);
    expect(rows).toEqual([{ state: 'discarded', cipher: null, reason: 'a test record' }]);
    await syncToy(deps, strict(), 'next', ['case']);
    expect(await open()).toHaveLength(2);
    await endEnrolment(deps.pool, enrolmentId, 'test');
    expect((await database.pool().query('select from quarantine')).rowCount).toBe(0);
  });
});

describe('a replay', () => {
  it('goes by the order the latest versions arrived, over all kinds of the source', async () => {
    await enrolToy(deps, anna);
    await enrolToy(deps, bo);
    const none = { title: '' };
    data.case = [caseOf('c0', [anna], 'Plan')];
    await syncToy(deps, toySource(data), 'next', ['case']);
    const arrive = async (kind: 'case' | 'task', record: ToyData['case'][number]): Promise<void> => {
      const only = { ...noData(), [kind]: [record] };
      await syncToy(deps, toySource(only, { mode: 'incremental' }), 'next', [kind]);
      await database.pool().query('update sync_state set checkpoint = null');
    };
    const broken = (key: string) => ({ key, body: { id: key, persons: [{ cpr: anna }], ...none } });
    await arrive('case', broken('c1'));
    await arrive('task', { key: 't1', body: { id: 't1', caseId: 'c0', ...none } });
    await arrive('case', broken('c2'));
    await arrive('task', task('t2', 'c0', ''));
    // Came first, came again: its latest version is the newest of all.
    await arrive('case', broken('c1'));
    const position = (await createdInOrder()).length;
    const kinds = { case: { mapping: compileVariant('fewer fields, withheld', 2) } };
    const titled = toySource(data, { kinds });
    const [t] = titled.kinds.filter((kind) => kind.name === 'task');
    const map = t?.mapping?.map;
    const whole = {
      ...titled,
      kinds: titled.kinds.map((kind) =>
        kind.name !== 'task' || kind.mapping === undefined || map === undefined
          ? kind
          : {
              ...kind,
              mapping: { ...kind.mapping, map: (body: unknown) => map({ ...(body as object), title: 'Opgave' }) },
            },
      ),
    };
    const { state, planned, counts } = await replayQuarantine(deps, order(whole));
    expect({ state, planned, stored: counts.stored }).toEqual({ state: 'done', planned: 4, stored: 4 });
    expect((await createdInOrder()).slice(position)).toEqual(['t1', 'c2', 't2', 'c1']);
  });

  it('made by two at once is made once, and again has nothing to do', async () => {
    await enrolToy(deps, anna);
    data.case = Array.from({ length: 40 }, (_, n) => bad(`c${n}`));
    await syncToy(deps, strict(), 'next', ['case']);
    const source = lenient();
    const both = await Promise.all([replayQuarantine(deps, order(source)), replayQuarantine(deps, order(source))]);
    expect(both.map(({ state }) => state).sort()).toEqual(['done', 'under way']);
    expect(both.reduce((sum, { counts }) => sum + counts.stored, 0)).toBe(40);
    expect(await keysStored()).toHaveLength(40);
    expect(await createdInOrder()).toHaveLength(40);
    expect((await replayQuarantine(deps, order(source))).state).toBe('nothing');
    expect((await database.pool().query(`select from run where mode = 'replay'`)).rowCount).toBe(1);
  });

  it('keeps what fails again in its place and for its time, and goes through it once', async () => {
    await enrolToy(deps, anna);
    data.case = [bad('c1'), bad('c2')];
    await syncToy(deps, strict(), 'next', ['case']);
    await database.pool().query(`update quarantine set expires_at = now() + interval '1 minute'`);
    const before = await open();
    const { counts, planned } = await replayQuarantine(deps, order(strict(2)));
    expect({ planned, left: counts.quarantined }).toEqual({ planned: 2, left: 2 });
    const after = await open();
    expect(after.map(({ arrival, expiresAt }) => [arrival, expiresAt])).toEqual(
      before.map(({ arrival, expiresAt }) => [arrival, expiresAt]),
    );
  });

  it('of one cause leaves the others', async () => {
    await enrolToy(deps, anna);
    data.case = [bad('c1'), richCase('c2', { persons: [anna], title: '' })];
    await syncToy(deps, strict(), 'next', ['case']);
    const all = toySource(data, { kinds: { case: { mapping: compileVariant('fewer fields, withheld', 2) } } });
    await replayQuarantine(deps, order(all, { of: { kind: 'case', code: 'title/missing' } }));
    expect(await keysStored()).toEqual(['c2']);
    expect((await open()).map(({ code }) => code)).toEqual(['period.start/bad-date']);
  });

  it('stores nothing over a newer version that came while it had read the old one', async () => {
    await enrolToy(deps, anna);
    data.case = [bad('c1')];
    await syncToy(deps, strict(), 'next', ['case']);
    let replaying: Promise<unknown> = Promise.resolve();
    await transaction(deps.pool, async (tx) => {
      await lockPages(tx, 'toy', 'case');
      replaying = replayQuarantine(deps, order(lenient()));
      // It has read the old version once it waits for its turn.
      for (let waits = 0; waits === 0; )
        waits =
          (
            await tx.query<{ n: number }>(
              `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted
                 and database = (select oid from pg_database where datname = current_database())`,
            )
          ).rows[0]?.n ?? 0;
      const hash = keyHash(deps.keys, 'toy', 'case', 'c1');
      await leaveQuarantine(tx, 'toy', 'case', () => [hash], 'superseded');
    });
    expect(await replaying).toMatchObject({ state: 'done', counts: { stored: 0 } });
    expect(await keysStored()).toEqual([]);
  });

  it('tells how far it is, and stops when it is asked to', async () => {
    await enrolToy(deps, anna);
    data.case = Array.from({ length: 3 }, (_, n) => bad(`c${n}`));
    data.task = [task('t1', 'c0', '')];
    await syncToy(deps, strict(), 'next', ['case']);
    const stop = new AbortController();
    stop.abort();
    const stopped = await replayQuarantine(deps, order(lenient(), { signal: stop.signal }));
    expect(stopped).toMatchObject({ state: 'cancelled', planned: 3 });
    expect(await readRun(deps.pool, stopped.runId ?? '')).toMatchObject({ state: 'cancelled', planned: 3 });
    expect(await wantStop(deps.pool, stopped.runId ?? '')).toBe(false);
    const told: number[][] = [];
    const done = await replayQuarantine(deps, order(lenient(), { progress: (n, of) => told.push([n, of]) }));
    expect(told).toEqual([[3, 3]]);
    expect(await readRun(deps.pool, done.runId ?? '')).toMatchObject({
      state: 'done',
      planned: 3,
      counts: { served: 3 },
    });
  });
});
