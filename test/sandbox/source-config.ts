// The `config` blocks with which a hub reads the running municipality, as they would stand in its configuration.
import type { Municipality } from './municipality.ts';

export const sourceConfigs = ({ momentum, fhir, sensum }: Municipality) => ({
  momentum: {
    baseUrl: momentum.url,
    tokenUrl: momentum.tokenUrl,
    clientId: momentum.clientId,
    clientSecret: momentum.clientSecret,
    apiKey: momentum.apiKey,
    resource: momentum.resource,
  },
  fhir: {
    baseUrl: fhir.url,
    auth: { type: 'oauth2', tokenUrl: fhir.tokenUrl, clientId: fhir.clientId, clientSecret: fhir.clientSecret },
  },
  sensum: { transport: 'folder', folder: sensum.folder },
});

export type SandboxSource = keyof ReturnType<typeof sourceConfigs>;
