// A configured source opened for looking: its real adapter, settings and mappings, without database, keys or queue.
// Whoever asks sees its requests pass, or answers them from a recording.
import type { Http } from '../adapter/http.ts';
import type { Clock } from '../clock.ts';
import type { HubConfig, SourceConfig } from '../config/hub.ts';
import { loadConfig } from '../config/load.ts';
import { HubError } from '../errors.ts';
import type { LiveSource } from '../kit/capture.ts';
import { createLogger } from '../log.ts';
import { composeSource, mappingFolders } from '../main.ts';
import type { OpenSource, SyncKind } from '../pipeline/source.ts';
import { configPath } from './context.ts';

export const readHub = (config?: string): HubConfig => loadConfig(configPath(config));

export const sourceConfig = (hub: HubConfig, name: string): SourceConfig => {
  const found = hub.sources[name];
  if (found !== undefined) return found;
  throw new HubError({
    code: 'config/unknown-name',
    fault: 'config',
    message: `There is no source "${name}".`,
    hint: `Sources: ${Object.keys(hub.sources).join(', ')}.`,
  });
};

export interface Live {
  readonly source: OpenSource & LiveSource;
  /** In pulling order. */
  readonly kinds: readonly SyncKind[];
  close(): Promise<void>;
}

export const openLive = async (
  hub: Pick<HubConfig, 'mappingFolders'>,
  name: string,
  config: SourceConfig,
  options: { readonly through?: (http: Http) => Http; readonly clock?: Clock } = {},
): Promise<Live> => {
  const log = createLogger({ level: process.env['LOG_LEVEL'] ?? 'error' });
  const { source } = composeSource(name, config, { log, mappingFolders: mappingFolders(hub), ...options });
  const open = await source.open();
  return { source: open as OpenSource & LiveSource, kinds: source.kinds, close: () => open.close() };
};

/** The kinds asked for, all without a name. @throws HubError naming those there are */
export const kindsNamed = (live: Live, name: string, kind?: string): readonly SyncKind[] => {
  const kinds = live.kinds.filter((one) => kind === undefined || one.name === kind);
  if (kinds.length > 0) return kinds;
  throw new HubError({
    code: 'config/unknown-name',
    fault: 'config',
    message: `Source ${name} has no kind "${kind}".`,
    hint: `Its kinds: ${live.kinds.map((one) => one.name).join(', ')}.`,
  });
};

/** Ends on Ctrl-C: what was found so far is still told. */
export const stopOnSignal = (say: (text: string) => void): AbortSignal => {
  const stop = new AbortController();
  const onSignal = (): void => {
    say('Stopping …');
    stop.abort();
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  return stop.signal;
};
