// What a worker does with its jobs: kinds wait for those that name their citizens, long pulls go on in slices, a stop
// finishes the page in hand, and the queue's store never learns whom anything was about.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SyncSource } from '../../src/pipeline/source.ts';
import { readSyncState } from '../../src/store/sync-state.ts';
import { readWorkers } from '../../src/store/workers.ts';
import { anna, caseOf, noData, person, storedRecords, type ToyData, task, toySource } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { enrolIn, guarded, queueStoreText, useJobs, workSource } from './fixture.ts';

const database = useDatabase();
const open = useJobs(database);
let data: ToyData;

beforeEach(async () => {
  await database.pool().query('truncate citizen, subject_key, record, record_body, link, change, load_page cascade');
  data = noData();
  data.person = [person('p1', anna, 'Anna And')];
  data.case = [caseOf('c1', [anna], 'Plan A')];
  data.task = [task('t1', 'c1', 'Mentor')];
});

const pages = (source: SyncSource, kind: string) => readSyncState(database.pool(), source.name, kind);
const keys = async () => (await storedRecords(database.pool())).map((r) => r.key).sort();

describe('kinds', () => {
  it('found through another wait until that one has been loaded', async () => {
    const order: string[] = [];
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const work = workSource(
      guarded(toySource(data), async (kind) => {
        order.push(kind);
        if (kind === 'case') await released;
      }),
    );
    const { name } = work.source;
    const bench = open([work]);
    await enrolIn(bench.deps, anna, [name]);
    bench.work();
    for (let n = 0; n < 5; n += 1) await bench.sync(name, 'task');
    await bench.sync(name, 'case');
    await vi.waitFor(() => expect(order).toEqual(['case']), { timeout: 5000 });
    // All five wait as one.
    await vi.waitFor(
      async () => {
        const stored = await queueStoreText(database.pool(), 'job');
        expect(stored).not.toContain(`${name}.task.next.asked`);
        expect(stored).toContain(`${name}.task.next.waits`);
      },
      { timeout: 5000 },
    );
    release();
    await vi.waitFor(async () => expect(await keys()).toEqual(['c1', 't1']), { timeout: 10_000 });
    expect(order).toEqual(['case', 'task']);
  });

  it('that are paused are not pulled', async () => {
    const pulled: string[] = [];
    const work = workSource(guarded(toySource(data), (kind) => void pulled.push(kind)));
    const { name } = work.source;
    const bench = open([work]);
    await database.pool().query(`insert into sync_state (source, kind, paused) values ($1, 'case', true)`, [name]);
    bench.work();
    await bench.sync(name, 'case');
    await bench.sync(name, 'person');
    await vi.waitFor(() => expect(pulled).toEqual(['person']), { timeout: 5000 });
    await vi.waitFor(async () => expect(await queueStoreText(database.pool(), 'job')).not.toContain(`${name}.`));
    expect(pulled).toEqual(['person']);
    expect(await bench.runs(name, 'case')).toEqual([]);
  });
});

describe('a run', () => {
  it('keeps what it ran with', async () => {
    const work = workSource(toySource(data));
    const settings = {
      mappingVersion: '7',
      schedule: '*/5 * * * *',
      budget: { requestsPerSecond: 20, concurrency: 4 },
    };
    const bench = open([{ ...work, runSettings: (kind) => ({ ...settings, mappingVersion: `of ${kind}` }) }]);
    bench.work();
    await bench.sync(work.source.name, 'case');
    await vi.waitFor(
      async () =>
        expect(await bench.runs(work.source.name, 'case')).toMatchObject([
          { state: 'done', settings: { ...settings, mappingVersion: 'of case' } },
        ]),
      { timeout: 5000 },
    );
  });
});

describe('a worker', () => {
  it('says that it is there until it stops', async () => {
    const bench = open([workSource(toySource(data))]);
    const watchdog = bench.watch();
    await vi.waitFor(async () => expect(await readWorkers(database.pool())).toHaveLength(1), { timeout: 5000 });
    const [seen] = await readWorkers(database.pool());
    expect(seen?.version).toMatch(/^\d+\.\d+\.\d+/);
    await watchdog.stop();
    expect(await readWorkers(database.pool())).toEqual([]);
  });
});

describe('a long pull', () => {
  beforeEach(() => {
    data.case = Array.from({ length: 12 }, (_, n) => caseOf(`c${n}`, [anna], `Plan ${n}`));
  });

  it('goes on in slices as one run, and other kinds get their turn in between', async () => {
    const handed: string[] = [];
    const work = { ...workSource(guarded(toySource(data), (kind) => void handed.push(kind))), concurrency: 1 };
    const { name } = work.source;
    const bench = open([work], { sliceMs: 0 });
    await enrolIn(bench.deps, anna, [name]);
    await bench.sync(name, 'case');
    await bench.sync(name, 'person');
    bench.work();
    await vi.waitFor(async () => expect((await bench.runs(name, 'case'))[0]?.state).toBe('done'), { timeout: 15_000 });
    expect(await bench.runs(name, 'case')).toHaveLength(1);
    expect((await bench.runs(name, 'case'))[0]).toMatchObject({ mode: 'load', pages: 6 });
    expect(handed.indexOf('person')).toBeGreaterThan(0);
    expect(handed.indexOf('person')).toBeLessThan(6);
    expect((await keys()).filter((key) => key.startsWith('c'))).toHaveLength(12);
  });

  it('is stopped after the page in hand, leaves nothing running, and is resumed by the next worker', async () => {
    let handed = 0;
    let reached: () => void = () => undefined;
    const third = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const work = workSource(
      guarded(toySource(data), () => {
        handed += 1;
        if (handed === 3) reached();
      }),
    );
    const { name } = work.source;
    const bench = open([work]);
    await enrolIn(bench.deps, anna, [name]);
    const worker = bench.work();
    await bench.sync(name, 'case');
    await third;
    await worker.close();
    const state = await pages(work.source, 'case');
    // A page that was fetched ahead is not in hand yet: it comes again.
    expect(state.loadComplete).toBe(false);
    expect([handed - 1, handed]).toContain(state.loadPages);
    const [run] = await bench.runs(name, 'case');
    expect(run).toMatchObject({ state: 'cancelled', errorCode: 'run/cancelled', pages: state.loadPages });
    // Nobody is told of a stop as of something that went wrong.
    expect(bench.log.filter(({ event }) => event === 'run.failed')).toEqual([]);
    expect((await bench.queues.queue(name).depth()).failed).toBe(0);
    const { rows } = await database
      .pool()
      .query(
        `select 1 from pg_locks where locktype = 'advisory' and classid = 7265743 and database = (select oid from pg_database where datname = current_database())`,
      );
    expect(rows).toEqual([]);
    bench.work();
    bench.watch();
    await vi.waitFor(async () => expect((await pages(work.source, 'case')).loadComplete).toBe(true), {
      timeout: 12_000,
    });
    expect(handed).toBeLessThanOrEqual(7);
    expect((await keys()).filter((key) => key.startsWith('c'))).toHaveLength(12);
    expect(bench.log.filter((entry) => entry.event === 'queue.error')).toEqual([]);
  });
});

describe('the queue’s store', () => {
  it('holds no personal data: not in jobs, not in the errors of failed ones', async () => {
    const canary = '1203751234';
    const work = workSource(
      guarded(toySource(data), () => {
        throw Object.assign(new Error(`no such patient: ${canary} Kanariefugl Hansen`), {
          detail: canary,
          response: { data: canary },
        });
      }),
    );
    const { name } = work.source;
    const bench = open([work]);
    await enrolIn(bench.deps, anna, [name]);
    bench.work();
    bench.watch();
    for (const kind of ['person', 'case', 'task']) await bench.sync(name, kind);
    await bench.queues.queue(name).add(`${name}.history.canary`, { type: 'history', source: name });
    await vi.waitFor(
      async () =>
        expect((await bench.runs(name)).filter((run) => run.state === 'failed').length).toBeGreaterThanOrEqual(2),
      { timeout: 10_000 },
    );
    await vi.waitFor(async () => expect(await queueStoreText(database.pool())).toContain('bug/unexpected'));
    const everything = [
      await queueStoreText(database.pool()),
      JSON.stringify(await bench.runs(name)),
      bench.lines.join('\n'),
    ].join('\n');
    expect(everything).toContain('bug/unexpected');
    for (const secret of [canary, 'Kanariefugl', anna, 'Anna And']) expect(everything).not.toContain(secret);
  });
});
