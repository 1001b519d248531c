// The embedded PostgreSQL 18: one server in <folder>/postgres, reached over loopback with a password made anew at each
// start. One process owns it (folder-lock); others on the same machine may use it while it runs.
import { existsSync, mkdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { HubError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { chooseAccount, findBinaries, runnerFor } from './embedded-binaries.ts';
import { checkVersion, createCluster, homeIn } from './embedded-cluster.ts';
import { stopLeftOver } from './embedded-leftover.ts';
import { connectTo, serve } from './embedded-server.ts';
import { lockFolder } from './folder-lock.ts';

export interface EmbeddedOptions {
  /** The data folder; the server lives in its `postgres`. */
  readonly folder: string;
  readonly log: Logger;
  /** Loopback port; a free one when left out. */
  readonly port?: number;
  /** For tests: gives up safety against power loss. */
  readonly fast?: boolean;
}

export interface Embedded {
  /** Holds a password: never log it. */
  readonly url: string;
  stop(): Promise<void>;
}

const open = async ({ folder, log, port, fast = false }: EmbeddedOptions): Promise<Embedded> => {
  const home = homeIn(folder);
  const binaries = findBinaries();
  mkdirSync(home.root, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  await rm(home.url, { force: true });
  await stopLeftOver(home.data, log);
  const account = chooseAccount(home.data);
  const runAs = runnerFor(account, binaries, home.root);
  if (existsSync(home.data)) checkVersion(home);
  else {
    log.info('database.creating');
    createCluster(home, { binaries, runAs, account, fast });
  }
  const server = await serve(home, { binaries, runAs, port, fast });
  await writeFile(home.url, server.url, { mode: 0o600 });
  log.info('database.started');
  return {
    url: server.url,
    stop: async () => {
      await rm(home.url, { force: true });
      if (!(await server.stop())) await stopLeftOver(home.data, log, 3_000);
      log.info('database.stopped');
    },
  };
};

/** Starts the folder's server, made the first time. Throws `store/locked-folder` when another process has the folder. */
export const startEmbedded = async (options: EmbeddedOptions): Promise<Embedded> => {
  if (process.platform === 'win32') {
    throw new HubError({
      code: 'store/unavailable',
      fault: 'config',
      message: 'The embedded PostgreSQL does not run on Windows.',
      hint: 'Use WSL, or give a PostgreSQL 18 of your own with DATABASE_URL.',
    });
  }
  const lock = await lockFolder(options.folder);
  try {
    const server = await open(options);
    const stop = (): Promise<void> => server.stop().finally(() => lock.release());
    let stopping: Promise<void> | undefined;
    return { url: server.url, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await lock.release();
    throw error;
  }
};

/** The address of the server another process runs in this folder, or undefined when none answers. */
export const runningUrl = async (folder: string): Promise<string | undefined> => {
  const url = await readFile(homeIn(folder).url, 'utf8').catch(() => undefined);
  if (url === undefined) return undefined;
  const client = await connectTo(url);
  await client?.end();
  return client === undefined ? undefined : url;
};
