// The environment variables that the sandbox's own configuration refers to, for the running municipality. Those of systems
// that do not run lead nowhere, so that the configuration can be read all the same.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Municipality } from './municipality.ts';

const folder = join(import.meta.dirname, 'config');

const nowhere = (): Record<string, string> => {
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const names = texts.flatMap((text) => [...text.matchAll(/\$\{(SANDBOX_\w+)\}/g)].map(([, name]) => name ?? ''));
  return Object.fromEntries(names.map((name) => [name, 'https://not-running.invalid']));
};

export const sandboxEnvironment = ({ momentum, fhir, sensum, systems }: Municipality): Record<string, string> => ({
  ...nowhere(),
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
