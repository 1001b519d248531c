// The hub the canary flies through: configuration as an operator would write it, over the sources that hold the canary,
// with every log line kept for the search; and its command line as processes of their own.
import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.ts';
import { createLogger } from '../../src/log.ts';
import { composeHub, type Hub } from '../../src/main.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import type { Pool } from '../../src/store/db.ts';
import { type FhirStub, startFhirStub } from '../sandbox/fhir/server.ts';
import { dropCanaryMessages } from './canary-messages.ts';
import { canaryFhir, dropCanaryFiles, startWrongServer, type WrongServer } from './canary-sources.ts';

export interface CanaryHub {
  readonly hub: Hub;
  readonly lines: readonly string[];
  readonly good: FhirStub;
  readonly wrong: WrongServer;
  /** Runs a command; what it printed, on both streams. */
  command(args: readonly string[], input?: string): Promise<string>;
  close(): Promise<void>;
}

const configOf = (good: string, wrong: string, folder: string): object => {
  const source = { schedule: '0 0 1 1 *', breaker: { failures: '2', probeAfter: '1h' }, ownerUnit: 'social' };
  return {
    municipality: { code: '0999', name: 'Egevang' },
    enrolmentBases: [{ code: 'lab-40-3', title: 'LAB § 40 stk. 3' }],
    units: [{ id: 'social', name: 'Socialforvaltningen' }],
    consumers: [{ id: 'borgerportal', organisation: 'egevang-borgerportal', contact: 'x@egevang.example' }],
    masterDataOrder: ['care', 'files'],
    sources: {
      care: {
        ...source,
        adapter: 'fhir',
        title: 'Omsorg',
        domain: 'social',
        master: 'yes',
        journalBaseUrl: 'https://omsorg.example',
        kinds: { Patient: { keyIsCpr: 'yes', retain: '1d' }, Goal: { retain: '1d' } },
        config: { baseUrl: good },
      },
      files: {
        ...source,
        adapter: 'files',
        mappings: 'sensum',
        title: 'Sensum',
        domain: 'social',
        journalBaseUrl: 'https://sensum.example',
        kinds: { borger: { keyIsCpr: 'yes', retain: '1d' }, indsats: { retain: '1d' } },
        config: { transport: 'folder', folder, settleSeconds: '0' },
      },
      inbox: {
        ...source,
        adapter: 'fhir-inbox',
        title: 'Regionen',
        domain: 'health',
        journalBaseUrl: 'https://omsorg.example',
        config: { transport: 'folder', folder: `${folder}-messages`, settleSeconds: '0' },
      },
      'wrong-care': {
        ...source,
        adapter: 'fhir',
        title: 'Forkert',
        domain: 'health',
        config: { baseUrl: `${wrong}/fhir` },
      },
      'wrong-job': {
        ...source,
        adapter: 'momentum',
        title: 'Forkert',
        domain: 'employment',
        config: {
          baseUrl: `${wrong}/api`,
          tokenUrl: `${wrong}/token`,
          clientId: 'x',
          clientSecret: 'y',
          apiKey: 'z',
          resource: 'r',
          retries: '0',
        },
      },
    },
  };
};

export const openCanaryHub = async (pool: Pool, databaseUrl: string, refused: string): Promise<CanaryHub> => {
  const home = await mkdtemp(join(tmpdir(), 'samspil-proof-'));
  const [good, wrong] = [await startFhirStub({ data: canaryFhir() }), await startWrongServer()];
  await dropCanaryFiles(join(home, 'drop'), refused);
  await dropCanaryMessages(join(home, 'drop-messages'));
  const material = newKeyMaterial();
  const [configFile, keysFile] = [join(home, 'samspil.yaml'), join(home, 'keys.json')];
  await writeFile(configFile, JSON.stringify(configOf(good.url, wrong.url, join(home, 'drop'))));
  await writeFile(keysFile, JSON.stringify(material));
  const lines: string[] = [];
  const log = createLogger({ level: 'trace', destination: { write: (line) => lines.push(line) } });
  const hub = composeHub({ config: loadConfig(configFile), pool, keys: createKeyRing(material), log, databaseUrl });
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    SAMSPIL_CONFIG: configFile,
    SAMSPIL_KEYS_FILE: keysFile,
    SAMSPIL_DATA_DIR: home,
    LOG_LEVEL: 'trace',
    NODE_OPTIONS: '',
  };
  return {
    hub,
    lines,
    good,
    wrong,
    command: (args, input = '') =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/cli.ts'), ...args], { env });
        let printed = '';
        for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
        child.on('error', reject).on('close', () => resolve(printed));
        child.stdin.on('error', () => undefined).end(input);
      }),
    async close() {
      await good.close();
      await wrong.close();
    },
  };
};
