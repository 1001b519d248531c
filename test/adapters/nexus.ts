// Nexus' stub as the conformance suite and the adapter's own tests want it: nothing shared or remembered unless a test
// asks for it, small pages, quick retries.
import { nexus } from '../../adapters/nexus/index.ts';
import type { NexusKind, NexusKinds } from '../../adapters/nexus/records.ts';
import type { RawRecord, Source } from '../../src/adapter/contract.ts';
import { createHttp } from '../../src/adapter/http.ts';
import type { Clock } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import type { Harness, Subject } from '../adapter.ts';
import { canaries, type SampleData, sampleData, unknownCpr } from '../sandbox/nexus/sample.ts';
import { type NexusStub, nexusCredentials, startNexusStub } from '../sandbox/nexus/server.ts';

export const stubConfig = (stub: NexusStub, more: object = {}) => ({
  baseUrl: stub.url,
  tokenUrl: stub.tokenUrl,
  ...nexusCredentials,
  retryPauseMs: '1',
  timeoutSeconds: '1',
  rememberMinutes: '0',
  shareSeconds: '0',
  ...more,
});

/** The source opened as often as wanted with one configuration, as a hub does for every run. */
export const nexusOf = (
  stub: NexusStub,
  more: object = {},
  clock: Clock = systemClock,
): (() => Promise<Source<NexusKinds>>) => {
  const config = nexus.config.parse(stubConfig(stub, more));
  const http = createHttp({ hosts: nexus.hosts(config) });
  const log = createLogger({ level: 'silent' });
  return () => nexus.open(config, { http, log, clock });
};

export const ask = async (
  source: Source<NexusKinds>,
  kind: NexusKind,
  cpr: string = canaries.cpr,
  signal = new AbortController().signal,
): Promise<readonly RawRecord[]> => {
  const records: RawRecord[] = [];
  for await (const page of source.byCitizen?.[kind]({ cpr, signal }) ?? []) records.push(...page.records);
  return records;
};

const counts: Readonly<Record<NexusKind, number>> = {
  patient: 1,
  pathway: 2,
  grant: 2,
  appointment: 3,
  organisation: 1,
  professional: 1,
  document: 1,
  message: 7,
};

const remove = (data: SampleData, kind: string): string | undefined => {
  if (kind === 'grant') {
    data.change(canaries.cpr, (patient) => ({
      ...patient,
      pathways: patient.pathways.map((base) => ({
        ...base,
        children: base.children.map((one) => ({ ...one, grants: one.grants.filter(({ id }) => id !== 6001) })),
      })),
    }));
    return '6001';
  }
  if (kind === 'appointment') {
    data.change(canaries.cpr, (patient) => ({ ...patient, events: patient.events.slice(1) }));
    return '4001';
  }
  if (kind !== 'message') return undefined;
  data.change(canaries.cpr, (patient) => ({ ...patient, messages: patient.messages.slice(1) }));
  return '900';
};

export const nexusSubject: Subject = {
  adapter: nexus,
  async start(): Promise<Harness> {
    const data = sampleData();
    const stub = await startNexusStub({ data, pageSize: 3 });
    const config = stubConfig(stub);
    return {
      config,
      badConfigs: [
        { config: { ...config, clientSecret: undefined }, path: 'clientSecret' },
        { config: { ...config, baseUrl: 'ftp://x' }, path: 'baseUrl' },
        { config: { ...config, calendarDaysAhead: '0' }, path: 'calendarDaysAhead' },
        { config: { ...config, shareSeconds: '3600' }, path: 'shareSeconds' },
      ],
      expected: {},
      canaries: [canaries.cpr, '010260-9996', canaries.name, 'Kanariegaard', nexusCredentials.clientSecret],
      citizen: {
        cpr: canaries.cpr,
        unknownCpr,
        owns: (kind, { body }) =>
          String((body as Record<string, unknown>)[kind === 'patient' ? 'id' : 'patientId']) === '9001',
        expected: counts,
      },
      remove: async (kind) => remove(data, kind),
      urls: () => stub.stats().urls,
      stop: () => stub.close(),
      close: () => stub.close(),
    };
  },
};
