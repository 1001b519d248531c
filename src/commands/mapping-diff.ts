// mappings diff: what the feed would say differently with changed mappings. What changes who may see something comes first.
import type { Command } from 'commander';
import { systemClock } from '../clock.ts';
import type { HubConfig } from '../config/hub.ts';
import { HubError } from '../errors.ts';
import type { MappingFolders } from '../mapping/load.ts';
import type { MappingDiff } from '../pipeline/diff-tally.ts';
import { diffMappings } from '../pipeline/mapping-diff.ts';
import { createKeyRing, newKeyMaterial } from '../store/crypto.ts';
import { type ConsumerReach, reachOf } from '../store/reach.ts';
import { configOf, print, wantsJson, withHub } from './context.ts';
import { changedMappings, recordedRecords, retainedRecords, sourceWith } from './workbench.ts';

export interface DiffOptions {
  readonly against?: string;
  readonly fixtures?: string;
  readonly retained?: string;
}

interface Answer extends Omit<MappingDiff, 'touched'> {
  /** Of enrolled citizens and consumers: only with retained records. */
  readonly citizens?: number;
  readonly consumers?: readonly ConsumerReach[];
}

const told = ({ touched: _, ...diff }: MappingDiff): Answer => diff;

const overRecorded = async (
  what: string,
  options: DiffOptions,
  deployed: MappingFolders,
  config: HubConfig | undefined,
): Promise<Answer> => {
  const changed = changedMappings(what, options.against, deployed);
  try {
    const keys = createKeyRing(newKeyMaterial());
    const before = sourceWith(changed.system, deployed, config);
    const after = sourceWith(changed.system, changed.folders, config);
    const order = { keys, before, after, now: systemClock.now(), lines: true };
    return told(await diffMappings(order, recordedRecords(changed.system, options.fixtures, changed.folders, keys)));
  } finally {
    changed.close();
  }
};

const overRetained = (command: Command, what: string, name: string, options: DiffOptions): Promise<Answer> =>
  withHub(configOf(command), async ({ hub }) => {
    const changed = changedMappings(what, options.against, hub.mappingFolders);
    try {
      const before = sourceWith(changed.system, hub.mappingFolders, hub.config, name);
      const after = sourceWith(changed.system, changed.folders, hub.config, name);
      const order = { keys: hub.keys, before, after, now: hub.clock.now(), lines: false };
      const diff = await diffMappings(order, retainedRecords(hub, before, after));
      if (diff.records === 0)
        throw new HubError({
          code: 'config/invalid',
          fault: 'config',
          message: `Nothing has been kept of ${name}'s raw records.`,
          hint: 'Write `retain: 14d` at the kind in the source’s configuration, and pull it once with `samspil sync`.',
        });
      const { held, citizens } = diff.touched;
      return { ...told(diff), citizens: citizens.length, consumers: await reachOf(hub.pool, held, citizens) };
    } finally {
      changed.close();
    }
  });

const line = (text = ''): void => void process.stdout.write(`${text}\n`);
const table = (command: Command, title: string, rows: readonly object[]): void => {
  if (rows.length === 0) return;
  line(`\n${title}`);
  print(command, rows, '');
};

const direction = (wider: boolean | undefined): string =>
  wider === undefined ? 'look at it' : wider ? 'MORE may see it' : 'fewer may see it';

const show = (command: Command, diff: Answer): void => {
  line(`${diff.records} source records through both mappings.`);
  if (diff.empty) line('The feed would say exactly the same.');
  table(
    command,
    'WHO MAY SEE WHAT',
    diff.visibility.map(({ entity, aspect, before, after, records, wider }) => ({
      record: entity,
      what: aspect,
      before,
      after,
      records,
      '': direction(wider),
    })),
  );
  table(
    command,
    'Records',
    diff.entities.filter((one) => one.created + one.removed + one.changed + one.late > 0),
  );
  table(
    command,
    'Fields',
    diff.fields.flatMap(({ entity, field, records, samples }) =>
      samples.map(({ key, before, after }, n) => ({
        field: n === 0 ? `${entity}.${field}` : '',
        records: n === 0 ? records : '',
        'for example': key,
        before,
        after,
      })),
    ),
  );
  table(command, 'What becomes of source records', diff.outcomes);
  table(command, 'Issues', diff.issues);
  if (diff.consumers !== undefined) {
    line(`\nIt is about ${diff.citizens} enrolled citizens.`);
    table(
      command,
      'Consumers: records they hold of this, of how many citizens; and of whom they hold anything',
      diff.consumers,
    );
  }
  const same = diff.versions.filter(({ before, after }) => before === after).map(({ kind }) => kind);
  if (!diff.empty && same.length === diff.versions.length)
    line(
      '\nNo version was raised: records are mapped anew only as the source changes them. Raise `version` to load the kind again.',
    );
};

export const diff = async (
  command: Command,
  what: string,
  options: DiffOptions,
  deployed: MappingFolders,
  config: HubConfig | undefined,
): Promise<void> => {
  const answer =
    options.retained === undefined
      ? await overRecorded(what, options, deployed, config)
      : await overRetained(command, what, options.retained, options);
  if (wantsJson(command)) line(JSON.stringify(answer, null, 2));
  else show(command, answer);
};
