// What the killed and the undisturbed worker have in common: one sandbox municipality whose answers are slow and whose
// pages are small, one key file, and the same citizens enrolled.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseNumber } from '../../src/model/cpr.ts';
import { createKeyRing, type KeyMaterial, newKeyMaterial } from '../../src/store/crypto.ts';
import type { Pool } from '../../src/store/db.ts';
import { enrol } from '../../src/store/enrolment.ts';
import { type Municipality, startMunicipality } from '../sandbox/municipality.ts';
import { sandboxEnvironment } from '../sandbox/source-config.ts';

const sources = ['employment', 'social', 'health'];

export interface Stage {
  /** What a worker's process needs beside its database. */
  readonly environment: Readonly<Record<string, string>>;
  enrolAll(pool: Pool): Promise<void>;
  close(): Promise<void>;
}

/** The sandbox's first three sources with small pages, so that a kill has many places to hit. */
const writeConfig = async (folder: string): Promise<string> => {
  const from = join(import.meta.dirname, '..', 'sandbox', 'config');
  const text = await readFile(join(from, 'samspil.yaml'), 'utf8');
  await writeFile(join(folder, 'units.yaml'), await readFile(join(from, 'units.yaml')));
  const file = join(folder, 'samspil.yaml');
  const three = text.replace(/^include: .*$/m, 'include: [units.yaml]');
  await writeFile(file, three.replace(/^( +)overlapSeconds: .*$/gm, '$&\n$1pageSize: "25"'));
  return file;
};

export const openStage = async (): Promise<Stage> => {
  const folder = await mkdtemp(join(tmpdir(), 'samspil-kill-'));
  const material: KeyMaterial = newKeyMaterial();
  const keysFile = join(folder, 'keys.json');
  await writeFile(keysFile, JSON.stringify(material), { mode: 0o600 });
  const municipality: Municipality = await startMunicipality({
    citizens: 300,
    enrolled: 60,
    folder: join(folder, 'sandbox'),
    changes: false,
    systems: [],
    latencyMs: 15,
  });
  const keys = createKeyRing(material);
  return {
    environment: {
      ...sandboxEnvironment(municipality),
      SAMSPIL_CONFIG: await writeConfig(folder),
      SAMSPIL_KEYS_FILE: keysFile,
    },
    async enrolAll(pool) {
      for (const cpr of municipality.cprsToEnrol()) {
        const number = parseNumber(cpr);
        if (number === undefined) throw new Error('The sandbox made a number that is none.');
        await enrol(pool, keys, sources, { number, basis: 'lab-40-3', by: 'test' });
      }
    },
    async close() {
      await municipality.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
};
