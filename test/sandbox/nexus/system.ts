// Nexus as a system of the sandbox municipality. Its records are made from the citizens as they are when asked for.
import type { SandboxSystem } from '../systems.ts';
import { nexusData } from '../world/to-nexus.ts';
import { nexusCredentials, startNexusStub } from './server.ts';

export const nexus: SandboxSystem = {
  name: 'nexus',
  async start({ world, latencyMs }) {
    const stub = await startNexusStub({ data: nexusData(world), ...(latencyMs === undefined ? {} : { latencyMs }) });
    return {
      environment: {
        SANDBOX_NEXUS_URL: stub.url,
        SANDBOX_NEXUS_TOKEN_URL: stub.tokenUrl,
        SANDBOX_NEXUS_CLIENT_ID: nexusCredentials.clientId,
        SANDBOX_NEXUS_CLIENT_SECRET: nexusCredentials.clientSecret,
      },
      async changed() {},
      close: () => stub.close(),
    };
  },
};
