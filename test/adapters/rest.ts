// Vejledningsporten as the conformance suite wants it: small pages, every kind by configuration alone, as it is shipped.
import { join } from 'node:path';
import { rest } from '../../adapters/rest/index.ts';
import { loadSystemFile } from '../../src/mapping/load.ts';
import type { Harness, Subject } from '../adapter.ts';
import { createPortData, type PortData, type PortKind } from '../sandbox/vejledningsporten/data.ts';
import { portCredentials, startPortStub } from '../sandbox/vejledningsporten/server.ts';

const tables: Readonly<Record<string, PortKind>> = {
  borger: 'borgere',
  forloeb: 'forloeb',
  samtale: 'samtaler',
  maal: 'maal',
};
const count = 33;
const cprOf = (n: number): string => `${String((n % 28) + 61)}0210${String(5000 + n)}`;
const canary = 'Kanariefugl';
const at = (n: number): string => new Date(Date.parse('2026-11-01T08:00:00Z') + n * 60_000).toISOString();

const sampleData = (): PortData => {
  const data = createPortData();
  for (let n = 0; n < count; n += 1) {
    const own = { aendret: at(n), slettet: false, borgerId: `b${n}` };
    data.put('borgere', { ...own, id: `b${n}`, felter: { cpr: cprOf(n), navn: canary } });
    data.put('forloeb', {
      ...own,
      id: `f${n}`,
      felter: { art: 'UDDPLAN', titel: 'Plan', status: 'AKTIV', formaal: canary },
    });
    data.put('samtaler', { ...own, id: `s${n}`, felter: { emne: 'Samtale', start: '2026-12-01T09:00:00' } });
    data.put('maal', { ...own, id: `m${n}`, felter: { art: 'MAAL', tekst: canary } });
  }
  return data;
};

const { kinds, paging } = (loadSystemFile([join(import.meta.dirname, '../../mappings')], 'vejledningsporten')?.config ??
  {}) as { kinds: Record<string, object>; paging: object };

export const restSubject: Subject = {
  adapter: rest,
  async start(): Promise<Harness> {
    const data = sampleData();
    const stub = await startPortStub({ data });
    const { clientId, clientSecret, gatewayKey } = portCredentials;
    const config = {
      baseUrl: stub.url,
      auth: {
        type: 'oauth2',
        tokenUrl: stub.tokenUrl,
        clientId,
        clientSecret,
        apiKey: { key: gatewayKey, header: 'x-gateway-key' },
      },
      probe: { path: 'status' },
      pageSize: '10',
      retries: '0',
      paging,
      kinds,
    };
    const changed = (more: object): unknown => ({
      ...config,
      kinds: { ...kinds, borger: { ...kinds['borger'], ...more } },
    });
    const wrongPlace = { path: 'borgere/{cpr}', header: 'cpr' };
    const ahead = {
      ...{ since: '2126-01-01T00:00:00.000Z', began: '2125-12-31T00:00:00.000Z', latest: null, at: null, skip: 0 },
      ...{ seen: 0, total: null, saved: '2125-12-31T00:00:00.000Z', done: true },
    };
    const names = Object.keys(tables);
    return {
      config,
      badConfigs: [
        { config: { ...config, baseUrl: 'ftp://x' }, path: 'baseUrl' },
        { config: { ...config, pageSize: '1001' }, path: 'pageSize' },
        {
          config: { ...config, auth: { type: 'oauth2', tokenUrl: stub.tokenUrl, clientId } },
          path: 'auth.clientSecret',
        },
        { config: { ...config, paging: { style: 'spiral' } }, path: 'paging.style' },
        { config: changed({ byCitizen: wrongPlace }), path: 'kinds.borger.byCitizen.path' },
        { config: changed({ list: { path: 'https://elsewhere.example/borgere' } }), path: 'kinds.borger.list.path' },
        { config: changed({ deletes: 'absent' }), path: 'kinds.borger.deletes' },
        { config: { ...config, encoding: 'klingon' }, path: 'encoding' },
      ],
      expected: Object.fromEntries(names.map((name) => [name, count])),
      canaries: [cprOf(0), canary, clientSecret, gatewayKey],
      citizen: {
        cpr: cprOf(0),
        unknownCpr: '3112999999',
        owns: (kind, { body }) => (body as Record<string, unknown>)[kind === 'borger' ? 'id' : 'borgerId'] === 'b0',
        expected: Object.fromEntries(names.map((name) => [name, 1])),
      },
      ahead: Object.fromEntries(names.map((name) => [name, ahead])),
      async remove(kind) {
        const key = `${kind.slice(0, 1)}1`;
        data.remove(tables[kind] ?? 'borgere', key, new Date().toISOString());
        return key;
      },
      urls: () => stub.urls,
      stop: () => stub.close(),
      close: () => stub.close(),
    };
  },
};
