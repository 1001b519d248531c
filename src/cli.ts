// The command line: `npm run -s samspil -- <command>`. Each group of commands is a file in commands/.
import { Command } from 'commander';
import { registerActs } from './commands/acts.ts';
import { registerAdapter } from './commands/adapter.ts';
import { registerAlerts } from './commands/alerts.ts';
import { registerComponent } from './commands/component.ts';
import { registerConsents } from './commands/consents.ts';
import { registerExplain } from './commands/explain.ts';
import { registerLog } from './commands/log.ts';
import { registerMappings } from './commands/mappings.ts';
import { registerPeople } from './commands/people.ts';
import { registerProof } from './commands/proof.ts';
import { registerRoles } from './commands/roles.ts';
import { registerSandbox } from './commands/sandbox.ts';
import { registerSource } from './commands/source.ts';
import { registerStewardship } from './commands/stewardship.ts';
import { registerSync } from './commands/sync.ts';
import { registerWebhooks } from './commands/webhooks.ts';
import { withSecretFiles } from './config/environment.ts';
import { asHubError } from './errors.ts';

const program = new Command('samspil')
  .description('One plan for a citizen, from the systems that know a part of it.')
  .option('--config <file>', 'hub configuration (default: SAMSPIL_CONFIG, or the running sandbox’s)')
  .option('--json', 'answers as JSON')
  .showHelpAfterError('(--help shows what there is)')
  .configureHelp({ sortSubcommands: false, showGlobalOptions: true });

registerRoles(program);
registerSource(program);
registerAdapter(program);
registerSync(program);
registerStewardship(program);
registerMappings(program);
registerPeople(program);
registerWebhooks(program);
registerComponent(program);
registerAlerts(program);
registerActs(program);
registerSandbox(program);
registerProof(program);
registerLog(program);
registerExplain(program);
registerConsents(program);

const main = async (): Promise<void> => {
  Object.assign(process.env, withSecretFiles(process.env));
  await program.parseAsync();
};

// Whoever reads on has had enough, as `head` has: no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

main().catch((thrown: unknown) => {
  const error = asHubError(thrown);
  process.stderr.write(`${error.message}\n${error.hint === undefined ? '' : `→ ${error.hint}\n`}`);
  // A bug's own stack helps whoever reports it; foreign messages may hold values, so only places are shown.
  if (error.fault === 'bug' && error.cause instanceof Error)
    process.stderr.write(
      `${error.cause.name}\n${(error.cause.stack ?? '')
        .split('\n')
        .filter((line) => line.trim().startsWith('at '))
        .slice(0, 8)
        .join('\n')}\n`,
    );
  process.exitCode = error.fault === 'transient' ? 75 : 1;
});
