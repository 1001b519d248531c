// Cases of the Sags- og Dokumentindeks all the way into the store: domain by KLE group, a link into the system that keeps
// the case, several citizens on one, a case that leaves the list, and one that is gone when everything is read again.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hubConfig } from '../../src/config/hub.ts';
import { composeSource, shippedMappings } from '../../src/main.ts';
import type { PipelineDeps, SyncSource } from '../../src/pipeline/source.ts';
import { cprOf, sampleCase, sampleData, stubConfig, uuidOf } from '../adapters/sf1470.ts';
import { useDatabase } from '../postgres.ts';
import type { IndexCase } from '../sandbox/sf1470/data.ts';
import { type IndexStub, startIndexStub } from '../sandbox/sf1470/server.ts';
import { enrolToy, quietLog, storedRecords, syncToy, toyDeps } from './toy.ts';

const database = useDatabase();
const from = '2026-01-10T08:00:00.000Z';
const topic = (number: string): Partial<IndexCase> => ({
  topics: sampleCase(0).topics.map((one) => ({ ...one, number })),
});
const family: Partial<IndexCase> = {
  ...topic('27.24.00'),
  parties: [1, 2].map((index) => ({ role: 'PrimaerPart', cpr: cprOf(index), name: 'X', from })),
};
const data = sampleData(6, (index) => (index === 0 ? topic('15.20.24') : index === 1 ? family : {}));
let stub: IndexStub;
let deps: PipelineDeps;
let source: SyncSource;

beforeAll(async () => {
  stub = await startIndexStub({ data });
  deps = toyDeps(database.pool());
  const hub = hubConfig.parse({
    municipality: { code: '0999', name: 'Egevang' },
    enrolmentBases: [{ code: 'lab-40-3', title: 'LAB' }],
    sources: {
      sagsindeks: {
        adapter: 'sf1470',
        title: 'Indeks',
        domain: 'shared',
        guard: { count: '5', share: '0.9' },
        journalTemplates: { [uuidOf(700).toUpperCase()]: 'https://sensum.example/sager/{sagsnummer}?id={sagUuid}' },
        config: stubConfig(stub),
      },
    },
  });
  const config = hub.sources['sagsindeks'];
  if (config === undefined) throw new Error('no source');
  const parts = { log: quietLog, mappingFolders: [shippedMappings] };
  source = composeSource('sagsindeks', config, parts).source;
  for (const index of [0, 1, 2, 5]) await enrolToy(deps, cprOf(index));
});
afterAll(() => stub.close());

const references = async () => {
  const { rows } = await database.pool().query<{ key: string; domain: string; body: string }>(
    `select r.key, r.domain, b.body from record r join record_body b on b.record_id = r.id
     where r.entity = 'journalReference' order by r.key`,
  );
  return rows.map(({ body, ...row }) => ({ ...row, url: (JSON.parse(body) as { journalUrl?: string }).journalUrl }));
};

it('stores the cases of who is enrolled, each in its domain, linked into the system that keeps it', async () => {
  const [outcome] = await syncToy(deps, source);
  expect(outcome?.counts).toMatchObject({ notEnrolled: 2 });
  const url = (index: number): string => `https://sensum.example/sager/26%2F${index}?id=${uuidOf(index)}`;
  expect(await references()).toEqual([
    { key: uuidOf(0), domain: 'employment', url: url(0) },
    { key: uuidOf(1), domain: 'family', url: url(1) },
    { key: uuidOf(2), domain: 'social', url: url(2) },
    { key: uuidOf(5), domain: 'social', url: url(5) },
  ]);
  const shared = (await storedRecords(database.pool())).filter(({ key }) => key === uuidOf(1));
  expect(shared.map(({ citizens }) => citizens.length)).toEqual(shared.map(() => 2));
});

it('takes out what has left the list, and what the index no longer has when all is read again', async () => {
  data.put(sampleCase(0, { ...topic('54.15.05'), stsTime: new Date().toISOString() }));
  data.remove(uuidOf(5));
  await syncToy(deps, source);
  expect((await references()).map(({ key }) => key)).toContain(uuidOf(5));
  await syncToy(deps, source, 'reconcile');
  expect((await references()).map(({ key }) => key)).toEqual([uuidOf(1), uuidOf(2)]);
});
