// A source that fails, answers an empty 200 or breaks off half-way never causes a deletion; what is held is approved once,
// and the threshold stays. On the small source in memory, whole and citizen by citizen, and on a FHIR server on loopback.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { hubConfig } from '../../src/config/hub.ts';
import { HubError } from '../../src/errors.ts';
import { composeHub, type Hub } from '../../src/main.ts';
import { parseNumber } from '../../src/model/cpr.ts';
import { fetchHistory } from '../../src/pipeline/history.ts';
import { runSync } from '../../src/pipeline/run.ts';
import type { PipelineDeps, SyncKind, SyncSource } from '../../src/pipeline/source.ts';
import { acceptDrift, listDrift } from '../../src/store/drift.ts';
import { enrol } from '../../src/store/enrolment.ts';
import { approveHeld, listHeld } from '../../src/store/held-deletions.ts';
import { createRun } from '../../src/store/runs.ts';
import { readSyncState, setPaused } from '../../src/store/sync-state.ts';
import { useDatabase } from '../postgres.ts';
import { startFhirStub } from '../sandbox/fhir/server.ts';
import {
  anna,
  caseOf,
  enrolToy,
  noData,
  quietLog,
  storedRecords,
  syncToy,
  type ToyData,
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
});

const drift = {
  newField: 'note',
  vanishedField: 'note',
  unknownCode: 'note',
  typeChange: 'hold',
  zeroRows: 'stop',
  volume: 'hold',
} as const;
const guard = { count: 20, share: 0.1 };
const source = (more: Parameters<typeof toySource>[1] = {}, kind: Partial<SyncKind> = {}): SyncSource => ({
  ...toySource(data, { ...more, kinds: { case: { drift, ...kind } } }),
  guard,
});
const cases = (count: number) => Array.from({ length: count }, (_, n) => caseOf(`c${n}`, [anna], `Plan ${n}`));
const count = async (): Promise<number> => (await storedRecords(database.pool())).length;
const fails = (error: Error) => ({
  beforePage: (): void => {
    throw error;
  },
});

describe('whatever a source does wrong', () => {
  const wrongs: Readonly<Record<string, () => Parameters<typeof toySource>[1]>> = {
    'it cannot be reached': () => fails(new HubError({ code: 'source/unreachable', fault: 'transient', message: 'x' })),
    'it refuses': () => fails(new HubError({ code: 'source/forbidden', fault: 'config', message: 'x' })),
    'its answer cannot be read': () =>
      fails(new HubError({ code: 'source/bad-answer', fault: 'source', message: 'x' })),
    'it breaks off half-way': () => ({
      beforePage: (_, page) => {
        if (page === 1) throw new Error('line cut');
      },
    }),
    'it answers an empty 200': () => {
      data.case = [];
      return {};
    },
  };
  it.each(Object.entries(wrongs))('%s: nothing is deleted, once and again', async (_, wrong) => {
    await enrolToy(deps, anna);
    data.case = cases(6);
    await syncToy(deps, source(), 'next', ['case']);
    const more = wrong();
    for (const want of ['next', 'reload', 'reconcile'] as const) {
      await expect(syncToy(deps, source(more), want, ['case'])).rejects.toThrow();
      await setPaused(deps.pool, 'toy', ['case'], false);
      expect(await count()).toBe(6);
    }
    expect(await listHeld(deps.pool)).toEqual([]);
  });

  it('an empty answer stops the kind until somebody says it is right; then the guard still has its say', async () => {
    await enrolToy(deps, anna);
    data.case = cases(60);
    await syncToy(deps, source(), 'next', ['case']);
    data.case = [];
    await expect(syncToy(deps, source(), 'next', ['case'])).rejects.toMatchObject({
      code: 'run/drift-stopped',
      fault: 'config',
    });
    expect(await readSyncState(deps.pool, 'toy', 'case')).toMatchObject({ paused: true, loadComplete: true });
    const [one] = await listDrift(deps.pool);
    expect(one).toMatchObject({ type: 'zero-rows', became: '0 records', did: 'stop' });
    expect(await acceptDrift(deps.pool, one?.id ?? 0, 'test')).toMatchObject({ resumed: true });
    await syncToy(deps, source(), 'next', ['case']);
    expect(await count()).toBe(60);
    const [held] = await listHeld(deps.pool);
    expect(held).toMatchObject({ missing: 60 });
    expect(await approveHeld(deps.pool, held?.id ?? 0, 'test')).toBe(60);
    expect(await approveHeld(deps.pool, held?.id ?? 0, 'test')).toBeUndefined();
    // Records came back and went again: the approval was for once, and so was the acceptance.
    data.case = cases(60);
    await syncToy(deps, source(), 'next', ['case']);
    data.case = [];
    await expect(syncToy(deps, source(), 'next', ['case'])).rejects.toMatchObject({ code: 'run/drift-stopped' });
    await setPaused(deps.pool, 'toy', ['case'], false);
    data.case = cases(20);
    await syncToy(deps, source(), 'next', ['case']);
    expect(await count()).toBe(60);
    expect(await listHeld(deps.pool)).toMatchObject([{ missing: 40 }]);
  });

  it('of a kind that never had anything, an empty answer is right', async () => {
    await enrolToy(deps, anna);
    const [outcome] = await syncToy(deps, source(), 'next', ['case']);
    expect(outcome?.state).toBe('done');
    expect(await listDrift(deps.pool)).toEqual([]);
  });
});

describe('asked citizen by citizen', () => {
  const crawled = (): SyncSource => {
    const one = source({ perCitizen: true });
    return {
      ...one,
      kinds: one.kinds.map((kind) => (kind.name === 'case' ? { ...kind, spec: { ...kind.spec, crawl: true } } : kind)),
    };
  };

  it('a source that knows nothing of anybody deletes nothing', async () => {
    await enrolToy(deps, anna);
    data.case = cases(3);
    await syncToy(deps, crawled(), 'next', ['case']);
    expect(await count()).toBe(3);
    data.case = [];
    await expect(syncToy(deps, crawled(), 'reconcile', ['case'])).rejects.toMatchObject({ code: 'run/drift-stopped' });
    expect(await count()).toBe(3);
    expect(await listHeld(deps.pool)).toMatchObject([{ missing: 3 }]);
  });

  it('an empty answer about one citizen is held', async () => {
    const { citizenId } = await enrolToy(deps, anna);
    data.case = cases(3);
    await syncToy(deps, source(), 'next', ['case']);
    data.case = [];
    const runId = await createRun(deps.pool, { source: 'toy', kind: '*', mode: 'citizen', trigger: 'test' });
    const order = { source: source({ perCitizen: true }), citizenId, runId, signal: new AbortController().signal };
    await fetchHistory(deps, order);
    expect(await count()).toBe(3);
    expect(await listHeld(deps.pool)).toMatchObject([{ missing: 3 }]);
  });
});

describe('a FHIR server', () => {
  const goal = (id: string) => ({
    resourceType: 'Goal',
    id,
    lifecycleStatus: 'active',
    description: { text: `Mål ${id}` },
    subject: { reference: 'Patient/p1' },
  });
  const patient = {
    resourceType: 'Patient',
    id: 'p1',
    identifier: [{ system: 'urn:oid:1.2.208.176.1.2', value: anna }],
  };

  const hubOver = (url: string): Hub =>
    composeHub({
      config: hubConfig.parse({
        municipality: { code: '0999', name: 'Egevang' },
        enrolmentBases: [{ code: 'lab-40-3', title: 'LAB § 40 stk. 3' }],
        sources: {
          care: {
            adapter: 'fhir',
            title: 'Omsorg',
            domain: 'health',
            config: { baseUrl: url, pageSize: '2' },
          },
        },
      }),
      pool: database.pool(),
      keys: deps.keys,
      log: quietLog,
      clock: systemClock,
      databaseUrl: '',
    });
  const pull = async (hub: Hub, name: string, want: 'next' | 'reconcile'): Promise<void> => {
    const found = hub.sources.get('care')?.source;
    const kind = found?.kinds.find((one) => one.name === name);
    if (found === undefined || kind === undefined) throw new Error('not configured');
    const runId = await createRun(hub.pool, { source: 'care', kind: name, mode: 'incremental', trigger: 'test' });
    await runSync(hub, { source: found, kind, runId, want, signal: AbortSignal.timeout(20_000) });
  };

  it.each(['down', 'error-500', 'forbidden', 'garbage', 'half-page', 'empty'] as const)(
    'that answers %s deletes nothing',
    async (fault) => {
      const goals = ['g1', 'g2', 'g3', 'g4', 'g5'].map(goal);
      const full = await startFhirStub({ data: { Patient: [patient], Goal: goals } });
      const bare = await startFhirStub({ data: { Patient: [patient], Goal: [] } });
      const number = parseNumber(anna);
      if (number === undefined) throw new Error('not a number');
      await enrol(deps.pool, deps.keys, ['care'], { number, basis: 'lab-40-3', by: 'test' });
      const hub = hubOver(full.url);
      await pull(hub, 'Patient', 'next');
      await pull(hub, 'Goal', 'next');
      const goalsStored = async () =>
        (await storedRecords(database.pool())).filter(({ entity }) => entity === 'goal').length;
      expect(await goalsStored()).toBe(5);
      const broken = fault === 'empty' ? hubOver(bare.url) : hub;
      if (fault !== 'empty') full.faults.set({ mode: fault, everyNth: fault === 'half-page' ? 2 : 1 });
      await expect(pull(broken, 'Goal', 'reconcile')).rejects.toThrow();
      expect(await goalsStored()).toBe(5);
      expect(await listHeld(deps.pool)).toEqual([]);
      await full.close();
      await bare.close();
    },
  );
});
