// KMD Momentum, the job centre's system: lists in order of change, and kinds that are read citizen by citizen. What is
// known of the interface and what is a guess: README.md.
import { type Adapter, defineAdapter, type ProbeResult, type Source } from '../../src/adapter/contract.ts';
import { asHubError } from '../../src/errors.ts';
import { createLookup } from './citizens.ts';
import { createClient } from './client.ts';
import { hostsOf, type MomentumConfig, momentumConfig } from './config.ts';
import { citizenCrawl } from './crawl.ts';
import { citizenList, pullList, type Reading } from './list.ts';
import { crawlKinds, kinds, type ListKind, listKinds, type MomentumKinds } from './records.ts';

const perKind = <Name extends string, T>(names: readonly Name[], make: (name: Name) => T): Record<Name, T> =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;

export const momentum: Adapter<MomentumConfig, MomentumKinds> = defineAdapter({
  name: 'momentum',
  title: 'KMD Momentum',
  config: momentumConfig,
  hosts: hostsOf,
  kinds,
  async open(config, context): Promise<Source<MomentumKinds>> {
    const client = createClient(config, context);
    const lookup = createLookup(client, config, context.clock);
    const reading: Reading = { client, config, clock: context.clock, lookup };

    const probe = async (signal: AbortSignal): Promise<ProbeResult> => {
      const started = performance.now();
      const ms = (): number => Math.round(performance.now() - started);
      try {
        await client.get(config.paths.probe, signal);
        return { up: true, ms: ms() };
      } catch (thrown) {
        const { code, message, hint } = asHubError(thrown);
        return { up: false, ms: ms(), code, message, ...(hint === undefined ? {} : { hint }) };
      }
    };

    return {
      probe,
      pull: perKind<ListKind, Source<MomentumKinds>['pull']['plan']>(
        listKinds,
        (kind) => (options) => pullList(kind, reading, options),
      ),
      byCitizen: {
        ...perKind(listKinds, (kind) => (options) => citizenList(kind, reading, options)),
        ...perKind(crawlKinds, (kind) => (options) => citizenCrawl(kind, reading, options)),
      },
      async close() {},
    };
  },
});
