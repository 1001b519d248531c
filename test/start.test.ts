// What stops the worker role before it pulls anything.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseConfig } from '../src/config/load.ts';
import { composeHub, shippedMappings } from '../src/main.ts';
import { createKeyRing, newKeyMaterial } from '../src/store/crypto.ts';
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
