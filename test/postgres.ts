// A database of its own for a test file: a copy of the migrated template, dropped at the end. Call in a file or describe.
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Client, Pool } from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import type {} from './global-setup.ts';

export interface TestDatabase {
  url(): string;
  pool(): Pool;
}

const onServer = async (sql: string): Promise<void> => {
  // The template itself must have no connection while it is copied.
  const url = new URL(inject('templateUrl'));
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await client.query(sql).finally(() => client.end());
};

/**
 * The server may be sweeping the database (autovacuum) at that moment; its worker is a superuser, and only a superuser
 * may end that. It is gone when its table is done, so the drop is asked for again.
 */
const dropDatabase = async (name: string): Promise<void> => {
  for (let left = 50; ; left -= 1) {
    try {
      return await onServer(`drop database if exists ${name} with (force)`);
    } catch (thrown) {
      const refused = (thrown as { code?: string }).code === '42501';
      if (!refused || left === 0) throw thrown;
      await setTimeout(200);
    }
  }
};

/** Makes a fresh database before the tests of this file or describe and drops it afterwards. */
export const useDatabase = (): TestDatabase => {
  const template = new URL(inject('templateUrl'));
  const name = `samspil_test_${randomBytes(8).toString('hex')}`;
  const url = new URL(template);
  url.pathname = `/${name}`;
  let pool: Pool | undefined;

  beforeAll(async () => {
    await onServer(`create database ${name} template ${template.pathname.slice(1)}`);
    pool = new Pool({ connectionString: url.href, max: 10 });
    // A connection the server drops at the end is not a failure of a test.
    pool.on('error', () => {});
  });
  afterAll(async () => {
    await pool?.end();
    await dropDatabase(name);
  });

  return {
    url: () => url.href,
    pool: () => {
      if (pool === undefined) throw new Error('useDatabase: the pool is there from beforeAll on');
      return pool;
    },
  };
};
