// How long a full reload would take: told from what loads have taken and the budget, and "unknown" without history.
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { forecastReload, inWords, paced } from '../../src/jobs/forecast.ts';
import type { SyncSource } from '../../src/pipeline/source.ts';
import { addRequests, createRun, listRuns } from '../../src/store/runs.ts';
import { crawling, crawlOnce, inCrawlOrder } from '../pipeline/crawling.ts';
import { enrolToy, noData, syncToy, toyDeps, toySource } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
const budget = { requestsPerSecond: 3, windows: [] };

const load = async (
  source: string,
  kind: string,
  { requests, pages, seconds, daysAgo = 1 }: { requests?: number; pages: number; seconds: number; daysAgo?: number },
) => {
  const pool = database.pool();
  const id = await createRun(pool, { source, kind, mode: 'load', trigger: 'test' });
  await pool.query(
    `update run set state = 'done', pages = $2, started_at = now() - $3 * interval '1 day' - $4 * interval '1 second', ended_at = now() - $3 * interval '1 day' where id = $1`,
    [id, pages, daysAgo, seconds],
  );
  await addRequests(pool, id, requests);
};

const named = (name: string): SyncSource => ({ ...toySource(noData()), name });
const forecast = (name: string, kinds?: readonly string[]) =>
  forecastReload(database.pool(), systemClock, named(name), budget, kinds);

describe('from history', () => {
  it('is unknown, and says why, when nothing was ever loaded', async () => {
    const { seconds, text, kinds } = await forecast('none');
    expect(seconds).toBeUndefined();
    expect(text).toBe('unknown: there is no history of person, case, task yet');
    expect(kinds.map(({ requests }) => requests)).toEqual([undefined, undefined, undefined]);
  });

  it('is the requests of the largest of the latest loads, at the budget’s rate', async () => {
    await load('big', 'person', { requests: 40_000, pages: 400, seconds: 900 });
    await load('big', 'case', { requests: 28_000, pages: 280, seconds: 600, daysAgo: 2 });
    await load('big', 'case', { requests: 27_000, pages: 270, seconds: 600 });
    await load('big', 'task', { requests: 400, pages: 4, seconds: 9 });
    const { requests, text } = await forecast('big');
    expect(requests).toBe(68_400);
    expect(text).toBe('6 h 20 m at 3 requests/s');
  });

  it('is never faster than the loads were', async () => {
    await load('slow', 'person', { requests: 10, pages: 10, seconds: 7200 });
    expect((await forecast('slow', ['person'])).text).toBe('2 h at 3 requests/s');
  });

  it('tells what is known beside what is not', async () => {
    await load('half', 'person', { requests: 180, pages: 10, seconds: 5 });
    const { seconds, text } = await forecast('half');
    expect(seconds).toBeUndefined();
    expect(text).toBe('unknown: 1 m at 3 requests/s for the others, and no history of case, task yet');
  });

  it('of loads nobody counted is told from pages, where any run was counted', async () => {
    await load('old', 'person', { pages: 300, seconds: 5, daysAgo: 9 });
    await load('old', 'case', { pages: 300, seconds: 5 });
    const id = await createRun(database.pool(), {
      source: 'old',
      kind: 'person',
      mode: 'incremental',
      trigger: 'test',
    });
    await database
      .pool()
      .query(`update run set state = 'done', pages = 2, requests = 4, ended_at = now() where id = $1`, [id]);
    expect((await forecast('old', ['person'])).requests).toBe(600);
    expect((await forecast('old', ['case'])).seconds).toBeUndefined();
  });

  it('of a crawl grows with the citizens there are to ask for', async () => {
    const deps = toyDeps(database.pool());
    const { source } = crawling(noData());
    const one = { ...source, name: 'crawled' };
    for (const number of inCrawlOrder(deps, 2)) await enrolToy(deps, number);
    await crawlOnce(deps, { source: one, asked: [] });
    await load('crawled', 'case', { requests: 60, pages: 1, seconds: 1, daysAgo: 0 });
    const before = await forecastReload(database.pool(), systemClock, one, budget, ['case']);
    expect(before.requests).toBe(60);
    for (const number of inCrawlOrder(deps, 6)) await enrolToy(deps, number);
    const { requests, kinds } = await forecastReload(database.pool(), systemClock, one, budget, ['case']);
    expect(requests).toBe(180);
    expect(kinds[0]?.from).toMatch(/for 6 citizens instead of 2$/);
  });

  it('counts what a run asks, over its slices and tries', async () => {
    const toy = toySource(noData());
    const source = { ...toy, open: async () => ({ ...(await toy.open()), requests: () => 7 }) };
    const deps = toyDeps(database.pool());
    await syncToy(deps, source, 'reload', ['person']);
    const [run] = await listRuns(database.pool(), { source: 'toy', kind: 'person', limit: 1 });
    expect(run?.requests).toBe(7);
    await addRequests(database.pool(), run?.id ?? '', 5);
    expect((await listRuns(database.pool(), { source: 'toy', kind: 'person', limit: 1 }))[0]?.requests).toBe(12);
  });
});

describe('by the clock', () => {
  const windows = [{ between: '22:00-05:00', requestsPerSecond: 20 }];

  it('a night’s window counts from when it opens', () => {
    // 21:00 in Copenhagen: an hour at 2, then 20 a second.
    const from = new Date('2026-11-21T20:00:00Z');
    expect(paced(7200, { requestsPerSecond: 2, windows }, from)).toBe(3600);
    expect(paced(7200 + 20 * 3600, { requestsPerSecond: 2, windows }, from)).toBe(7200);
    expect(paced(7200, { requestsPerSecond: 2, windows: [] }, from)).toBe(3600);
  });

  it.each([
    [0.2, '1 s'],
    [59, '59 s'],
    [61, '2 m'],
    [3600, '1 h'],
    [22_800, '6 h 20 m'],
    [90_000, '1 d 1 h'],
  ])('%d seconds are %s', (seconds, words) => {
    expect(inWords(seconds)).toBe(words);
  });
});
