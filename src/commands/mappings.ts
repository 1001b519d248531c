// mappings: check, try, test, coverage, diff: what one needs at hand to write a mapping. Works without a hub, but for records
// the hub has kept; nothing is stored.
import type { Command } from 'commander';
import type { HubConfig } from '../config/hub.ts';
import { loadConfig } from '../config/load.ts';
import { HubError } from '../errors.ts';
import { bodiesOf, mappingFolders, shippedMappings } from '../main.ts';
import { checkMappings } from '../mapping/check.ts';
import { loadMappings, type MappingFolders, systemsIn } from '../mapping/load.ts';
import { printTried, readSample, tryMapping } from '../mapping/try.ts';
import { configOf, configPathIfAny, print, say, wantsJson } from './context.ts';
import { type DiffOptions, diff } from './mapping-diff.ts';
import { type CoverageOptions, coverage, test, testSystem } from './mapping-test.ts';

/** Mappings can be worked on without a hub. */
const configIfAny = (command: Command): HubConfig | undefined => {
  const path = configPathIfAny(configOf(command).config);
  return path === undefined ? undefined : loadConfig(path);
};

/** The deployed folders, with the one somebody works in before them. */
const foldersOf = (config: HubConfig | undefined, draft?: string): MappingFolders => [
  ...(draft === undefined ? [] : [draft]),
  ...(config === undefined ? [shippedMappings] : mappingFolders(config)),
];

const draftOption = ['--folder <folder>', 'a mappings folder of your own, before the deployed ones'] as const;

export const registerMappings = (program: Command): void => {
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
    .option(...draftOption)
    .description('what a mapping makes of a sample; nothing is stored')
    .action((mapping: string, sample: string, options: { folder?: string }, command: Command) => {
      const [system = '', kind = ''] = mapping.split('.');
      const compiled = loadMappings(foldersOf(configIfAny(command), options.folder), system).get(kind);
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
  mappings
    .command('test')
    .argument('[system]', 'default: all')
    .option('--fixtures <folder>', 'recorded records, <kind>.jsonl, too')
    .option(...draftOption)
    .description('every example, and that every recorded record can be mapped')
    .action((system: string | undefined, options: { fixtures?: string; folder?: string }, command: Command) => {
      const config = configIfAny(command);
      const folders = foldersOf(config, options.folder);
      const own = options.folder === undefined ? folders : [options.folder];
      const systems = system === undefined ? systemsIn(own) : [system];
      test(
        command,
        systems.map((one) => testSystem(one, options.fixtures, folders, config)),
      );
    });
  mappings
    .command('coverage')
    .argument('<system>')
    .option('--fixtures <folder>', 'recorded records; default: the examples in the files')
    .option('--retained <source>', 'raw records the hub has kept of this source')
    .option(...draftOption)
    .description('every path the source sends and who reads it; every target field and how often it is filled')
    .action((system: string, options: CoverageOptions & { readonly folder?: string }, command: Command) => {
      const config = configIfAny(command);
      return coverage(command, system, options, foldersOf(config, options.folder), config);
    });
  mappings
    .command('diff')
    .argument('<what>', 'a system, with --against, or one changed mapping file')
    .option('--against <folder>', 'a mappings folder with the changed system')
    .option('--fixtures <folder>', 'recorded records; default: the examples in the files')
    .option('--retained <source>', 'raw records the hub has kept of this source: also citizens and consumers concerned')
    .description('what the feed would say differently with the changed mapping; nothing is stored')
    .action((what: string, options: DiffOptions, command: Command) => {
      const config = configIfAny(command);
      return diff(command, what, options, foldersOf(config), config);
    });
};
