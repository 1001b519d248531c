// The state of a care communication after all of its messages: who wrote what sort of message when, corrections applied
// and withdrawn messages gone. Without any left the whole was withdrawn.
import type { CareMessage } from './message.ts';
import { inOrder, type Ordered, type Step } from './order.ts';
import type { ConversationBody } from './records.ts';

type Told = Step<CareMessage>;

interface Entry {
  /** The message that was first written: stays the same through corrections. */
  readonly id: string;
  readonly headers: readonly string[];
  readonly activity: string;
  readonly at: string;
  readonly step: Told;
}

const standing = (steps: readonly Told[]): readonly Entry[] => {
  let entries: readonly Entry[] = [];
  for (const step of steps) {
    const known = entries.find((entry) => step.previous.some((id) => entry.headers.includes(id)));
    if (step.activity === 'retract-message') entries = entries.filter((entry) => entry !== known);
    else if (step.activity.startsWith('modif')) {
      const headers = [...(known?.headers ?? step.previous), step.header];
      const id = known?.id ?? step.previous[0] ?? step.header;
      const corrected: Entry = {
        id,
        headers,
        activity: known?.activity ?? 'new-message',
        at: known?.at ?? step.at,
        step,
      };
      entries =
        known === undefined ? [...entries, corrected] : entries.map((entry) => (entry === known ? corrected : entry));
    } else
      entries = [...entries, { id: step.header, headers: [step.header], activity: step.activity, at: step.at, step }];
  }
  return entries;
};

/** What was forwarded is a thread of its own: its messages are not missing here. */
const sinceForwarded = ({ steps, missing }: Ordered<CareMessage>): Ordered<CareMessage> => {
  const forward = steps.findIndex((step) => step.activity === 'forward-message');
  const elsewhere = steps.filter((step, at) => at < forward && step.message === undefined);
  return { steps: steps.filter((step) => !elsewhere.includes(step)), missing: missing - elsewhere.length };
};

/** Undefined when every message was withdrawn. */
export const stateOfConversation = (thread: string, messages: readonly CareMessage[]): ConversationBody | undefined => {
  const { steps, missing } = sinceForwarded(inOrder(messages));
  const entries = standing(steps);
  const said = entries.flatMap(({ step }) => step.message ?? []);
  const stands = new Set(entries.map(({ step }) => step));
  // Whatever was written last, be it a correction, says what it is about now.
  const latest = steps.findLast((step) => stands.has(step) && step.message !== undefined)?.message;
  const [latestEntry, first] = [entries.at(-1), entries[0]];
  if (latest === undefined || latestEntry === undefined || first === undefined) return undefined;
  const { category, priority, topic } = latest.conversation;
  return {
    id: thread,
    cpr: latest.cpr,
    ...(category === undefined ? {} : { category }),
    ...(priority === undefined ? {} : { priority }),
    ...(topic === undefined ? {} : { topic }),
    ...(latest.sender === undefined ? {} : { from: latest.sender }),
    ...(latest.receiver === undefined ? {} : { to: latest.receiver }),
    begun: first.at,
    latest: latestEntry.at,
    entries: entries.map(({ id, activity, at, step: { message } }) => ({
      id,
      activity,
      at,
      ...(message?.sender?.name === undefined ? {} : { from: message.sender.name }),
      ...(message?.conversation.text === undefined ? {} : { text: message.conversation.text }),
    })),
    attachments: Math.max(...said.map((message) => message.conversation.attachments)),
    messages: said.length,
    missing,
    updatedAt: steps.at(-1)?.recorded ?? latest.own.recorded,
  };
};
