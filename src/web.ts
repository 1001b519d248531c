// The web role: access log with its sealer, configuration applied to the tables the rules read, the server listening.
import type { AddressInfo } from 'node:net';
import { applyConfiguration } from './consent/apply.ts';
import { HubError } from './errors.ts';
import { createServer } from './http/server.ts';
import type { Issuer } from './http/tokens.ts';
import { freshFor, type Hub, type Running } from './main.ts';
import { createAccessLog } from './store/access-log.ts';
import { createPool } from './store/db.ts';
import { startSealer } from './store/seal.ts';

export interface WebOptions {
  readonly port: number;
  readonly host: string;
  readonly issuers?: readonly Issuer[];
  readonly ready?: () => Promise<boolean>;
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
  // Connections of its own: an entry must not queue behind the reads that wait for it.
  const logPool = createPool(hub.databaseUrl, { max: 3, name: 'samspil-log' });
  const accessLog = createAccessLog(logPool, hub.keys, { sealStopMs: hub.config.sealStop, clock: hub.clock });
  const sealer = startSealer(hub.pool, hub.keys, { log: hub.log, keepMs: hub.config.logRetention });
  const app = await createServer({
    pool: hub.pool,
    keys: hub.keys,
    accessLog,
    config: hub.config,
    clock: hub.clock,
    log: hub.log,
    freshForMs: freshFor(hub),
    ...(options.issuers === undefined ? {} : { issuers: options.issuers }),
    ...(options.ready === undefined ? {} : { ready: options.ready }),
  });
  try {
    await app.listen({ port: options.port, host: options.host });
  } catch (cause) {
    await accessLog.close();
    await sealer.stop();
    await logPool.end();
    throw portError(cause, options.port);
  }
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    async close() {
      await app.close();
      await accessLog.close();
      await sealer.stop();
      await logPool.end();
    },
  };
};
