// What a crawl may take away: what the source no longer holds about a citizen it was asked for, never more.
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { PipelineDeps } from '../../src/pipeline/source.ts';
import { approveHeld, listHeld } from '../../src/store/held-deletions.ts';
import { useDatabase } from '../postgres.ts';
import { crawling, crawlOnce, inCrawlOrder } from './crawling.ts';
import { caseOf, changesOf, enrolToy, lastPosition, noData, storedRecords, type ToyData, toyDeps } from './toy.ts';

const database = useDatabase();
let deps: PipelineDeps;
let data: ToyData;
let [first, second, third]: [string, string, string] = ['', '', ''];
let everybody: readonly string[];

beforeAll(() => {
  deps = toyDeps(database.pool());
  everybody = inCrawlOrder(deps, 24);
  [first = '', second = '', third = ''] = everybody;
});
beforeEach(async () => {
  await database
    .pool()
    .query('truncate citizen, sync_state, load_page, run, record, record_body, link, held_deletion, drift cascade');
  data = noData();
});

const keys = async (): Promise<readonly string[]> => (await storedRecords(deps.pool)).map((record) => record.key);

it('removes a record that is gone, with changes for those who could see it', async () => {
  const { citizenId } = await enrolToy(deps, first);
  await enrolToy(deps, second);
  data.case = [caseOf('a1', [first], 'A1'), caseOf('a2', [first], 'A2'), caseOf('b1', [second], 'B1')];
  await crawlOnce(deps, crawling(data));
  const position = await lastPosition(deps.pool);
  data.case = data.case.filter(({ key }) => key !== 'a1');
  const { counts } = await crawlOnce(deps, crawling(data));
  expect(counts).toMatchObject({ removed: 1, unchanged: 2 });
  expect(await keys()).toEqual(['a2', 'b1']);
  expect(await changesOf(deps.pool, position)).toMatchObject([{ op: 'removed', citizen_id: citizenId }]);
});

it('leaves a record that also concerns somebody else to them', async () => {
  await enrolToy(deps, first);
  await enrolToy(deps, third);
  const common = caseOf('c', [first, third], 'Fælles');
  data.case = [common];
  await crawlOnce(deps, crawling(data));
  // The source shows it under the third only.
  const partly = crawling(data, {
    answer: async function* ({ cpr }) {
      yield { records: cpr === third ? [common] : [], deleted: [], checkpoint: null };
    },
  });
  await crawlOnce(deps, partly);
  expect(await keys()).toEqual(['c']);
});

it('takes nothing from a citizen of whom a key could not be read', async () => {
  await enrolToy(deps, first);
  data.case = [caseOf('a1', [first], 'A1'), caseOf('a2', [first], 'A2')];
  await crawlOnce(deps, crawling(data));
  data.case = [caseOf('a1', [first], 'A1'), { ...caseOf('a2', [first], 'A2'), key: '' }];
  await crawlOnce(deps, crawling(data));
  expect(await keys()).toEqual(['a1', 'a2']);
});

it('takes nothing from a citizen who got another number while the source was asked', async () => {
  const survivor = await enrolToy(deps, first);
  await enrolToy(deps, second);
  data.case = [caseOf('a1', [first], 'A1'), caseOf('b1', [second], 'B1')];
  await crawlOnce(deps, crawling(data));
  data.case = [caseOf('b1', [second], 'B1')];
  const merging = crawling(data, {
    async before(cpr) {
      if (cpr === first)
        await deps.pool.query('update identity set citizen_id = $1 where home_id = $2', [
          survivor.citizenId,
          deps.keys.uuid('citizen', second),
        ]);
    },
  });
  await crawlOnce(deps, merging);
  expect(await keys()).toContain('a1');
});

it('holds what one citizen loses at once', async () => {
  await enrolToy(deps, first);
  data.case = Array.from({ length: 6 }, (_, at) => caseOf(`a${at}`, [first], `A${at}`));
  await crawlOnce(deps, crawling(data));
  data.case = [];
  const { counts } = await crawlOnce(deps, crawling(data));
  expect(counts).toMatchObject({ held: 6, removed: 0 });
  const [held] = await listHeld(deps.pool);
  expect(await approveHeld(deps.pool, held?.id ?? 0, 'admin')).toBe(6);
});

it('holds a mass deletion that is small for each citizen, also when the crawl was interrupted', async () => {
  for (const number of everybody) await enrolToy(deps, number);
  data.case = everybody.map((number, at) => caseOf(`c${at}`, [number], `Sag ${at}`));
  const guard = { count: 3, share: 0.5 };
  await crawlOnce(deps, crawling(data, { guard }));
  data.case = [];
  const counts = { removed: 0, held: 0 };
  for (let state = 'more'; state === 'more'; ) {
    const outcome = await crawlOnce(deps, crawling(data, { guard }), { until: 0 });
    counts.removed += outcome.counts.removed;
    counts.held += outcome.counts.held;
    state = outcome.state;
  }
  expect(counts).toEqual({ removed: 3, held: 21 });
  expect(await keys()).toHaveLength(21);
});

it('forgets what was held when the source shows it again', async () => {
  await enrolToy(deps, first);
  data.case = Array.from({ length: 6 }, (_, at) => caseOf(`a${at}`, [first], `A${at}`));
  const all = data.case;
  await crawlOnce(deps, crawling(data));
  data.case = [];
  await crawlOnce(deps, crawling(data));
  data.case = all;
  await crawlOnce(deps, crawling(data));
  expect(await listHeld(deps.pool)).toEqual([]);
  expect(await keys()).toHaveLength(6);
});
