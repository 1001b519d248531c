// One database server for a whole test run: a migrated template database, which each test file copies (see postgres.ts).
// SAMSPIL_TEST_DATABASE_URL uses a server that is already there; its role needs CREATEDB.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Pool } from 'pg';
import type { TestProject } from 'vitest/node';
import { createLogger } from '../src/log.ts';
import { startEmbedded } from '../src/store/embedded.ts';
import { migrate } from '../src/store/migrate.ts';

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

const startServer = async (): Promise<Server> => {
  const given = process.env['SAMSPIL_TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return { url: given, stop: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'samspil-test-'));
  const server = await startEmbedded({ folder, log: createLogger({ level: 'warn' }), fast: true });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
};

export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const server = await startServer();
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
  return async () => {
    await run(`drop database if exists ${name} with (force)`);
    await server.stop();
  };
};
