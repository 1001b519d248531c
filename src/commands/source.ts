// source: everything about one configured source but pulling it: list, probe, forecast, dry-run, record, test, pause, resume.
import type { Command } from 'commander';
import { registerForecast } from './forecast.ts';
import { registerNotices } from './notices.ts';
import { listSources, pause } from './source-list.ts';
import { type DryRunOptions, dryRun, probe } from './source-look.ts';
import { type NewSourceOptions, newSource } from './source-new.ts';
import { type RecordOptions, record, test } from './source-record.ts';

export const registerSource = (program: Command): void => {
  const source = program
    .command('source')
    .alias('sources')
    .description('the source systems: look at them, wire one in');
  source
    .command('list')
    .description('kinds, state and error, last complete pull, next run, what expires')
    .action((_, command: Command) => listSources(command));
  source
    .command('probe')
    .argument('[source]', 'one source; default all')
    .description('is it there, do the credentials work, how long do its certificates last?')
    .action((name: string | undefined, _, command: Command) => probe(command, name));
  const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];
  source
    .command('new')
    .argument('[name]')
    .option(
      '--sample <file>',
      'records, OpenAPI, WSDL, $metadata, CapabilityStatement; several times for several kinds',
      several,
      [],
    )
    .option('--adapter <adapter>', 'files, rest, odata, soap or fhir; default: by the sample')
    .option('--title <text>', 'as people call it')
    .option('--system <name>', 'folder of its mappings; default: the name')
    .option('--domain <domain>', 'employment, social, health, family, education or shared')
    .option('--owner-unit <id>', 'the unit that owns its records')
    .option('--base-url <url>', 'where it is')
    .option('--folder <folder>', 'where its files are')
    .option('--wsdl <file>', 'of a SOAP service, when the sample is an answer')
    .option('--auth <type>', 'none, basic, bearer, apiKey, oauth2 or username-token')
    .option('--to <kind=target>', 'what a kind becomes, several times: ophold=intervention', several, [])
    .option('--dir <folder>', 'beside your samspil.yaml', '.')
    .option('--yes', 'ask nothing, take the guesses')
    .description('configuration and mapping skeletons from a sample or a description')
    .action((name: string | undefined, options: NewSourceOptions, command: Command) =>
      newSource(command, name, options),
    );
  source
    .command('dry-run')
    .argument('<source>')
    .option('--kind <kind>', 'only this kind')
    .option('--limit <n>', 'records of each kind', '200')
    .option('--citizen-file <file>', 'a file with numbers, one in each line: ask for these citizens')
    .description('what it gives and what would become of it, live; nothing is stored')
    .action((name: string, options: DryRunOptions, command: Command) => dryRun(command, name, options));
  source
    .command('record')
    .argument('<source>')
    .requiredOption('--out <folder>', 'a new folder')
    .option('--kind <kind>', 'only this kind')
    .option('--limit <n>', 'records of each kind', '50')
    .option('--citizen-file <file>', 'a file with numbers, one in each line: ask for these citizens')
    .description('records and answers as fixtures, without the people in them')
    .action((name: string, options: RecordOptions, command: Command) => record(command, name, options));
  source
    .command('test')
    .argument('<folder>', 'what `source record` wrote')
    .option('--mappings <folder>', 'your own mappings', 'mappings')
    .description('play a recording back with the network locked')
    .action((folder: string, options: { mappings: string }, command: Command) => test(command, folder, options));
  registerNotices(source);
  registerForecast(source);
  for (const [word, paused] of [
    ['pause', true],
    ['resume', false],
  ] as const)
    source
      .command(word)
      .argument('<source>')
      .option('--kind <kind>', 'only this kind')
      .requiredOption('--reason <text>', 'why; it is written down')
      .description(paused ? 'pull nothing of it until resumed; what is stored stays and grows late' : 'pull it again')
      .action((name: string, options: { kind?: string; reason: string }, command: Command) =>
        pause(command, name, options, paused),
      );
};
