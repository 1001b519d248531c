// Crawls go on where they stopped, however the source's list has moved, and begin again when they are done.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gather, openMomentum } from '../../test/adapters/momentum.ts';
import type { MomentumData } from '../../test/sandbox/momentum/data.ts';
import { citizenId, sampleData } from '../../test/sandbox/momentum/sample.ts';
import { type MomentumStub, startMomentumStub } from '../../test/sandbox/momentum/server.ts';

let data: MomentumData;
let stub: MomentumStub;
const signal = new AbortController().signal;
beforeEach(async () => {
  data = sampleData(150);
  stub = await startMomentumStub({ data });
});
afterEach(() => stub.close());

const journal = (n: number, at: number) => ({
  id: `note-${n}-${at}`,
  citizenId: citizenId(n),
  title: 'Notat',
  categoryCode: 'NOTAT' as const,
  eventDate: '2026-02-01T23:00:00Z',
  createdAt: '2026-02-01T23:00:00Z',
  updatedAt: '2026-02-01T23:00:00Z',
});

test('a crawl that was stopped goes on after the last page, not from the beginning', async () => {
  const source = await openMomentum(stub, { crawlConcurrency: '2' });
  const first = await source.pull.tag({ after: null, signal })[Symbol.asyncIterator]().next();
  const after = first.value?.checkpoint ?? null;
  expect(after).toMatchObject({ done: false, refused: 0 });
  for (let n = 60; n < 80; n += 1) {
    const row = data.citizens.get(citizenId(n));
    if (row !== undefined) data.citizens.put({ ...row, updatedAt: '2026-03-01T00:00:00.000Z' });
  }
  const before = stub.stats().requests;
  const rest = await gather(source.pull.tag({ after, signal }));
  expect((first.value?.records.length ?? 0) + rest.records.length).toBe(50);
  expect(stub.stats().requests - before).toBeLessThan(150);
  expect(rest.pages.at(-1)?.checkpoint.done).toBe(true);
  const again = await gather(source.pull.tag({ after: rest.pages.at(-1)?.checkpoint ?? null, signal }));
  expect(again.records).toHaveLength(50);
});

test('a citizen with thousands of notes is given in several pages, and the checkpoint stays before them', async () => {
  for (let at = 0; at < 2500; at += 1) data.journals.put(journal(0, at));
  const source = await openMomentum(stub);
  const { pages, records } = await gather(source.pull.journal({ after: null, signal }));
  expect(records).toHaveLength(2550);
  expect(Math.max(...pages.map((page) => page.records.length))).toBe(1000);
  expect(pages[0]?.checkpoint).toEqual({ after: null, refused: 0, done: false });
  expect(pages[2]?.checkpoint.after).not.toBeNull();
});

test('bodies name the citizen, which the source’s answers leave out', async () => {
  const { records } = await gather((await openMomentum(stub)).pull.caseworker({ after: null, signal }));
  expect(records[0]?.body).toMatchObject({ citizenId: citizenId(0) });
});

test('a source without citizens is a complete, empty crawl', async () => {
  for (const { id } of [...data.citizens.all()]) data.citizens.remove(id);
  const { pages, records } = await gather((await openMomentum(stub)).pull.privateContact({ after: null, signal }));
  expect(records).toEqual([]);
  expect(pages.map(({ checkpoint }) => checkpoint.done)).toEqual([true]);
});
