// The `fhir-inbox` adapter: MedCom message Bundles that come by folder, SFTP or as a post to the hub. Messages are kept in
// the hub's inbox; a record is what a thread of them comes to, whatever order they came in.
import { type AdapterContext, defineAdapter, type PullOptions, type Source } from '../../src/adapter/contract.ts';
import { asHubError } from '../../src/errors.ts';
import { type InboxConfig, inboxConfig } from './config.ts';
import { orLook } from './look.ts';
import type { MessageKind } from './message.ts';
import { openPlace } from './place.ts';
import { pullThreads } from './pull.ts';
import { receive } from './receive.ts';
import { type InboxCheckpoint, kinds } from './records.ts';

const openSource = (config: InboxConfig, given: AdapterContext): Source<typeof kinds> => {
  const own = orLook(config, given);
  const pull = (kind: MessageKind) => (options: PullOptions<InboxCheckpoint>) =>
    pullThreads(kind, own.config, own.context, options);
  return {
    probe: async (signal) => {
      const began = performance.now();
      const ms = (): number => Math.round(performance.now() - began);
      if (config.transport === 'push') return { up: true, ms: ms(), detail: 'messages are posted to the hub' };
      try {
        const place = await openPlace(config, signal);
        try {
          const waiting = (await place.list(signal)).length;
          return { up: true, ms: ms(), detail: `${waiting} files waiting` };
        } finally {
          await place.close();
        }
      } catch (thrown) {
        const { code, message, hint } = asHubError(thrown);
        return { up: false, ms: ms(), code, message, ...(hint === undefined ? {} : { hint }) };
      }
    },
    pull: { hospitalStay: pull('hospitalStay'), careCommunication: pull('careCommunication') },
    close: async () => undefined,
  };
};

export const fhirInbox = defineAdapter({
  name: 'fhir-inbox',
  title: 'MedCom FHIR messages (hospital notifications, care communications)',
  config: inboxConfig,
  hosts: (config) => (config.transport === 'sftp' ? [`${config.host}:${config.port}`] : []),
  kinds,
  receive,
  open: async (config, context) => openSource(config, context),
});
