// The composition root: configuration, keys, database, sources become one hub; the roles (web, worker) start from it.
// Only this file, cli.ts and commands/ see every room.
import { join } from 'node:path';
import { adapters } from '../adapters/index.ts';
import { createBudget } from './adapter/budget.ts';
import type { AnyAdapter, Kinds } from './adapter/contract.ts';
import { createHttp } from './adapter/http.ts';
import { type Clock, systemClock } from './clock.ts';
import { type HubConfig, kindSettings, type SourceConfig } from './config/hub.ts';
import { HubError } from './errors.ts';
import { openQueues, type Queues } from './jobs/queue.ts';
import { armAtStart, intervalMs, type ScheduleRule } from './jobs/schedule.ts';
import { startWatchdog } from './jobs/watchdog.ts';
import { startWorker, type WorkDeps, type WorkSource } from './jobs/worker.ts';
import type { Logger } from './log.ts';
import { checkMappings, type SystemKinds } from './mapping/check.ts';
import { loadMappings } from './mapping/load.ts';
import {
  inPullingOrder,
  type OpenSource,
  type PipelineDeps,
  type SyncKind,
  type SyncSource,
} from './pipeline/source.ts';
import type { KeyRing } from './store/crypto.ts';
import type { Pool } from './store/db.ts';

export interface Hub extends PipelineDeps {
  /** Milliseconds. */
  readonly changeRetention: number;
  readonly config: HubConfig;
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly sources: ReadonlyMap<string, WorkSource>;
  readonly mappingsFolder: string;
}

export interface HubParts {
  readonly config: HubConfig;
  readonly pool: Pool;
  readonly keys: KeyRing;
  readonly log: Logger;
  readonly databaseUrl: string;
  readonly redisUrl?: string | undefined;
  readonly clock?: Clock;
  readonly mappingsFolder?: string;
}

export const mappingsFolder = join(import.meta.dirname, '..', 'mappings');

const adapterOf = (name: string, config: SourceConfig): AnyAdapter => {
  const adapter = adapters.find((candidate) => candidate.name === config.adapter);
  if (adapter === undefined)
    throw new HubError({
      code: 'config/unknown-name',
      fault: 'config',
      message: `sources.${name}.adapter: there is no adapter "${config.adapter}".`,
      hint: `Use one of: ${adapters.map((candidate) => candidate.name).join(', ')}.`,
    });
  return adapter;
};

const parseSourceConfig = (name: string, adapter: AnyAdapter, config: SourceConfig): unknown => {
  const result = adapter.config.safeParse(config.config);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `sources.${name}.config.${issue.path.join('.')}: ${issue.message}`);
  throw new HubError({
    code: 'config/invalid',
    fault: 'config',
    message: lines.join('\n'),
    hint: `See adapters/${adapter.name}/README.md.`,
  });
};

/** One configured source, ready to be opened. Its rate budget is shared by all its kinds. */
export const composeSource = (
  name: string,
  config: SourceConfig,
  parts: Pick<HubParts, 'log' | 'clock' | 'mappingsFolder'>,
): WorkSource => {
  const adapter = adapterOf(name, config);
  const settings = parseSourceConfig(name, adapter, config);
  const clock = parts.clock ?? systemClock;
  const mappings = loadMappings(parts.mappingsFolder ?? mappingsFolder, config.mappings ?? adapter.name);
  const unknown = Object.keys(config.kinds).filter((kind) => adapter.kinds[kind] === undefined);
  if (unknown.length > 0)
    throw new HubError({
      code: 'config/unknown-name',
      fault: 'config',
      message: `sources.${name}.kinds: ${adapter.name} has no ${unknown.join(', ')}.`,
      hint: `Its kinds are ${Object.keys(adapter.kinds).join(', ')}.`,
    });
  const kinds = Object.entries(adapter.kinds as Kinds).map(([kind, spec]): SyncKind => {
    const own = kindSettings(config, kind);
    return {
      name: kind,
      spec,
      mapping: mappings.get(kind),
      domain: own.domain ?? config.domain,
      sensitivity: own.sensitivity,
      ownerUnit: own.ownerUnit,
      keyIsCpr: own.keyIsCpr,
      mixed: own.mixed,
    };
  });
  const budget = createBudget(config.budget, clock);
  const http = createHttp({ hosts: adapter.hosts(settings), take: budget.take });
  const source: SyncSource = {
    name,
    journalBaseUrl: config.journalBaseUrl,
    master: config.master,
    guard: config.guard,
    kinds: inPullingOrder(kinds),
    open: async () => (await adapter.open(settings, { http, log: parts.log, clock })) as unknown as OpenSource,
  };
  // What no mapping takes would be counted and forgotten: it is not asked for by schedule.
  const rules = kinds
    .filter((kind) => kind.mapping !== undefined)
    .map((kind): ScheduleRule => {
      const { schedule, reconcile } = kindSettings(config, kind.name);
      const { mode, deletes } = kind.spec.capabilities;
      const reconciles = mode === 'incremental' && deletes === 'unseen';
      return {
        source: name,
        kind: kind.name,
        cron: schedule,
        maintenance: config.maintenance,
        ...(reconciles ? { reconcile } : {}),
      };
    });
  return { source, rules, breaker: config.breaker, concurrency: 3 };
};

/** Every mapping of the configured sources must be right before anything is pulled. */
const requireMappings = ({ config, mappingsFolder: folder }: Hub): void => {
  const kinds: Record<string, SystemKinds[string]> = {};
  for (const [name, source] of Object.entries(config.sources)) {
    const adapter = adapterOf(name, source);
    kinds[source.mappings ?? adapter.name] = Object.fromEntries(
      Object.entries(adapter.kinds as Kinds).map(([kind, spec]) => [kind, spec.body]),
    );
  }
  const report = checkMappings(folder, { kinds });
  if (!report.ok)
    throw new HubError({
      code: 'mapping/invalid',
      fault: 'config',
      message: report.findings
        .slice(0, 20)
        .map((finding) => `${finding.file}: ${finding.path}: ${finding.message}`)
        .join('\n'),
      hint: '`samspil mappings check` shows everything.',
    });
};

export const composeHub = (parts: HubParts): Hub => ({
  config: parts.config,
  pool: parts.pool,
  keys: parts.keys,
  clock: parts.clock ?? systemClock,
  log: parts.log,
  databaseUrl: parts.databaseUrl,
  redisUrl: parts.redisUrl,
  quarantineRetention: parts.config.quarantineRetention,
  changeRetention: parts.config.changeRetention,
  mappingsFolder: parts.mappingsFolder ?? mappingsFolder,
  sources: new Map(
    Object.entries(parts.config.sources).map(([name, config]) => [name, composeSource(name, config, parts)]),
  ),
});

/** How long each source counts as fresh: configured, or twice the longest interval of its schedules. */
export const freshFor = (hub: Hub): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...hub.sources].map(([name, work]) => [name, 2 * Math.max(...work.rules.map((rule) => intervalMs(rule.cron)))]),
  );

export interface Running {
  close(): Promise<void>;
}

export const queuesOf = (hub: Hub): Queues =>
  openQueues({ databaseUrl: hub.databaseUrl, ...(hub.redisUrl === undefined ? {} : { redisUrl: hub.redisUrl }) });

/** The worker role: mappings checked, schedules armed, one worker per source, the watchdog. */
export const startWorkerRole = async (
  hub: Hub,
  options: { readonly sliceMs?: number; readonly pullAtStart?: boolean } = {},
): Promise<Running> => {
  requireMappings(hub);
  const queues = queuesOf(hub);
  const deps: WorkDeps = { ...hub, queues, sliceMs: options.sliceMs ?? 15_000 };
  for (const { rules } of hub.sources.values())
    for (const rule of rules) await armAtStart(hub.pool, queues, rule, hub.clock.now());
  if (options.pullAtStart === true) await pullAll(hub, queues);
  const worker = startWorker(deps);
  const watchdog = startWatchdog(deps);
  return {
    async close() {
      await watchdog.stop();
      await worker.close();
      await queues.close();
    },
  };
};

/** Queues a pull of every kind of every source now. */
const pullAll = async (hub: Hub, queues: Queues): Promise<void> => {
  const slot = hub.clock.now().getTime();
  for (const [name, { source }] of hub.sources)
    for (const kind of source.kinds)
      if (kind.mapping !== undefined)
        await queues.queue(name).add(`${name}.${kind.name}.start.${slot}`, {
          type: 'sync',
          source: name,
          kind: kind.name,
          want: 'next',
          trigger: 'start',
        });
};
