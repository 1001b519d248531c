// Everything `samspil source new` writes, as paths and texts: nothing is written over, and either all of it or nothing.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HubError } from '../errors.ts';
import type { Kind } from '../model/kinds.ts';
import type { Sampled } from './sample-records.ts';
import { mappingSkeleton, nameKinds } from './skeleton-mapping.ts';
import { type NewSource, sourceDecisions, sourceFileText, systemFileText } from './skeleton-source.ts';

export interface NewFiles {
  /** Path below the folder → text. */
  readonly files: ReadonlyMap<string, string>;
  readonly decisions: readonly string[];
  readonly kinds: readonly string[];
}

/** Samples of one source put together; their descriptions must be of one make. @throws HubError */
export const joinSamples = (samples: readonly Sampled[]): Sampled => {
  const [first] = samples;
  if (first === undefined || samples.some(({ form }) => form !== first.form))
    throw new HubError({
      code: 'config/invalid',
      fault: 'config',
      message: 'The samples of one source must be of one make: all CSV, all JSON …',
    });
  return {
    form: first.form,
    kinds: samples.flatMap(({ kinds }) => kinds),
    config: Object.assign({}, ...samples.map(({ config }) => config)) as Record<string, unknown>,
    decisions: samples.flatMap(({ decisions }) => decisions),
  };
};

export interface NewOptions {
  readonly source: NewSource;
  readonly sample: Sampled;
  /** Source kind → what it becomes, where somebody has said. */
  readonly targets: ReadonlyMap<string, Kind>;
  readonly today: string;
}

export const newFiles = ({ source, sample, targets, today }: NewOptions): NewFiles => {
  const kinds = nameKinds(sample.kinds.filter((kind) => kind.records.length > 0));
  const made = kinds.map((kind) => {
    const to = targets.get(kind.id);
    return mappingSkeleton(source.system, kind, kinds, { today, ...(to === undefined ? {} : { to }) });
  });
  const leads = new Map(kinds.map((kind, at) => [kind.id, made[at]?.leads]));
  const hasWay = kinds.every((kind) => kind.kind?.['list'] !== undefined);
  const decisions = [
    ...sourceDecisions(source, sample.form, hasWay),
    ...sample.decisions,
    ...made.flatMap((one) => one.decisions),
  ];
  const files = new Map([
    [`sources/${source.name}.yaml`, sourceFileText(source, sample.form, sample.config)],
    ...(kinds.length === 0
      ? []
      : [[`mappings/${source.system}/system.yaml`, systemFileText(source, sample.form, kinds, leads)] as const]),
    ...made.flatMap((one) => [...one.files].map(([path, text]): [string, string] => [`mappings/${path}`, text])),
    [
      `sources/${source.name}.decisions.md`,
      `# ${source.title}: what somebody must decide\n\nThe same questions stand as DECIDE in the files. Take them away as they are answered.\n\n${decisions.map((one) => `- [ ] ${one}\n`).join('')}`,
    ],
  ]);
  return { files, decisions, kinds: kinds.map((kind) => kind.id) };
};

/** @throws HubError when one of them is there: then nothing is written */
export const writeNew = (folder: string, files: ReadonlyMap<string, string>): void => {
  const there = [...files.keys()].filter((path) => existsSync(join(folder, path)));
  if (there.length > 0)
    throw new HubError({
      code: 'config/invalid',
      fault: 'config',
      message: `${there.join(', ')}: already there; nothing was written.`,
      hint: 'Take another name, or move the file away first.',
    });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { flag: 'wx' });
  }
};
