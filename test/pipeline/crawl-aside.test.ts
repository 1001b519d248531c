// Who could not be fetched while the others could: the crawl goes on, nothing of theirs is swept, and they are fetched
// alone, the one kind and nobody else.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HubError, type HubErrorFields } from '../../src/errors.ts';
import { fetchHistory } from '../../src/pipeline/history.ts';
import type { PipelineDeps } from '../../src/pipeline/source.ts';
import { kindsAwaited, pendingFetches, requestFetches } from '../../src/store/fetches.ts';
import { createRun } from '../../src/store/runs.ts';
import { readSyncState } from '../../src/store/sync-state.ts';
import { useDatabase } from '../postgres.ts';
import { crawling, crawlOnce, inCrawlOrder } from './crawling.ts';
import { caseOf, enrolToy, noData, storedRecords, type ToyData, toyDeps, toySource } from './toy.ts';

const database = useDatabase();
let deps: PipelineDeps;
let data: ToyData;
let people: readonly string[];

beforeAll(() => {
  deps = toyDeps(database.pool());
  people = inCrawlOrder(deps, 24);
});
beforeEach(async () => {
  await database
    .pool()
    .query(
      'truncate citizen, sync_state, load_page, run, record, record_body, link, held_deletion, drift, citizen_fetch, citizen_fetch_kind cascade',
    );
  data = noData();
  data.case = people.map((cpr, at) => caseOf(`c${at}`, [cpr], `Plan ${at}`));
  for (const number of people) await enrolToy(deps, number);
  await crawlOnce(deps, crawling(data));
});

const idOf = (at: number): string => deps.keys.uuid('citizen', people[at] ?? '');
const keys = async (): Promise<readonly string[]> => (await storedRecords(deps.pool)).map(({ key }) => key);
const waiting = async (): Promise<readonly string[]> =>
  (await pendingFetches(deps.pool, 'toy', 30)).map(({ citizenId }) => citizenId);

/** A crawl in which some fail. */
const failingFor = (places: readonly number[], failure: Partial<HubErrorFields> = {}) =>
  crawling(data, {
    before(cpr) {
      if (places.includes(people.indexOf(cpr)))
        throw new HubError({ code: 'source/unavailable', fault: 'transient', message: 'no', ...failure });
    },
  });

describe('a citizen who cannot be fetched', () => {
  it.each([
    ['a 500', {}],
    ['an answer of the wrong shape', { code: 'source/bad-answer', fault: 'source' }],
    ['a bug', { code: 'bug/unexpected', fault: 'bug' }],
  ] as const)('by %s holds up nobody, loses nothing, and waits alone', async (_, failure) => {
    data.case = data.case.filter(({ key }) => key !== 'c3' && key !== 'c4');
    const { asked, source } = failingFor([3], failure);
    expect((await crawlOnce(deps, { asked, source })).state).toBe('done');
    expect(new Set(asked).size).toBe(24);
    expect(await keys()).toContain('c3');
    expect(await keys()).not.toContain('c4');
    expect(await readSyncState(deps.pool, 'toy', 'case')).toMatchObject({ loadComplete: true, load: 2 });
    expect(await waiting()).toEqual([idOf(3)]);
    expect(await kindsAwaited(deps.pool, 'toy', idOf(3), ['case', 'task'])).toEqual(['case']);
  });

  it('is fetched by the next crawl if not before', async () => {
    await crawlOnce(deps, failingFor([3]));
    expect(await waiting()).toEqual([idOf(3)]);
    await crawlOnce(deps, crawling(data));
    expect(await waiting()).toEqual([]);
  });

  it('may be the last one', async () => {
    data.case = data.case.filter(({ key }) => key !== 'c0');
    await crawlOnce(deps, failingFor([23]));
    expect(await readSyncState(deps.pool, 'toy', 'case')).toMatchObject({ loadComplete: true });
    expect(await waiting()).toEqual([idOf(23)]);
  });
});

describe('a source that fails', () => {
  it('ends the crawl, and nobody is set aside', async () => {
    const dead = Array.from({ length: 12 }, (_, at) => at + 12);
    await expect(crawlOnce(deps, failingFor(dead))).rejects.toMatchObject({ code: 'source/unavailable' });
    expect(await readSyncState(deps.pool, 'toy', 'case')).toMatchObject({ loadComplete: false });
    expect(await waiting()).toEqual([]);
    const rest = crawling(data);
    await crawlOnce(deps, rest);
    expect([...rest.asked].sort()).toEqual(people.slice(12).toSorted());
  });

  it.each([
    ['asks to slow down', { code: 'source/rate-limited', fault: 'transient' }],
    ['refuses the credentials', { code: 'source/unauthorised', fault: 'config' }],
  ] as const)('because it %s ends the crawl, however many were answered', async (_, failure) => {
    await expect(crawlOnce(deps, failingFor([3], failure))).rejects.toMatchObject({ code: failure.code });
    expect(await waiting()).toEqual([]);
  });
});

describe('fetched alone', () => {
  const fetch = async (at: number, fails?: string) => {
    const toy = toySource(data, { perCitizen: true });
    const asked: string[] = [];
    const source = {
      ...toy,
      open: async () => {
        const opened = await toy.open();
        const byCitizen = Object.fromEntries(
          Object.entries(opened.byCitizen ?? {}).map(([kind, ask]) => [
            kind,
            (options: Parameters<typeof ask>[0]) => {
              asked.push(kind);
              if (kind === fails) throw new HubError({ code: 'source/unavailable', fault: 'transient', message: 'no' });
              return ask(options);
            },
          ]),
        );
        return { ...opened, byCitizen };
      },
    };
    const runId = await createRun(deps.pool, { source: 'toy', kind: '*', mode: 'citizen', trigger: 'test' });
    const done = fetchHistory(deps, { source, citizenId: idOf(at), runId, signal: new AbortController().signal });
    if (fails === undefined) await done;
    else await expect(done).rejects.toMatchObject({ code: 'source/unavailable' });
    return asked;
  };

  it('means the kind that failed, not the others', async () => {
    await crawlOnce(deps, failingFor([3]));
    expect(await fetch(3)).toEqual(['case']);
    expect(await waiting()).toEqual([]);
  });

  it('means every kind for somebody who is new', async () => {
    await requestFetches(deps.pool, [idOf(5)], ['toy']);
    expect((await fetch(5)).toSorted()).toEqual(['case', 'person', 'task']);
  });

  it('does not repeat what was answered before it failed', async () => {
    await requestFetches(deps.pool, [idOf(5)], ['toy']);
    expect(await fetch(5, 'task')).toEqual(['person', 'case', 'task']);
    expect(await waiting()).toEqual([idOf(5)]);
    expect(await fetch(5)).toEqual(['task']);
    expect(await waiting()).toEqual([]);
  });
});
