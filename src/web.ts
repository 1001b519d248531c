// The web role: access log with its sealer, configuration applied to the tables the rules read, the server listening.
import type { AddressInfo } from 'node:net';
import { applyConfiguration } from './consent/apply.ts';
import { HubError } from './errors.ts';
import type { Issuer } from './http/issuer.ts';
import type { Push } from './http/push.ts';
import { createServer } from './http/server.ts';
import { queueNotices, queuePulls } from './jobs/notices.ts';
import type { Queues } from './jobs/queue.ts';
import { freshFor, type Hub, queuesOf, type Running } from './main.ts';
import { measureHub } from './metrics/hub.ts';
import { createMetrics, type Metrics } from './metrics/registry.ts';
import { dashboardParts } from './pages.ts';
import { acceptDelivery } from './pipeline/deliveries.ts';
import { raiseStored } from './pipeline/settings.ts';
import { createAccessLog } from './store/access-log.ts';
import { registerConsumers } from './store/consumer-use.ts';
import { createPool } from './store/db.ts';
import { sealOldEvidence } from './store/evidence.ts';
import { startLogSender } from './store/log-export.ts';
import { createPipeline } from './store/pipeline.ts';
import { startSealer } from './store/seal.ts';
import { limitConsents } from './store/source-consents.ts';
import { limitRepresentations } from './store/source-representations.ts';

export interface WebOptions {
  readonly port: number;
  readonly host: string;
  readonly issuers?: readonly Issuer[];
  readonly ready?: () => Promise<boolean>;
  /** How long answers under way may take once the server is closing. Default 10 s. */
  readonly graceMs?: number;
}

export interface Web extends Running {
  readonly url: string;
}

const portError = (cause: unknown, port: number): HubError =>
  new HubError({
    code: 'config/invalid',
    fault: 'config',
    message: `Port ${port} cannot be used (${(cause as { code?: string }).code ?? 'unknown'}).`,
    hint: 'Another program may be using it: stop that one, or choose another port with PORT.',
    cause,
  });

/** Keeps what a source posts, and wakes the worker; should that fail, its watchdog finds the notices. */
const pushInto = (hub: Hub, queues: Queues): Push => ({
  async receive(name, delivery) {
    const source = hub.sources.get(name)?.source;
    if (source === undefined)
      throw new HubError({ code: 'request/not-found', fault: 'config', message: 'There is no such source.' });
    const { answer, kept, dropped, pull } = await acceptDelivery(hub, source, delivery);
    hub.log.info({ event: 'notices.received', source: name, kept, dropped, pull });
    const kinds = source.kinds.filter((kind) => kind.mapping !== undefined).map((kind) => kind.name);
    const wake = async (): Promise<void> => {
      if (kept > 0) await queueNotices(queues, name);
      if (pull) await queuePulls(queues, name, kinds);
    };
    wake().catch(() => hub.log.warn({ event: 'notices.not-queued', source: name }));
    return answer === undefined ? {} : { answer };
  },
});

/** What this process counts, and what the database knows. */
const metricsOf = (hub: Hub, queues: Queues): Metrics => {
  const metrics = createMetrics('web');
  const fresh = freshFor(hub);
  measureHub(metrics, {
    ...hub,
    queues,
    sessionIdleMs: hub.config.dashboard.idle,
    sources: [...hub.sources].map(([name, { source }]) => ({
      name,
      freshForMs: hub.config.sources[name]?.freshFor ?? fresh[name] ?? 7_200_000,
      kinds: source.kinds.map((kind) => ({ name: kind.name, mapped: kind.mapping !== undefined })),
    })),
  });
  return metrics;
};

export const startWebRole = async (hub: Hub, options: WebOptions): Promise<Web> => {
  await applyConfiguration(hub.pool, {
    units: hub.config.units,
    statutes: hub.config.statutes,
    sources: Object.entries(hub.config.sources).map(([source, { domain, existenceShown }]) => ({
      source,
      domain,
      existenceShown,
    })),
  });
  await limitRepresentations(hub.pool, hub.keys, {
    sources: Object.keys(hub.config.representation.from),
    custodyUntil: hub.config.representation.custodyUntil,
  });
  await limitConsents(hub.pool, hub.keys, hub.config.consents.from);
  await registerConsumers(
    hub.pool,
    hub.config.consumers.map((consumer) => consumer.id),
  );
  for (const [source, { source: configured }] of hub.sources) {
    const raised = await raiseStored(hub.pool, configured);
    if (raised > 0) hub.log.info({ event: 'records.raised', source, records: raised });
  }
  const evidence = await sealOldEvidence(hub.pool, hub.keys);
  if (evidence > 0) hub.log.info({ event: 'evidence.sealed', texts: evidence });
  // Connections of its own: an entry must not queue behind the reads that wait for it.
  const logPool = createPool(hub.databaseUrl, { max: 3, name: 'samspil-log' });
  const readPool = createPool(hub.databaseUrl, { max: 3, name: 'samspil-read', pipelined: true });
  const accessLog = createAccessLog(logPool, hub.keys, { sealStopMs: hub.config.sealStop, clock: hub.clock });
  const { anchorFile, anchorEvery, otlp } = hub.config.log;
  const sealer = startSealer(hub.pool, hub.keys, {
    log: hub.log,
    keepMs: hub.config.logRetention,
    ...(anchorFile === undefined ? {} : { anchor: { file: anchorFile, everyMs: anchorEvery } }),
  });
  const sender =
    otlp === undefined
      ? undefined
      : startLogSender(hub.pool, {
          log: hub.log,
          target: { endpoint: otlp.endpoint, headers: otlp.headers, everyMs: otlp.every },
          municipality: hub.config.municipality.code,
        });
  const queues = queuesOf(hub);
  const app = await createServer({
    pool: hub.pool,
    reads: createPipeline(readPool),
    keys: hub.keys,
    accessLog,
    config: hub.config,
    clock: hub.clock,
    log: hub.log,
    freshForMs: freshFor(hub),
    // More than looking takes, and little to whoever mistyped.
    notFoundEveryMs: 25,
    ...(options.issuers === undefined ? {} : { issuers: options.issuers }),
    ...(options.ready === undefined ? {} : { ready: options.ready }),
    push: pushInto(hub, queues),
    dashboard: dashboardParts(hub, queues),
    metrics: metricsOf(hub, queues),
  });
  try {
    await app.listen({ port: options.port, host: options.host });
  } catch (cause) {
    await accessLog.close();
    await sender?.stop();
    await sealer.stop();
    await logPool.end();
    await readPool.end();
    await queues.close();
    throw portError(cause, options.port);
  }
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    async close() {
      // A connection that never asked anything counts as busy to Node, and would hold the close up for a minute.
      const hurry = setTimeout(() => app.server.closeAllConnections(), options.graceMs ?? 10_000);
      await app.close().finally(() => clearTimeout(hurry));
      await accessLog.close();
      await sender?.stop();
      await sealer.stop();
      await queues.close();
      await logPool.end();
      await readPool.end();
    },
  };
};
