// Any system that answers JSON or XML over HTTP, by configuration alone: what to ask for, how pages follow each other, how
// the hub says who it is. README.md explains every word of it.
import { authorised } from '../../src/adapter/auth.ts';
import { type Adapter, defineAdapter, type Kinds, type ProbeResult, type Source } from '../../src/adapter/contract.ts';
import { pullListing } from '../../src/adapter/listing.ts';
import { withRate } from '../../src/adapter/rate.ts';
import { withRetries } from '../../src/adapter/retry.ts';
import { asHubError, HubError } from '../../src/errors.ts';
import { citizenPages, createLookup, withoutCheckpoint } from './citizen.ts';
import { hostsOf, type RestConfig, restConfig } from './config.ts';
import { listingOf, type Open } from './pull.ts';
import { configuredKinds } from './records.ts';

/** Without an address of its own, anything but a refusal or a breakdown shows that somebody is there. */
const alive = new Set<string>(['source/not-found', 'source/bad-request', 'source/checkpoint-expired']);

const ask = async ({ config, http }: Open, signal: AbortSignal): Promise<void> => {
  const { probe, baseUrl } = config;
  const url = probe === undefined ? baseUrl : `${baseUrl}/${probe.path.replace(/^\/+/, '')}`;
  try {
    await http.request({ url, signal, timeoutMs: config.timeoutSeconds * 1000, accept: probe?.accept ?? [] });
  } catch (thrown) {
    if (probe === undefined && thrown instanceof HubError && alive.has(thrown.code)) return;
    throw thrown;
  }
};

export const rest: Adapter<RestConfig, Kinds> = defineAdapter({
  name: 'rest',
  title: 'JSON or XML over HTTP, by configuration',
  config: restConfig,
  hosts: hostsOf,
  kinds: {},
  configuredKinds,
  async open(config, context): Promise<Source> {
    const { clock } = context;
    const { auth, headers, rate, retries, retryPauseMs: pauseMs } = config;
    const counted = withRate(authorised(context.http, { auth, headers, clock }), rate, clock);
    const http = withRetries(counted, { retries, pauseMs, log: context.log });
    const open: Open = { config, http, clock };
    const kinds = Object.entries(config.kinds);
    const lookup = createLookup(open);

    const probe = async (signal: AbortSignal): Promise<ProbeResult> => {
      const started = performance.now();
      const ms = (): number => Math.round(performance.now() - started);
      try {
        await ask(open, signal);
        return { up: true, ms: ms() };
      } catch (thrown) {
        const { code, message, hint } = asHubError(thrown);
        return { up: false, ms: ms(), code, message, ...(hint === undefined ? {} : { hint }) };
      }
    };

    const pull = kinds
      .filter(([, kind]) => kind.list !== undefined)
      .map(([name, kind]) => [name, (options: never) => pullListing(listingOf(open, kind), options)]);
    const byCitizen = kinds
      .filter(([, kind]) => kind.byCitizen !== undefined)
      .map(([name, kind]): [string, NonNullable<Source['byCitizen']>[string]] => [
        name,
        (options) => {
          const pages = citizenPages(open, kind, lookup, options);
          return kind.list === undefined ? withoutCheckpoint(pages) : pages;
        },
      ]);
    return {
      probe,
      pull: Object.fromEntries(pull) as Source['pull'],
      ...(byCitizen.length === 0 ? {} : { byCitizen: Object.fromEntries(byCitizen) as Source['byCitizen'] & object }),
      async close() {},
    };
  },
});
