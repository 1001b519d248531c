// The CPR register's stub as the conformance suite and the adapter's own tests want it: three people, one of them with a
// former number.
import { sf1520 } from '../../adapters/sf1520/index.ts';
import type { Sf1520Kinds } from '../../adapters/sf1520/records.ts';
import type { Page, RawRecord, Source } from '../../src/adapter/contract.ts';
import { createHttp } from '../../src/adapter/http.ts';
import { systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import type { Harness, Subject } from '../adapter.ts';
import {
  type PartObject,
  type RegisterStub,
  registerIdentifiers,
  startRegisterStub,
} from '../sandbox/sf1520/server.ts';

export const cprs = ['6102105000', '6202105001', '6302105002'] as const;
export const former = '6402105003';
const canary = 'Kanariefugl';

const personOf = (asked: string, current: string): PartObject => ({
  persondata: {
    personnummer: asked,
    gaeldendePersonnummer: current,
    navn: { personadresseringsnavn: canary, fornavn: 'Ane', efternavn: canary },
    foedselsdato: { dato: '1970-02-01+01:00' },
    status: { status: 1, statusdato: { dato: '1970-02-01T00:00:00' } },
  },
  adresse: { aktuelAdresse: { kommunekode: 190, vejnavn: 'Kanarievej', husnummer: '1' } },
});

export const sampleRegister = (): Map<string, PartObject> => {
  const people = new Map(cprs.map((cpr): [string, PartObject] => [cpr, personOf(cpr, cpr)]));
  return people.set(former, personOf(former, cprs[2]));
};

export const stubConfig = (stub: RegisterStub, more: object = {}) => ({
  endpoint: stub.endpoint,
  municipalityCvr: '29188327',
  invocation: registerIdentifiers,
  timeoutSeconds: '1',
  ...more,
});

export const openRegister = (stub: RegisterStub, more: object = {}): Promise<Source<Sf1520Kinds>> => {
  const config = sf1520.config.parse(stubConfig(stub, more));
  const log = createLogger({ level: 'silent' });
  return sf1520.open(config, { http: createHttp({ hosts: sf1520.hosts(config) }), log, clock: systemClock });
};

export const askFor = async (source: Source<Sf1520Kinds>, cpr: string): Promise<readonly RawRecord[]> => {
  const pages: Page<null>[] = [];
  const signal = AbortSignal.timeout(5000);
  for await (const page of source.byCitizen?.person({ cpr, signal }) ?? []) pages.push(page);
  return pages.flatMap(({ records }) => records);
};

export const sf1520Subject: Subject = {
  adapter: sf1520,
  async start(): Promise<Harness> {
    const people = sampleRegister();
    const stub = await startRegisterStub({ personOf: (cpr) => people.get(cpr) });
    const config = stubConfig(stub);
    return {
      config,
      badConfigs: [
        { config: { ...config, endpoint: 'ftp://x' }, path: 'endpoint' },
        { config: { ...config, municipalityCvr: '12' }, path: 'municipalityCvr' },
        { config: { ...config, invocation: { ...config.invocation, userUuid: 'x' } }, path: 'invocation.userUuid' },
        { config: { endpoint: stub.endpoint }, path: 'invocation' },
      ],
      expected: {},
      canaries: [cprs[0], canary],
      citizen: {
        cpr: cprs[0],
        unknownCpr: '3112999999',
        owns: (_kind, { key }) => key === cprs[0],
        expected: { person: 1 },
      },
      async remove() {
        people.delete(cprs[0]);
        return cprs[0];
      },
      urls: () => stub.urls,
      stop: () => stub.close(),
      close: () => stub.close(),
    };
  },
};
