// A thread as a whole: all messages that are kept under any of its names. A stay may be known by its hospital's own
// identifier or by the chain alone before it has one of LPR3; whichever message came first, it is one stay.
import type { Inbox } from '../../src/adapter/contract.ts';
import type { Message, MessageKind, Pointer } from './message.ts';

export interface Thread {
  /** Its name now: the same for the same messages. */
  readonly key: string;
  /** Names under which messages of it are kept and that it no longer goes by. */
  readonly former: readonly string[];
  readonly messages: readonly Message[];
}

const smallest = (names: Iterable<string>): string | undefined => [...names].sort()[0];

/** Undefined when nothing is kept of it (any more). */
export const wholeThread = async (inbox: Inbox, kind: MessageKind, name: string): Promise<Thread | undefined> => {
  const names = new Set([name]);
  const messages: Message[] = [];
  // Grows while it is gone through.
  for (const each of names)
    for (const { body } of await inbox.read(`${kind} ${each}`)) {
      const kept = JSON.parse(body) as Message | Pointer;
      if ('pointsTo' in kept) names.add(kept.pointsTo);
      else {
        messages.push(kept);
        for (const other of kept.also) names.add(other);
      }
    }
  const own = new Set(messages.map(({ thread }) => thread));
  // A name that messages give beside another one is the older of the two.
  const older = new Set(messages.flatMap(({ also }) => also));
  const key = smallest([...own].filter((one) => !older.has(one))) ?? smallest(own);
  return key === undefined ? undefined : { key, former: [...own].filter((one) => one !== key).sort(), messages };
};
