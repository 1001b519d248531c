// Hjælpemiddelbasen as the conformance suite wants it: small pages, every kind by configuration alone.
import { soap } from '../../adapters/soap/index.ts';
import type { Harness, Subject } from '../adapter.ts';
import { type AidsData, aidsCredentials, aidsWsdl, startAidsStub } from '../sandbox/soap/server.ts';

const count = 33;
export const cprOf = (n: number): string => `${String((n % 28) + 61)}0210${String(5000 + n)}`;
const canary = 'Kanariefugl';

export const sampleAids = (many = count): AidsData => {
  const data: AidsData = { borgere: new Map(), udlaan: new Map(), notater: new Map() };
  for (let n = 0; n < many; n += 1) {
    const cpr = cprOf(n);
    data.borgere.set(`b${n}`, { cpr, navn: canary });
    const own = { nr: `u${n}`, cpr, udlaant: '24.12.2026', aendret: '2026-11-20', slettet: false };
    data.udlaan.set(`u${n}`, { ...own, dele: ['Hjul', 'Ryglæn & sæde'].slice(0, (n % 3) + 1) });
    data.notater.set(`n${n}`, { id: `n${n}`, cpr, tekst: canary });
  }
  return data;
};

const list = (operation: string, more: object) => ({ operation, input: { KommuneKode: '0999', ...more } });

export const aidsConfig = (endpoint: string) => ({
  wsdl: aidsWsdl,
  endpoint,
  auth: { type: 'username-token', ...aidsCredentials },
  soapHeaders: [{ 'k:Kald': { '@xmlns:k': 'urn:kald', 'k:Id': '{uuid}' } }],
  probe: { operation: 'Ping' },
  pageSize: '12',
  errors: { path: 'Svar.Kode', ok: ['0'], mustBeThere: 'yes', none: ['17'], retry: ['98'], unauthorised: ['3'] },
  faults: { path: 'Fejl.Nr', none: ['404'], forbidden: ['403'] },
  kinds: {
    borger: {
      list: list('SoegBorgere', { Visning: { FoersteNr: '{first}', Antal: '{max}' } }),
      paging: { style: 'offset', first: '1', total: 'Svar.IAlt' },
      records: 'Svar.Borgere.Borger',
      key: '@nr',
      required: ['CprNr'],
    },
    udlaan: {
      list: list('SoegUdlaan', { AendretEfter: '{since}' }),
      records: 'Svar.UdlaanListe.Udlaan',
      key: 'Nr',
      changedSince: { format: 'dk-date' },
      deletes: { path: 'Status', values: ['SLETTET'] },
      fields: ['CprNr', 'Udlaant', 'Aendret', 'Dele.Del[].Navn'],
    },
    notat: {
      records: 'Svar.Notat',
      key: 'Id',
      byCitizen: { operation: 'HentNotater', input: { CprNr: '{cpr}' } },
    },
  },
});

export const soapSubject: Subject = {
  adapter: soap,
  async start(): Promise<Harness> {
    const data = sampleAids();
    const stub = await startAidsStub(data);
    const config = aidsConfig(stub.endpoint);
    const { kinds } = config;
    const changed = (more: object): unknown => ({
      ...config,
      kinds: { ...kinds, udlaan: { ...kinds.udlaan, ...more } },
    });
    const ahead = {
      ...{ since: '2126-01-01T00:00:00.000Z', began: '2125-12-31T00:00:00.000Z', latest: null, at: null, skip: 0 },
      ...{ seen: 0, total: null, saved: '2125-12-31T00:00:00.000Z', done: true },
    };
    return {
      config,
      badConfigs: [
        { config: { ...config, endpoint: 'ftp://x' }, path: 'endpoint' },
        { config: { ...config, pageSize: '1001' }, path: 'pageSize' },
        { config: { ...config, version: '2' }, path: 'version' },
        { config: { ...config, paging: { style: 'spiral' } }, path: 'paging.style' },
        { config: changed({ deletes: 'absent' }), path: 'kinds.udlaan.deletes' },
        { config: changed({ changedSince: undefined }), path: 'kinds.udlaan.changedSince' },
        { config: changed({ records: 'Svar.Liste[]' }), path: 'kinds.udlaan.records' },
        { config: changed({ paging: { style: 'page' } }), path: 'kinds.udlaan.list' },
        { config: changed({ list: list('SoegUdlaan', { AendretEfter: '{cpr}' }) }), path: 'kinds.udlaan.list' },
      ],
      expected: { borger: count, udlaan: count },
      canaries: [cprOf(0), canary, aidsCredentials.password],
      citizen: {
        cpr: cprOf(0),
        unknownCpr: '3112999999',
        owns: (_kind, { key }) => key === 'n0',
        expected: { notat: 1 },
      },
      ahead: { udlaan: ahead },
      async remove(kind) {
        const key = kind === 'borger' ? 'b1' : kind === 'udlaan' ? 'u1' : 'n0';
        if (kind === 'borger') data.borgere.delete(key);
        else if (kind === 'notat') data.notater.delete(key);
        else Object.assign(data.udlaan.get(key) ?? {}, { slettet: true, aendret: '2999-01-01' });
        return key;
      },
      urls: () => stub.urls,
      stop: () => stub.close(),
      close: () => stub.close(),
    };
  },
};
