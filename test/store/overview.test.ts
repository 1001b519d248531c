// The overview says of every source what somebody must act on, and reads it through indexes however many runs are kept.
import { beforeEach, describe, expect, test } from 'vitest';
import { HubError } from '../../src/errors.ts';
import { reportFailure } from '../../src/store/breaker.ts';
import { daysUntil, kindsSql, type OverviewSource, readOverview, trendSql } from '../../src/store/overview.ts';
import { countPage, createRun, endRun, noCounts, startRun } from '../../src/store/runs.ts';
import { writeSchedule } from '../../src/store/schedules.ts';
import { setPaused } from '../../src/store/sync-state.ts';
import { useDatabase } from '../postgres.ts';
import { planOf, seedYear, yearSources } from './year.ts';

const failure = new HubError({ code: 'source/timeout', fault: 'transient', message: 'The source did not answer.' });
const minutes = (count: number): number => count * 60_000;

const toy: OverviewSource = {
  name: 'toy',
  freshForMs: minutes(30),
  kinds: [
    { name: 'case', mapped: true },
    { name: 'note', mapped: true },
    { name: 'raw', mapped: false },
  ],
};

describe('the overview of a source', () => {
  const database = useDatabase();
  const read = async (at = new Date()) => {
    const { sources, hub } = await readOverview(database.pool(), [toy], at);
    const [source] = sources;
    if (source === undefined) throw new Error('the source is missing');
    return { source, hub };
  };
  const complete = (kind: string, ageMs = 0): Promise<unknown> =>
    database.pool().query(
      `insert into sync_state (source, kind, load, last_complete_at) values ('toy', $1, 1, now() - $2 * interval '1 millisecond')
       on conflict (source, kind) do update set last_complete_at = excluded.last_complete_at`,
      [kind, ageMs],
    );
  const run = async (
    kind: string,
    state: 'done' | 'failed' | 'running',
    mode: 'incremental' | 'citizen' = 'incremental',
  ) => {
    const pool = database.pool();
    const id = await createRun(pool, { source: 'toy', kind, mode, trigger: 'test' });
    await startRun(pool, id, mode);
    await countPage(pool, id, { ...noCounts(), served: 5, stored: 5, changed: 5 });
    if (state !== 'running') await endRun(pool, id, state, state === 'failed' ? failure : undefined);
    return id;
  };
  beforeEach(() =>
    database
      .pool()
      .query(
        'truncate sync_state, schedule, run, run_day, run_page, breaker, quarantine, held_deletion, drift, notice cascade',
      ),
  );

  test('that has never been pulled says so, and names what nothing maps', async () => {
    const { source, hub } = await read();
    expect(source).toMatchObject({ standing: 'never', ageMs: null, nextAt: null, lagMs: 0, unmapped: ['raw'] });
    expect(source.kinds.map(({ kind, standing }) => [kind, standing])).toEqual([
      ['case', 'never'],
      ['note', 'never'],
      ['raw', 'unmapped'],
    ]);
    expect(source.trend).toHaveLength(14);
    expect(hub).toMatchObject({ enrolled: 0, records: 0, unsealedSeconds: 0 });
  });

  test('is loading, then in order, then late as time passes', async () => {
    await run('case', 'running');
    expect((await read()).source).toMatchObject({ standing: 'loading' });
    await complete('case', minutes(10));
    await complete('note', minutes(5));
    const { source } = await read();
    expect(source.standing).toBe('ok');
    expect(source.ageMs).toBeGreaterThanOrEqual(minutes(10));
    expect(source.ageMs).toBeLessThan(minutes(11));
    const later = (await read(new Date(Date.now() + minutes(22)))).source;
    expect(later.standing).toBe('late');
    expect(later.kinds.map(({ standing }) => standing)).toEqual(['late', 'ok', 'unmapped']);
  });

  test('tells a failed pull with its code and fault, also while it is tried again, and forgets it when one ends', async () => {
    await complete('case');
    await complete('note');
    const id = await run('case', 'failed');
    // Of single citizens: says nothing about how the kind fares.
    await run('case', 'done', 'citizen');
    expect((await read()).source.kinds[0]).toMatchObject({
      standing: 'failing',
      lastRun: { id, state: 'failed', errorCode: 'source/timeout', errorFault: 'transient' },
    });
    await startRun(database.pool(), id, 'incremental');
    const again = (await read()).source;
    expect(again.standing).toBe('failing');
    expect(again.kinds[0]).toMatchObject({ running: { id, served: 5, errorCode: 'source/timeout' } });
    await endRun(database.pool(), id, 'done');
    const { source } = await read();
    expect(source.standing).toBe('ok');
    expect(source.trend.at(-1)).toEqual({ day: daysUntil(new Date(), 1)[0], stored: 10, failed: 1 });
  });

  test('is paused before it is late, failing before it is paused, and not asked at all while its breaker is open', async () => {
    const pool = database.pool();
    await complete('case', minutes(50));
    await complete('note');
    await setPaused(pool, 'toy', ['case'], true);
    expect((await read()).source.standing).toBe('paused');
    await run('note', 'failed');
    expect((await read()).source.standing).toBe('failing');
    await reportFailure(pool, 'toy', 'source/timeout', { failures: 1, probeAfter: 60_000 });
    const { source } = await read();
    expect(source.standing).toBe('breaker-open');
    expect(source.breaker).toMatchObject({ state: 'open', failures: 1, error_code: 'source/timeout' });
  });

  test('counts what waits, and how long a slot has passed; a paused kind is not due', async () => {
    const pool = database.pool();
    const now = new Date();
    const due = { source: 'toy', cron: '*/5 * * * *', firedAt: undefined, rearmed: false };
    await writeSchedule(pool, { ...due, kind: 'case', nextAt: new Date(now.getTime() - minutes(3)) });
    await writeSchedule(pool, { ...due, kind: 'note', nextAt: new Date(now.getTime() - minutes(9)) });
    await setPaused(pool, 'toy', ['note'], true);
    await pool.query(
      `insert into quarantine (source, kind, key_hash, code, path, mapping_version, expires_at)
       select 'toy', 'case', convert_to(n::text, 'UTF8'), 'mapping/missing', 'title', '1', 'infinity' from generate_series(1, 3) n`,
    );
    await pool.query(`insert into held_deletion (source, kind, stored, missing) values ('toy', 'note', 100, 90)`);
    await pool.query(`insert into drift (source, kind, type, name) values ('toy', 'case', 'unknown-field', 'new')`);
    await pool.query(
      `insert into notice (source, kind, key_hash, change) values ('toy', 'case', '\\x01', 'updated'), ('toy', 'case', '\\x02', 'updated')`,
    );
    const { source } = await read(now);
    expect(source).toMatchObject({ quarantined: 3, held: 1, drift: 1, notices: 2, lagMs: minutes(3) });
    expect(source.nextAt?.getTime()).toBe(now.getTime() - minutes(3));
    expect(source.kinds.map(({ quarantined, held }) => [quarantined, held])).toEqual([
      [3, 0],
      [0, 1],
      [0, 0],
    ]);
  });
});

describe('with many runs kept', () => {
  const database = useDatabase();

  test('it reads the last run of every kind and the trend through indexes', async () => {
    const pool = database.pool();
    const sources = yearSources(10, 6);
    await seedYear(pool, { sources: 10, kinds: 6, days: 3, yearDays: 365 });
    const pairs = sources.flatMap(({ name, kinds }) => kinds.map((kind) => [name, kind.name] as const));
    const kinds = await planOf(pool, kindsSql, [pairs.map(([name]) => name), pairs.map(([, kind]) => kind)]);
    expect(kinds).toMatch(/Index Scan using run_pull on run/);
    expect(kinds).toMatch(/run_state/);
    expect(kinds).not.toMatch(/Seq Scan on run\b/);
    const trend = await planOf(pool, trendSql, [daysUntil(new Date(), 14)[0]]);
    expect(trend).toMatch(/run_day_pkey/);
    const { sources: shown } = await readOverview(pool, sources, new Date());
    expect(shown.map(({ standing }) => standing)).toEqual(
      shown.map((_, index) => (index % 7 === 0 ? 'failing' : 'ok')),
    );
    expect(shown[1]?.trend.every(({ stored }) => stored === 6 * 28_800)).toBe(true);
  });
});
