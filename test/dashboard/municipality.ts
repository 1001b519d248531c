// The sandbox municipality with a hub in front of it, as `npm start` runs them, small and still: its citizens enrolled,
// every source pulled once, pages served on a port of loopback. `work` runs the worker too, for what needs one.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandboxConfig } from '../../src/commands/context.ts';
import type { HubConfig } from '../../src/config/hub.ts';
import { loadConfig } from '../../src/config/load.ts';
import { composeHub, type Hub } from '../../src/main.ts';
import { fetchHistory } from '../../src/pipeline/history.ts';
import { runSync } from '../../src/pipeline/run.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { pendingFetches } from '../../src/store/fetches.ts';
import { createRun } from '../../src/store/runs.ts';
import { startWebRole } from '../../src/web.ts';
import { startWorkerRole } from '../../src/work.ts';
import { quietLog } from '../pipeline/toy.ts';
import type { TestDatabase } from '../postgres.ts';
import type { MomentumStub } from '../sandbox/momentum/server.ts';
import { openSandbox, showcaseOf } from '../sandbox/open.ts';

export interface TestMunicipality {
  readonly hub: Hub;
  readonly url: string;
  /** Maja Sandkasse's id. */
  readonly showcase: string;
  /** The job centre's system can be made to fail. */
  readonly momentum: Pick<MomentumStub, 'faults'>;
  /** Pulls every kind of every source once, or of one. */
  pull(source?: string): Promise<void>;
  /** The citizen portal subscribes and reads. */
  follow(): Promise<void>;
  close(): Promise<void>;
}

const pullFrom = async (hub: Hub, name: string, signal: AbortSignal): Promise<void> => {
  const source = hub.sources.get(name)?.source;
  if (source === undefined) throw new Error(`no source ${name}`);
  for (const kind of source.kinds.filter(({ mapping }) => mapping !== undefined)) {
    const settings = { source: name, kind: kind.name, mode: 'incremental', trigger: 'test' } as const;
    const runId = await createRun(hub.pool, settings);
    await runSync(hub, { source, kind, runId, want: 'next', signal });
  }
  for (const { citizenId } of await pendingFetches(hub.pool, name, 1000)) {
    const runId = await createRun(hub.pool, { source: name, kind: '*', mode: 'citizen', trigger: 'test' });
    await fetchHistory(hub, { source, citizenId, runId, signal });
  }
};

const configWith = (schedule: string | undefined): HubConfig => {
  const config = loadConfig(sandboxConfig);
  if (schedule === undefined) return config;
  const sources = Object.entries(config.sources).map(([name, source]) => [name, { ...source, schedule }]);
  return { ...config, sources: Object.fromEntries(sources) };
};

/** Call in `beforeAll`; give it up to a minute. */
export const startMunicipality = async (
  database: TestDatabase,
  options: {
    readonly citizens?: number;
    readonly enrolled?: number;
    readonly work?: boolean;
    /** Default true; whoever only signs in does without. */
    readonly pulled?: boolean;
    /** Cron of every kind, instead of the sandbox's own. */
    readonly schedule?: string;
    /** The configuration, changed. */
    readonly configure?: (config: HubConfig) => HubConfig;
  } = {},
): Promise<TestMunicipality> => {
  const folder = await mkdtemp(join(tmpdir(), 'samspil-pages-'));
  const sandbox = await openSandbox({
    folder,
    citizens: options.citizens ?? 60,
    enrolled: options.enrolled ?? 12,
    still: true,
  });
  Object.assign(process.env, sandbox.environment);
  const parts = { pool: database.pool(), keys: createKeyRing(newKeyMaterial()), log: quietLog };
  const config = (options.configure ?? ((given) => given))(configWith(options.schedule));
  const hub = composeHub({ ...parts, config, databaseUrl: database.url() });
  await sandbox.enrolAndConsent(hub);
  const stop = new AbortController();
  const pull = async (source?: string): Promise<void> => {
    for (const name of source === undefined ? hub.sources.keys() : [source]) await pullFrom(hub, name, stop.signal);
  };
  if (options.pulled !== false) await pull();
  const web = await startWebRole(hub, { host: '127.0.0.1', port: 0, issuers: [sandbox.issuer], graceMs: 200 });
  const worker = options.work === true ? await startWorkerRole(hub, { sliceMs: 2000 }) : undefined;
  return {
    hub,
    url: web.url,
    momentum: sandbox.momentum,
    showcase: (await showcaseOf(hub)).id,
    pull,
    follow: () => sandbox.follow(web.url),
    async close() {
      stop.abort();
      await worker?.close();
      await web.close();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
