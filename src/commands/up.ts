// `samspil up`, what `npm start` runs: embedded database, sandbox municipality (unless a configuration is named), worker
// and feed in one process, and a few lines on what to try.
import type { Command } from 'commander';
import { HubError } from '../errors.ts';
import { createLogger } from '../log.ts';
import { startWebRole } from '../web.ts';
import { startWorkerRole } from '../work.ts';
import { configOf, dataFolder, openHub, rememberSandbox, say } from './context.ts';
import { untilStopped } from './stop.ts';

export interface UpOptions {
  readonly citizens: string;
  readonly enrolled: string;
  readonly fhirData?: string;
  readonly still?: boolean;
}

const wholeNumber = (name: string, text: string, most: number): number => {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= most) return number;
  throw new HubError({
    code: 'request/invalid',
    fault: 'config',
    message: `${name} must be a whole number up to ${most}.`,
  });
};

/** In a container its page must be where a port of the container is published. */
const signInPlace = (): { readonly port?: number; readonly host?: string } => {
  const port = process.env['SANDBOX_SIGN_IN_PORT'];
  return port === undefined
    ? {}
    : { port: wholeNumber('SANDBOX_SIGN_IN_PORT', port, 65_535), host: process.env['HOST'] ?? '127.0.0.1' };
};

const openSandbox = async (options: UpOptions) => {
  const sandbox = await import('../../test/sandbox/open.ts');
  const running = await sandbox.openSandbox({
    folder: dataFolder(),
    citizens: wholeNumber('--citizens', options.citizens, 1_000_000),
    enrolled: wholeNumber('--enrolled', options.enrolled, 1_000_000),
    still: options.still === true,
    signIn: signInPlace(),
    ...(options.fhirData === undefined ? {} : { fhirData: options.fhirData }),
  });
  rememberSandbox(dataFolder(), running.environment);
  say(`Sandbox municipality: ${options.citizens} citizens in their source systems.`);
  return running;
};

export const up = async (command: Command, options: UpOptions): Promise<void> => {
  const log = createLogger({ level: process.env['LOG_LEVEL'] ?? 'warn' });
  const inSandbox = (configOf(command).config ?? process.env['SAMSPIL_CONFIG']) === undefined;
  const closers: (() => Promise<void>)[] = [];
  say('Samspil is starting.');
  try {
    let sandbox: Awaited<ReturnType<typeof openSandbox>> | undefined;
    const opened = await openHub({
      ...configOf(command),
      log,
      exclusive: true,
      migrate: true,
      poolSize: 20,
      // After the database, so that a second instance on this folder is refused before it disturbs the first.
      before: async () => {
        if (!inSandbox) return;
        sandbox = await openSandbox(options);
        closers.push(sandbox.close);
      },
    });
    closers.push(opened.close);
    const { hub } = opened;
    const fresh = (await sandbox?.enrolAndConsent(hub)) ?? 0;
    if (fresh > 0) say(`Enrolled ${fresh} citizens; fetching their records …`);
    const web = await startWebRole(hub, {
      port: Number(process.env['PORT'] ?? 8080),
      host: process.env['HOST'] ?? '127.0.0.1',
      ...(sandbox === undefined
        ? {}
        : { issuers: [sandbox.issuer], ready: () => sandbox?.ready(hub) ?? Promise.resolve(true) }),
    });
    closers.push(web.close);
    // Where the sandbox's systems tell of changes.
    if (inSandbox) process.env['SANDBOX_HUB_URL'] = web.url;
    const worker = await startWorkerRole(hub, { pullAtStart: true });
    closers.push(worker.close);
    await sandbox?.follow(web.url);
    say(`Feed: ${web.url}   docs: ${web.url}/docs   ready: ${web.url}/health/ready`);
    if (inSandbox) say(`Pages: ${web.url}/   sign in as anybody of the municipality`);
    if (inSandbox) say('Try: npm run -s samspil -- showcase      (README.md, “A plan in five minutes”)');
    say('Stop with Ctrl-C.');
    await untilStopped(closers.splice(0));
  } catch (error) {
    for (const close of closers.reverse()) await close().catch(() => undefined);
    throw error;
  }
};
