// FHIR R4 by search, as KL's gateway and most health and social-care servers offer it. One kind per resource type;
// what is read is decided by the source's configuration, what is stored by the mappings.
import { type Adapter, defineAdapter, type ProbeResult, type Source } from '../../src/adapter/contract.ts';
import { asHubError } from '../../src/errors.ts';
import { byCitizen } from './citizen.ts';
import { createClient } from './client.ts';
import { type FhirConfig, fhirConfig, hostsOf } from './config.ts';
import { createDirectory } from './directory.ts';
import { type PullContext, pull } from './pull.ts';
import { type FhirKind, kindNames, kinds, withoutCitizen } from './records.ts';

type FhirSource = Source<typeof kinds>;

const perKind = <T>(names: readonly FhirKind[], make: (name: FhirKind) => T): Record<FhirKind, T> =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as Record<FhirKind, T>;

export const fhir: Adapter<FhirConfig, typeof kinds> = defineAdapter({
  name: 'fhir',
  title: 'FHIR R4 search',
  config: fhirConfig,
  hosts: hostsOf,
  kinds,
  async open(config, context): Promise<FhirSource> {
    const client = createClient(config, context);
    const directory = createDirectory({ client, base: config.baseUrl, clock: context.clock, resolve: config.resolve });
    const pulling: PullContext = { client, directory, config, clock: context.clock };

    const probe = async (signal: AbortSignal): Promise<ProbeResult> => {
      const started = performance.now();
      const ms = (): number => Math.round(performance.now() - started);
      try {
        await client.metadata(signal);
        // Metadata is often open to all; a count proves the credentials and reads nobody's data.
        await client.search('Patient', new URLSearchParams({ _summary: 'count' }), signal);
        return { up: true, ms: ms() };
      } catch (thrown) {
        const { code, message, hint } = asHubError(thrown);
        return { up: false, ms: ms(), code, message, ...(hint === undefined ? {} : { hint }) };
      }
    };

    return {
      probe,
      pull: perKind(kindNames, (name) => (options) => pull(name, pulling, options)),
      byCitizen: perKind(
        kindNames.filter((name) => !withoutCitizen.has(name)),
        (name) => (options) => byCitizen(name, pulling, options),
      ),
      async close() {},
    };
  },
});
