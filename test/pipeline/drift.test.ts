// Drift and what the policy does about it: noted, held until somebody accepts, or stopped. Names and counts are kept, codes
// that look like codes, and nothing of what people have written.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PipelineDeps, SyncKind, SyncSource } from '../../src/pipeline/source.ts';
import { acceptDrift, type DriftPolicies, listDrift } from '../../src/store/drift.ts';
import { listHeld } from '../../src/store/held-deletions.ts';
import { listRuns } from '../../src/store/runs.ts';
import { readSyncState } from '../../src/store/sync-state.ts';
import { useDatabase } from '../postgres.ts';
import { compileVariant, richCase } from './mapping-variants.ts';
import {
  anna,
  bo,
  enrolToy,
  noData,
  storedRecords,
  syncToy,
  type ToyData,
  type ToyRecord,
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
      sync_state, load_page, run, quarantine, held_deletion, drift, field_seen, load_history cascade`,
  );
  data = noData();
  await enrolToy(deps, anna);
  await enrolToy(deps, bo);
});

const noted: DriftPolicies = {
  newField: 'note',
  vanishedField: 'note',
  unknownCode: 'note',
  typeChange: 'note',
  zeroRows: 'note',
  volume: 'note',
};
const sourceWith = (policy: Partial<DriftPolicies>, more: Partial<SyncKind> = {}): SyncSource =>
  toySource(data, {
    pageSize: 25,
    kinds: { case: { mapping: compileVariant('other title', 1), drift: { ...noted, ...policy }, ...more } },
  });
const plan = (n: number, more: object = {}): ToyRecord => {
  const one = richCase(`c${String(n).padStart(3, '0')}`, { persons: [n % 2 === 0 ? anna : bo], title: `Plan ${n}` });
  return { ...one, body: { ...(one.body as object), ...more } };
};
const plans = (count: number, more: object = {}): ToyRecord[] => Array.from({ length: count }, (_, n) => plan(n, more));
const pull = (source: SyncSource, want: 'next' | 'reload' = 'next') => syncToy(deps, source, want, ['case']);
const found = async (all = false) => listDrift(deps.pool, { all });
const state = () => readSyncState(deps.pool, 'toy', 'case');
const keys = async () => (await storedRecords(database.pool())).map((record) => record.key);

describe('a new field', () => {
  it('is noted once two citizens have it, or its name can be nobody’s', async () => {
    data.case = [
      plan(0, { nyFelt: 1, Hansen: { x: 1 } }),
      plan(1, { nyFelt: 2, Fremmøde: 'ja' }),
      plan(2, { Fremmøde: 'ja' }),
    ];
    await pull(sourceWith({}));
    expect((await found()).map(({ type, name, times, did }) => [type, name, times, did]).sort()).toEqual([
      ['unknown-field', 'Fremmøde', 2, 'note'],
      ['unknown-field', 'nyFelt', 2, 'note'],
    ]);
  });

  it('holds the run before the page that shows it, until it is accepted; then it goes on there', async () => {
    data.case = plans(60);
    const held = sourceWith({ newField: 'hold' });
    (data.case[30] as { body: object }).body = { ...(data.case[30]?.body as object), nyFelt: 1 };
    await expect(pull(held)).rejects.toMatchObject({ code: 'run/drift-held', fault: 'config' });
    expect(await keys()).toHaveLength(25);
    expect(await state()).toMatchObject({ paused: true, loadComplete: false, checkpoint: { at: 25 } });
    const [one] = await found();
    expect(one).toMatchObject({ name: 'nyFelt', did: 'hold', times: 1 });
    expect(await acceptDrift(deps.pool, one?.id ?? 0, 'test')).toMatchObject({ resumed: true });
    expect((await state()).paused).toBe(false);
    await pull(held);
    expect(await keys()).toHaveLength(60);
    expect(await found()).toEqual([]);
    expect(await found(true)).toHaveLength(1);
  });
});

describe('a change in one of many', () => {
  it('is seen, because what came differently is looked at first', async () => {
    data.case = plans(25);
    await pull(sourceWith({}));
    (data.case[24] as { body: object }).body = { ...(data.case[24]?.body as object), nyFelt: 1 };
    await expect(pull(sourceWith({ newField: 'stop' }))).rejects.toMatchObject({ code: 'run/drift-stopped' });
  });

  it('that somebody is waited for stays so when another run only notes it', async () => {
    data.case = [plan(0, { nyFelt: 1 })];
    await expect(pull(sourceWith({ newField: 'hold' }))).rejects.toMatchObject({ code: 'run/drift-held' });
    await pull(sourceWith({}));
    const [one] = await found();
    expect(one).toMatchObject({ did: 'hold', times: 2 });
    expect(await acceptDrift(deps.pool, one?.id ?? 0, 'test')).toMatchObject({ resumed: true });
  });
});

describe('an unknown code', () => {
  const coded = (text: string, version = 1) => ({ mapping: compileVariant(text, version) });

  it('is shown when it looks like a code, and never when it could be somebody’s words', async () => {
    data.case = [
      plan(0, { level: 'A7' }),
      plan(1, { level: 'Hansen' }),
      plan(2, { level: 'hun er meget syg' }),
      plan(3, { level: '070275-1238' }),
      plan(4, { level: 'FORTROLIG_X' }),
    ];
    await pull(sourceWith({}, coded('sensitivity by code')));
    const [one] = (await found()).filter(({ type }) => type === 'unknown-code');
    expect(one).toMatchObject({ name: 'sensitivity', times: 5, codes: ['A7', 'FORTROLIG_X'] });
  });

  it('is open again when another one comes after it was accepted', async () => {
    data.case = [plan(0, { level: 'A7' })];
    const source = () => sourceWith({}, coded('sensitivity by code'));
    await pull(source());
    const unknown = async () => (await found()).filter(({ type }) => type === 'unknown-code');
    await acceptDrift(deps.pool, (await unknown())[0]?.id ?? 0, 'test');
    await pull(source(), 'reload');
    expect(await unknown()).toEqual([]);
    data.case = [plan(0, { level: 'A8' })];
    await pull(source(), 'reload');
    expect(await unknown()).toMatchObject([{ codes: ['A7', 'A8'], times: 3 }]);
  });
});

describe('a type that changed', () => {
  it('is held before anything of the page is stored; accepted, it is known', async () => {
    data.case = plans(60, { other: 'Mere' });
    const source = sourceWith({ typeChange: 'hold' });
    await pull(source);
    data.case = plans(60, { other: 7 });
    await expect(pull(source)).rejects.toMatchObject({ code: 'run/drift-held' });
    const [one] = await found();
    expect(one).toMatchObject({ type: 'type-change', name: 'other', was: 'text', became: 'number', times: 20 });
    const titles = await database.pool().query(`select distinct body::jsonb->>'title' as t from record_body`);
    expect(titles.rows).toEqual([{ t: 'Mere' }]);
    await acceptDrift(deps.pool, one?.id ?? 0, 'test');
    await pull(source);
    expect(await found()).toEqual([]);
    data.case = plans(60, { other: true });
    await expect(pull(source)).rejects.toMatchObject({
      message: expect.stringContaining('other: number, text → yes/no'),
    });
  });

  it('is no change while the kind is learnt, nor from one to several', async () => {
    data.case = [...plans(30, { other: 'Mere' }), ...plans(60, { other: 7 }).slice(30)];
    await pull(sourceWith({ typeChange: 'hold' }));
    data.case = plans(60, { other: ['Mere', 'Andet'] });
    await pull(sourceWith({ typeChange: 'hold' }));
    expect(await found()).toEqual([]);
  });
});

describe('a field that is gone', () => {
  it('stops the run before damage, gives up its load and pauses the kind until somebody resumes it', async () => {
    data.case = plans(60, { other: 'Mere' });
    const source = sourceWith({ vanishedField: 'stop' });
    for (let n = 0; n < 2; n += 1) await pull(source, 'reload');
    data.case = plans(60);
    await expect(pull(source)).rejects.toMatchObject({ code: 'run/drift-stopped', fault: 'config' });
    expect(await state()).toMatchObject({ paused: true, loadComplete: true, reloadWanted: true });
    expect(await found()).toMatchObject([
      { type: 'vanished-field', name: 'other', was: 'in 100 % of 100 records', did: 'stop' },
    ]);
    expect(await listHeld(deps.pool)).toEqual([]);
    expect(await keys()).toHaveLength(60);
  });

  it('that was often empty is only missed when a whole load is without it, and its sweep is held', async () => {
    const some = (share: number) =>
      plans(100).map((one, n) => (n % 10 < share ? { ...one, body: { ...(one.body as object), other: 'x' } } : one));
    data.case = some(6);
    const source = sourceWith({ vanishedField: 'hold' });
    for (let n = 0; n < 2; n += 1) await pull(source, 'reload');
    data.case = some(0).slice(0, 99);
    await pull(source);
    expect(await found()).toMatchObject([{ type: 'vanished-field', name: 'other', did: 'hold' }]);
    expect(await listHeld(deps.pool)).toMatchObject([{ missing: 1 }]);
  });
});

describe('the number of records', () => {
  it('is not judged before there is enough history; then what is far from it is held, whatever the guard allows', async () => {
    const source = sourceWith({ volume: 'hold' });
    for (const count of [100, 60, 101, 99, 100]) {
      data.case = plans(count);
      await pull(source);
    }
    expect(await found()).toEqual([]);
    const before = (await listHeld(deps.pool)).length;
    data.case = plans(75);
    await pull(source);
    expect(await found()).toMatchObject([
      { type: 'volume', name: 'complete load', was: 'about 100 records', became: '75 records', did: 'hold' },
    ]);
    expect(before).toBe(0);
    expect(await listHeld(deps.pool)).toMatchObject([{ missing: 25 }]);
    expect(await keys()).toHaveLength(100);
    const [run] = await listRuns(deps.pool, { limit: 1 });
    expect(run).toMatchObject({ mode: 'load', counts: { held: 25, served: 75 } });
  });

  it('of changes in one pull is noted when it is far from the pulls before', async () => {
    const source = toySource(data, {
      mode: 'incremental',
      pageSize: 600,
      kinds: { case: { mapping: compileVariant('plain', 1), drift: { ...noted, volume: 'hold' } } },
    });
    const served: number[] = [];
    for (const count of [1, 2, 3, 2, 1, 3, 1300]) {
      data.case.push(...plans(count));
      served.push((await pull(source))[0]?.counts.served ?? 0);
      expect(await found()).toHaveLength(count === 1300 ? 1 : 0);
    }
    expect(served).toEqual([1, 2, 3, 2, 1, 3, 1300]);
    expect(await found()).toMatchObject([
      { type: 'volume', name: 'one pull', was: 'about 2 changes', became: '1300 changes', did: 'note' },
    ]);
    expect((await state()).paused).toBe(false);
  });
});
