// The composition root: configuration, keys, database, sources become one hub; the roles (web, worker) start from it.
// Only this file, cli.ts and commands/ see every room.
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { adapters } from '../adapters/index.ts';
import { type Budgets, createBudgets } from './adapter/budget.ts';
import { type AdapterContext, type AnyAdapter, type Kinds, kindsOf } from './adapter/contract.ts';
import { countRequests, createHttp, type Http } from './adapter/http.ts';
import { checkedTls } from './adapter/tls.ts';
import { consenting, heard, representing, tellLog } from './beliefs.ts';
import { type Clock, systemClock } from './clock.ts';
import { type HubConfig, kindSettings, type SourceConfig } from './config/hub.ts';
import { HubError } from './errors.ts';
import { expiriesOf } from './jobs/expiry.ts';
import { openQueues, type Queues } from './jobs/queue.ts';
import { intervalMs, type ScheduleRule } from './jobs/schedule.ts';
import type { WorkSource } from './jobs/worker.ts';
import type { Logger } from './log.ts';
import type { Bodies, BodiesOf } from './mapping/check.ts';
import type { KindMapping } from './mapping/compile.ts';
import { loadMappings, loadSystemFile, type MappingFolders } from './mapping/load.ts';
import {
  inPullingOrder,
  type OpenSource,
  type PipelineDeps,
  type SyncKind,
  type SyncSource,
} from './pipeline/source.ts';
import type { KeyRing } from './store/crypto.ts';
import type { Pool } from './store/db.ts';
import { createInbox } from './store/inbox.ts';
import { reserveRequests } from './store/rate-budget.ts';
import type { RunSettings } from './store/runs.ts';

export interface Hub extends PipelineDeps {
  /** Milliseconds. */
  readonly changeRetention: number;
  readonly config: HubConfig;
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly sources: ReadonlyMap<string, WorkSource>;
  readonly mappingFolders: MappingFolders;
}

export interface HubParts {
  readonly config: HubConfig;
  readonly pool: Pool;
  readonly keys: KeyRing;
  readonly log: Logger;
  readonly databaseUrl: string;
  readonly redisUrl?: string | undefined;
  readonly clock?: Clock;
}

export const shippedMappings = join(import.meta.dirname, '..', 'mappings');

/** The hub's own folders, then the shipped one. */
export const mappingFolders = (config: Pick<HubConfig, 'mappingFolders'>): MappingFolders => [
  ...config.mappingFolders,
  shippedMappings,
];

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

type Block = Readonly<Record<string, unknown>>;
const isBlock = (value: unknown): value is Block =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the system's own file says and the source's configuration adds or changes: of a kind, setting by setting. */
export const settingsOf = (system: Block, own: Block): Block => {
  const [shared, kinds] = [system['kinds'], own['kinds']];
  if (!isBlock(shared) || !isBlock(kinds)) return { ...system, ...own };
  const changed = Object.entries(kinds).map(([kind, block]) => [
    kind,
    isBlock(block) && isBlock(shared[kind]) ? { ...shared[kind], ...block } : block,
  ]);
  return { ...system, ...own, kinds: { ...shared, ...Object.fromEntries(changed) } };
};

const parseSourceConfig = (name: string, adapter: AnyAdapter, config: unknown): unknown => {
  const result = adapter.config.safeParse(config);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `sources.${name}.config.${issue.path.join('.')}: ${issue.message}`);
  throw new HubError({
    code: 'config/invalid',
    fault: 'config',
    message: lines.join('\n'),
    hint: `See adapters/${adapter.name}/README.md.`,
  });
};

/** The zod bodies of a system's kinds, as its file or the hub's configuration describes them. */
export const bodiesOf =
  (config?: HubConfig): BodiesOf =>
  (system, file) => {
    const configured = Object.values(config?.sources ?? {}).find((one) => (one.mappings ?? one.adapter) === system);
    const adapter = adapters.find((one) => one.name === (configured?.adapter ?? file?.adapter ?? system));
    if (adapter === undefined) return undefined;
    const kinds = kindsOf(adapter, settingsOf(file?.config ?? {}, configured?.config ?? {}));
    return Object.fromEntries(Object.entries(kinds).map(([kind, spec]) => [kind, spec.body])) satisfies Bodies;
  };

/** A source as configured: who speaks to it, with which settings, about what, and what becomes of it. */
export interface SourceParts {
  readonly adapter: AnyAdapter;
  /** The system's file and the source's `config` together, checked by the adapter. */
  readonly settings: unknown;
  readonly specs: Kinds;
  readonly mappings: ReadonlyMap<string, KindMapping>;
  /** Digest of how its kinds are described; absent where the adapter knows them. */
  readonly described?: string;
}

export const sourceParts = (name: string, config: SourceConfig, folders: MappingFolders): SourceParts => {
  const adapter = adapterOf(name, config);
  const system = config.mappings ?? adapter.name;
  const described = settingsOf(loadSystemFile(folders, system)?.config ?? {}, config.config);
  const kinds = described['kinds'];
  return {
    ...(kinds === undefined ? {} : { described: hash('sha256', JSON.stringify(kinds)) }),
    adapter,
    settings: parseSourceConfig(name, adapter, described),
    specs: kindsOf(adapter, described),
    mappings: loadMappings(folders, system),
  };
};

/** Where a source's messages are kept; nowhere without a database. */
export const inboxOf = (
  name: string,
  config: SourceConfig,
  { pool, keys }: Partial<Pick<HubParts, 'pool' | 'keys'>>,
): Pick<AdapterContext, 'inbox'> =>
  pool === undefined || keys === undefined ? {} : { inbox: createInbox(pool, keys, name, config.inbox.retention) };

/** Who reads what is posted for this source. */
const receiving = (adapter: AnyAdapter, settings: unknown, context: AdapterContext): Pick<SyncSource, 'receive'> => {
  const { receive } = adapter;
  return receive === undefined ? {} : { receive: (delivery) => receive(delivery, settings, context) };
};

/** One configured source, ready to be opened. Its rate budget is shared by all its kinds. */
export const composeSource = (
  name: string,
  config: SourceConfig,
  parts: Pick<HubParts, 'log' | 'clock'> &
    Partial<Pick<HubParts, 'pool' | 'keys'>> & {
      readonly mappingFolders: MappingFolders;
      /** Budgets of the whole hub, where sources may share one. */
      readonly budgets?: Budgets;
      readonly representation?: HubConfig['representation'];
      readonly consents?: Pick<HubConfig, 'consents' | 'purposes'>;
      /** What every request passes on its way out, for looking on. */
      readonly through?: (http: Http) => Http;
    },
): WorkSource => {
  const { adapter, settings, specs, mappings, described } = sourceParts(name, config, parts.mappingFolders);
  const clock = parts.clock ?? systemClock;
  const unknown = Object.keys(config.kinds).filter((kind) => specs[kind] === undefined);
  if (unknown.length > 0)
    throw new HubError({
      code: 'config/unknown-name',
      fault: 'config',
      message: `sources.${name}.kinds: ${adapter.name} has no ${unknown.join(', ')}.`,
      hint: `Its kinds are ${Object.keys(specs).join(', ')}.`,
    });
  const believed = consenting(name, parts.consents);
  const kinds = Object.entries(specs).map(([kind, spec]): SyncKind => {
    const own = kindSettings(config, kind);
    return {
      name: kind,
      spec,
      mapping: heard(mappings.get(kind), believed),
      domain: own.domain ?? config.domain,
      sensitivity: own.sensitivity,
      ownerUnit: own.ownerUnit,
      keyIsCpr: own.keyIsCpr || spec.keyIsCpr === true,
      mixed: own.mixed,
      retain: own.retain,
      drift: own.drift,
    };
  });
  const { shared, ...rate } = config.budget;
  const budget = (parts.budgets ?? createBudgets(clock)).of(
    shared === undefined ? `source ${name}` : `shared ${shared}`,
    rate,
  );
  const tls = config.tls === undefined ? {} : { tls: checkedTls(config.tls, `sources.${name}.tls`) };
  const plain = createHttp({ hosts: adapter.hosts(settings), take: budget.take, ...tls });
  const http = parts.through?.(plain) ?? plain;
  const context: AdapterContext = { http, log: parts.log, clock, ...inboxOf(name, config, parts) };
  const open = async (): Promise<OpenSource> => {
    const counted = countRequests(http);
    const opened = (await adapter.open(settings, { ...context, http: counted.http })) as unknown as OpenSource;
    return Object.assign(opened, { requests: counted.requests });
  };
  const source: SyncSource = {
    name,
    journalBaseUrl: config.journalBaseUrl,
    journalTemplates: config.journalTemplates,
    master: config.master,
    ...representing(name, parts.representation),
    ...believed,
    ...(described === undefined ? {} : { described }),
    guard: config.guard,
    kinds: inPullingOrder(kinds),
    open,
    ...receiving(adapter, settings, context),
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
  const runSettings = (kind: string): RunSettings => {
    const rule = rules.find((candidate) => candidate.kind === kind);
    const version = mappings.get(kind)?.version;
    const { requestsPerSecond, concurrency, windows } = config.budget;
    return {
      ...(version === undefined ? {} : { mappingVersion: version }),
      ...(rule === undefined ? {} : { schedule: rule.cron }),
      ...(rule?.reconcile === undefined ? {} : { reconcile: rule.reconcile }),
      budget: { requestsPerSecond, concurrency, shared, windows: windows.length },
      guard: config.guard,
    };
  };
  return { source, rules, runSettings, breaker: config.breaker, concurrency: 3, expiries: expiriesOf(config) };
};

export const composeHub = (parts: HubParts): Hub => {
  const folders = mappingFolders(parts.config);
  const budgets = createBudgets(
    parts.clock ?? systemClock,
    (name) => (requests, perSecond) => reserveRequests(parts.pool, name, requests, perSecond),
  );
  return {
    config: parts.config,
    pool: parts.pool,
    keys: parts.keys,
    clock: parts.clock ?? systemClock,
    log: parts.log,
    databaseUrl: parts.databaseUrl,
    redisUrl: parts.redisUrl,
    quarantineRetention: parts.config.quarantineRetention,
    consentsTold: tellLog(parts),
    changeRetention: parts.config.changeRetention,
    mappingFolders: folders,
    sources: new Map(
      Object.entries(parts.config.sources).map(([name, config]) => [
        name,
        composeSource(name, config, {
          ...parts,
          mappingFolders: folders,
          budgets,
          representation: parts.config.representation,
          consents: parts.config,
        }),
      ]),
    ),
  };
};

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
