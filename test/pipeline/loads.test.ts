// Complete loads that do not go straight through: a newer snapshot comes in the middle, the pull is told to stop, the
// source serves less than it says it has. Nothing may be swept on the word of a half-read snapshot.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from '../../src/adapter/contract.ts';
import { fetchHistory } from '../../src/pipeline/history.ts';
import { runSync } from '../../src/pipeline/run.ts';
import type { OpenSource, PipelineDeps, SyncSource } from '../../src/pipeline/source.ts';
import { createRun } from '../../src/store/runs.ts';
import { readSyncState } from '../../src/store/sync-state.ts';
import { useDatabase } from '../postgres.ts';
import { anna, caseOf, enrolToy, noData, storedRecords, syncToy, type ToyData, toyDeps, toySource } from './toy.ts';

const database = useDatabase();
let deps: PipelineDeps;
let data: ToyData;

beforeAll(() => {
  deps = toyDeps(database.pool());
});
beforeEach(async () => {
  await database
    .pool()
    .query('truncate citizen, sync_state, load_page, run, record, record_body, link, held_deletion cascade');
  data = noData();
  data.case = ['c1', 'c2', 'c3', 'c4'].map((key) => caseOf(key, [anna], key));
});

const plans = async (): Promise<readonly string[]> =>
  (await storedRecords(database.pool())).filter((r) => r.entity === 'plan').map((r) => r.key);

type Pull = (options: { after: never; signal: AbortSignal }) => AsyncIterable<Page<unknown>>;

/** The toy source with another way of pulling cases. */
const pulling = (source: SyncSource, pull: Pull): SyncSource => ({
  ...source,
  guard: { count: 100, share: 1 },
  open: async (): Promise<OpenSource> => {
    const opened = await source.open();
    return { ...opened, pull: { ...opened.pull, case: pull }, byCitizen: { ...opened.byCitizen, case: pull as never } };
  },
});

const page = (keys: readonly string[], at: number, more: Partial<Page<unknown>> = {}): Page<unknown> => ({
  records: keys.map((key) => caseOf(key, [anna], key)),
  deleted: [],
  checkpoint: { at },
  ...more,
});

describe('a newer snapshot in the middle of a load', () => {
  it('starts the load again: what only the older one held is gone at the end', async () => {
    await enrolToy(deps, anna);
    await syncToy(deps, toySource(data), 'next', ['case']);
    const replaced = pulling(toySource(data), async function* () {
      yield page(['c1', 'c2'], 2, { begins: true });
      yield page(['c2'], 1, { begins: true, total: 2 });
      yield page(['c3'], 2, { total: 2 });
    });
    const before = await readSyncState(deps.pool, 'toy', 'case');
    await syncToy(deps, replaced, 'next', ['case']);
    expect(await plans()).toEqual(['c2', 'c3']);
    const after = await readSyncState(deps.pool, 'toy', 'case');
    expect(after).toMatchObject({ loadComplete: true, loadServed: 2, loadPages: 2, load: before.load + 2 });
  });

  it('does so when the older one was read by a run that broke off', async () => {
    await enrolToy(deps, anna);
    await syncToy(deps, toySource(data), 'next', ['case']);
    const broken = pulling(toySource(data), async function* () {
      yield page(['c1', 'c4'], 2, { begins: true });
      throw new Error('line cut');
    });
    await expect(syncToy(deps, broken, 'next', ['case'])).rejects.toThrow();
    const replaced = pulling(toySource(data), async function* () {
      yield page(['c3'], 1, { begins: true, total: 1 });
    });
    await syncToy(deps, replaced, 'next', ['case']);
    expect(await plans()).toEqual(['c3']);
  });

  it('keeps what the first page of an ordinary load says it begins', async () => {
    await enrolToy(deps, anna);
    const whole = pulling(toySource(data), async function* () {
      yield page(['c1', 'c2'], 2, { begins: true, total: 3 });
      yield page(['c3'], 3, { total: 3 });
    });
    await syncToy(deps, whole, 'next', ['case']);
    expect(await plans()).toEqual(['c1', 'c2', 'c3']);
    expect((await readSyncState(deps.pool, 'toy', 'case')).load).toBe(1);
  });
});

describe('a pull that is told to stop', () => {
  it('is not complete, even when the source ends its iteration quietly', async () => {
    await enrolToy(deps, anna);
    await syncToy(deps, toySource(data), 'next', ['case']);
    const stop = new AbortController();
    const source = pulling(toySource(data), async function* () {
      stop.abort();
      if (!stop.signal.aborted) yield page([], 0);
    });
    const kind = source.kinds.find((candidate) => candidate.name === 'case');
    if (kind === undefined) throw new Error('no case');
    const runId = await createRun(deps.pool, { source: 'toy', kind: 'case', mode: 'incremental', trigger: 'test' });
    await expect(runSync(deps, { source, kind, runId, want: 'next', signal: stop.signal })).rejects.toMatchObject({
      code: 'run/cancelled',
    });
    expect(await plans()).toEqual(['c1', 'c2', 'c3', 'c4']);
    expect((await readSyncState(deps.pool, 'toy', 'case')).loadComplete).toBe(false);
  });

  it('sweeps nothing of a citizen whose fetch was stopped', async () => {
    const { citizenId } = await enrolToy(deps, anna);
    await syncToy(deps, toySource(data), 'next', ['case']);
    const stop = new AbortController();
    const source = pulling(toySource(data, { perCitizen: true }), async function* () {
      stop.abort();
      if (!stop.signal.aborted) yield page([], 0);
    });
    const runId = await createRun(deps.pool, { source: 'toy', kind: '*', mode: 'citizen', trigger: 'test' });
    await expect(fetchHistory(deps, { source, citizenId, runId, signal: stop.signal })).rejects.toMatchObject({
      code: 'run/cancelled',
    });
    expect(await plans()).toEqual(['c1', 'c2', 'c3', 'c4']);
    const { rows } = await deps.pool.query('select state, attempts from citizen_fetch where citizen_id = $1', [
      citizenId,
    ]);
    expect(rows).toEqual([{ state: 'pending', attempts: 0 }]);
  });
});

describe('a source that serves less than it states', () => {
  it('fails the run, deletes nothing, and is loaded from the beginning next time', async () => {
    await enrolToy(deps, anna);
    await syncToy(deps, toySource(data), 'next', ['case']);
    const short = pulling(toySource(data), async function* () {
      yield page(['c1', 'c2'], 2, { total: 4 });
    });
    await expect(syncToy(deps, short, 'next', ['case'])).rejects.toMatchObject({ code: 'source/incomplete-snapshot' });
    expect(await plans()).toEqual(['c1', 'c2', 'c3', 'c4']);
    const asked: unknown[] = [];
    const whole = pulling(toySource(data), async function* ({ after }) {
      asked.push(after);
      yield page(['c1', 'c2', 'c3'], 3, { total: 3 });
    });
    await syncToy(deps, whole, 'next', ['case']);
    expect(asked).toEqual([null]);
    expect(await plans()).toEqual(['c1', 'c2', 'c3']);
  });
});
