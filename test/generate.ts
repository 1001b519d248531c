// `npm run generate`: the client's types from the feed's OpenAPI document, and the schema as one file from the migrations.
// CI runs it and fails when a generated file differs from the committed one.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import openapiTypes, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { Pool } from 'pg';
import { createLogger } from '../src/log.ts';
import { startEmbedded } from '../src/store/embedded.ts';
import { migrate } from '../src/store/migrate.ts';
import { dumpSchema } from './schema-dump.ts';

const at = (path: string): URL => new URL(`../${path}`, import.meta.url);

const feedTypes = async (): Promise<string> =>
  COMMENT_HEADER + astToString(await openapiTypes(at('openapi/feed.v1.yaml'), { silent: true }));

const schema = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'samspil-generate-'));
  const server = await startEmbedded({ folder, log: createLogger({ level: 'warn' }), fast: true });
  const pool = new Pool({ connectionString: server.url });
  // The server may say goodbye to a connection that is already on its way out.
  pool.on('error', () => {});
  try {
    await migrate(pool);
    return await dumpSchema(pool);
  } finally {
    await pool.end();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

await writeFile(at('openapi/client/openapi.d.ts'), await feedTypes());
await writeFile(at('src/store/schema.sql'), await schema());
