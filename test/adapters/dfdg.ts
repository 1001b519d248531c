// The stub of Det Fælles Datagrundlag as the conformance suite and the adapter's own tests want it, with Min Plan by
// either service.
import { dfdg } from '../../adapters/dfdg/index.ts';
import type { DfdgKind, DfdgKinds } from '../../adapters/dfdg/records.ts';
import type { RawRecord, Source } from '../../src/adapter/contract.ts';
import { createHttp } from '../../src/adapter/http.ts';
import { systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import type { Harness, Subject } from '../adapter.ts';
import { canaries, sampleData, unknownCpr } from '../sandbox/dfdg/sample.ts';
import { type DfdgStub, dfdgCredentials, startDfdgStub } from '../sandbox/dfdg/server.ts';

export const stubConfig = (stub: DfdgStub, more: object = {}) => ({
  baseUrl: stub.url,
  tokenUrl: stub.tokenUrl,
  ...dfdgCredentials,
  retryPauseMs: '1',
  timeoutSeconds: '1',
  ...more,
});

export const viaSoap = (stub: DfdgStub): object => ({ minPlan: 'soap', soap: { endpoint: stub.soapUrl } });

export const openDfdg = async (stub: DfdgStub, more: object = {}): Promise<Source<DfdgKinds>> => {
  const config = dfdg.config.parse(stubConfig(stub, more));
  const log = createLogger({ level: 'silent' });
  return dfdg.open(config, { http: createHttp({ hosts: dfdg.hosts(config) }), log, clock: systemClock });
};

export const ask = async (
  source: Source<DfdgKinds>,
  kind: DfdgKind,
  cpr: string = canaries.cpr,
): Promise<readonly RawRecord[]> => {
  const records: RawRecord[] = [];
  for await (const page of source.byCitizen?.[kind]({ cpr, signal: new AbortController().signal }) ?? [])
    records.push(...page.records);
  return records;
};

export const dfdgSubject = (minPlan: 'rest' | 'soap'): Subject => ({
  adapter: dfdg,
  async start(): Promise<Harness> {
    const data = sampleData();
    const stub = await startDfdgStub({ data });
    const config = stubConfig(stub, minPlan === 'soap' ? viaSoap(stub) : {});
    return {
      config,
      badConfigs: [
        { config: { ...config, clientSecret: undefined }, path: 'clientSecret' },
        { config: { ...config, baseUrl: 'ftp://x' }, path: 'baseUrl' },
        { config: { ...config, minPlan: 'soap', soap: undefined }, path: 'soap.endpoint' },
        { config: { ...config, errors: { '8306': 'maybe' } }, path: 'errors.8306' },
        { config: { ...config, entities: { Indkaldelse: 'møde' } }, path: 'entities.Indkaldelse' },
      ],
      expected: {},
      canaries: [canaries.cpr, canaries.name, 'Kanariegaard', dfdgCredentials.clientSecret],
      citizen: {
        cpr: canaries.cpr,
        unknownCpr,
        owns: (_, { body }) => (body as Record<string, unknown>)['civilregistrationIdentifier'] === canaries.cpr,
        expected: { minPlan: 1, aktivitet: 2, indkaldelse: 3, rehabiliteringsforloeb: 1 },
      },
      async remove(kind) {
        if (kind === 'aktivitet')
          data.change((own) => ({
            ...own,
            aktiviteter: own.aktiviteter.filter(({ aktivitetId }) => !aktivitetId.endsWith('2')),
          }));
        if (kind === 'indkaldelse')
          data.change((own) => ({
            ...own,
            indkaldelser: own.indkaldelser.filter(({ indkaldelseId }) => !indkaldelseId.endsWith('3')),
          }));
        return kind === 'aktivitet'
          ? '20000000-0000-4000-8000-000000000002'
          : kind === 'indkaldelse'
            ? '30000000-0000-4000-8000-000000000003'
            : undefined;
      },
      urls: () => stub.urls,
      stop: () => stub.close(),
      close: () => stub.close(),
    };
  },
});
