// mappings test and coverage: the examples in the files and recorded records through the mappings, and what a mapping makes of
// what its source sends. Names, counts and what an example says of itself; never a value of a record.
import type { Command } from 'commander';
import type { RawRecord } from '../adapter/contract.ts';
import type { HubConfig } from '../config/hub.ts';
import { HubError } from '../errors.ts';
import { coverageOf, type KindCoverage } from '../mapping/coverage.ts';
import { runExamples } from '../mapping/examples.ts';
import { type MappingFolders, readCodeTables, readMappingFiles } from '../mapping/load.ts';
import { maskKey } from '../model/mask.ts';
import { rehearse } from '../pipeline/rehearse.ts';
import type { SyncKind } from '../pipeline/source.ts';
import { createKeyRing, newKeyMaterial } from '../store/crypto.ts';
import { configOf, print, wantsJson, withHub } from './context.ts';
import { bodiesIn, coverageWith, keptRecords } from './coverage.ts';
import { recordedRecords, sourceWith } from './workbench.ts';

const line = (text = ''): void => void process.stdout.write(`${text}\n`);

interface FailedRecords {
  readonly kind: string;
  readonly code: string;
  readonly path: string;
  readonly records: number;
  /** The ends of the first keys. */
  readonly keys: readonly string[];
}

interface Tested {
  readonly system: string;
  readonly examples: number;
  readonly failed: readonly {
    readonly file: string;
    readonly example: string;
    readonly field: string;
    readonly expected: string;
    readonly got: string;
  }[];
  readonly records: number;
  readonly mapped: number;
  readonly failedRecords: readonly FailedRecords[];
}

const mostKeys = 3;

const testRecords = (kind: SyncKind, records: readonly RawRecord[]) => {
  const rehearsed = rehearse(kind, records);
  const failed = rehearsed.filter(({ outcome }) => outcome === 'set aside' || outcome === 'subject unreadable');
  const groups = Map.groupBy(failed, ({ code = 'subject/unreadable', path = '' }) => `${code}|${path}`);
  return {
    mapped: rehearsed.filter(({ outcome }) => outcome === 'mapped').length,
    failed: [...groups].map(([name, all]): FailedRecords => {
      const [code = '', path = ''] = name.split('|');
      return {
        kind: kind.name,
        code,
        path,
        records: all.length,
        keys: all.slice(0, mostKeys).map(({ key }) => maskKey(key)),
      };
    }),
  };
};

export const testSystem = (
  system: string,
  fixtures: string | undefined,
  folders: MappingFolders,
  config: HubConfig | undefined,
): Tested => {
  const codes = readCodeTables(folders, []);
  const results = readMappingFiles(folders, system, []).flatMap((file) => runExamples(file, codes));
  const source = sourceWith(system, folders, config);
  const recorded =
    fixtures === undefined ? [] : recordedRecords(system, fixtures, folders, createKeyRing(newKeyMaterial()));
  const tested = recorded.flatMap(({ kind, records }) => {
    const own = source.kinds.find((one) => one.name === kind);
    return own?.mapping === undefined ? [] : [{ count: records.length, ...testRecords(own, records) }];
  });
  return {
    system,
    examples: results.length,
    failed: results.flatMap(({ file, example, misses }) => misses.map((miss) => ({ file, example, ...miss }))),
    records: tested.reduce((sum, one) => sum + one.count, 0),
    mapped: tested.reduce((sum, one) => sum + one.mapped, 0),
    failedRecords: tested.flatMap((one) => one.failed),
  };
};

const showTested = ({ system, examples, failed, records, mapped, failedRecords }: Tested): void => {
  const recorded = records === 0 ? '' : `, ${mapped} of ${records} recorded records mapped`;
  line(`${system}: ${examples} examples${recorded}.`);
  for (const [name, misses] of Map.groupBy(failed, ({ file, example }) => `${file}: "${example}"`)) {
    line(`  ✗ ${name}`);
    for (const { field, expected, got } of misses) line(`      ${field}\n        - ${expected}\n        + ${got}`);
  }
  for (const { kind, code, path, records: count, keys } of failedRecords)
    line(`  ✗ ${kind}: ${count} records ${code}${path === '' ? '' : ` at ${path}`} (${keys.join(', ')})`);
};

export const test = (command: Command, tested: readonly Tested[]): void => {
  if (wantsJson(command)) line(JSON.stringify(tested, null, 2));
  else for (const one of tested) showTested(one);
  if (tested.some((one) => one.failed.length + one.failedRecords.length > 0)) process.exitCode = 1;
};

export interface CoverageOptions {
  readonly fixtures?: string;
  readonly retained?: string;
}

const overRetained = (
  command: Command,
  system: string,
  name: string,
  folders: MappingFolders,
): Promise<readonly KindCoverage[]> =>
  withHub(configOf(command), async ({ hub }) => {
    const source = sourceWith(system, folders, hub.config, name);
    const found: KindCoverage[] = [];
    for (const kind of source.kinds) {
      const bodies = bodiesIn(kind, await keptRecords(hub, name, kind.name));
      const own = await coverageWith(hub, name, kind, bodies);
      if (own !== undefined) found.push(own);
    }
    return found;
  });

const overRecorded = (
  system: string,
  fixtures: string | undefined,
  folders: MappingFolders,
  config: HubConfig | undefined,
): readonly KindCoverage[] => {
  const source = sourceWith(system, folders, config);
  const recorded = recordedRecords(system, fixtures, folders, createKeyRing(newKeyMaterial()));
  return source.kinds.flatMap((kind) => {
    const records = recorded.find((one) => one.kind === kind.name)?.records ?? [];
    if (kind.mapping === undefined) return [];
    return [coverageOf({ mapping: kind.mapping, schema: kind.spec.body, bodies: bodiesIn(kind, records) })];
  });
};

const showCoverage = (
  command: Command,
  system: string,
  { kind, records, rejected, paths, fields }: KindCoverage,
): void => {
  line(`\n${system}.${kind}: ${records} records${rejected === 0 ? '' : `, ${rejected} set aside`}`);
  print(
    command,
    paths.map(({ path, state, readers, seen, firstSeen }) => ({
      'source path': path,
      state: firstSeen === undefined ? state : `${state}, since ${firstSeen.toISOString().slice(0, 10)}`,
      in: `${seen} of ${records}`,
      'read by': readers.join(', '),
    })),
    '  no paths',
  );
  if (fields.length > 0) line();
  print(
    command,
    fields.map(({ entity, field, filled, of }) => ({ field: `${entity}.${field}`, filled: `${filled} of ${of}` })),
    '',
  );
};

export const coverage = async (
  command: Command,
  system: string,
  options: CoverageOptions,
  folders: MappingFolders,
  config: HubConfig | undefined,
): Promise<void> => {
  const kinds =
    options.retained === undefined
      ? overRecorded(system, options.fixtures, folders, config)
      : await overRetained(command, system, options.retained, folders);
  if (kinds.length === 0)
    throw new HubError({
      code: 'config/unknown-name',
      fault: 'config',
      message: `There are no mappings of "${system}".`,
    });
  if (wantsJson(command)) line(JSON.stringify(kinds, null, 2));
  else for (const kind of kinds) showCoverage(command, system, kind);
};
