// Reads a source of the running municipality through its real adapter and its shipped mappings, without a hub: what
// every record becomes and whom it is about. For tests that ask whether sandbox, adapters and mappings agree.
import { join } from 'node:path';
import { fhir } from '../../adapters/fhir/index.ts';
import { files } from '../../adapters/files/index.ts';
import { momentum } from '../../adapters/momentum/index.ts';
import type { AnyAdapter, Kinds, Page } from '../../src/adapter/contract.ts';
import { createHttp } from '../../src/adapter/http.ts';
import { systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import { compileUnknownFields } from '../../src/mapping/drift.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import type { Draft, SubjectRef } from '../../src/mapping/result.ts';
import type { Municipality } from './municipality.ts';
import { type SandboxSource, sourceConfigs } from './source-config.ts';

const adapters = { momentum, fhir, sensum: files } as const satisfies Record<SandboxSource, AnyAdapter>;

export interface Mapped {
  readonly kind: string;
  readonly key: string;
  /** Everyone the record is about, by number. */
  readonly cprs: readonly string[];
  readonly drafts: readonly Draft[];
  /** Codes of issues, `!` before those that set the record aside. */
  readonly issues: readonly string[];
  readonly unknown: readonly string[];
}

export const readMapped = async (municipality: Municipality, source: SandboxSource): Promise<readonly Mapped[]> => {
  const adapter: AnyAdapter = adapters[source];
  const config: unknown = adapter.config.parse(sourceConfigs(municipality)[source]);
  const http = createHttp({ hosts: adapter.hosts(config) });
  const log = createLogger({ level: 'silent' });
  const opened = await adapter.open(config, { http, log, clock: systemClock });
  const mappings = loadMappings(join(import.meta.dirname, '../../mappings'), source);
  const subjectsOf = new Map<string, readonly SubjectRef[]>();
  const found: (Omit<Mapped, 'cprs'> & { readonly subjects: readonly SubjectRef[] })[] = [];

  /** Everything of a kind; of one that is crawled, everything about everybody who was found so far. */
  async function* pagesOf(kind: string): AsyncIterable<Page<unknown>> {
    const signal = AbortSignal.timeout(60_000);
    const [pull, ask] = [opened.pull[kind], opened.byCitizen?.[kind]];
    if ((adapter.kinds as Kinds)[kind]?.crawl !== true) yield* pull?.({ after: null, signal }) ?? [];
    else {
      const numbers = found.flatMap(({ subjects }) => subjects.flatMap((one) => ('cpr' in one ? [one.cpr] : [])));
      for (const cpr of new Set(numbers)) yield* ask?.({ cpr, signal }) ?? [];
    }
  }

  try {
    for (const kind of Object.keys(adapter.kinds)) {
      const mapping = mappings.get(kind);
      if (mapping === undefined) continue;
      const unknownFields = compileUnknownFields(mapping);
      for await (const page of pagesOf(kind))
        for (const { key, body } of page.records) {
          const { drafts, issues } = mapping.map(body);
          const subjects = mapping.subjects(body);
          subjectsOf.set(`${kind}/${key}`, subjects);
          found.push({
            kind,
            key,
            subjects,
            drafts,
            issues: issues.map(({ code, reject }) => (reject ? `!${code}` : code)),
            unknown: unknownFields(body),
          });
        }
    }
  } finally {
    await opened.close();
  }

  const cprsOf = (subjects: readonly SubjectRef[]): readonly string[] =>
    subjects.flatMap((subject) =>
      'cpr' in subject ? [subject.cpr] : cprsOf(subjectsOf.get(`${subject.via}/${subject.key}`) ?? []),
    );
  return found.map(({ subjects, ...record }) => ({ ...record, cprs: [...new Set(cprsOf(subjects))] }));
};
