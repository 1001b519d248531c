// A day counts every run exactly once: however often it was tried, in whatever order its requests and its end were told,
// and also when its worker was killed.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HubError } from '../../src/errors.ts';
import { endAbandoned, idleRuns } from '../../src/store/leftovers.ts';
import {
  addRequests,
  countPage,
  createRun,
  endRun,
  noCounts,
  pruneRuns,
  readRun,
  startRun,
} from '../../src/store/runs.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();

const failure = new HubError({ code: 'source/timeout', fault: 'transient', message: 'The source did not answer.' });

interface Day {
  readonly runs: number;
  readonly failed: number;
  readonly served: number;
  readonly stored: number;
  readonly changed: number;
  readonly requests: number;
  readonly ms: number;
  readonly longest_ms: number;
}

const dayOf = async (kind: string): Promise<Day | undefined> =>
  (await database.pool().query<Day>('select * from run_day where kind = $1', [kind])).rows.map((row) => ({
    runs: Number(row.runs),
    failed: Number(row.failed),
    served: Number(row.served),
    stored: Number(row.stored),
    changed: Number(row.changed),
    requests: Number(row.requests),
    ms: Number(row.ms),
    longest_ms: Number(row.longest_ms),
  }))[0];

const tries = fc.array(
  fc.record({
    pages: fc.array(fc.nat(50), { maxLength: 3 }),
    requests: fc.nat(20),
    late: fc.boolean(),
    ends: fc.constantFrom('done' as const, 'failed' as const, 'cancelled' as const),
    again: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
);

describe('a day', () => {
  test('is the sum of its runs, each told once', async () => {
    const pool = database.pool();
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(tries, { minLength: 1, maxLength: 3 }), async (runs) => {
        number += 1;
        const kind = `kind-${number}`;
        for (const attempts of runs) {
          const id = await createRun(pool, { source: 'toy', kind, mode: 'incremental', trigger: 'test' });
          for (const attempt of attempts) {
            await startRun(pool, id, 'incremental');
            for (const served of attempt.pages)
              await countPage(pool, id, { ...noCounts(), served, stored: served, changed: Math.floor(served / 2) });
            if (!attempt.late) await addRequests(pool, id, attempt.requests);
            await endRun(pool, id, attempt.ends, attempt.ends === 'done' ? undefined : failure);
            if (attempt.late) await addRequests(pool, id, attempt.requests);
            if (attempt.again) await endRun(pool, id, attempt.ends);
          }
        }
        const all = runs.flat();
        const pages = all.flatMap((attempt) => attempt.pages);
        const total = pages.reduce((sum, served) => sum + served, 0);
        const day = await dayOf(kind);
        expect(day).toMatchObject({
          runs: all.length,
          failed: all.filter((attempt) => attempt.ends === 'failed').length,
          served: total,
          stored: total,
          changed: pages.reduce((sum, served) => sum + Math.floor(served / 2), 0),
          requests: all.reduce((sum, attempt) => sum + attempt.requests, 0),
        });
        expect(day?.longest_ms).toBeLessThanOrEqual(day?.ms ?? 0);
      }),
      { numRuns: 25 },
    );
  });

  test('counts no run that was skipped before it began, and says whose fault a failure was', async () => {
    const pool = database.pool();
    const id = await createRun(pool, { source: 'toy', kind: 'skipped', mode: 'incremental', trigger: 'test' });
    await endRun(pool, id, 'skipped');
    expect(await dayOf('skipped')).toMatchObject({ runs: 0, failed: 0 });
    const failed = await createRun(pool, { source: 'toy', kind: 'faulty', mode: 'incremental', trigger: 'test' });
    await startRun(pool, failed, 'load');
    await endRun(pool, failed, 'failed', failure);
    expect(await readRun(pool, failed)).toMatchObject({ errorCode: 'source/timeout', errorFault: 'transient' });
    await startRun(pool, failed, 'load');
    // Until the new try has brought something, that is how it fares.
    expect(await readRun(pool, failed)).toMatchObject({
      attempt: 2,
      errorCode: 'source/timeout',
      errorFault: 'transient',
    });
    await countPage(pool, failed, { ...noCounts(), served: 1, stored: 1 });
    await startRun(pool, failed, 'load');
    expect(await readRun(pool, failed)).toMatchObject({ attempt: 2, errorCode: null, errorFault: null });
  });

  test('knows what a killed worker had stored', async () => {
    const pool = database.pool();
    const id = await createRun(pool, { source: 'toy', kind: 'killed', mode: 'incremental', trigger: 'test' });
    await startRun(pool, id, 'incremental');
    await countPage(pool, id, { ...noCounts(), served: 7, stored: 7 });
    await pool.query(`update run set started_at = now() - interval '1 minute' where id = $1`, [id]);
    expect(await idleRuns(pool)).toEqual([{ id, source: 'toy', kind: 'killed' }]);
    expect(await endAbandoned(pool, [id])).toEqual([{ id, source: 'toy', kind: 'killed' }]);
    expect(await dayOf('killed')).toMatchObject({ runs: 1, failed: 0, served: 7 });
    expect((await dayOf('killed'))?.longest_ms).toBeGreaterThanOrEqual(60_000);
  });

  test('stays when its runs and their pages are pruned', async () => {
    const pool = database.pool();
    await pool.query(`update run set ended_at = now() - interval '2 days' where kind = 'killed'`);
    await pruneRuns(pool, 86_400_000);
    const { rows } = await pool.query(`select (select count(*)::int from run where kind = 'killed') as runs,
      (select count(*)::int from run_page p where not exists (select from run r where r.id = p.run_id)) as pages`);
    expect(rows[0]).toEqual({ runs: 0, pages: 0 });
    expect(await dayOf('killed')).toMatchObject({ runs: 1, served: 7 });
  });
});
