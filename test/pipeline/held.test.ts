// A deletion that waits for a person: the same one however often pulls find it again and however many citizens it is about,
// ended by a yes to what was looked at or by the source that shows the records once more, and what became of it is told.
import { beforeEach, describe, expect, it } from 'vitest';
import type { PipelineDeps } from '../../src/pipeline/source.ts';
import { endEnrolment } from '../../src/store/enrolment.ts';
import { approveHeld, listHeld } from '../../src/store/held-deletions.ts';
import { heldViews, previewHeld, readHeld } from '../../src/store/held-view.ts';
import { useDatabase } from '../postgres.ts';
import { crawling, crawlOnce, inCrawlOrder } from './crawling.ts';
import { caseOf, enrolToy, noData, storedRecords, syncToy, type ToyData, toyDeps, toySource } from './toy.ts';

const database = useDatabase();
let deps: PipelineDeps;
let data: ToyData;
let people: readonly string[];
let enrolments: readonly string[];
const guard = { count: 3, share: 0.5 };

const casesOf = (number: string, count: number) =>
  Array.from({ length: count }, (_, at) => caseOf(`${people.indexOf(number)}-${at}`, [number], `Sag ${at}`));
const crawl = () => crawlOnce(deps, crawling(data, { guard }));
const pull = () => syncToy(deps, { ...toySource(data), guard }, 'reconcile', ['case']);
const only = async () => {
  const held = await listHeld(deps.pool);
  expect(held).toHaveLength(1);
  return held[0] as (typeof held)[number];
};
const kept = async () => (await storedRecords(deps.pool)).length;

beforeEach(async () => {
  await database
    .pool()
    .query('truncate citizen, sync_state, load_page, run, record, record_body, link, held_deletion, drift cascade');
  deps = toyDeps(database.pool());
  people = inCrawlOrder(deps, 4);
  data = noData();
  enrolments = (await Promise.all(people.map((number) => enrolToy(deps, number)))).map((one) => one.enrolmentId);
});

describe('of a kind that is asked for citizen by citizen', () => {
  beforeEach(async () => {
    data.case = people.flatMap((number) => casesOf(number, 6));
    await crawl();
  });
  const without = (...numbers: readonly string[]) => {
    data.case = people.filter((number) => !numbers.includes(number)).flatMap((number) => casesOf(number, 6));
  };
  const [first, second] = [() => people[0] ?? '', () => people[1] ?? ''];

  it('is one, and stays the same one while it is found again', async () => {
    without(first(), second());
    await crawl();
    const held = await only();
    expect(held).toMatchObject({ kind: 'case', missing: 12, stored: 12, growth: 1 });
    const since = (await readHeld(deps.pool, held.id))?.lastFoundAt ?? new Date(0);
    await crawl();
    expect(await only()).toEqual(held);
    const view = await readHeld(deps.pool, held.id);
    expect(view).toMatchObject({ ofCitizens: true, state: 'held' });
    expect(view?.lastFoundAt.getTime()).toBeGreaterThan(since.getTime());
    expect(await previewHeld(deps.pool, held.id)).toMatchObject({ citizens: 2, entities: [{ count: 12 }] });
    expect(await approveHeld(deps.pool, held.id, 'test', undefined, held.growth)).toBe(12);
    expect(await kept()).toBe(12);
    expect(await readHeld(deps.pool, held.id)).toMatchObject({ state: 'approved', missing: 12, removed: 12 });
    await crawl();
    expect(await listHeld(deps.pool)).toEqual([]);
  });

  it('is not approved for more than was looked at', async () => {
    without(first());
    await crawl();
    const seen = await only();
    without(first(), second());
    await crawl();
    const now = await only();
    expect(now).toMatchObject({ id: seen.id, missing: 12 });
    expect(await approveHeld(deps.pool, seen.id, 'test', undefined, seen.growth)).toBe('grown');
    expect(await kept()).toBe(24);
    expect(await approveHeld(deps.pool, seen.id, 'test', undefined, now.growth)).toBe(12);
  });

  it('lapses as the source shows the records again, and says so', async () => {
    without(first(), second());
    await crawl();
    const { id } = await only();
    without(second());
    await crawl();
    expect(await only()).toMatchObject({ id, missing: 6, stored: 6 });
    without();
    await crawl();
    expect(await listHeld(deps.pool)).toEqual([]);
    const [lapsed] = (await heldViews(deps.pool, undefined)).decided;
    expect(lapsed).toMatchObject({ id, state: 'overtaken', returned: 12, removed: 0, decidedBy: null });
    expect(await approveHeld(deps.pool, id, 'test')).toBeUndefined();
    expect(await kept()).toBe(24);
  });

  it('asks nobody about a citizen who has left', async () => {
    without(first());
    await crawl();
    const { id } = await only();
    await endEnrolment(deps.pool, enrolments[0] ?? '', 'test');
    expect(await listHeld(deps.pool)).toEqual([]);
    expect(await readHeld(deps.pool, id)).toMatchObject({ state: 'overtaken', returned: 0, removed: 0 });
  });
});

describe('of a kind that is pulled as a whole', () => {
  beforeEach(async () => {
    data.case = people.flatMap((number) => casesOf(number, 2));
    await pull();
  });

  it('stays the same, shrinks and ends; what is too little to ask about goes without asking', async () => {
    data.case = casesOf(people[0] ?? '', 1);
    await pull();
    const held = await only();
    expect(held).toMatchObject({ missing: 7, stored: 8 });
    await pull();
    expect(await only()).toEqual(held);
    data.case = people.flatMap((number) => casesOf(number, 2)).slice(0, -2);
    await pull();
    expect(await listHeld(deps.pool)).toEqual([]);
    expect(await readHeld(deps.pool, held.id)).toMatchObject({ state: 'overtaken', returned: 5, removed: 2 });
    expect(await kept()).toBe(6);
  });
});
