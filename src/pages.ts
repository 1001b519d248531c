// What the pages are given by the composition root: the sources as configured, and what they need of pipeline, mappings
// and adapters, which they may not know themselves.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { shownCoverage } from './commands/coverage.ts';
import { maskedConfig, setupOf } from './commands/source-setup.ts';
import { kindSettings, type SourceConfig } from './config/hub.ts';
import type { AlertParts, ConsumerParts, DashboardParts, ShownSource } from './dashboard/context.ts';
import type { MappingFile, Steering } from './dashboard/steering.ts';
import { asHubError, HubError } from './errors.ts';
import { placesOf, shownContacts } from './jobs/alert-contacts.ts';
import { alertSettings } from './jobs/alert-settings.ts';
import { forecastReload } from './jobs/forecast.ts';
import type { Queues } from './jobs/queue.ts';
import type { WorkSource } from './jobs/worker.ts';
import { freshFor, type Hub } from './main.ts';
import { quarantineVerdicts } from './pipeline/quarantine.ts';
import { readAnchorFile } from './store/anchor-file.ts';
import { verifyLog } from './store/verify.ts';

const probeMs = 30_000;
const judgeMs = 10_000;

const shownSource = (name: string, work: WorkSource, config: SourceConfig, freshForMs: number): ShownSource => ({
  name,
  title: config.title,
  domain: config.domain,
  adapter: config.adapter,
  freshForMs: config.freshFor ?? freshForMs,
  guard: config.guard,
  budget: config.budget,
  maintenance: config.maintenance,
  expiries: (work.expiries ?? []).map(({ what, at }) => ({ what, at })),
  kinds: work.source.kinds.map(({ name: kind, spec, mapping, keyIsCpr }) => {
    const { schedule, reconcile } = kindSettings(config, kind);
    const { mode, deletes } = spec.capabilities;
    return {
      name: kind,
      schedule,
      mode,
      keyIsCpr,
      ...(mode === 'incremental' && deletes === 'unseen' ? { reconcile } : {}),
      ...(mapping === undefined ? {} : { version: mapping.version }),
    };
  }),
});

/** A kind's mapping is `<kind>.yaml` or several `<kind>.<entity>.yaml`. */
const mappingFilesIn = (folders: readonly string[], system: string, kind: string): readonly MappingFile[] => {
  const folder = folders.map((one) => join(one, system)).find((one) => existsSync(one));
  if (folder === undefined) return [];
  return readdirSync(folder)
    .filter((file) => file === `${kind}.yaml` || (file.startsWith(`${kind}.`) && file.endsWith('.yaml')))
    .sort()
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
};

const checkLog =
  (hub: Hub): Steering['checkLog'] =>
  async (progress, signal) => {
    const file = hub.config.log.anchorFile;
    const outside = file === undefined ? undefined : await readAnchorFile(file, hub.keys);
    const given = outside === undefined ? {} : { outside };
    const report = await verifyLog(hub.pool, hub.keys, { keepMs: hub.config.logRetention, ...given, progress, signal });
    if (outside === undefined) return { report };
    const last = outside.lines.at(-1);
    const until = last === undefined ? {} : { lastNumber: last.number, lastAt: last.at };
    return { report, outside: { lines: outside.lines.length, ...until } };
  };

const maskedConfiguration = (hub: Hub, name: string, config: SourceConfig): string => {
  const { push, tls, config: _, ...open } = config;
  return stringify({
    ...open,
    ...(push === undefined ? {} : { push: 'configured' }),
    ...(tls === undefined ? {} : { tls: 'configured' }),
    config: maskedConfig(name, config, hub.mappingFolders),
  });
};

const steeringOf = (hub: Hub): Steering => {
  const named = (name: string): { readonly work: WorkSource; readonly config: SourceConfig } => {
    const [work, config] = [hub.sources.get(name), hub.config.sources[name]];
    if (work === undefined || config === undefined)
      throw new HubError({ code: 'request/not-found', fault: 'config', message: 'There is no such source.' });
    return { work, config };
  };
  // Read from many files, and the same until the next start.
  const configurations = new Map<string, string>();
  return {
    checkLog: checkLog(hub),
    verdicts: () => quarantineVerdicts(hub, (name) => hub.sources.get(name)?.source, judgeMs),
    sourcePaths({ source, kind, code, path }) {
      // Before any mapping: the path is the source's own already.
      if (code.startsWith('body/')) return [path];
      const mapping = hub.sources.get(source)?.source.kinds.find(({ name }) => name === kind)?.mapping;
      const place = `fields.${path}`;
      const paths = (mapping?.reads ?? [])
        .filter((read) => read.place === place || read.place.startsWith(`${place}.`) || read.place === path)
        .map((read) => read.path);
      return [...new Set(paths)];
    },
    async probe(name) {
      const { work } = named(name);
      try {
        const opened = await work.source.open();
        return await opened.probe(AbortSignal.timeout(probeMs)).finally(() => opened.close());
      } catch (thrown) {
        const { code, message, hint } = asHubError(thrown);
        return { up: false, ms: 0, code, message, ...(hint === undefined ? {} : { hint }) };
      }
    },
    setup(name) {
      const { config } = named(name);
      return setupOf(name, maskedConfig(name, config, hub.mappingFolders), hub.config.places);
    },
    forecast(name, kind) {
      const { work, config } = named(name);
      return forecastReload(hub.pool, hub.clock, work.source, config.budget, kind === undefined ? undefined : [kind]);
    },
    mappingFiles(name, kind) {
      const { config } = named(name);
      return mappingFilesIn(hub.mappingFolders, config.mappings ?? config.adapter, kind);
    },
    async coverage(source, name) {
      const { work, config } = named(source);
      const kind = work.source.kinds.find((one) => one.name === name);
      const system = config.mappings ?? config.adapter;
      return kind === undefined ? undefined : shownCoverage(hub, { source, system, kind, folders: hub.mappingFolders });
    },
    configuration(name) {
      const { config } = named(name);
      const text = configurations.get(name) ?? maskedConfiguration(hub, name, config);
      configurations.set(name, text);
      return text;
    },
  };
};

const consumersOf = ({ consumers, purgeDeadline, webhooks }: Hub['config']): ConsumerParts => ({
  registered: consumers,
  purgeDeadlineMs: purgeDeadline,
  overlapMs: webhooks.rotationOverlap,
  keepDeliveriesMs: webhooks.logRetention,
  gapMs: webhooks.atMostEvery,
});

const alertsOf = ({ alerts }: Hub['config']): AlertParts => {
  const settings = alertSettings(alerts);
  return {
    settings,
    contacts: shownContacts(alerts, settings),
    digestAt: alerts.digest.to.length === 0 ? undefined : alerts.digest.at,
    quiet: alerts.quiet,
    keepMs: alerts.keep,
    places: (contact) => placesOf(alerts, contact).map(({ place }) => place),
  };
};

export const dashboardParts = (hub: Hub, queues: Queues): DashboardParts => {
  const fresh = freshFor(hub);
  return {
    queues,
    consumers: consumersOf(hub.config),
    alerts: alertsOf(hub.config),
    steering: steeringOf(hub),
    sources: [...hub.sources].flatMap(([name, work]) => {
      const config = hub.config.sources[name];
      return config === undefined ? [] : [shownSource(name, work, config, fresh[name] ?? 7_200_000)];
    }),
  };
};
