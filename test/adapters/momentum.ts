// Momentum's stub as the conformance suite and the adapter's own tests want it: small pages, quick retries.
import { momentum } from '../../adapters/momentum/index.ts';
import { crawlKinds, type MomentumKinds } from '../../adapters/momentum/records.ts';
import type { Page, RawRecord, Source } from '../../src/adapter/contract.ts';
import { createHttp } from '../../src/adapter/http.ts';
import { systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import type { Harness, Subject } from '../adapter.ts';
import type { MomentumData } from '../sandbox/momentum/data.ts';
import { canaries, citizenId, cprOf, sampleData } from '../sandbox/momentum/sample.ts';
import { type MomentumStub, momentumCredentials, startMomentumStub } from '../sandbox/momentum/server.ts';

export const tables = {
  citizen: 'citizens',
  plan: 'plans',
  offer: 'offers',
  meeting: 'meetings',
  task: 'tasks',
  journal: 'journals',
  tag: 'tags',
  caseworker: 'caseworkers',
  privateContact: 'privateContacts',
} as const satisfies Record<keyof MomentumKinds, keyof MomentumData>;

export const stubConfig = (stub: MomentumStub, more: object = {}) => ({
  baseUrl: stub.url,
  tokenUrl: stub.tokenUrl,
  ...momentumCredentials,
  pageSize: '10',
  searchSize: '5',
  retryPauseMs: '1',
  overlapSeconds: '0',
  timeoutSeconds: '1',
  ...more,
});

export const openMomentum = async (stub: MomentumStub, more: object = {}): Promise<Source<MomentumKinds>> => {
  const config = momentum.config.parse(stubConfig(stub, more));
  const http = createHttp({ hosts: momentum.hosts(config) });
  const log = createLogger({ destination: { write: () => undefined } });
  return momentum.open(config, { http, log, clock: systemClock });
};

export const gather = async <C>(pages: AsyncIterable<Page<C>>): Promise<{ pages: Page<C>[]; records: RawRecord[] }> => {
  const all: Page<C>[] = [];
  for await (const page of pages) all.push(page);
  return { pages: all, records: all.flatMap((page) => page.records) };
};

export const momentumSubject: Subject = {
  adapter: momentum,
  async start(): Promise<Harness> {
    const data = sampleData(41);
    const stub = await startMomentumStub({ data });
    const config = stubConfig(stub);
    const counts = (size: (table: keyof MomentumData) => number): Record<string, number> =>
      Object.fromEntries(Object.entries(tables).map(([kind, table]) => [kind, size(table)]));
    const ahead = { since: '2126-01-01T00:00:00.000Z', page: 0, done: true };
    return {
      config,
      badConfigs: [
        { config: { ...config, apiKey: undefined }, path: 'apiKey' },
        { config: { ...config, baseUrl: 'ftp://x' }, path: 'baseUrl' },
        { config: { ...config, pageSize: '1001' }, path: 'pageSize' },
        { config: { ...config, paths: { journal: 'journals' } }, path: 'paths.journal' },
      ],
      expected: counts((table) => (data[table] as { size: number }).size),
      canaries: [canaries.cpr, canaries.name, momentumCredentials.clientSecret, momentumCredentials.apiKey],
      citizen: {
        cpr: cprOf(0),
        unknownCpr: '3112999999',
        owns: (kind, { body }) =>
          (body as Record<string, unknown>)[kind === 'citizen' ? 'id' : 'citizenId'] === citizenId(0),
        expected: counts((table) => (table === 'offers' || table === 'meetings' ? 2 : 1)),
      },
      ahead: {
        citizen: ahead,
        plan: ahead,
        offer: ahead,
        meeting: ahead,
        task: { ...ahead, done: false },
      },
      async remove(kind) {
        const crawled = crawlKinds.find((name) => name === kind);
        const table = data[tables[kind as keyof typeof tables]];
        // The citizen's own of a crawled kind; else the last, who is a citizen without records.
        const row = crawled === undefined ? [...table.all()].at(-1) : data[tables[crawled]].by(citizenId(0))[0];
        if (row === undefined) return undefined;
        table.remove(row.id);
        return row.id;
      },
      urls: () => stub.stats().urls,
      stop: () => stub.close(),
      close: () => stub.close(),
    };
  },
};
