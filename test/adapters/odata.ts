// DUBU's stub as the conformance suite and the adapter's own tests want it: small pages, kinds as they are shipped.
import { join } from 'node:path';
import { odata } from '../../adapters/odata/index.ts';
import type { Page, RawRecord, Source } from '../../src/adapter/contract.ts';
import { createHttp } from '../../src/adapter/http.ts';
import { systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import { loadSystemFile } from '../../src/mapping/load.ts';
import type { Harness, Subject } from '../adapter.ts';
import { canary, cprOf, sampleDubu } from '../sandbox/dubu/sample.ts';
import { type DubuStub, dubuCredentials, startDubuStub } from '../sandbox/dubu/server.ts';

const { config: shipped } = loadSystemFile([join(import.meta.dirname, '../../mappings')], 'dubu') ?? {};
export const shippedKinds = (shipped as { readonly kinds: Readonly<Record<string, object>> }).kinds;

export const stubConfig = (stub: DubuStub, more: object = {}) => ({
  ...shipped,
  baseUrl: stub.url,
  auth: {
    type: 'oauth2',
    tokenUrl: stub.tokenUrl,
    clientId: dubuCredentials.clientId,
    clientSecret: dubuCredentials.clientSecret,
  },
  pageSize: '10',
  overlap: '2',
  retries: '0',
  ...more,
});

export const openOData = async (config: unknown): Promise<Source> => {
  const parsed = odata.config.parse(config);
  const http = createHttp({ hosts: odata.hosts(parsed) });
  return odata.open(parsed, { http, log: createLogger({ level: 'silent' }), clock: systemClock });
};

export const recordsOf = async (pages: AsyncIterable<Page<unknown>>): Promise<readonly RawRecord[]> => {
  const all: RawRecord[] = [];
  for await (const { records } of pages) all.push(...records);
  return all;
};

const count = 32;

export const odataSubject: Subject = {
  adapter: odata,
  async start(): Promise<Harness> {
    const data = sampleDubu(count);
    const stub = await startDubuStub({ data });
    const config = stubConfig(stub);
    const changed = (more: object): unknown => ({
      ...config,
      kinds: { ...shippedKinds, sag: { ...shippedKinds['sag'], ...more } },
    });
    return {
      config,
      badConfigs: [
        { config: { ...config, baseUrl: 'ftp://x' }, path: 'baseUrl' },
        { config: { ...config, pageSize: '3' }, path: 'overlap' },
        { config: changed({ set: 'Sag/{cpr}' }), path: 'kinds.sag.set' },
        { config: changed({ filter: "primaerPerson/cprnr eq '{cpr}'" }), path: 'kinds.sag.filter' },
        { config: changed({ byCitizen: { filter: 'id gt 0' } }), path: 'kinds.sag.byCitizen.filter' },
        { config: changed({ changedSince: { field: 'aendret' }, deletes: 'absent' }), path: 'kinds.sag.deletes' },
      ],
      expected: { sag: count, aktivitet: count * 2 },
      canaries: [cprOf(0), canary, dubuCredentials.clientSecret],
      citizen: {
        cpr: cprOf(0),
        unknownCpr: '3112999999',
        owns: (kind, { body }) => {
          const row = body as { readonly id: number; readonly sag?: { readonly id: number } };
          return (kind === 'sag' ? row.id : row.sag?.id) === 4000;
        },
        expected: { sag: 1, aktivitet: 2 },
      },
      async remove(kind) {
        const id = 4001;
        if (kind === 'sag') {
          data.sager.delete(id);
          return String(id);
        }
        const own = data.aktiviteter.get(4002) ?? [];
        data.aktiviteter.set(4002, own.slice(1));
        return String(own[0]?.id);
      },
      urls: () => stub.urls,
      stop: () => stub.close(),
      close: () => stub.close(),
    };
  },
};
