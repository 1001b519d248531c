// The worker role: mappings checked, schedules armed, one worker per source, the watchdog, webhooks, alerts.
import { HubError } from './errors.ts';
import { createWebhookNews } from './feed/webhook-news.ts';
import { serveMetrics } from './http/metrics.ts';
import { feedSettings } from './http/settings.ts';
import { alertSettings } from './jobs/alert-settings.ts';
import { type AlertDeps, startAlerts } from './jobs/alerts.ts';
import type { Queues } from './jobs/queue.ts';
import { armAtStart } from './jobs/schedule.ts';
import { startWatchdog } from './jobs/watchdog.ts';
import { remindByWebhook } from './jobs/webhook-reminders.ts';
import { type RunningWebhooks, startWebhooks } from './jobs/webhooks.ts';
import { startWorker, type WorkDeps } from './jobs/worker.ts';
import { createMailer } from './mail/send.ts';
import { bodiesOf, freshFor, type Hub, queuesOf, type Running } from './main.ts';
import { checkMappings } from './mapping/check.ts';
import { measureJobs } from './metrics/jobs.ts';
import { createMetrics } from './metrics/registry.ts';
import { createSender } from './webhook/send.ts';

/** Every mapping of the configured sources must be right before anything is pulled. */
const requireMappings = ({ config, mappingFolders: folders }: Hub): void => {
  const systems = Object.values(config.sources).map((source) => source.mappings ?? source.adapter);
  const report = checkMappings(folders, { bodiesOf: bodiesOf(config), systems: [...new Set(systems)] });
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

/** Jobs may not know the feed: what there is to hint at is handed to them here. */
const webhooksOf = (hub: Hub, queues: Queues): RunningWebhooks => {
  const settings = feedSettings(hub.config, freshFor(hub));
  const { timeout, logRetention } = hub.config.webhooks;
  return startWebhooks({
    ...hub,
    queues,
    news: createWebhookNews({ ...hub, settings }),
    send: createSender(settings.webhooks.addresses, { timeoutMs: timeout }),
    keepMs: logRetention,
  });
};

/** What the alert rules look at, whom they tell and how. */
export const alertDepsOf = (hub: Hub): AlertDeps => {
  const { config, keys } = hub;
  const feed = feedSettings(config, freshFor(hub));
  return {
    ...hub,
    config: config.alerts,
    settings: alertSettings(config.alerts),
    world: {
      pool: hub.pool,
      sources: feed.sources.map(({ id, title, freshForMs }) => ({
        name: id,
        title,
        freshForMs,
        expiries: hub.sources.get(id)?.expiries ?? [],
      })),
      unitNames: new Map(config.units.map(({ id, name }) => [id, name])),
      purgeDeadlineMs: config.purgeDeadline,
      anchored: config.log.anchorFile !== undefined,
      currentKeyId: keys.currentKeyId,
    },
    sender: { municipality: config.municipality.name, publicUrl: config.dashboard.publicUrl },
    post: createSender(feed.webhooks.addresses, { timeoutMs: config.webhooks.timeout }),
    mailer: config.alerts.smtp === undefined ? undefined : createMailer(config.alerts.smtp),
    keepActsMs: config.logRetention,
  };
};

/** The worker role: mappings checked, schedules armed, one worker per source, the watchdog, webhooks, alerts. */
export const startWorkerRole = async (
  hub: Hub,
  options: { readonly sliceMs?: number; readonly pullAtStart?: boolean } = {},
): Promise<Running> => {
  requireMappings(hub);
  const { workerPort } = hub.config.metrics;
  const metrics = workerPort === undefined ? undefined : createMetrics('worker');
  const queues = metrics === undefined ? queuesOf(hub) : measureJobs(metrics, queuesOf(hub));
  const { purgeDeadline: purgeDeadlineMs, consumers } = hub.config;
  const deps: WorkDeps = {
    ...hub,
    queues,
    sliceMs: options.sliceMs ?? 15_000,
    consumers: { purgeDeadlineMs, consumers, sendReminder: remindByWebhook(hub.clock) },
    sessionIdleMs: hub.config.dashboard.idle,
  };
  for (const { rules } of hub.sources.values())
    for (const rule of rules) await armAtStart(hub.pool, queues, rule, hub.clock.now());
  if (options.pullAtStart === true) await pullAll(hub, queues);
  const served =
    metrics === undefined || workerPort === undefined ? undefined : await serveMetrics(metrics, hub.config, workerPort);
  const worker = startWorker(deps);
  const watchdog = startWatchdog(deps);
  const webhooks = webhooksOf(hub, queues);
  const alerts = startAlerts(alertDepsOf(hub));
  return {
    async close() {
      await served?.close();
      await alerts.close();
      await webhooks.close();
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
