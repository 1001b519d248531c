// A hub with the sandbox's provider beside it, over real HTTP. Its tests put probe-pages.ts in the dashboard's place, for
// what is true of signing in whatever the pages are.
import type { AddressInfo } from 'node:net';
import { hubConfig } from '../../src/config/hub.ts';
import type { DashboardParts } from '../../src/dashboard/context.ts';
import type { Pool } from '../../src/store/db.ts';
import { config, createHub, type Hub, type HubOptions } from '../feed/fixture.ts';
import { openSandboxIssuer } from '../sandbox/issuer.ts';
import { type SandboxSignIn, type SignInOptions, signInCredentials, startSignIn } from '../sandbox/oidc.ts';
import { personaPeople } from '../sandbox/sign-in-people.ts';

export interface SignInHub extends Hub {
  readonly url: string;
  readonly provider: SandboxSignIn;
  /** Milliseconds ahead of the real time, for hub and provider together. */
  ahead: number;
  close(): Promise<void>;
}

export interface SignInHubOptions extends HubOptions {
  readonly people?: SignInOptions['people'];
  readonly lifetimeSeconds?: number;
  readonly dashboard?: never;
  /** Of the configuration's `dashboard`. */
  readonly settings?: object;
  readonly rateLimitPerMinute?: number;
  /** Of its `signIn`, instead of the client's secret. */
  readonly client?: object;
  readonly provider?: Pick<SignInOptions, 'clientKey' | 'origin' | 'port'>;
}

/** Nothing of it is asked for by the probes. */
const parts = { sources: [], queues: {}, steering: {} } as unknown as DashboardParts;

export const startSignInHub = async (pool: Pool, options: SignInHubOptions = {}): Promise<SignInHub> => {
  const {
    people = () => personaPeople(),
    lifetimeSeconds,
    settings,
    client,
    rateLimitPerMinute,
    provider: own,
    ...given
  } = options;
  const time = { ahead: 0 };
  const now = (): Date => new Date(Date.now() + time.ahead);
  const issuer = await openSandboxIssuer();
  const provider = await startSignIn({
    issuer,
    people,
    now,
    ...own,
    ...(lifetimeSeconds === undefined ? {} : { lifetimeSeconds }),
  });
  const { clientId, clientSecret } = signInCredentials;
  const dashboard = hubConfig.shape.dashboard.parse({
    signIn: { issuer: provider.url, clientId, ...(client ?? { clientSecret }) },
    ...settings,
  });
  const hub = await createHub(pool, {
    unchecked: true,
    config: { ...config, dashboard, ...(rateLimitPerMinute === undefined ? {} : { rateLimitPerMinute }) },
    issuers: [issuer.issuer],
    clock: { now },
    ...given,
    dashboard: parts,
  });
  await hub.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = hub.app.server.address() as AddressInfo;
  return {
    ...hub,
    issuer,
    provider,
    url: `http://127.0.0.1:${port}`,
    get ahead() {
      return time.ahead;
    },
    set ahead(ms) {
      time.ahead = ms;
    },
    async close() {
      await hub.app.close();
      await provider.close();
    },
  };
};
