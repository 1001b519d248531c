// quarantine, deletions, mappings: what an operator decides about, and the tools to find out why.
import type { Command } from 'commander';
import type { HubConfig } from '../config/hub.ts';
import { loadConfig } from '../config/load.ts';
import { HubError } from '../errors.ts';
import { bodiesOf, mappingFolders, shippedMappings } from '../main.ts';
import { checkMappings } from '../mapping/check.ts';
import { loadMappings, type MappingFolders, systemsIn } from '../mapping/load.ts';
import { printTried, readSample, tryMapping } from '../mapping/try.ts';
import { replayQuarantine, wouldPass } from '../pipeline/replay.ts';
import { approveHeld, listHeld } from '../store/deletions.ts';
import { quarantineGroups, readQuarantine } from '../store/quarantine.ts';
import { createRun } from '../store/runs.ts';
import { configOf, configPathIfAny, print, say, wantsJson, withHub } from './context.ts';

const replay = (command: Command, options: { source?: string; kind?: string }) =>
  withHub(configOf(command), async ({ hub }) => {
    const rows = [];
    for (const [name, { source }] of hub.sources)
      for (const kind of source.kinds) {
        if (
          (options.source ?? name) !== name ||
          (options.kind ?? kind.name) !== kind.name ||
          kind.mapping === undefined
        )
          continue;
        const before = await wouldPass(hub, source, kind);
        if (before.open === 0) continue;
        const runId = await createRun(hub.pool, {
          source: name,
          kind: kind.name,
          mode: 'replay',
          trigger: 'command line',
        });
        const counts = await replayQuarantine(hub, { source, kind, runId, signal: new AbortController().signal });
        rows.push({
          source: name,
          kind: kind.name,
          open: before.open,
          'would pass': before.passing,
          stored: counts.stored,
          left: counts.quarantined,
        });
      }
    print(command, rows, 'Nothing is in quarantine.');
  });

const registerQuarantine = (program: Command): void => {
  const quarantine = program.command('quarantine').description('records that could not be stored');
  quarantine
    .command('list')
    .description('grouped by cause; values are never shown')
    .action((_, command: Command) =>
      withHub(configOf(command), async ({ hub }) =>
        print(command, await quarantineGroups(hub.pool), 'Quarantine is empty.'),
      ),
    );
  quarantine
    .command('show')
    .argument('<id>')
    .option('--body', 'with the record itself: personal data, say why you need it')
    .description('one record: reason, age, source')
    .action((id: string, options: { body?: boolean }, command: Command) =>
      withHub(configOf(command), async ({ hub }) => {
        const [row] = await readQuarantine(hub.pool, hub.keys, { id: Number(id), limit: 1 });
        if (row === undefined)
          throw new HubError({
            code: 'request/not-found',
            fault: 'config',
            message: 'There is no such open record.',
            hint: '`samspil quarantine list` shows what there is.',
          });
        const { content, ...about } = row;
        process.stdout.write(
          `${JSON.stringify(options.body === true ? row : { ...about, body: content === undefined ? 'not kept' : 'kept, encrypted' }, null, 2)}\n`,
        );
      }),
    );
  quarantine
    .command('replay')
    .option('--source <source>')
    .option('--kind <kind>')
    .description('try the records again with the mappings as they are now, in the order they came')
    .action((options: { source?: string; kind?: string }, command: Command) => replay(command, options));
};

const registerDeletions = (program: Command): void => {
  const deletions = program.command('deletions').description('mass deletions held by the guard');
  deletions
    .command('list')
    .action((_, command: Command) =>
      withHub(configOf(command), async ({ hub }) => print(command, await listHeld(hub.pool), 'No deletions are held.')),
    );
  deletions
    .command('approve')
    .argument('<id>')
    .description('delete what this one held deletion names; the threshold stays')
    .action((id: string, _, command: Command) =>
      withHub(configOf(command), async ({ hub }) => {
        const removed = await approveHeld(hub.pool, Number(id), process.env['USER'] ?? 'command line');
        if (removed === undefined)
          throw new HubError({
            code: 'request/conflict',
            fault: 'config',
            message: 'This deletion is not held (any more).',
            hint: '`samspil deletions list` shows what is.',
          });
        print(command, [{ id: Number(id), removed }], '');
      }),
    );
};

/** Mappings can be worked on without a hub. */
const configIfAny = (command: Command): HubConfig | undefined => {
  const path = configPathIfAny(configOf(command).config);
  return path === undefined ? undefined : loadConfig(path);
};

const foldersOf = (config: HubConfig | undefined): MappingFolders =>
  config === undefined ? [shippedMappings] : mappingFolders(config);

const registerMappings = (program: Command): void => {
  const mappings = program.command('mappings').description('the files that translate sources into the plan');
  mappings
    .command('check')
    .argument('[folder]', 'default: those of the hub’s configuration, and the shipped ones')
    .description('formats, paths, code tables, rules about people, and every example')
    .action((folder: string | undefined, _, command: Command) => {
      const config = configIfAny(command);
      const folders = folder === undefined ? foldersOf(config) : [folder, shippedMappings];
      const report = checkMappings(folders, {
        bodiesOf: bodiesOf(config),
        ...(folder === undefined ? {} : { systems: systemsIn([folder]) }),
      });
      if (wantsJson(command)) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      else {
        print(
          command,
          report.findings,
          `${report.files} files and ${report.examples} examples of ${report.systems.join(', ')} are right.`,
        );
        for (const warning of report.warnings) say(`note: ${warning.file}: ${warning.path}: ${warning.message}`);
        for (const field of report.unmentioned) say(`neither used nor listed as unused: ${field}`);
      }
      if (!report.ok) process.exitCode = 1;
    });
  mappings
    .command('try')
    .argument('<mapping>', '<system>.<kind>, for example sensum.indsats')
    .argument('<sample>', 'a JSON file with one source record or a list of them')
    .description('what a mapping makes of a sample; nothing is stored')
    .action((mapping: string, sample: string, _, command: Command) => {
      const [system = '', kind = ''] = mapping.split('.');
      const compiled = loadMappings(foldersOf(configIfAny(command)), system).get(kind);
      if (compiled === undefined)
        throw new HubError({
          code: 'config/unknown-name',
          fault: 'config',
          message: `There is no mapping ${mapping}.`,
          hint: 'Name it <system>.<kind> as in its file.',
        });
      const tried = readSample(sample).map((body) => tryMapping(compiled, body));
      process.stdout.write(
        wantsJson(command) ? `${JSON.stringify(tried, null, 2)}\n` : tried.map(printTried).join('\n'),
      );
    });
};

export const registerStewardship = (program: Command): void => {
  registerQuarantine(program);
  registerDeletions(program);
  registerMappings(program);
};
