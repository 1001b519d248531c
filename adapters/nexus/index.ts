// KMD Nexus, the municipality's system of health, care and social grants: hypertext followed citizen by citizen. What is
// known of the interface and what is a guess: README.md.
import {
  type Adapter,
  type ByCitizenOptions,
  defineAdapter,
  type Page,
  type ProbeResult,
  type Source,
} from '../../src/adapter/contract.ts';
import { asHubError } from '../../src/errors.ts';
import { hostsOf, type NexusConfig, nexusConfig } from './config.ts';
import { crawlKind, type Reading } from './crawl.ts';
import { requireLink } from './hal.ts';
import { kindNames, kinds, type NexusKind, type NexusKinds } from './records.ts';
import { sessionOf } from './session.ts';

type Ask = (options: ByCitizenOptions) => AsyncIterable<Page<null>>;
const perKind = (make: (kind: NexusKind) => Ask): Record<NexusKind, Ask> =>
  Object.fromEntries(kindNames.map((kind) => [kind, make(kind)])) as Record<NexusKind, Ask>;

export const nexus: Adapter<NexusConfig, NexusKinds> = defineAdapter({
  name: 'nexus',
  title: 'KMD Nexus',
  config: nexusConfig,
  hosts: hostsOf,
  kinds,
  async open(config, context): Promise<Source<NexusKinds>> {
    const session = sessionOf(config, context);
    const reading: Reading = { session, config, clock: context.clock };

    const probe = async (signal: AbortSignal): Promise<ProbeResult> => {
      const started = performance.now();
      const ms = (): number => Math.round(performance.now() - started);
      try {
        requireLink(await session.hal.root(signal), 'patientDetailsSearch');
        return { up: true, ms: ms() };
      } catch (thrown) {
        const { code, message, hint } = asHubError(thrown);
        return { up: false, ms: ms(), code, message, ...(hint === undefined ? {} : { hint }) };
      }
    };

    return {
      probe,
      pull: {},
      byCitizen: perKind((kind) => (options) => crawlKind(kind, reading, options)),
      async close() {},
    };
  },
});
