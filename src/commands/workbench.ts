// What the tools for working on a mapping share: which mappings are deployed and which are changed, and the raw records they
// are tried on: recorded ones, ones the hub has kept for a while, or the examples in the files.
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { HubConfig } from '../config/hub.ts';
import { HubError } from '../errors.ts';
import { createLogger } from '../log.ts';
import { bodiesOf, composeSource, type Hub } from '../main.ts';
import { type Fixtures, readFixtures } from '../mapping/fixtures.ts';
import { loadMappings, loadSystemFile, type MappingFolders, readMappingFiles } from '../mapping/load.ts';
import { decode } from '../pipeline/decode.ts';
import type { KindRecords, SubjectsOf } from '../pipeline/mapping-diff.ts';
import type { SyncKind, SyncSource } from '../pipeline/source.ts';
import { resolveSubjects } from '../pipeline/subject.ts';
import type { KeyRing } from '../store/crypto.ts';
import { readRetained } from '../store/retained.ts';

const unknownSystem = (system: string): HubError =>
  new HubError({
    code: 'config/unknown-name',
    fault: 'config',
    message: `There are no mappings of "${system}".`,
    hint: 'Name a folder of mappings/, or one mapping file of it.',
  });

export interface Changed {
  readonly system: string;
  readonly folders: MappingFolders;
  close(): void;
}

/** The changed mappings: a whole folder, or one file laid over what is deployed of its system. */
export const changedMappings = (what: string, against: string | undefined, deployed: MappingFolders): Changed => {
  const isFile = /\.ya?ml$/.test(what);
  const system = isFile ? basename(dirname(resolve(what))) : what;
  if (against !== undefined && existsSync(join(against, system)))
    return { system, folders: [resolve(against), ...deployed], close: () => undefined };
  if (against !== undefined || !isFile || !existsSync(what)) throw unknownSystem(isFile ? what : system);
  const root = dirname(dirname(resolve(what)));
  const overlay = mkdtempSync(join(tmpdir(), 'samspil-mappings-'));
  const now = deployed.map((folder) => join(folder, system)).find((folder) => existsSync(folder));
  if (now !== undefined) cpSync(now, join(overlay, system), { recursive: true });
  cpSync(what, join(overlay, system, basename(what)), { recursive: true });
  const close = (): void => rmSync(overlay, { recursive: true, force: true });
  return { system, folders: [overlay, root, ...deployed], close };
};

const silent = createLogger({ level: 'silent' });

/** A system nobody has configured: what its files say, and the usual settings. */
const bareSource = (system: string, folders: MappingFolders): SyncSource => {
  const bodies = bodiesOf()(system, loadSystemFile(folders, system)) ?? {};
  const kinds = [...loadMappings(folders, system)].map(
    ([name, mapping]): SyncKind => ({
      name,
      spec: {
        title: name,
        body: bodies[name] ?? z.unknown(),
        checkpoint: z.null(),
        capabilities: { mode: 'snapshot', deletes: 'absent' },
      },
      mapping,
      domain: 'shared',
      sensitivity: 'normal',
      ownerUnit: undefined,
      keyIsCpr: false,
      mixed: false,
    }),
  );
  return {
    name: system,
    journalBaseUrl: 'https://journal',
    master: true,
    guard: { count: 0, share: 0 },
    kinds,
    open: () => Promise.reject(unknownSystem(system)),
  };
};

/** The source as configured, or as its files alone say. */
export const sourceWith = (
  system: string,
  folders: MappingFolders,
  config: HubConfig | undefined,
  name?: string,
): SyncSource => {
  const found = Object.entries(config?.sources ?? {}).find(([own, one]) =>
    name === undefined ? (one.mappings ?? one.adapter) === system : own === name,
  );
  if (found === undefined && name !== undefined) throw unknownSystem(name);
  if (found === undefined) return bareSource(system, folders);
  return composeSource(found[0], found[1], { log: silent, mappingFolders: folders }).source;
};

/** As if everybody named were enrolled. */
const everybody =
  (keys: KeyRing): SubjectsOf =>
  (source, kind, { body }) => ({
    subjects: (kind.mapping?.subjects(body) ?? []).map((ref) => {
      const id = keys.uuid('record', JSON.stringify([source.name, 'whoever', ref]));
      return { identityId: 0, citizenId: id, homeId: id };
    }),
    others: false,
  });

export const exampleRecords = (system: string, folders: MappingFolders): Fixtures => {
  const files = readMappingFiles(folders, system, []);
  return new Map(
    [...Map.groupBy(files, (file) => file.kind)].map(([kind, own]) => [
      kind,
      own.flatMap(({ file, spec }) =>
        spec.examples.map(({ given }, n) => ({ key: `${basename(file)}-${n + 1}`, body: given })),
      ),
    ]),
  );
};

/** The recorded records, or else the files' own examples. */
export const recordedRecords = (
  system: string,
  folder: string | undefined,
  folders: MappingFolders,
  keys: KeyRing,
): readonly KindRecords[] => {
  const records = folder === undefined ? exampleRecords(system, folders) : readFixtures(folder, system);
  const all = everybody(keys);
  return [...records].map(([kind, own]) => ({ kind, records: own, subjectsOf: [all, all] }));
};

const together = 500;

/** Records of enrolled citizens the hub has kept, with whose they are by each side's reading. */
export async function* retainedRecords(
  hub: Pick<Hub, 'pool' | 'keys'>,
  before: SyncSource,
  after: SyncSource,
): AsyncGenerator<KindRecords> {
  const names = new Set([...before.kinds, ...after.kinds].map((kind) => kind.name));
  for (const kind of names)
    for (let last = ''; ; ) {
      const rows = await readRetained(hub.pool, hub.keys, { source: before.name, kind, after: last, limit: together });
      if (rows.length === 0) break;
      last = rows.at(-1)?.key ?? last;
      const records = rows.map((row) => row.content);
      const sides = [];
      for (const source of [before, after]) {
        const own = source.kinds.find((one) => one.name === kind);
        const resolved =
          own === undefined ? [] : await resolveSubjects(hub.pool, hub.keys, source, own, decode(own, records));
        const byKey = new Map(resolved.map((one) => [one.key, one]));
        const subjectsOf: SubjectsOf = (_, __, { key }) => byKey.get(key);
        sides.push(subjectsOf);
      }
      const [old = () => undefined, changed = () => undefined] = sides;
      yield { kind, records, subjectsOf: [old, changed] };
    }
}
