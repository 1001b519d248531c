// A source and a run from close by: pages of runs that neither skip nor repeat, charts of few points, and nothing in what is
// shown that could be somebody's.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { HubError } from '../../src/errors.ts';
// The numbers of the database's bigint columns are made numbers there.
import '../../src/store/db.ts';
import { checkpointWords } from '../../src/store/checkpoint-words.ts';
import { readRunPage } from '../../src/store/run-list.ts';
import { readSeries } from '../../src/store/run-series.ts';
import { readRunView } from '../../src/store/run-view.ts';
import { addRequests, countPage, createRun, endRun, noCounts, startRun } from '../../src/store/runs.ts';
import { readSourceView } from '../../src/store/source-view.ts';
import { useDatabase } from '../postgres.ts';
import { planOf, seedYear } from './year.ts';

const database = useDatabase();

describe('runs', () => {
  beforeAll(() => seedYear(database.pool(), { sources: 3, kinds: 2, days: 2, yearDays: 400 }));

  test('are read page by page, each once, the newest first, and by what is asked', async () => {
    const pool = database.pool();
    const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n from run where source = 'source-00'`);
    const seen: string[] = [];
    let after: string | undefined;
    let last = Number.POSITIVE_INFINITY;
    do {
      const page = await readRunPage(pool, { source: 'source-00', after, limit: 170 });
      for (const run of page.runs) {
        expect(run.queuedAt.getTime()).toBeLessThanOrEqual(last);
        last = run.queuedAt.getTime();
        seen.push(run.id);
      }
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(rows[0]?.n ?? 0);

    const failed = await readRunPage(pool, { states: ['failed'], limit: 10 });
    expect(failed).toMatchObject({
      runs: [{ source: 'source-00', kind: 'kind-0', errorCode: 'source/timeout' }],
      next: null,
    });
    const hour = { from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() - 1_800_000) };
    const some = await readRunPage(pool, {
      source: 'source-01',
      kind: 'kind-1',
      trigger: 'schedule',
      ...hour,
      limit: 50,
    });
    expect(some.runs).toHaveLength(6);
    expect((await readRunPage(pool, { trigger: 'history', limit: 5 })).runs).toEqual([]);
  });

  test('are charted in few points: a busy day in fives of minutes, a quiet one run by run, a week by hour, a year by day', async () => {
    const pool = database.pool();
    const now = new Date();
    const busy = await readSeries(pool, { source: 'source-00', range: 'day' }, now);
    expect(busy.step).toBe('five-minutes');
    expect(busy.points.length).toBeLessThanOrEqual(289);
    expect(busy.points.reduce((sum, { runs }) => sum + runs, 0)).toBeGreaterThanOrEqual(2 * 287);
    const quiet = await readSeries(pool, { source: 'source-00', kind: 'kind-0', range: 'day' }, now);
    expect(quiet.step).toBe('run');
    expect(quiet.points.at(-1)).toMatchObject({
      failed: 1,
      served: 100,
      changed: 4,
      requests: 3,
      ms: 2000,
      recordsPerSecond: 50,
    });
    expect(quiet.points.at(-1)?.runId).toMatch(/^[0-9a-f-]{36}$/);
    const week = await readSeries(pool, { source: 'source-00', range: 'week' }, now);
    expect(week.step).toBe('hour');
    expect(week.points.reduce((sum, { served }) => sum + served, 0)).toBe(100 * 2 * 2 * 288);
    const year = await readSeries(pool, { source: 'source-00', range: 'year' }, now);
    expect(year.points).toHaveLength(365);
    expect(year.points.at(-1)).toMatchObject({
      runs: 576,
      served: 57_600,
      changed: 2400,
      ms: 1_200_000,
      longestMs: 9000,
    });
    const one = await readSeries(pool, { source: 'source-00', kind: 'kind-1', range: 'year' }, now);
    expect(one.points.at(-1)).toMatchObject({ runs: 288 });
  });

  test('are read through indexes', async () => {
    const page = await planOf(
      database.pool(),
      `select * from run where source = $1 and (queued_at, id) < (select queued_at, id from run where id = $2::uuid) order by queued_at desc, id desc limit 50`,
      ['source-00', '00000000-0000-0000-0000-000000000000'],
    );
    expect(page).toMatch(/Index Scan using run_(source|queued)/);
    expect(page).not.toMatch(/Sort|Seq Scan/);
  });
});

describe('a run', () => {
  const failure = new HubError({ code: 'source/bad-answer', fault: 'source', message: 'The answer has no end.' });

  test('is shown with its settings, pages, causes, what happened meanwhile and the runs beside it', async () => {
    const pool = database.pool();
    const settings = {
      mappingVersion: '3',
      schedule: '*/5 * * * *',
      budget: { requestsPerSecond: 20, concurrency: 4 },
    };
    const made = async (): Promise<string> => {
      const id = await createRun(pool, { source: 'near', kind: 'case', mode: 'load', trigger: 'test', settings });
      await startRun(pool, id, 'load');
      return id;
    };
    const before = await made();
    await endRun(pool, before, 'done');
    const id = await made();
    await countPage(pool, id, { ...noCounts(), served: 10, stored: 8, created: 3, quarantined: 2, issues: 4 });
    await countPage(pool, id, noCounts());
    await countPage(pool, id, { ...noCounts(), served: 5, stored: 5, changed: 1 });
    await addRequests(pool, id, 3);
    await pool.query(
      `insert into quarantine (source, kind, key_hash, run_id, code, path, mapping_version, expires_at, state)
       select 'near', 'case', convert_to(n::text, 'UTF8'), $1, 'mapping/missing', 'title', '3', 'infinity', case when n = 1 then 'replayed' else 'open' end
       from generate_series(1, 2) n`,
      [id],
    );
    await pool.query(`insert into drift (source, kind, type, name) values ('near', 'case', 'unknown-field', 'colour')`);
    await pool.query(`insert into held_deletion (source, kind, stored, missing) values ('near', 'case', 100, 90)`);
    await endRun(pool, id, 'failed', failure);
    const after = await made();
    const view = await readRunView(pool, id);
    expect(view).toMatchObject({
      run: {
        id,
        state: 'failed',
        pages: 3,
        requests: 3,
        settings,
        errorFault: 'source',
        counts: { served: 15, stored: 13 },
      },
      pages: [
        { page: 1, served: 10, stored: 8, written: 3, quarantined: 2, issues: 4 },
        { page: 3, served: 5, written: 1 },
      ],
      issues: [{ kind: 'case', code: 'mapping/missing', path: 'title', count: 2, open: 1 }],
      drift: [{ type: 'unknown-field', name: 'colour', did: 'note' }],
      held: [{ missing: 90, state: 'held' }],
      previous: { id: before, state: 'done' },
      next: { id: after, state: 'running' },
    });
    expect(await readRunView(pool, '00000000-0000-0000-0000-000000000000')).toBeUndefined();
  });

  test('belongs to a source that is shown with what waits for it', async () => {
    const pool = database.pool();
    await pool.query(
      `insert into sync_state (source, kind, checkpoint, load, mapping_version) values ('near', 'case', '{"since": "2026-11-22T01:02:03Z", "page": 4}', 2, '3')`,
    );
    await pool.query(
      `insert into notice (source, kind, key_hash, change, state) values ('near', 'case', '\\x01', 'updated', 'open'), ('near', 'case', '\\x02', 'updated', 'failed')`,
    );
    const view = await readSourceView(pool, 'near');
    expect(view).toMatchObject({
      kinds: [
        {
          kind: 'case',
          loads: 2,
          mappingVersion: '3',
          schedule: null,
          load: null,
          records: 0,
          checkpoint: [
            { name: 'page', type: 'count', value: '4' },
            { name: 'since', type: 'moment', value: '2026-11-22T01:02:03Z' },
          ],
        },
      ],
      breaker: null,
      notices: { waiting: 1, failed: 1 },
      histories: { waiting: 0, failed: 0, oldestAt: null },
      requests: { lastHour: 3, today: 3 },
    });
    expect(await readSourceView(pool, 'nobody')).toMatchObject({ kinds: [], breaker: null });
  });
});

describe('what is shown of a checkpoint', () => {
  test('of a crawl is how far it is, not at whom', () => {
    const at = { citizen: '7b1b4f0e-6a54-4b39-9d9f-0f3c2e1a5d77', asked: 12, refused: 1, aside: 0 };
    expect(checkpointWords(at)).toEqual([
      { name: 'citizen', type: 'text', value: null },
      { name: 'asked', type: 'count', value: '12' },
      { name: 'refused', type: 'count', value: '1' },
      { name: 'aside', type: 'count', value: '0' },
    ]);
    expect(checkpointWords(null)).toEqual([]);
  });

  test('holds no text, no long number and no name that is data, whatever an adapter keeps', () => {
    const secret = fc.oneof(
      fc.integer({ min: 0, max: 9_999_999_999 }).map((n) => String(n).padStart(10, '0')),
      fc.integer({ min: 100_000_000, max: 3_112_999_999 }),
      fc.uuid(),
      fc.emailAddress(),
    );
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        secret,
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(secret.map(String), fc.constantFrom('next', 'since')), tie('node'), { maxKeys: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(tree, (checkpoint) => {
        for (const { name, value } of checkpointWords(checkpoint)) {
          expect(name).toMatch(/^((next|since)(\.(next|since))*)?$/);
          expect(value ?? '').toMatch(/^\d{0,8}$/);
        }
      }),
    );
  });
});
