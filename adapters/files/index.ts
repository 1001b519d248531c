// The `files` adapter: deliveries of any system in a folder or on an SFTP server, as CSV, XML or JSON lines, each holding
// everything or only what changed. Its kinds are configured. Of a full one: what a complete, unharmed file no longer
// holds is gone.
import {
  type AdapterContext,
  defineAdapter,
  type Kinds,
  type PullOptions,
  type Source,
} from '../../src/adapter/contract.ts';
import { asHubError } from '../../src/errors.ts';
import { type FilesConfig, filesConfig, kindSettings } from './config.ts';
import { openDrop } from './drop.ts';
import type { FileKind } from './kinds.ts';
import { pullKind } from './pull.ts';
import { configuredKinds, type FilesCheckpoint } from './records.ts';
import { namePattern } from './snapshot.ts';

/** Per configured source, not per run: a file with a new date is compared once. */
const compared = new WeakMap<FilesConfig, Map<string, string>>();

const openSource = (config: FilesConfig, context: AdapterContext): Source => {
  const open = (signal: AbortSignal) => openDrop(config, signal);
  const hashes = compared.get(config) ?? new Map<string, string>();
  compared.set(config, hashes);
  const fixed = { sites: config.sites ?? [], settleSeconds: config.settleSeconds, open, context, compared: hashes };
  const pull = (kind: string, own: FileKind) => (options: PullOptions<unknown>) =>
    pullKind({ ...fixed, kind, settings: kindSettings(config, own) }, options as PullOptions<FilesCheckpoint>);
  const kinds = Object.entries(config.kinds);
  return {
    probe: async (signal) => {
      const began = performance.now();
      const ms = (): number => Math.round(performance.now() - began);
      try {
        const drop = await open(signal);
        try {
          const files = await drop.list(signal);
          const present = kinds.filter(([, { pattern }]) => {
            const matches = namePattern(pattern);
            return files.some((file) => matches(file.name));
          });
          return { up: true, ms: ms(), detail: `files for ${present.length} of ${kinds.length} kinds` };
        } finally {
          await drop.close();
        }
      } catch (thrown) {
        const { code, message, hint } = asHubError(thrown);
        return { up: false, ms: ms(), code, message, ...(hint === undefined ? {} : { hint }) };
      }
    },
    pull: Object.fromEntries(kinds.map(([kind, own]) => [kind, pull(kind, own)])),
    close: async () => undefined,
  };
};

export const files = defineAdapter<FilesConfig, Kinds>({
  name: 'files',
  title: 'Files in a folder or over SFTP: CSV, XML, JSON lines',
  config: filesConfig,
  hosts: (config) => (config.transport === 'sftp' ? [`${config.host}:${config.port}`] : []),
  kinds: {},
  configuredKinds,
  open: async (config, context) => openSource(config, context),
});
