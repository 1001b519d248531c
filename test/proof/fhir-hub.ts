// A hub over one FHIR stub, with the shipped adapter and mappings: a folder of records is enrolled, pulled kind by kind
// and counted, so that what was served can be compared with what became of it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { hubConfig } from '../../src/config/hub.ts';
import { composeHub, type Hub } from '../../src/main.ts';
import { parseNumber } from '../../src/model/cpr.ts';
import { runSync } from '../../src/pipeline/run.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import type { Pool } from '../../src/store/db.ts';
import { enrol } from '../../src/store/enrolment.ts';
import { createRun, type RunCounts } from '../../src/store/runs.ts';
import { quietLog } from '../pipeline/toy.ts';
import { loadFhirFolder } from '../sandbox/fhir/folder.ts';
import { type FhirStub, startFhirStub } from '../sandbox/fhir/server.ts';

/** Where the published FHIR records are, if they are. */
export const publishedFhir = (): string | undefined => {
  const folder = join(process.env['SAMSPIL_SHARED'] ?? join(import.meta.dirname, '../../../shared'), 'data/fhir');
  return existsSync(folder) ? folder : undefined;
};

export interface FhirHub {
  readonly hub: Hub;
  readonly stub: FhirStub;
  readonly numbers: readonly string[];
  /** Puts the next versions in place. @returns how many resources changed. */
  step(): number;
  /** @returns citizen ids by number. */
  enrolAll(): Promise<ReadonlyMap<string, string>>;
  /** Pulls every kind of the adapter, also those without a mapping. */
  sync(): Promise<Readonly<Record<string, RunCounts>>>;
  close(): Promise<void>;
}

export const openFhirHub = async (path: string, pool: Pool): Promise<FhirHub> => {
  const folder = loadFhirFolder(path);
  const stub = await startFhirStub({ data: folder.data });
  const hub = composeHub({
    config: hubConfig.parse({
      municipality: { code: '0999', name: 'Egevang' },
      purposes: ['coordinated-plan'],
      enrolmentBases: [{ code: 'lab-40-3', title: 'LAB § 40 stk. 3' }],
      masterDataOrder: ['health'],
      sources: {
        health: {
          adapter: 'fhir',
          title: 'Omsorg',
          domain: 'health',
          ownerUnit: 'sundhed',
          master: 'yes',
          config: { baseUrl: stub.url, pageSize: '10' },
        },
      },
    }),
    pool,
    keys: createKeyRing(newKeyMaterial()),
    log: quietLog,
    clock: systemClock,
    databaseUrl: '',
  });
  const source = hub.sources.get('health')?.source;
  if (source === undefined) throw new Error('the source was configured above');
  return {
    hub,
    stub,
    numbers: folder.numbers,
    step: () => folder.step(stub.store),
    async enrolAll() {
      const ids = new Map<string, string>();
      for (const text of folder.numbers) {
        const number = parseNumber(text);
        if (number === undefined) throw new Error('the folder names a number that is none');
        const { citizenId } = await enrol(pool, hub.keys, ['health'], { number, basis: 'lab-40-3', by: 'test' });
        ids.set(text, citizenId);
      }
      return ids;
    },
    async sync() {
      const counts: Record<string, RunCounts> = {};
      for (const kind of source.kinds) {
        const run = { source: 'health', kind: kind.name, mode: 'incremental', trigger: 'test' } as const;
        const runId = await createRun(pool, run);
        const signal = AbortSignal.timeout(60_000);
        counts[kind.name] = (await runSync(hub, { source, kind, runId, want: 'next', signal })).counts;
      }
      return counts;
    },
    close: () => stub.close(),
  };
};

/** Every stored record's place and content hash. */
export const contents = async (pool: Pool): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await pool.query<{ place: string; hash: string }>(
    `select source_kind || '/' || key || ' ' || entity || ' ' || part as place, encode(content_hash, 'hex') as hash from record`,
  );
  return new Map(rows.map((row) => [row.place, row.hash]));
};

/** Places whose value differs between the two, on either side. */
export const differing = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((place) => before.get(place) !== after.get(place)).sort();
