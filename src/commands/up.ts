// `samspil up`, what `npm start` runs: embedded database, sandbox municipality (unless a configuration is named), worker
// and feed in one process, and a few lines on what to try.

import type { Command } from 'commander';
import { createLogger } from '../log.ts';
import { startWorkerRole } from '../main.ts';
import type { Pool } from '../store/db.ts';
import { startWebRole } from '../web.ts';
import { configOf, dataFolder, openHub, rememberSandbox, say } from './context.ts';
import { untilStopped } from './roles.ts';

interface UpOptions {
  readonly citizens: string;
  readonly enrolled: string;
  readonly fhirData?: string;
  readonly still?: boolean;
}

export const up = async (command: Command, options: UpOptions): Promise<void> => {
  const log = createLogger({ level: process.env['LOG_LEVEL'] ?? 'warn' });
  const named = configOf(command).config ?? process.env['SAMSPIL_CONFIG'];
  const port = Number(process.env['PORT'] ?? 8080);
  const closers: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of [...closers].reverse()) await close().catch(() => undefined);
  };
  try {
    say('Samspil is starting.');
    let before: ((pool: Pool) => Promise<void>) | undefined;
    const { openSandbox } = await import('../../test/sandbox/open.ts');
    const sandbox =
      named === undefined
        ? await (async () => {
            // The database comes first: a second instance on this folder is refused before it disturbs anything.
            return {
              open: () =>
                openSandbox({
                  folder: dataFolder(),
                  citizens: Number(options.citizens),
                  enrolled: Number(options.enrolled),
                  still: options.still === true,
                  ...(options.fhirData === undefined ? {} : { fhirData: options.fhirData }),
                }),
            };
          })()
        : undefined;
    let running: Awaited<ReturnType<typeof openSandbox>> | undefined;
    if (sandbox !== undefined)
      before = async () => {
        running = await sandbox.open();
        closers.push(() => running?.close() ?? Promise.resolve());
        rememberSandbox(dataFolder(), running.environment);
        say(`Sandbox municipality: ${options.citizens} citizens in three source systems.`);
      };
    const opened = await openHub({
      ...configOf(command),
      log,
      exclusive: true,
      migrate: true,
      poolSize: 20,
      ...(before === undefined ? {} : { before }),
    });
    closers.unshift(opened.close);
    if (running !== undefined) {
      const fresh = await running.enrolAndConsent(opened.hub);
      if (fresh > 0) say(`Enrolled ${fresh} citizens.`);
    }
    const worker = await startWorkerRole(opened.hub, { pullAtStart: true });
    closers.push(worker.close);
    const web = await startWebRole(opened.hub, {
      port,
      host: process.env['HOST'] ?? '127.0.0.1',
      ...(running === undefined
        ? {}
        : { issuers: [running.issuer], ready: () => running?.ready(opened.hub) ?? Promise.resolve(true) }),
    });
    closers.push(web.close);
    say(`Feed: ${web.url}   docs: ${web.url}/docs   ready: ${web.url}/health/ready`);
    if (running !== undefined) say('Try: npm run -s samspil -- showcase      (README.md, "A plan in five minutes")');
    say('Stop with Ctrl-C.');
    await untilStopped(closers.splice(0));
  } catch (error) {
    await stop();
    throw error;
  }
};
