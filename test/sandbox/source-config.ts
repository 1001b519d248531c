// The `config` blocks with which a hub reads the running municipality, as they would stand in its configuration; and the
// environment variables that the sandbox's own configuration refers to.
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

export const sandboxEnvironment = ({ momentum, fhir, sensum }: Municipality) => ({
  SANDBOX_MOMENTUM_URL: momentum.url,
  SANDBOX_MOMENTUM_TOKEN_URL: momentum.tokenUrl,
  SANDBOX_MOMENTUM_CLIENT_ID: momentum.clientId,
  SANDBOX_MOMENTUM_CLIENT_SECRET: momentum.clientSecret,
  SANDBOX_MOMENTUM_API_KEY: momentum.apiKey,
  SANDBOX_MOMENTUM_RESOURCE: momentum.resource,
  SANDBOX_FHIR_URL: fhir.url,
  SANDBOX_FHIR_TOKEN_URL: fhir.tokenUrl,
  SANDBOX_FHIR_CLIENT_ID: fhir.clientId,
  SANDBOX_FHIR_CLIENT_SECRET: fhir.clientSecret,
  SANDBOX_SENSUM_FOLDER: sensum.folder,
});
