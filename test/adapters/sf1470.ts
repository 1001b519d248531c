// The index's stub as the conformance suite and the adapter's own tests want it: small pages, cases of forty citizens.
import { sf1470 } from '../../adapters/sf1470/index.ts';
import type { Checkpoint, Sf1470Kinds } from '../../adapters/sf1470/records.ts';
import type { Page, Source } from '../../src/adapter/contract.ts';
import { createHttp } from '../../src/adapter/http.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import type { Harness, Subject } from '../adapter.ts';
import { createIndexData, type IndexCase, type IndexData } from '../sandbox/sf1470/data.ts';
import { roles } from '../sandbox/sf1470/roles.ts';
import { type IndexStub, startIndexStub } from '../sandbox/sf1470/server.ts';

export const cprOf = (index: number): string => `01018${String(10_000 + index)}`;
export const uuidOf = (index: number): string => `5f3ce1a0-0000-4000-8000-${String(index).padStart(12, '0')}`;
/** One minute apart, on the first of June. */
export const minute = (index: number): string => new Date(Date.UTC(2026, 5, 1, 8, index)).toISOString();
export const clockAt = (index: number): Clock => ({ now: () => new Date(minute(index)) });
const canaryName = 'Kanariefugl Indeksen';

export const sampleCase = (index: number, more: Partial<IndexCase> = {}): IndexCase => {
  const from = '2026-01-10T08:00:00.000Z';
  return {
    uuid: uuidOf(index),
    stsTime: minute(index),
    time: '2026-05-01T08:00:00.000Z',
    life: 'Importeret',
    properties: [{ from, number: `26/${index}`, title: `Sag ${index}` }],
    indexed: [{ from, sensitivity: 'FORTROLIGE_PERSONOPLYSNINGER', created: from }],
    states: [{ from, code: 'Opstaaet' }],
    actors: [{ role: 'PrimaerBehandler', id: uuidOf(900), name: 'Sagsbehandler Et', from }],
    topics: [
      {
        role: 'PrimaerKlasse',
        id: uuidOf(800),
        number: '27.36.04',
        title: 'Personlig hjælp',
        facet: 'KLE Emneplan',
        from,
      },
    ],
    parties: [{ role: 'PrimaerPart', cpr: cprOf(index), name: canaryName, from }],
    systems: [{ role: 'Master', id: uuidOf(700), name: 'Sensum' }],
    ...more,
  };
};

export const sampleData = (count: number, more: (index: number) => Partial<IndexCase> = () => ({})): IndexData => {
  const data = createIndexData();
  for (let index = 0; index < count; index += 1) data.put(sampleCase(index, more(index)));
  return data;
};

export const stubConfig = (stub: Pick<IndexStub, 'url'>, more: object = {}) => ({
  endpoint: stub.url,
  pageSize: '10',
  timeoutSeconds: '2',
  roles: { SekundaerPart: roles.SekundaerPart, AndreBehandlere: roles.AndreBehandlere },
  ...more,
});

export const openIndex = async (
  stub: Pick<IndexStub, 'url'>,
  more: object = {},
  clock: Clock = systemClock,
): Promise<Source<Sf1470Kinds>> => {
  const config = sf1470.config.parse(stubConfig(stub, more));
  const log = createLogger({ destination: { write: () => undefined } });
  return sf1470.open(config, { http: createHttp({ hosts: sf1470.hosts(config) }), log, clock });
};

export const gather = async (pages: AsyncIterable<Page<unknown>> | Iterable<Page<unknown>>) => {
  const all: Page<Checkpoint>[] = [];
  for await (const page of pages) all.push(page as Page<Checkpoint>);
  return {
    pages: all,
    keys: all.flatMap((page) => page.records.map(({ key }) => key)),
    deleted: all.flatMap((page) => page.deleted),
    ignored: all.reduce((sum, page) => sum + (page.ignored ?? 0), 0),
    end: all.at(-1)?.checkpoint ?? null,
  };
};

/** Citizen 0 is a party of two more cases, as somebody else in the second. */
const shared = (index: number): Partial<IndexCase> => {
  const own = { role: 'PrimaerPart', cpr: cprOf(index), name: canaryName, from: minute(0) } as const;
  const first = {
    role: index === 20 ? 'PrimaerPart' : 'SekundaerPart',
    cpr: cprOf(0),
    name: canaryName,
    from: minute(0),
  } as const;
  return index === 20 || index === 30 ? { parties: [own, first] } : {};
};

export const sf1470Subject: Subject = {
  adapter: sf1470,
  async start(): Promise<Harness> {
    const data = sampleData(43, shared);
    const stub = await startIndexStub({ data });
    const config = stubConfig(stub);
    return {
      config,
      badConfigs: [
        { config: { ...config, endpoint: 'ftp://x' }, path: 'endpoint' },
        { config: { ...config, version: '5' }, path: 'municipalityCvr' },
        { config: { ...config, kle: ['27.3'] }, path: 'kle.0' },
        { config: { ...config, pageSize: '1001' }, path: 'pageSize' },
      ],
      expected: { sag: 43 },
      canaries: [cprOf(0), canaryName, '0106889876', 'Maja Sandkasse'],
      citizen: {
        cpr: cprOf(0),
        unknownCpr: '3112999999',
        owns: (_kind, { body }) =>
          (body as { Sagspart: { Cpr: string }[] }).Sagspart.some(({ Cpr }) => Cpr === cprOf(0)),
        expected: { sag: 3 },
      },
      ahead: { sag: { from: '2126-01-01T00:00:00.000Z', to: null, first: 0, total: null } },
      async remove() {
        const last = data.inOrder().at(-1);
        if (last === undefined) return undefined;
        data.remove(last.uuid);
        return last.uuid;
      },
      urls: () => stub.stats().urls,
      stop: () => stub.close(),
      close: () => stub.close(),
    };
  },
};
