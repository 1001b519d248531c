// Kinds that can only be asked citizen by citizen: only the enrolled are asked for, a crawl goes on where it stopped,
// and what is missing is judged for each citizen alone.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HubError } from '../../src/errors.ts';
import type { PipelineDeps } from '../../src/pipeline/source.ts';
import { pendingFetches } from '../../src/store/fetches.ts';
import { readSyncState } from '../../src/store/sync-state.ts';
import { useDatabase } from '../postgres.ts';
import { crawling, crawlOnce, inCrawlOrder } from './crawling.ts';
import { caseOf, changesOf, enrolToy, lastPosition, noData, storedRecords, type ToyData, toyDeps } from './toy.ts';

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
    .query('truncate citizen, sync_state, load_page, run, record, record_body, link, held_deletion, drift cascade');
  data = noData();
  data.case = people.map((cpr, at) => caseOf(keyOf(at), [cpr], `Plan ${at}`));
});

const keyOf = (at: number): string => `c${String(at).padStart(2, '0')}`;
/** Keys of the people from one place in the crawl's order to before another. */
const keysOf = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, at) => keyOf(from + at));
const without = (keys: readonly string[], ...gone: readonly string[]): readonly string[] =>
  keys.filter((key) => !gone.includes(key));

const enrolAll = async (numbers: readonly string[]): Promise<void> => {
  for (const number of numbers) await enrolToy(deps, number);
};
const keys = async (): Promise<readonly string[]> => (await storedRecords(deps.pool)).map((record) => record.key);
const state = () => readSyncState(deps.pool, 'toy', 'case');
const failure = (code: 'source/forbidden' | 'source/unavailable', fault: 'source' | 'transient') =>
  new HubError({ code, fault, message: 'no' });

describe('who is asked for', () => {
  it('is everybody enrolled and nobody else', async () => {
    await enrolAll(people.slice(2, 8));
    const crawl = crawling(data);
    const { counts } = await crawlOnce(deps, crawl);
    expect([...crawl.asked].sort()).toEqual(people.slice(2, 8).toSorted());
    expect(await keys()).toEqual(keysOf(2, 8));
    expect(counts).toMatchObject({ served: 6, stored: 6, created: 6, notEnrolled: 0 });
  });

  it('is nobody where no mapping takes the records', async () => {
    await enrolAll(people);
    const { source, asked } = crawling(data);
    await crawlOnce(deps, {
      source: { ...source, kinds: source.kinds.map((k) => ({ ...k, mapping: undefined })) },
      asked,
    });
    expect(asked).toEqual([]);
  });

  it('changes nothing when nothing has changed, and is a complete load each time', async () => {
    await enrolAll(people);
    await crawlOnce(deps, crawling(data));
    const [position, before] = [await lastPosition(deps.pool), await state()];
    expect(before).toMatchObject({ loadComplete: true, loadServed: 24, load: 1 });
    expect(await pendingFetches(deps.pool, 'toy', 30)).toEqual([]);
    const { counts } = await crawlOnce(deps, crawling(data));
    expect(counts).toMatchObject({ unchanged: 24, removed: 0 });
    expect(await changesOf(deps.pool, position)).toEqual([]);
    expect((await state()).load).toBe(2);
  });

  it('includes who is enrolled while it is under way; who comes too late for it keeps waiting', async () => {
    await enrolAll(people.slice(1, 14));
    expect((await crawlOnce(deps, crawling(data), { until: 0 })).state).toBe('more');
    expect((await state()).checkpoint).toMatchObject({ citizen: deps.keys.uuid('citizen', people[10] ?? '') });
    const late = await enrolToy(deps, people[0] ?? '');
    await enrolToy(deps, people[20] ?? '');
    const rest = crawling(data);
    expect((await crawlOnce(deps, rest)).state).toBe('done');
    expect([...rest.asked].sort()).toEqual([...people.slice(11, 14), people[20]].toSorted());
    expect(await keys()).toEqual([...keysOf(1, 14), 'c20']);
    const waiting = (await pendingFetches(deps.pool, 'toy', 30)).map(({ citizenId }) => citizenId);
    expect(waiting).toContain(late.citizenId);
    expect(waiting).not.toContain(deps.keys.uuid('citizen', people[1] ?? ''));
  });
});

describe('a crawl that breaks off', () => {
  it('goes on with the citizen it failed at, and sweeps nothing for them', async () => {
    await enrolAll(people);
    await crawlOnce(deps, crawling(data));
    data.case = data.case.filter(({ key }) => key !== 'c01' && key !== 'c16');
    const broken = crawling(data, {
      before(cpr) {
        if (people.indexOf(cpr) >= 15) throw failure('source/unavailable', 'transient');
      },
    });
    await expect(crawlOnce(deps, broken)).rejects.toMatchObject({ code: 'source/unavailable' });
    expect(await keys()).toEqual(without(keysOf(0, 24), 'c01'));
    const rest = crawling(data);
    await crawlOnce(deps, rest);
    expect([...rest.asked].sort()).toEqual(people.slice(15).toSorted());
    expect(await keys()).toEqual(without(keysOf(0, 24), 'c01', 'c16'));
    expect(await state()).toMatchObject({ load: 2, loadComplete: true });
  });

  it('is not complete for a citizen whose answer was cut short by the stop', async () => {
    await enrolAll(people.slice(0, 2));
    await crawlOnce(deps, crawling(data));
    const stop = new AbortController();
    const cut = crawling(data, {
      answer: async function* () {
        stop.abort();
        yield* [];
      },
    });
    await expect(crawlOnce(deps, cut, { signal: stop.signal })).rejects.toMatchObject({ code: 'run/cancelled' });
    expect(await keys()).toEqual(keysOf(0, 2));
    expect(await state()).toMatchObject({ loadComplete: false, checkpoint: null });
  });

  it('goes through slices and asks for everybody once', async () => {
    await enrolAll(people);
    const crawl = crawling(data);
    const states: string[] = [];
    do states.push((await crawlOnce(deps, crawl, { until: 0 })).state);
    while (states.at(-1) === 'more' && states.length < 9);
    expect(states).toEqual(['more', 'more', 'more', 'done']);
    expect([...crawl.asked].sort()).toEqual(people.toSorted());
    expect(await state()).toMatchObject({ load: 1, loadServed: 24 });
  });
});

describe('a citizen the source refuses', () => {
  it('keeps what is stored, and the others are served', async () => {
    await enrolAll(people);
    await crawlOnce(deps, crawling(data));
    data.case = [...data.case.filter(({ key }) => key !== 'c03'), caseOf('c24', [people[8] ?? ''], 'Ny')];
    const refusing = crawling(data, {
      before(cpr) {
        if (cpr === people[3]) throw failure('source/forbidden', 'source');
      },
    });
    expect((await crawlOnce(deps, refusing)).state).toBe('done');
    expect(await keys()).toEqual(keysOf(0, 25));
    expect(await state()).toMatchObject({ loadComplete: true, checkpoint: { asked: 24, refused: 1 } });
  });

  it('is not one of all: that is lost access, and the next run begins again', async () => {
    await enrolAll(people.slice(0, 12));
    const refusing = crawling(data, {
      before() {
        throw failure('source/forbidden', 'source');
      },
    });
    const before = (await state()).lastCompleteAt;
    await expect(crawlOnce(deps, refusing)).rejects.toMatchObject({ code: 'source/forbidden', fault: 'config' });
    expect((await state()).lastCompleteAt).toEqual(before);
    await crawlOnce(deps, crawling(data));
    expect(await keys()).toEqual(keysOf(0, 12));
  });
});
