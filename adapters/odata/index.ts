// OData v4 by configuration: entity sets with what is selected, expanded, filtered and in which order. The first system is
// DUBU (mappings/dubu). What is known of it, and what is a guess: README.md.
import { authorised } from '../../src/adapter/auth.ts';
import { type Adapter, defineAdapter, type Kinds, type ProbeResult, type Source } from '../../src/adapter/contract.ts';
import { pullListing } from '../../src/adapter/listing.ts';
import { withRetries } from '../../src/adapter/retry.ts';
import { asHubError } from '../../src/errors.ts';
import { createClient } from './client.ts';
import { hostsOf, type ODataConfig, odataConfig } from './config.ts';
import { asksByCitizen, citizenListing, listingOf, type Open } from './pull.ts';
import { configuredKinds } from './records.ts';

export const odata: Adapter<ODataConfig, Kinds> = defineAdapter({
  name: 'odata',
  title: 'OData v4, by configuration',
  config: odataConfig,
  hosts: hostsOf,
  kinds: {},
  configuredKinds,
  async open(config, { http: plain, clock, log }): Promise<Source> {
    const { auth, headers, retries, retryPauseMs: pauseMs } = config;
    const http = withRetries(authorised(plain, { auth, headers, clock }), { retries, pauseMs, log });
    const open: Open = { config, clock, client: createClient(http, config) };
    const kinds = Object.entries(config.kinds);

    const probe = async (signal: AbortSignal): Promise<ProbeResult> => {
      const started = performance.now();
      const ms = (): number => Math.round(performance.now() - started);
      try {
        const url = `${config.baseUrl}/${config.probe}`;
        const accept = { accept: 'application/xml, application/json' };
        await http.request({ url, headers: accept, signal, timeoutMs: config.timeoutSeconds * 1000 });
        return { up: true, ms: ms() };
      } catch (thrown) {
        const { code, message, hint } = asHubError(thrown);
        return { up: false, ms: ms(), code, message, ...(hint === undefined ? {} : { hint }) };
      }
    };

    const pull = kinds.map(([name, kind]) => [name, (options: never) => pullListing(listingOf(open, kind), options)]);
    const byCitizen = kinds
      .filter(([, kind]) => asksByCitizen(config, kind))
      .map(([name, kind]): [string, NonNullable<Source['byCitizen']>[string]] => [
        name,
        (options) => pullListing(citizenListing(open, kind, options), { after: null, signal: options.signal }),
      ]);
    return {
      probe,
      pull: Object.fromEntries(pull) as Source['pull'],
      ...(byCitizen.length === 0 ? {} : { byCitizen: Object.fromEntries(byCitizen) as Source['byCitizen'] & object }),
      async close() {},
    };
  },
});
