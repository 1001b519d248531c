// Reads a source of the running municipality through its real adapter and its shipped mappings, without a hub: what
// every record becomes and whom it is about. For tests that ask whether sandbox, adapters and mappings agree.
import { join } from 'node:path';
import type { Page } from '../../src/adapter/contract.ts';
import { createHttp } from '../../src/adapter/http.ts';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config/load.ts';
import { HubError } from '../../src/errors.ts';
import { createLogger } from '../../src/log.ts';
import { mappingFolders, sourceParts } from '../../src/main.ts';
import { compileUnknownFields } from '../../src/mapping/drift.ts';
import type { Draft, SubjectRef } from '../../src/mapping/result.ts';
import type { OpenSource } from '../../src/pipeline/source.ts';
import type { Municipality } from './municipality.ts';
import { sandboxEnvironment } from './source-config.ts';

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

const configFile = join(import.meta.dirname, 'config/samspil.yaml');

/** @param system the folder under mappings/ of the source's mappings */
export const readMapped = async (municipality: Municipality, system: string): Promise<readonly Mapped[]> => {
  Object.assign(process.env, sandboxEnvironment(municipality));
  const hub = loadConfig(configFile);
  const [name, source] = Object.entries(hub.sources).find(([, one]) => (one.mappings ?? one.adapter) === system) ?? [];
  if (name === undefined || source === undefined) throw new Error(`The sandbox has no source with mappings ${system}.`);
  const { adapter, settings: config, specs, mappings } = sourceParts(name, source, mappingFolders(hub));
  const http = createHttp({ hosts: adapter.hosts(config) });
  const log = createLogger({ level: 'silent' });
  const opened = (await adapter.open(config, { http, log, clock: systemClock })) as unknown as OpenSource;
  const subjectsOf = new Map<string, readonly SubjectRef[]>();
  const found: (Omit<Mapped, 'cprs'> & { readonly subjects: readonly SubjectRef[] })[] = [];

  /** Everything of a kind; of one that is crawled, everything about everybody who was found so far. */
  async function* pagesOf(kind: string): AsyncIterable<Page<unknown>> {
    const signal = AbortSignal.timeout(60_000);
    const [pull, ask] = [opened.pull[kind], opened.byCitizen?.[kind]];
    if (specs[kind]?.crawl !== true) yield* pull?.({ after: null as never, signal }) ?? [];
    else {
      const numbers = found.flatMap(({ subjects }) => subjects.flatMap((one) => ('cpr' in one ? [one.cpr] : [])));
      // A system that is crawled in every kind names nobody by itself: as the hub does, the enrolled are asked for.
      const asked = numbers.length === 0 ? municipality.cprsToEnrol() : new Set(numbers);
      for (const cpr of asked) if (ask !== undefined) yield* shown(ask({ cpr, signal }));
    }
  }

  /** What the source says of a citizen whom it shows; nothing of one it refuses. */
  async function* shown(pages: AsyncIterable<Page<unknown>>): AsyncIterable<Page<unknown>> {
    try {
      yield* pages;
    } catch (thrown) {
      if (!(thrown instanceof HubError) || thrown.code !== 'source/forbidden') throw thrown;
    }
  }

  try {
    for (const kind of Object.keys(specs)) {
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
