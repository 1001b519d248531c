// The environment variables that the sandbox's own configuration refers to, for the running municipality.
import type { Municipality } from './municipality.ts';

export const sandboxEnvironment = ({ momentum, fhir, sensum, systems }: Municipality): Record<string, string> => ({
  ...Object.assign({}, ...[...systems.values()].map(({ environment }) => environment)),
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
