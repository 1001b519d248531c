// up, serve, worker, migrate, keys: the roles of the hub as processes. Signals finish the page in hand and stop
// everything within 20 s; a second signal stops at once.
import type { Command } from 'commander';
import { createLogger } from '../log.ts';
import { newKeyMaterial } from '../store/crypto.ts';
import { startWebRole } from '../web.ts';
import { startWorkerRole } from '../work.ts';
import { configOf, type Opened, openHub, say, withHub } from './context.ts';
import { untilStopped } from './stop.ts';
import { up } from './up.ts';

const serve = async (opened: Opened, options: { port?: string; host?: string }): Promise<void> => {
  const web = await startWebRole(opened.hub, {
    port: Number(options.port ?? process.env['PORT'] ?? 8080),
    host: options.host ?? process.env['HOST'] ?? '127.0.0.1',
  });
  say(`Serving the feed on ${web.url}`);
  await untilStopped([opened.close, web.close]);
};

const work = async (opened: Opened): Promise<void> => {
  const worker = await startWorkerRole(opened.hub);
  say('Working.');
  await untilStopped([opened.close, worker.close]);
};

const logger = () => createLogger({ level: process.env['LOG_LEVEL'] ?? 'info' });

export const registerRoles = (program: Command): void => {
  program
    .command('up')
    .description(
      'everything in one process: database, worker and feed; the sandbox municipality unless a configuration is named',
    )
    .option('--citizens <n>', 'size of the sandbox municipality', '2000')
    .option('--enrolled <n>', 'how many of them are enrolled at the start', '200')
    .option('--fhir-data <folder>', 'add a folder of FHIR files to the sandbox’s FHIR server')
    .option('--still', 'the sandbox does not change while it runs')
    .action((options: { citizens: string; enrolled: string; fhirData?: string; still?: boolean }, command: Command) =>
      up(command, options),
    );
  program
    .command('serve')
    .description('the feed alone (the database must be migrated)')
    .option('--port <port>', 'default: PORT, or 8080')
    .option('--host <host>', 'default: HOST, or 127.0.0.1')
    .action(async (options: { port?: string; host?: string }, command: Command) =>
      serve(await openHub({ ...configOf(command), log: logger(), poolSize: 20 }), options),
    );
  program
    .command('worker')
    .description('schedules and pulls alone')
    .action(async (_, command: Command) => work(await openHub({ ...configOf(command), log: logger(), poolSize: 20 })));
  program
    .command('migrate')
    .description('bring the database schema up to date')
    .action((_, command: Command) =>
      withHub({ ...configOf(command), migrate: true }, async () => say('The schema is up to date.')),
    );
  program
    .command('keys')
    .description('encryption keys')
    .command('create')
    .description('print a new key file; keep it safe, nothing can be read without it')
    .action(() => {
      process.stdout.write(`${JSON.stringify(newKeyMaterial(), null, 2)}\n`);
    });
};
