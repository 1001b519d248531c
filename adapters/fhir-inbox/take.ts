// What is done with one message, however it came: read, kept if somebody enrolled is meant, and answered. The same for a
// file and for what is posted.
import type { AdapterContext, Inbox } from '../../src/adapter/contract.ts';
import { HubError } from '../../src/errors.ts';
import { acknowledge } from './acknowledgement.ts';
import { type Refusal, Refused, readBundle } from './bundle.ts';
import type { Pointer } from './message.ts';
import { type Header, readHeader, readMessage } from './read.ts';

export type Outcome = 'kept' | 'known' | 'not-enrolled' | 'refused' | 'acknowledgement';

export interface Taken {
  readonly outcome: Outcome;
  readonly refusal?: Refusal;
  /** Its kind of event, where it could be read. */
  readonly event?: string;
  /** Absent where there is nobody to tell, and for acknowledgements themselves. */
  readonly answer?: string;
}

export type TakeContext = Pick<AdapterContext, 'clock' | 'inbox'>;

export const inboxOf = ({ inbox }: TakeContext): Inbox => {
  if (inbox !== undefined) return inbox;
  throw new HubError({
    code: 'config/invalid',
    fault: 'config',
    message: 'Messages have nowhere to be kept: this source was opened without the hub’s inbox.',
  });
};

/** @throws HubError when the inbox cannot be reached: nothing is answered then, and the message comes again. */
export const take = async (
  text: string,
  options: { readonly messageText: boolean },
  context: TakeContext,
): Promise<Taken> => {
  const now = context.clock.now();
  let header: Header | undefined;
  try {
    const resources = readBundle(text);
    header = readHeader(resources);
    // Acknowledging an acknowledgement would never end.
    if (header.event === 'acknowledgement-message') return { outcome: 'acknowledgement' };
    const message = readMessage(resources, header, options);
    const inbox = inboxOf(context);
    for (const other of message.also)
      await inbox.put({
        ids: [`pointer ${message.kind} ${other} ${message.thread}`],
        thread: `${message.kind} ${other}`,
        cprs: [message.cpr],
        body: JSON.stringify({ pointsTo: message.thread } satisfies Pointer),
      });
    const outcome = await inbox.put({
      ids: [`message ${message.header}`, `bundle ${message.bundle}`],
      thread: `${message.kind} ${message.thread}`,
      cprs: [message.cpr],
      body: JSON.stringify(message),
    });
    return { outcome, event: message.kind, answer: acknowledge(header, now) };
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    const { refusal } = thrown;
    if (header === undefined) return { outcome: 'refused', refusal };
    return { outcome: 'refused', refusal, answer: acknowledge(header, now, refusal) };
  }
};
