// Kinds that are read citizen by citizen: one citizen's rows, in bounded pages, with the name the answers leave out.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gather, openMomentum } from '../../test/adapters/momentum.ts';
import type { MomentumData } from '../../test/sandbox/momentum/data.ts';
import { citizenId, cprOf, sampleData } from '../../test/sandbox/momentum/sample.ts';
import { type MomentumStub, startMomentumStub } from '../../test/sandbox/momentum/server.ts';
import type { CrawlKind } from './records.ts';

let data: MomentumData;
let stub: MomentumStub;
const signal = new AbortController().signal;
beforeEach(async () => {
  data = sampleData(35);
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

const ask = async (kind: CrawlKind, cpr: string) => {
  const source = await openMomentum(stub);
  if (source.byCitizen === undefined) throw new Error('no look-up by citizen');
  return gather(source.byCitizen[kind]({ cpr, signal }));
};

test('thousands of notes come in pages of a thousand', async () => {
  for (let at = 0; at < 2500; at += 1) data.journals.put(journal(0, at));
  const { pages, records } = await ask('journal', cprOf(0));
  expect(new Set(records.map(({ key }) => key)).size).toBe(2501);
  expect(pages.map((page) => page.records.length)).toEqual([1000, 1000, 501]);
});

test('bodies name the citizen, which the source’s answers leave out', async () => {
  const { records } = await ask('caseworker', cprOf(0));
  expect(records.map(({ body }) => (body as { citizenId: string }).citizenId)).toEqual([citizenId(0)]);
});

test('a citizen the source knows by two guids is read under both', async () => {
  const row = data.citizens.get(citizenId(3));
  if (row !== undefined) data.citizens.put({ ...row, previousCprs: [cprOf(0)] });
  const { records } = await ask('tag', cprOf(0));
  expect(records.map(({ body }) => (body as { citizenId: string }).citizenId).sort()).toEqual(
    [citizenId(0), citizenId(3)].sort(),
  );
});

test('a number the source does not know is searched for once and has nothing', async () => {
  const { pages } = await ask('privateContact', '3112999999');
  expect(pages).toEqual([]);
  expect(stub.stats().urls.filter((url) => url.includes('citizens/'))).toEqual([]);
});

test('a citizen without records of the kind has none', async () => {
  expect((await ask('journal', cprOf(1))).records).toEqual([]);
});
