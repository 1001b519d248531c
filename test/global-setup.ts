// One database server for a whole test run: a migrated template database, which each test file copies (see postgres.ts).
// SAMSPIL_TEST_DATABASE_URL uses a server that is already there; its role needs CREATEDB. And one temporary folder, which
// goes with the run whatever the tests (and the browsers and processes they start) leave in it; a killed run's goes with
// the next.
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Pool } from 'pg';
import type { TestProject } from 'vitest/node';
import { createLogger } from '../src/log.ts';
import { startEmbedded } from '../src/store/embedded.ts';
import { migrate } from '../src/store/migrate.ts';
import { machineFolder, moveTemporaryFiles } from './machine-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The migrated template; its server is the run's server. */
    templateUrl: string;
  }
}

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as { code?: string }).code === 'EPERM';
  }
};

const remove = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

/** The run's own temporary folder, named by its process; those of runs that were killed go. */
const openFolder = async (): Promise<string> => {
  const root = machineFolder();
  for (const name of await readdir(root)) {
    const pid = /^samspil-test-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await remove(join(root, name)).catch(() => undefined);
  }
  const folder = await mkdtemp(join(root, `samspil-test-${process.pid}-`));
  // The database server, which runs as somebody else, must find its way.
  await chmod(folder, 0o711);
  return folder;
};

const startServer = async (folder: string): Promise<Server> => {
  const given = process.env['SAMSPIL_TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return { url: given, stop: async () => {} };
  return startEmbedded({ folder: join(folder, 'server'), log: createLogger({ level: 'warn' }), fast: true });
};

export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const folder = await openFolder();
  const server = await startServer(folder);
  const name = `samspil_template_${randomBytes(6).toString('hex')}`;
  const run = async (sql: string): Promise<void> => {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await run(`create database ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const pool = new Pool({ connectionString: url.href });
  pool.on('error', () => {});
  await migrate(pool).finally(() => pool.end());
  project.provide('templateUrl', url.href);
  // The tests' processes are started after this. What is unpacked once for all runs stays where it was.
  await mkdir(join(folder, 't'));
  const moveBack = moveTemporaryFiles(join(folder, 't'));
  return async () => {
    moveBack();
    await run(`drop database if exists ${name} with (force)`);
    await server.stop();
    await remove(folder);
  };
};
