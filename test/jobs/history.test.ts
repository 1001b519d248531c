// A citizen's history after enrolment: fetched per citizen where the source can, by one shared reload where it cannot;
// refused, failed, stopped, and one at a time.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { HubError } from '../../src/errors.ts';
import type { SyncSource } from '../../src/pipeline/source.ts';
import { setPaused } from '../../src/store/sync-state.ts';
import { anna, bo, caseOf, noData, person, storedRecords, type ToyData, task, toySource } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { type Bench, enrolIn, guarded, queueStoreText, useJobs, workSource } from './fixture.ts';

const database = useDatabase();
const open = useJobs(database);
let data: ToyData;

beforeEach(async () => {
  await database.pool().query('truncate citizen, subject_key, record, record_body, link, change cascade');
  data = noData();
  data.person = [person('p1', anna, 'Anna And'), person('p2', bo, 'Bo Bi')];
  data.case = [caseOf('c1', [anna], 'Plan A'), caseOf('c2', [bo], 'Plan B')];
  data.task = [task('t1', 'c1', 'Mentor'), task('t2', 'c2', 'Praktik')];
});

const kinds = ['person', 'case', 'task'];
const keys = async (): Promise<readonly string[]> => (await storedRecords(database.pool())).map((r) => r.key).sort();
const fetches = async (source: string) =>
  (
    await database
      .pool()
      .query<{ state: string; error_code: string | null; ended: boolean }>(
        'select state, error_code, ended_at is not null as ended from citizen_fetch where source = $1',
        [source],
      )
  ).rows;

/** Everything loaded once, with nobody enrolled. */
const loaded = async (bench: Bench, source: string): Promise<void> => {
  for (const kind of kinds) await bench.sync(source, kind);
  await vi.waitFor(
    async () => {
      const { rows } = await database
        .pool()
        .query('select 1 from sync_state where source = $1 and load_complete and last_complete_at is not null', [
          source,
        ]);
      expect(rows).toHaveLength(kinds.length);
    },
    { timeout: 10_000 },
  );
};

const settled = async (source: string, state: string): Promise<void> =>
  vi.waitFor(async () => expect(await fetches(source)).toMatchObject([{ state, ended: true }]), { timeout: 12_000 });

const pulls = (counts: Map<string, number>, source: SyncSource): SyncSource =>
  guarded(source, (kind, how) => {
    counts.set(`${how} ${kind}`, (counts.get(`${how} ${kind}`) ?? 0) + 1);
  });

describe('a source that answers per citizen', () => {
  it('is asked for the citizen alone, and nothing is reloaded', async () => {
    const counts = new Map<string, number>();
    const work = workSource(pulls(counts, toySource(data, { mode: 'incremental', perCitizen: true })));
    const { name } = work.source;
    const bench = open([work]);
    bench.work();
    await loaded(bench, name);
    expect(await keys()).toEqual([]);
    counts.clear();
    await enrolIn(bench.deps, anna, [name]);
    bench.watch();
    await settled(name, 'done');
    expect(await keys()).toEqual(['c1', 'p1', 't1']);
    expect([...counts.keys()].filter((key) => key.startsWith('pull'))).toEqual([]);
    // The fetch has ended a moment before its run.
    await vi.waitFor(async () =>
      expect((await bench.runs(name, '*'))[0]).toMatchObject({ mode: 'citizen', state: 'done' }),
    );
  });
});

describe('a source that does not', () => {
  it.each(['incremental', 'snapshot'] as const)('is reloaded once for all who wait (%s)', async (mode) => {
    const counts = new Map<string, number>();
    const work = workSource(pulls(counts, toySource(data, { mode, pageSize: 10 })));
    const { name } = work.source;
    const bench = open([work]);
    bench.work();
    await loaded(bench, name);
    counts.clear();
    await enrolIn(bench.deps, anna, [name]);
    await enrolIn(bench.deps, bo, [name]);
    bench.watch();
    await vi.waitFor(async () => expect((await fetches(name)).map((f) => f.state)).toEqual(['done', 'done']), {
      timeout: 15_000,
    });
    expect(await keys()).toEqual(['c1', 'c2', 'p1', 'p2', 't1', 't2']);
    // A second reload may follow for keys seen for the first time; a third would be one per person.
    for (const kind of kinds) expect(counts.get(`pull ${kind}`) ?? 0).toBeLessThanOrEqual(2);
  });
});

describe('a fetch', () => {
  const refusing = (how: () => HubError | undefined, kind = 'case') =>
    guarded(toySource(data, { mode: 'incremental', perCitizen: true }), (pulled, what) => {
      const error = what === 'citizen' && pulled === kind ? how() : undefined;
      if (error !== undefined) throw error;
    });

  it('that the source refuses ends like one that found nothing, and sweeps nothing', async () => {
    const work = workSource(
      refusing(() => new HubError({ code: 'source/forbidden', fault: 'source', message: 'Refused.' })),
    );
    const { name } = work.source;
    const bench = open([work]);
    bench.work();
    await loaded(bench, name);
    await enrolIn(bench.deps, anna, [name]);
    bench.watch();
    await settled(name, 'refused');
    expect(await keys()).toEqual(['p1']);
    expect((await bench.runs(name, '*'))[0]?.state).toBe('done');
  });

  it('that is refused for one kind is answered for the others', async () => {
    const refusal = () => new HubError({ code: 'source/forbidden', fault: 'source', message: 'Refused.' });
    const work = workSource(refusing(refusal, 'person'));
    const { name } = work.source;
    const bench = open([work]);
    bench.work();
    await loaded(bench, name);
    await enrolIn(bench.deps, anna, [name]);
    bench.watch();
    await settled(name, 'refused');
    expect(await keys()).toEqual(['c1', 't1']);
  });

  it('that fails is tried again', async () => {
    let failures = 2;
    const work = workSource(
      refusing(() => {
        failures -= 1;
        return failures < 0
          ? undefined
          : new HubError({ code: 'source/bad-answer', fault: 'source', message: 'Not readable.' });
      }),
    );
    const { name } = work.source;
    const bench = open([work]);
    bench.work();
    await loaded(bench, name);
    await enrolIn(bench.deps, anna, [name]);
    bench.watch();
    await settled(name, 'done');
    expect(await keys()).toEqual(['c1', 'p1', 't1']);
    expect((await bench.runs(name, '*')).map((run) => run.state)).toEqual(['done', 'failed', 'failed']);
  });

  it('that one citizen makes impossible does not hold up the next one', async () => {
    const { task: tasks } = data;
    const work = workSource(
      guarded(toySource(data, { mode: 'incremental', perCitizen: true }), (_, how) => {
        if (how === 'citizen' && tasks.length === 2) {
          tasks.pop();
          throw new HubError({ code: 'source/bad-answer', fault: 'source', message: 'Not readable.' });
        }
      }),
    );
    const { name } = work.source;
    const bench = open([work]);
    bench.work();
    await loaded(bench, name);
    await enrolIn(bench.deps, anna, [name]);
    await enrolIn(bench.deps, bo, [name]);
    bench.watch();
    await vi.waitFor(async () => expect((await fetches(name)).map((f) => f.state)).toEqual(['done', 'done']), {
      timeout: 12_000,
    });
    const [first] = [...(await bench.runs(name, '*'))].reverse();
    expect(first?.state).toBe('failed');
  });

  it('is never made by two at once, however often it is asked for', async () => {
    let inside = 0;
    let most = 0;
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const work = workSource(
      guarded(toySource(data, { mode: 'incremental', perCitizen: true }), async (_, how) => {
        if (how !== 'citizen') return;
        inside += 1;
        most = Math.max(most, inside);
        await released;
        inside -= 1;
      }),
    );
    const { name } = work.source;
    const bench = open([work]);
    bench.work();
    await loaded(bench, name);
    await enrolIn(bench.deps, anna, [name]);
    const asked: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      asked.push(`${name}.history.test${n}`);
      await bench.queues.queue(name).add(`${name}.history.test${n}`, { type: 'history', source: name });
    }
    await vi.waitFor(() => expect(inside).toBe(1), { timeout: 5000 });
    // The others have come and gone: only the one that fetches is left.
    await vi.waitFor(async () => {
      const stored = await queueStoreText(database.pool(), 'job');
      expect(asked.filter((id) => stored.includes(id))).toHaveLength(1);
    });
    release();
    await settled(name, 'done');
    expect(most).toBe(1);
  });

  it('waits while a kind is paused, and nothing of the paused kind is pulled', async () => {
    const asked: string[] = [];
    const work = workSource(
      guarded(toySource(data, { mode: 'incremental', perCitizen: true }), (kind, how) => {
        asked.push(`${how} ${kind}`);
      }),
    );
    const { name } = work.source;
    const bench = open([work]);
    bench.work();
    await loaded(bench, name);
    await setPaused(database.pool(), name, ['case'], true);
    asked.length = 0;
    await enrolIn(bench.deps, anna, [name]);
    await bench.queues.queue(name).add(`${name}.history.paused`, { type: 'history', source: name });
    await bench.sync(name, 'case');
    await bench.sync(name, 'person');
    await vi.waitFor(() => expect(asked).toContain('pull person'), { timeout: 5000 });
    await vi.waitFor(async () => expect(await queueStoreText(database.pool(), 'job')).not.toContain(`${name}.`));
    expect(asked).toEqual(['pull person']);
    await setPaused(database.pool(), name, ['case'], false);
    bench.watch();
    await settled(name, 'done');
    expect(await keys()).toEqual(['c1', 'p1', 't1']);
  });
});

describe('a record that arrives before anybody knows who it is about', () => {
  it('comes again when its case is known', async () => {
    data.case = [];
    const work = workSource(toySource(data, { mode: 'incremental' }));
    const { name } = work.source;
    const bench = open([work]);
    bench.work();
    await enrolIn(bench.deps, anna, [name]);
    await loaded(bench, name);
    await vi.waitFor(async () => expect(await keys()).toEqual(['p1']), { timeout: 5000 });
    data.case = [caseOf('c1', [anna], 'Plan A')];
    await bench.sync(name, 'case');
    bench.watch();
    await vi.waitFor(async () => expect(await keys()).toEqual(['c1', 'p1', 't1']), { timeout: 12_000 });
    await settled(name, 'done');
  });
});
