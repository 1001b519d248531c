// The two kinds: one record per thread, its body the state after all messages that came. Made by the adapter itself, so
// the bodies are exact; the checkpoint is a position in the hub's inbox.
import { z } from 'zod';
import type { KindSpec } from '../../src/adapter/contract.ts';

const text = z.string();
const party = z.looseObject({ name: text.optional(), sor: text.optional(), gln: text.optional() });
const counts = {
  /** Messages that came and stand in the chain. */
  messages: z.number().int(),
  /** Messages others tell of and that never came: the state is the best known. */
  missing: z.number().int(),
  updatedAt: text,
};

/** MedCom's activities as they stand after corrections; `deceased` is ours. */
export const stayEvents = [
  'admit-inpatient',
  'admit-emergency',
  'start-leave-inpatient',
  'end-leave-inpatient',
  'discharge-inpatient-home',
  'discharge-emergency-home',
  'deceased',
] as const;

const stayBody = z.looseObject({
  id: text.min(1),
  cpr: text.min(1),
  status: z.enum(['in-progress', 'onleave', 'finished']),
  class: text,
  period: z.looseObject({ start: text, end: text.optional() }),
  ward: party.optional(),
  sender: party.optional(),
  events: z
    .array(
      z.looseObject({
        id: text,
        event: z.enum(stayEvents),
        at: text,
        /** On the latest event where messages are missing: what is shown is the best known. */
        note: z.literal('incomplete').optional(),
      }),
    )
    .min(1),
  ...counts,
});
export type StayBody = z.infer<typeof stayBody>;

const conversationBody = z.looseObject({
  id: text.min(1),
  cpr: text.min(1),
  category: z.looseObject({ system: text.optional(), code: text }).optional(),
  priority: text.optional(),
  topic: text.optional(),
  from: party.optional(),
  to: party.optional(),
  begun: text,
  latest: text,
  entries: z
    .array(z.looseObject({ id: text, activity: text, at: text, from: text.optional(), text: text.optional() }))
    .min(1),
  attachments: z.number().int(),
  ...counts,
});
export type ConversationBody = z.infer<typeof conversationBody>;

const checkpoint = z.strictObject({ position: z.number().int().nonnegative() });
export type InboxCheckpoint = z.infer<typeof checkpoint>;

/** What a cancelled stay or a withdrawn conversation was is reported as deleted. */
const capabilities = { mode: 'incremental', deletes: 'reported' } as const;

export const kinds = {
  hospitalStay: { title: 'A stay at hospital (HospitalNotification)', body: stayBody, checkpoint, capabilities },
  careCommunication: {
    title: 'A correspondence (CareCommunication)',
    body: conversationBody,
    checkpoint,
    capabilities,
  },
} as const satisfies Record<string, KindSpec<InboxCheckpoint>>;
