// A folder of FHIR files through stub, adapter and mappings: per resource type what became of every record served.
import { join } from 'node:path';
import { fhir } from '../../adapters/fhir/index.ts';
import { type FhirKind, kinds } from '../../adapters/fhir/records.ts';
import { createHttp } from '../../src/adapter/http.ts';
import { createLogger } from '../../src/log.ts';
import type { KindMapping } from '../../src/mapping/compile.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import type { Draft } from '../../src/mapping/result.ts';
import { type FhirFolder, loadFhirFolder } from '../sandbox/fhir/folder.ts';
import { type FhirStub, startFhirStub } from '../sandbox/fhir/server.ts';

export const mappings = loadMappings([join(import.meta.dirname, '../../mappings')], 'fhir');

export interface Outcome {
  served: number;
  mapped: number;
  /** By reason. */
  rejected: Record<string, number>;
  notMapped: number;
  /** Issues that reject nothing, by code. */
  issues: Record<string, number>;
}

export interface Reading {
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** Drafts by `type/key`. */
  readonly drafts: ReadonlyMap<string, readonly Draft[]>;
  readonly subjects: ReadonlyMap<string, readonly string[]>;
}

const count = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

const readOne = (
  mapping: KindMapping | undefined,
  kind: FhirKind,
  body: unknown,
  outcome: Outcome,
): readonly Draft[] => {
  if (!kinds[kind].body.safeParse(body).success) {
    count(outcome.rejected, 'decode');
    return [];
  }
  if (mapping !== undefined && mapping.subjects(body).length === 0) {
    count(outcome.rejected, 'subject');
    return [];
  }
  const { drafts, issues } = mapping?.map(body) ?? { drafts: [], issues: [] };
  const rejecting = issues.find(({ reject }) => reject);
  if (rejecting !== undefined) count(outcome.rejected, rejecting.code);
  else if (drafts.length === 0) outcome.notMapped += 1;
  else outcome.mapped += 1;
  for (const issue of issues) if (!issue.reject) count(outcome.issues, issue.code);
  return rejecting === undefined ? drafts : [];
};

/** Pulls every type the stub serves. */
export const readAll = async (stub: FhirStub): Promise<Reading> => {
  const config = fhir.config.parse({ baseUrl: stub.url, pageSize: '10' });
  const context = {
    http: createHttp({ hosts: fhir.hosts(config) }),
    log: createLogger({ level: 'silent' }),
    clock: { now: () => new Date() },
  };
  const source = await fhir.open(config, context);
  const outcomes: Record<string, Outcome> = {};
  const drafts = new Map<string, readonly Draft[]>();
  const subjects = new Map<string, readonly string[]>();
  for (const type of stub.store.types()) {
    const kind = type as FhirKind;
    const outcome: Outcome = { served: stub.store.count(type), mapped: 0, rejected: {}, notMapped: 0, issues: {} };
    outcomes[type] = outcome;
    const mapping = mappings.get(type);
    for await (const page of source.pull[kind]({ after: null, signal: AbortSignal.timeout(20_000) }))
      for (const { key, body } of page.records) {
        drafts.set(`${type}/${key}`, readOne(mapping, kind, body, outcome));
        const found = mapping?.subjects(body) ?? [];
        subjects.set(
          `${type}/${key}`,
          found.map((ref) => ('cpr' in ref ? ref.cpr : `${ref.via}/${ref.key}`)),
        );
      }
  }
  await source.close();
  return { outcomes, drafts, subjects };
};

export const withFolder = async (
  path: string,
  run: (reading: Reading, stub: FhirStub, folder: FhirFolder) => Promise<void> | void,
): Promise<void> => {
  const folder = loadFhirFolder(path);
  const stub = await startFhirStub({ data: folder.data });
  try {
    await run(await readAll(stub), stub, folder);
  } finally {
    await stub.close();
  }
};
