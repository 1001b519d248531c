// mappings: check, try: what one needs at hand to write a mapping. Works without a hub; nothing is stored.
import type { Command } from 'commander';
import type { HubConfig } from '../config/hub.ts';
import { loadConfig } from '../config/load.ts';
import { HubError } from '../errors.ts';
import { bodiesOf, mappingFolders, shippedMappings } from '../main.ts';
import { checkMappings } from '../mapping/check.ts';
import { loadMappings, type MappingFolders, systemsIn } from '../mapping/load.ts';
import { printTried, readSample, tryMapping } from '../mapping/try.ts';
import { configOf, configPathIfAny, print, say, wantsJson } from './context.ts';

/** Mappings can be worked on without a hub. */
const configIfAny = (command: Command): HubConfig | undefined => {
  const path = configPathIfAny(configOf(command).config);
  return path === undefined ? undefined : loadConfig(path);
};

const foldersOf = (config: HubConfig | undefined): MappingFolders =>
  config === undefined ? [shippedMappings] : mappingFolders(config);

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
