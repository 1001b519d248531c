// Lists in order of change: nothing lost while rows move, pages of one second told apart, and a list that does not
// keep its order stops the run instead of losing rows.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gather, openMomentum } from '../../test/adapters/momentum.ts';
import type { MomentumData } from '../../test/sandbox/momentum/data.ts';
import { citizenId, sampleData } from '../../test/sandbox/momentum/sample.ts';
import { type MomentumStub, startMomentumStub } from '../../test/sandbox/momentum/server.ts';
import { createLookup } from './citizens.ts';
import type { Client } from './client.ts';
import { momentumConfig } from './config.ts';
import { pullList } from './list.ts';
import type { ListCheckpoint } from './records.ts';

let data: MomentumData;
let stub: MomentumStub;
const signal = new AbortController().signal;
beforeEach(async () => {
  data = sampleData(35);
  stub = await startMomentumStub({ data });
});
afterEach(() => stub.close());

const touch = (n: number, updatedAt: string): void => {
  const row = data.citizens.get(citizenId(n));
  if (row !== undefined) data.citizens.put({ ...row, displayName: 'Nyt Navn', updatedAt });
};

test('the next run brings what changed since, and what shares the last second', async () => {
  const source = await openMomentum(stub);
  const first = await gather(source.pull.citizen({ after: null, signal }));
  expect(first.records).toHaveLength(35);
  const after = first.pages.at(-1)?.checkpoint ?? null;
  touch(3, '2026-03-01T10:00:00.000Z');
  const second = await gather(source.pull.citizen({ after, signal }));
  expect(second.records.map(({ key }) => key)).toEqual([citizenId(34), citizenId(3)]);
  const overlapping = await openMomentum(stub, { overlapSeconds: '3600' });
  const third = await gather(overlapping.pull.citizen({ after: second.pages.at(-1)?.checkpoint ?? null, signal }));
  expect(third.records.map(({ key }) => key)).toEqual([citizenId(3)]);
});

test('rows that change while the list is read are given again, and no other is lost', async () => {
  const source = await openMomentum(stub);
  const versions = new Map<string, string[]>();
  let pages = 0;
  for await (const page of source.pull.citizen({ after: null, signal })) {
    for (const { key, body } of page.records)
      versions.set(key, [...(versions.get(key) ?? []), (body as { updatedAt: string }).updatedAt]);
    pages += 1;
    // One already given, one still to come: with page numbers, two others would slide past.
    touch(pages, `2026-02-01T00:00:0${pages}.000Z`);
    touch(20 + pages, `2026-02-01T00:01:0${pages}.000Z`);
    if (pages > 20) break;
  }
  expect(versions.size).toBe(35);
  expect(versions.get(citizenId(1))).toHaveLength(2);
  expect(versions.get(citizenId(1))?.at(-1)).toBe('2026-02-01T00:00:01.000Z');
});

test('more rows in one second than a page holds are all given once', async () => {
  for (let n = 0; n < 27; n += 1) touch(n, `2026-02-01T00:00:00.${String(n).padStart(3, '0')}Z`);
  const { pages, records } = await gather((await openMomentum(stub)).pull.citizen({ after: null, signal }));
  expect(new Set(records.map(({ key }) => key)).size).toBe(35);
  expect(records).toHaveLength(35);
  expect(pages.some(({ checkpoint }) => checkpoint.page > 0)).toBe(true);
});

test('a row dated in the future does not carry the next run past today', async () => {
  touch(5, '2126-01-01T00:00:00.000Z');
  const source = await openMomentum(stub);
  const first = await gather(source.pull.citizen({ after: null, signal }));
  const after = first.pages.at(-1)?.checkpoint ?? null;
  expect(Date.parse(after?.since ?? '')).toBeLessThanOrEqual(Date.now());
  touch(6, new Date(Date.now() + 1000).toISOString());
  const { records } = await gather(source.pull.citizen({ after, signal }));
  expect(records.map(({ key }) => key)).toEqual([citizenId(6), citizenId(5)]);
});

test('a run that finds nothing new does not creep back by its overlap', async () => {
  const source = await openMomentum(stub, { overlapSeconds: '600' });
  const ahead: ListCheckpoint = { since: '2126-01-01T00:00:00.000Z', page: 0, done: true };
  const { pages } = await gather(source.pull.citizen({ after: ahead, signal }));
  expect(pages.at(-1)?.checkpoint).toEqual(ahead);
});

test('changedField none: the whole list by page number on every run', async () => {
  const source = await openMomentum(stub, { changedField: 'none' });
  const { pages, records } = await gather(source.pull.offer({ after: null, signal }));
  expect(records).toHaveLength(24);
  const again = await gather(source.pull.offer({ after: pages.at(-1)?.checkpoint ?? null, signal }));
  expect(again.records).toHaveLength(24);
  const rest = await gather(source.pull.offer({ after: pages[0]?.checkpoint ?? null, signal }));
  expect(rest.records).toHaveLength(14);
});

describe('a source that does not keep its word', () => {
  const config = momentumConfig.parse({
    baseUrl: 'https://momentum.example',
    clientId: 'c',
    clientSecret: 's',
    apiKey: 'k',
    resource: 'r',
    pageSize: '2',
  });
  const answering = (answer: (body: { filters: unknown[]; paging: { pageNumber: number } }) => unknown): Client => ({
    get: async () => undefined,
    post: async (_path, body) => answer(body as never),
  });
  const clock = { now: () => new Date('2026-11-01T00:00:00Z') };
  const pull = (client: Client, after: ListCheckpoint | null = null) =>
    gather(pullList('task', { client, config, clock, lookup: createLookup(client, config, clock) }, { after, signal }));

  test('rows out of order stop the run', async () => {
    const rows = ['2026-03-01T00:00:00Z', '2026-02-01T00:00:00Z'].map((updatedAt, n) => ({ id: `${n}`, updatedAt }));
    await expect(pull(answering(() => ({ data: rows, totalSearchCount: 4 })))).rejects.toMatchObject({
      code: 'source/bad-answer',
      fault: 'source',
    });
  });

  test('a filter that is ignored stops the run', async () => {
    const rows = [{ id: '1', updatedAt: '2026-01-01T00:00:00Z' }];
    const after: ListCheckpoint = { since: '2026-05-01T00:00:00.000Z', page: 0, done: true };
    await expect(
      pull(
        answering(() => ({ data: rows, totalSearchCount: 1 })),
        after,
      ),
    ).rejects.toMatchObject({
      code: 'source/bad-answer',
    });
  });

  test('an answer of another shape is named without its values', async () => {
    const thrown = await pull(answering(() => ({ data: [], hits: 'Hemmelig' }))).catch((error: Error) => error);
    expect(thrown).toMatchObject({ code: 'source/bad-answer', hint: 'First difference at: totalSearchCount.' });
  });

  test('rows without a change instant and without an id are given, the latter with an empty key', async () => {
    const { records } = await pull(answering(() => ({ data: [{ id: 'a' }, { id: 7 }], totalSearchCount: 2 })));
    expect(records.map(({ key }) => key)).toEqual(['a', '']);
  });
});
