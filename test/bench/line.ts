// One configured source as the composition root makes it, and a whole sync of one of its kinds.

import { systemClock } from '../../src/clock.ts';
import { hubConfig } from '../../src/config/hub.ts';
import type { WorkSource } from '../../src/jobs/worker.ts';
import { createLogger } from '../../src/log.ts';
import { composeSource, shippedMappings } from '../../src/main.ts';
import { runSync, type SyncOrder } from '../../src/pipeline/run.ts';
import type { PipelineDeps, SyncSource } from '../../src/pipeline/source.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import type { Pool } from '../../src/store/db.ts';
import { createRun, type RunCounts } from '../../src/store/runs.ts';

const log = createLogger({ level: 'warn' });

export const benchWork = (name: string, settings: object): WorkSource => {
  const config = hubConfig.parse({
    municipality: { code: '0999', name: 'Egevang' },
    enrolmentBases: [{ code: 'lab-40-3', title: 'LAB § 40, stk. 3' }],
    sources: { [name]: settings },
  });
  const source = config.sources[name];
  if (source === undefined) throw new Error('no source');
  return composeSource(name, source, { log, mappingFolders: [shippedMappings] });
};

export const benchSource = (name: string, settings: object): SyncSource => benchWork(name, settings).source;

export const benchDeps = (pool: Pool): PipelineDeps => ({
  pool,
  keys: createKeyRing(newKeyMaterial()),
  clock: systemClock,
  log,
  quarantineRetention: 86_400_000,
});

export const syncKind = async (
  deps: PipelineDeps,
  source: SyncSource,
  name: string,
  want: SyncOrder['want'],
): Promise<RunCounts> => {
  const kind = source.kinds.find((candidate) => candidate.name === name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  const runId = await createRun(deps.pool, { source: source.name, kind: name, mode: 'load', trigger: 'bench' });
  const outcome = await runSync(deps, { source, kind, runId, want, signal: new AbortController().signal });
  return outcome.counts;
};
