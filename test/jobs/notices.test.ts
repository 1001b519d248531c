// From what a source posts to what readers have: kept in one transaction, fetched by the worker, merged, retried, found
// again by the watchdog; and nobody's number where it does not belong.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notice, Receipt } from '../../src/adapter/contract.ts';
import { HubError } from '../../src/errors.ts';
import { acceptDelivery } from '../../src/pipeline/deliveries.ts';
import type { SyncSource } from '../../src/pipeline/source.ts';
import { endEnrolment } from '../../src/store/enrolment.ts';
import { expireNotices, noticeGroups, retryNotices } from '../../src/store/notices.ts';
import { setPaused } from '../../src/store/sync-state.ts';
import { type Controlled, type ControlledOptions, controlled, titles } from '../pipeline/notice-toy.ts';
import { anna, bo, caseOf, noData, storedRecords, type ToyData } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { type Bench, enrolIn, guarded, queueStoreText, useJobs, workSource } from './fixture.ts';

const database = useDatabase();
const open = useJobs(database);
let data: ToyData;

beforeEach(async () => {
  await database
    .pool()
    .query(
      'truncate citizen, subject_key, record, record_version, record_body, link, change, load_page, notice, look, look_mark cascade',
    );
  data = noData();
});

interface Started extends Controlled {
  readonly bench: Bench;
  readonly source: SyncSource;
  post(notices: readonly Omit<Notice, 'kind'>[], more?: Partial<Receipt>): Promise<{ kept: number; dropped: number }>;
}

const start = (
  options: ControlledOptions & { wrap?: (source: SyncSource) => SyncSource } = {},
  rule: Parameters<typeof workSource>[1] = {},
): Started => {
  const toy = controlled(data, { held: false, ...options });
  let said: Receipt = { notices: [] };
  const work = workSource((options.wrap ?? ((source) => source))({ ...toy.source, receive: async () => said }), rule);
  const bench = open([work]);
  return {
    ...toy,
    bench,
    source: work.source,
    post(notices, more = {}) {
      said = { notices: notices.map((notice) => ({ kind: 'case', ...notice })), ...more };
      return acceptDelivery(bench.deps, work.source, { contentType: 'x', body: '' });
    },
  };
};

const stored = () => titles(database.pool());
const rows = async () =>
  (
    await database
      .pool()
      .query<{ state: string; times: number; attempts: number; error_code: string | null; sealed: boolean }>(
        'select state, times, attempts, error_code, key_cipher is not null as sealed from notice order by id',
      )
  ).rows;
const soon = { timeout: 10_000 };

describe('a notice', () => {
  it('about a citizen brings everything of theirs, and takes away what is gone', async () => {
    const { bench, source, post } = start({ ways: ['citizen'] });
    await enrolIn(bench.deps, anna, []);
    data.case = [caseOf('c1', [anna], 'one'), caseOf('c2', [anna], 'two')];
    expect(await post([{ key: 'c1', change: 'created', cprs: [anna] }])).toMatchObject({ kept: 1, dropped: 0 });
    bench.work();
    bench.watch();
    await vi.waitFor(async () => expect(await stored()).toEqual({ c1: 'one', c2: 'two' }), soon);
    // While the first is open, the second would be the same row told twice.
    await vi.waitFor(async () => expect((await rows()).map((row) => row.state)).toEqual(['done']), soon);
    data.case = [caseOf('c2', [anna], 'two')];
    await post([{ key: 'c1', change: 'deleted', cprs: [anna] }]);
    await vi.waitFor(async () => expect(await stored()).toEqual({ c2: 'two' }), soon);
    await vi.waitFor(
      async () =>
        expect((await rows()).map((row) => [row.state, row.sealed])).toEqual([
          ['done', false],
          ['done', false],
        ]),
      soon,
    );
    expect((await bench.runs(source.name, '*notices')).map((run) => run.state)).toEqual(['done', 'done']);
  });

  it('that says deleted is asked about: what the source still has, stays', async () => {
    const { bench, post } = start();
    await enrolIn(bench.deps, anna, []);
    data.case = [caseOf('c1', [anna], 'one')];
    await post([{ key: 'c1', change: 'deleted' }]);
    bench.work();
    bench.watch();
    await vi.waitFor(async () => expect(await stored()).toEqual({ c1: 'one' }), soon);
  });

  it('about nobody who is enrolled is counted and forgotten', async () => {
    const { bench, post } = start();
    await enrolIn(bench.deps, anna, []);
    expect(
      await post([
        { key: 'c1', change: 'created', cprs: [bo] },
        { key: 'c2', change: 'created', cprs: ['not a number'] },
      ]),
    ).toMatchObject({ kept: 0, dropped: 2 });
    expect(await rows()).toEqual([]);
  });

  it('the same again is one row, and while it is fetched asks for another fetch', async () => {
    const { bench, post, next, free } = start({ held: true });
    await enrolIn(bench.deps, anna, []);
    data.case = [caseOf('c1', [anna], 'one')];
    await post([{ key: 'c1', change: 'created' }]);
    await post([{ key: 'c1', change: 'updated' }]);
    expect(await rows()).toMatchObject([{ state: 'open', times: 2 }]);
    bench.work();
    bench.watch();
    const question = await next('keys');
    data.case = [caseOf('c1', [anna], 'two')];
    await post([{ key: 'c1', change: 'updated' }]);
    free();
    question.give();
    await vi.waitFor(async () => expect(await stored()).toEqual({ c1: 'two' }), soon);
    await vi.waitFor(async () => expect(await rows()).toMatchObject([{ state: 'done', times: 3 }]), soon);
  });

  it('told twice at once is about everybody it named', async () => {
    const { bench, post } = start();
    const citizens = [await enrolIn(bench.deps, anna, []), await enrolIn(bench.deps, bo, [])];
    await post([
      { key: 'c1', change: 'updated', cprs: [anna] },
      { key: 'c1', change: 'deleted', cprs: [bo] },
    ]);
    const { rows: kept } = await database.pool().query<{ citizens: string[] }>('select citizens from notice');
    expect(kept.map((row) => row.citizens.sort())).toEqual([citizens.sort()]);
  });

  it('nobody can be asked about pulls the kind, and ends when a run that began later is done', async () => {
    const { bench, source, post } = start({ ways: [] });
    await enrolIn(bench.deps, anna, []);
    data.case = [caseOf('c1', [anna], 'one')];
    await post([{ key: 'c1', change: 'created' }]);
    bench.work();
    bench.watch();
    await vi.waitFor(async () => expect(await stored()).toEqual({ c1: 'one' }), soon);
    expect((await bench.runs(source.name, 'case')).map((run) => run.trigger)).toEqual(['notice']);
    await database.pool().query('update notice set next_at = now()');
    await vi.waitFor(async () => expect(await rows()).toMatchObject([{ state: 'done' }]), soon);
  });

  it('of a paused kind waits; of an erased citizen is gone', async () => {
    const { bench, source, post } = start();
    await enrolIn(bench.deps, anna, []);
    await setPaused(database.pool(), source.name, ['case'], true);
    data.case = [caseOf('c1', [anna], 'one')];
    await post([{ key: 'c1', change: 'created', cprs: [anna] }]);
    bench.work();
    bench.watch();
    await vi.waitFor(async () => {
      const { rows: waiting } = await database.pool().query('select 1 from notice where next_at > now()');
      expect(waiting).toHaveLength(1);
    }, soon);
    expect(await stored()).toEqual({});
    const { rows: enrolments } = await database.pool().query<{ id: string }>('select id from enrolment');
    await endEnrolment(database.pool(), enrolments[0]?.id ?? '', 'test');
    expect(await rows()).toEqual([]);
  });
});

describe('deletions', () => {
  it('that nobody can check, or that only the look shows, are held above the guard', async () => {
    const { bench, post } = start({ ways: ['keys'], guard: { count: 2, share: 0.5 } });
    await enrolIn(bench.deps, anna, []);
    data.case = ['c1', 'c2', 'c3', 'c4'].map((key) => caseOf(key, [anna], key));
    const all = data.case.map(({ key }) => ({ key, change: 'updated' as const }));
    await post(all);
    bench.work();
    bench.watch();
    await vi.waitFor(async () => expect(Object.keys(await stored())).toHaveLength(4), soon);
    // The source answers, and has lost everything, though nobody said so.
    data.case = [];
    await post(all);
    await vi.waitFor(async () => expect((await rows()).every((row) => row.state === 'done')).toBe(true), soon);
    expect(Object.keys(await stored())).toHaveLength(4);
    const { rows: held } = await database.pool().query('select missing, state from held_deletion');
    expect(held).toEqual([{ missing: 4, state: 'held' }]);
  });
});

describe('trouble', () => {
  it('of the network is tried again, and everything else gives up and can be asked for again', async () => {
    let trouble: HubError | undefined = new HubError({ code: 'source/timeout', fault: 'transient', message: 'slow' });
    const wrap = (source: SyncSource): SyncSource =>
      guarded(source, (_, how) => {
        if (how === 'citizen' && trouble !== undefined) throw trouble;
      });
    const { bench, source, post } = start({ ways: ['citizen'], wrap });
    await enrolIn(bench.deps, anna, []);
    data.case = [caseOf('c1', [anna], 'one')];
    await post([{ key: 'c1', change: 'created', cprs: [anna] }]);
    bench.work();
    bench.watch();
    await vi.waitFor(
      async () => expect(await rows()).toMatchObject([{ state: 'open', attempts: 1, error_code: 'source/timeout' }]),
      soon,
    );
    trouble = new HubError({ code: 'source/bad-answer', fault: 'source', message: 'odd' });
    await vi.waitFor(async () => {
      await database.pool().query('update notice set next_at = now()');
      expect(await rows()).toMatchObject([{ state: 'failed', attempts: 3, error_code: 'source/bad-answer' }]);
    }, soon);
    expect(await noticeGroups(database.pool(), source.name)).toMatchObject([{ state: 'failed', count: 1 }]);
    trouble = undefined;
    expect(await retryNotices(database.pool(), source.name)).toBe(1);
    await vi.waitFor(async () => expect(await stored()).toEqual({ c1: 'one' }), soon);
  });

  it('that nobody tried again goes after a month, with the key it holds', async () => {
    const trouble = new HubError({ code: 'source/bad-answer', fault: 'source', message: 'odd' });
    const wrap = (source: SyncSource): SyncSource =>
      guarded(source, (_, how) => {
        if (how === 'citizen') throw trouble;
      });
    const { bench, post } = start({ ways: ['citizen'], wrap });
    await enrolIn(bench.deps, anna, []);
    await post([{ key: 'c1', change: 'created', cprs: [anna] }]);
    await database.pool().query(`update notice set state = 'failed', ended_at = now() - interval '29 days'`);
    await expireNotices(database.pool());
    expect(await rows()).toHaveLength(1);
    await database.pool().query(`update notice set ended_at = now() - interval '31 days'`);
    await expireNotices(database.pool());
    expect(await rows()).toEqual([]);
  });

  it('of a refusal ends it, and nothing is swept', async () => {
    let refuses = false;
    const wrap = (source: SyncSource): SyncSource =>
      guarded(source, (_, how) => {
        if (refuses && how === 'citizen')
          throw new HubError({ code: 'source/forbidden', fault: 'source', message: 'no' });
      });
    const { bench, post } = start({ ways: ['citizen'], wrap });
    await enrolIn(bench.deps, anna, []);
    data.case = [caseOf('c1', [anna], 'one')];
    await post([{ key: 'c1', change: 'created', cprs: [anna] }]);
    bench.work();
    bench.watch();
    await vi.waitFor(async () => expect(await stored()).toEqual({ c1: 'one' }), soon);
    refuses = true;
    data.case = [];
    await post([{ key: 'c1', change: 'deleted', cprs: [anna] }]);
    await vi.waitFor(
      async () => expect((await rows()).at(-1)).toMatchObject({ state: 'done', error_code: 'source/forbidden' }),
      soon,
    );
    expect(await stored()).toEqual({ c1: 'one' });
  });
});

it('a number in a key is in the clear nowhere', async () => {
  const { bench, post } = start({ ways: ['citizen'] });
  await enrolIn(bench.deps, anna, []);
  data.case = [caseOf('c1', [anna], 'one')];
  await post([{ key: `person/${anna}`, change: 'updated', cprs: [anna] }]);
  const text = async (): Promise<string> =>
    JSON.stringify((await database.pool().query('select n::text from notice n')).rows) +
    JSON.stringify((await database.pool().query('select l::text from look l')).rows);
  expect(await text()).not.toContain(anna);
  bench.work();
  bench.watch();
  await vi.waitFor(async () => expect(await storedRecords(database.pool())).toHaveLength(1), soon);
  expect(await text()).not.toContain(anna);
  expect(await queueStoreText(database.pool())).not.toContain(anna);
  expect(bench.lines.join('')).not.toContain(anna);
});
