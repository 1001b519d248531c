// What one configured source remembers between runs in this process: its token, where things are found, and for a few
// seconds what was just answered about a citizen, so that kinds read one after the other do not ask the same again.
import type { AdapterContext } from '../../src/adapter/contract.ts';
import { createTokenSource, type TokenSource } from '../../src/adapter/oauth.ts';
import type { Clock } from '../../src/clock.ts';
import type { NexusConfig } from './config.ts';
import { createHal, type Hal, requireLink } from './hal.ts';

export interface Memory {
  get(key: string): string | undefined;
  set(key: string, href: string): void;
  forget(key: string): void;
}

export interface Session {
  readonly hal: Hal;
  /** The address of the look-up by number, asked for anew when what is known is older than this. */
  searchLink(signal: AbortSignal, olderThanMs?: number): Promise<string>;
  /** Links by patient id, never by a CPR. */
  readonly links: Memory;
  /** The answer `make` gave for this key within the last `shareSeconds`, or a new one. Failures are not shared. */
  shared<T>(key: string, make: () => Promise<T>): Promise<T>;
}

const mostLinks = 40_000;

const createLinks = (config: NexusConfig, clock: Clock): Memory => {
  const known = new Map<string, { readonly href: string; readonly until: number }>();
  const life = config.rememberMinutes * 60_000;
  return {
    get(key) {
      const found = known.get(key);
      return found !== undefined && found.until > clock.now().getTime() ? found.href : undefined;
    },
    set(key, href) {
      if (life === 0) return;
      known.delete(key);
      known.set(key, { href, until: clock.now().getTime() + life });
      if (known.size > mostLinks) for (const oldest of known.keys()) if (known.delete(oldest)) break;
    },
    forget: (key) => void known.delete(key),
  };
};

const createSharing = (config: NexusConfig, clock: Clock): Session['shared'] => {
  const fresh = new Map<string, { readonly answer: unknown; readonly until: number }>();
  return async <T>(key: string, make: () => Promise<T>): Promise<T> => {
    const now = clock.now().getTime();
    // In order of age: the first that is still fresh ends it.
    for (const [old, { until }] of fresh) if (until <= now) fresh.delete(old);
    const found = fresh.get(key);
    if (found !== undefined) return found.answer as T;
    const answer = await make();
    if (config.shareSeconds > 0) fresh.set(key, { answer, until: now + config.shareSeconds * 1000 });
    return answer;
  };
};

type Found = { readonly href: string; readonly at: number };

/** What outlives a run. */
interface Remembered {
  readonly tokens: TokenSource;
  readonly links: Memory;
  readonly shared: Session['shared'];
  search: Found | undefined;
}

const createSearchLink =
  (hal: Hal, remembered: Remembered, config: NexusConfig, clock: Clock): Session['searchLink'] =>
  async (signal, olderThanMs = config.rememberMinutes * 60_000) => {
    const known = remembered.search;
    if (known !== undefined && clock.now().getTime() - known.at < olderThanMs) return known.href;
    const href = requireLink(await hal.root(signal), 'patientDetailsSearch');
    remembered.search = { href, at: clock.now().getTime() };
    return href;
  };

/** A source is opened anew for every run, with the same configuration object as long as the process lives. */
const memories = new WeakMap<NexusConfig, Remembered>();

const rememberedBy = (config: NexusConfig, { http, clock }: AdapterContext): Remembered => {
  const known = memories.get(config);
  if (known !== undefined) return known;
  const { tokenUrl, clientId, clientSecret } = config;
  const fresh: Remembered = {
    tokens: createTokenSource({ http, tokenUrl, clientId, clientSecret, clock }),
    links: createLinks(config, clock),
    shared: createSharing(config, clock),
    search: undefined,
  };
  memories.set(config, fresh);
  return fresh;
};

/** One run's way in: its own requests, with what earlier runs remembered. */
export const sessionOf = (config: NexusConfig, context: AdapterContext): Session => {
  const remembered = rememberedBy(config, context);
  const hal = createHal(config, context, remembered.tokens);
  const { links, shared } = remembered;
  return { hal, links, shared, searchLink: createSearchLink(hal, remembered, config, context.clock) };
};
