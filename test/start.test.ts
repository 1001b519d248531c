// What stops the worker role before it pulls anything, and what must not hold up the web role's end.
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseConfig } from '../src/config/load.ts';
import { composeHub, shippedMappings } from '../src/main.ts';
import { createKeyRing, newKeyMaterial } from '../src/store/crypto.ts';
import { startWebRole } from '../src/web.ts';
import { startWorkerRole } from '../src/work.ts';
import { quietLog } from './pipeline/toy.ts';
import { useDatabase } from './postgres.ts';

const database = useDatabase();

it('a mapping whose example does not hold stops the start and names the file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'samspil-mappings-'));
  try {
    await cp(shippedMappings, folder, { recursive: true });
    const file = join(folder, 'sensum', 'ydelse.open.yaml');
    const text = await readFile(file, 'utf8');
    const spoiled = text.replace(/(expect: \{[^}]*title: )[^,}]+/, '$1Something else');
    expect(spoiled).not.toBe(text);
    await writeFile(file, spoiled);
    const config = parseConfig(
      {
        municipality: { code: '0999', name: 'Egevang' },
        mappingFolders: [folder],
        enrolmentBases: [{ code: 'lab-40-3', title: 'LAB' }],
        sources: {
          social: {
            adapter: 'files',
            title: 'S',
            domain: 'social',
            mappings: 'sensum',
            config: { transport: 'folder', folder },
          },
        },
      },
      'test',
    );
    const parts = { config, pool: database.pool(), keys: createKeyRing(newKeyMaterial()), log: quietLog };
    const hub = composeHub({ ...parts, databaseUrl: database.url() });
    await expect(startWorkerRole(hub)).rejects.toMatchObject({
      code: 'mapping/invalid',
      message: expect.stringContaining('sensum/ydelse.open.yaml'),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('a connection that never asks anything does not hold up the end of the web role', async () => {
  const config = parseConfig(
    {
      municipality: { code: '0999', name: 'Egevang' },
      enrolmentBases: [{ code: 'lab-40-3', title: 'LAB' }],
      sources: {},
    },
    'test',
  );
  const parts = { config, pool: database.pool(), keys: createKeyRing(newKeyMaterial()), log: quietLog };
  const hub = composeHub({ ...parts, databaseUrl: database.url() });
  const web = await startWebRole(hub, { host: '127.0.0.1', port: 0, graceMs: 200 });
  const socket = connect(Number(new URL(web.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  const began = performance.now();
  await web.close();
  expect(performance.now() - began).toBeLessThan(10_000);
  socket.destroy();
});
