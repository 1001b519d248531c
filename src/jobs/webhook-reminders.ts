// What a consumer owes, said to its verified webhooks: one delivery for each reminder, written in the transaction that
// records it, and sent, signed and tried again like every other.
import type { Clock } from '../clock.ts';
import { insertReminders } from '../store/webhook-outbox.ts';
import type { ConsumerRules } from './consumer-watch.ts';

export const remindByWebhook =
  (clock: Clock): NonNullable<ConsumerRules['sendReminder']> =>
  async (tx, { consumer, dueBy }) => {
    await insertReminders(tx, consumer, dueBy, clock.now());
  };
