// The synthetic municipality's job centre through stub, adapter and mappings: every row decodes, finds its citizen and
// maps without an issue, and a plan is recognisable as one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CrawlKind, crawlKinds, kinds } from '../../adapters/momentum/records.ts';
import type { Page, RawRecord } from '../../src/adapter/contract.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import { type Municipality, startMunicipality } from '../sandbox/municipality.ts';
import { openMomentum } from './momentum.ts';

const folder = mkdtempSync(join(tmpdir(), 'samspil-momentum-'));
let municipality: Municipality;
beforeAll(async () => {
  municipality = await startMunicipality({ citizens: 200, enrolled: 20, folder });
});
afterAll(async () => {
  await municipality.close();
  rmSync(folder, { recursive: true, force: true });
});

const mappings = loadMappings([join(import.meta.dirname, '../../mappings')], 'momentum');
const signal = new AbortController().signal;
const isCrawled = (kind: keyof typeof kinds): kind is CrawlKind => (crawlKinds as readonly string[]).includes(kind);

/** What the records of a kind become, and what was wrong with them. */
const mapAll = (kind: keyof typeof kinds, records: readonly RawRecord[]) => {
  const mapping = mappings.get(kind);
  if (mapping === undefined) throw new Error(`no mapping for ${kind}`);
  const results = records.map(({ body }) => mapping.map(body));
  return {
    undecoded: records.filter(({ body }) => !kinds[kind].body.safeParse(body).success).length,
    withoutSubject: records.filter(({ body }) => mapping.subjects(body).length === 0).length,
    issues: [...new Set(results.flatMap(({ issues }) => issues.map(({ code }) => code)))],
    drafts: results.flatMap(({ drafts }) => drafts),
  };
};

test('every row of every kind maps without an issue', async () => {
  const source = await openMomentum(municipality.momentum, { pageSize: '500' });
  const numbers: string[] = [];
  const everything = async function* (kind: keyof typeof kinds): AsyncIterable<Page<unknown>> {
    if (!isCrawled(kind)) yield* source.pull[kind]({ after: null, signal });
    else for (const cpr of numbers) yield* source.byCitizen?.[kind]({ cpr, signal }) ?? [];
  };
  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
    const records: RawRecord[] = [];
    for await (const page of everything(kind)) records.push(...page.records);
    if (kind === 'citizen') numbers.push(...records.map(({ body }) => (body as { cpr: string }).cpr));
    const { undecoded, withoutSubject, issues } = mapAll(kind, records);
    expect({ kind, undecoded, withoutSubject, issues }).toEqual({ kind, undecoded: 0, withoutSubject: 0, issues: [] });
    expect(records.length).toBeGreaterThan(0);
  }
});

test('the showcase citizen’s employment plan has goals, steps, efforts, people, meetings, agreements and status', async () => {
  const source = await openMomentum(municipality.momentum);
  const made = new Map<string, number>();
  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
    for await (const page of source.byCitizen?.[kind]?.({ cpr: municipality.showcase.cpr, signal }) ?? [])
      for (const { entity } of mapAll(kind, page.records).drafts) made.set(entity, (made.get(entity) ?? 0) + 1);
  }
  for (const entity of [
    'citizen',
    'plan',
    'goal',
    'intervention',
    'contact',
    'appointment',
    'agreement',
    'statusEntry',
    'journalReference',
  ])
    expect(made.get(entity) ?? 0, entity).toBeGreaterThan(0);
  expect(municipality.momentum.stats().urls.filter((url) => url.includes(municipality.showcase.cpr))).toEqual([]);
});
