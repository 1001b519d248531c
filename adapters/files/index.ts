// The `files` adapter: complete nightly CSV deliveries in a folder or on an SFTP server, in EG Sensum's shape or
// another by configuration. Snapshots: what a complete, unharmed file no longer holds is gone.
import { type AdapterContext, defineAdapter, type PullOptions, type Source } from '../../src/adapter/contract.ts';
import { asHubError } from '../../src/errors.ts';
import { type FilesConfig, filesConfig, kindSettings } from './config.ts';
import { openDrop } from './drop.ts';
import { pullKind } from './pull.ts';
import { type FilesCheckpoint, kindSpec } from './records.ts';
import { type FileKind, fileKinds, sensum } from './shape.ts';
import { namePattern } from './snapshot.ts';

const kinds = {
  borger: kindSpec(sensum.borger),
  sag: kindSpec(sensum.sag),
  indsats: kindSpec(sensum.indsats),
  maal: kindSpec(sensum.maal),
  delmaal: kindSpec(sensum.delmaal),
  ydelse: kindSpec(sensum.ydelse),
  aktivitet: kindSpec(sensum.aktivitet),
} as const satisfies Record<FileKind, unknown>;

const openSource = (config: FilesConfig, context: AdapterContext): Source<typeof kinds> => {
  const open = (signal: AbortSignal) => openDrop(config, signal);
  const fixed = { sites: config.sites ?? [], settleSeconds: config.settleSeconds, open, context };
  const pull = (kind: FileKind) => (options: PullOptions<FilesCheckpoint>) =>
    pullKind({ ...fixed, kind, settings: kindSettings(config, kind) }, options);
  return {
    probe: async (signal) => {
      const began = performance.now();
      const ms = (): number => Math.round(performance.now() - began);
      try {
        const drop = await open(signal);
        try {
          const files = await drop.list(signal);
          const present = fileKinds.filter((kind) => {
            const matches = namePattern(kindSettings(config, kind).pattern);
            return files.some((file) => matches(file.name));
          });
          return { up: true, ms: ms(), detail: `files for ${present.length} of ${fileKinds.length} kinds` };
        } finally {
          await drop.close();
        }
      } catch (thrown) {
        const { code, message, hint } = asHubError(thrown);
        return { up: false, ms: ms(), code, message, ...(hint === undefined ? {} : { hint }) };
      }
    },
    pull: {
      borger: pull('borger'),
      sag: pull('sag'),
      indsats: pull('indsats'),
      maal: pull('maal'),
      delmaal: pull('delmaal'),
      ydelse: pull('ydelse'),
      aktivitet: pull('aktivitet'),
    },
    close: async () => undefined,
  };
};

export const files = defineAdapter({
  name: 'files',
  title: 'CSV files in a folder or over SFTP (EG Sensum)',
  config: filesConfig,
  hosts: (config) => (config.transport === 'sftp' ? [`${config.host}:${config.port}`] : []),
  kinds,
  open: async (config, context) => openSource(config, context),
});
