// One pull of one kind: message files first, then every thread in which messages were kept since the checkpoint, each read
// as a whole. The same thread again is the same key with the state after all that came.
import type { AdapterContext, Inbox, Page, PullOptions, RawRecord } from '../../src/adapter/contract.ts';
import { HubError } from '../../src/errors.ts';
import { collect } from './collect.ts';
import type { InboxConfig } from './config.ts';
import { stateOfConversation } from './conversation.ts';
import type { CareMessage, MessageKind, StayMessage } from './message.ts';
import type { InboxCheckpoint } from './records.ts';
import { stateOfStay } from './stay.ts';
import { type Thread, wholeThread } from './thread.ts';

const threadsPerPage = 200;

const stateOf = ({ key, messages }: Thread, kind: MessageKind): RawRecord['body'] =>
  kind === 'hospitalStay'
    ? stateOfStay(key, messages as readonly StayMessage[])
    : stateOfConversation(key, messages as readonly CareMessage[]);

/** @throws HubError: source/not-found, source/unreachable … */
export async function* pullThreads(
  kind: MessageKind,
  config: InboxConfig,
  context: AdapterContext & { readonly inbox: Inbox },
  { after, signal }: PullOptions<InboxCheckpoint>,
): AsyncGenerator<Page<InboxCheckpoint>> {
  const stop = (): void => {
    if (signal.aborted)
      throw new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The pull was cancelled.' });
  };
  stop();
  const { inbox } = context;
  let ignored = 0;
  if (config.transport !== 'push') {
    const collected = await inbox.alone(() => collect(config, context, signal));
    ignored = collected['not-enrolled'] + collected.refused + collected.acknowledgement;
    if (Object.values(collected).some((count) => count > 0))
      context.log.info({ event: 'messages.collected', kind, ...collected });
  }
  let position = after?.position ?? 0;
  for (let more = true; more; ) {
    stop();
    const threads = await inbox.threads({ after: position, limit: threadsPerPage });
    const records: RawRecord[] = [];
    const deleted = new Set<string>();
    const told = new Set<string>();
    for (const { thread } of threads) {
      const at = thread.indexOf(' ');
      if (thread.slice(0, at) !== kind) continue;
      const whole = await wholeThread(inbox, kind, thread.slice(at + 1));
      // Its citizen's enrolment may have ended since the thread was listed.
      if (whole === undefined || told.has(whole.key)) continue;
      told.add(whole.key);
      for (const former of whole.former) deleted.add(former);
      const body = stateOf(whole, kind);
      if (body === undefined) deleted.add(whole.key);
      else records.push({ key: whole.key, body });
    }
    position = threads.at(-1)?.position ?? position;
    yield { records, deleted: [...deleted], checkpoint: { position }, ignored };
    ignored = 0;
    more = threads.length === threadsPerPage;
  }
}
