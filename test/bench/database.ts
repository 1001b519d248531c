// A database server of a benchmark's own, with durable commits, in a temporary folder that goes with the process.
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../src/log.ts';
import { createPool, type Pool } from '../../src/store/db.ts';
import { startEmbedded } from '../../src/store/embedded.ts';
import { migrate } from '../../src/store/migrate.ts';

export interface BenchDatabase {
  readonly url: string;
  readonly pool: Pool;
  /** For files the benchmark needs beside the database. */
  readonly folder: string;
}

/** Runs `work` in a migrated database of its own and removes it. */
export const withDatabase = async <T>(work: (database: BenchDatabase) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'samspil-bench-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // Ctrl-C: the server ends with this process, the folder has to be taken along.
  process.once('exit', remove);
  const server = await startEmbedded({ folder, log: createLogger({ level: 'warn' }) });
  const pool = createPool(server.url, { max: 10 });
  try {
    await migrate(pool);
    return await work({ url: server.url, pool, folder });
  } finally {
    await pool.end();
    await server.stop();
    remove();
    process.off('exit', remove);
  }
};
