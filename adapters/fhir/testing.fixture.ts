// A FHIR source opened against a stub, for the tests of this adapter.
import type { Page } from '../../src/adapter/contract.ts';
import { createHttp } from '../../src/adapter/http.ts';
import type { Clock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import type { FhirStub } from '../../test/sandbox/fhir/server.ts';
import { fhir } from './index.ts';
import type { Checkpoint } from './pull.ts';
import type { FhirKind } from './records.ts';

export const minutesAfter = (minutes: number): Date => new Date(Date.UTC(2026, 5, 1, 8, minutes));
export const at = (minutes: number): string => minutesAfter(minutes).toISOString();
export const clockAt = (minutes: number): Clock => ({ now: () => minutesAfter(minutes) });

export const open = async (stub: FhirStub, config: object = {}, clock: Clock = clockAt(600)) => {
  const parsed = fhir.config.parse({ baseUrl: stub.url, ...config });
  return fhir.open(parsed, {
    http: createHttp({ hosts: fhir.hosts(parsed) }),
    log: createLogger({ level: 'silent' }),
    clock,
  });
};

export type Opened = Awaited<ReturnType<typeof open>>;

export const pages = async (
  source: Opened,
  kind: FhirKind,
  after: Checkpoint | null = null,
  most = Number.POSITIVE_INFINITY,
): Promise<readonly Page<Checkpoint>[]> => {
  const found: Page<Checkpoint>[] = [];
  for await (const page of source.pull[kind]({ after, signal: AbortSignal.timeout(10_000) })) {
    found.push(page);
    if (found.length >= most) break;
  }
  return found;
};

export const keys = (found: readonly Page<Checkpoint>[]): readonly string[] =>
  found.flatMap((page) => page.records.map(({ key }) => key));

/** Observations `o0`, `o1` … one minute apart. */
export const observations = (count: number, minute: (index: number) => number = (index) => index) =>
  Array.from({ length: count }, (_, index) => ({
    resourceType: 'Observation',
    id: `o${index}`,
    status: 'final',
    code: { text: 'Noget' },
    subject: { reference: 'Patient/p1' },
    meta: { lastUpdated: at(minute(index)) },
  }));
