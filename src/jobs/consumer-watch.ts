// Looks after registered consumers once an hour: whoever owes the confirmation of deletions is reminded, and scopes that
// nobody uses are told of once a day, so that they can be taken away.
import { copenhagenDay } from '../clock.ts';
import type { Logger } from '../log.ts';
import { consumerUse, unusedScopes } from '../store/consumer-use.ts';
import type { Pool, Tx } from '../store/db.ts';
import { type PurgeReminder, remindOfPurges } from '../store/purges.ts';

export interface ConsumerRules {
  /** Deletions must be confirmed within. */
  readonly purgeDeadlineMs: number;
  readonly consumers: readonly { readonly id: string; readonly scopes?: readonly string[] | undefined }[];
  /** Puts a reminder on its way, in the transaction that records it. */
  readonly sendReminder?: (tx: Tx, reminder: PurgeReminder) => Promise<void>;
}

export interface ConsumerWatch {
  look(now: Date): Promise<void>;
}

export const createConsumerWatch = (pool: Pool, log: Logger, rules: ConsumerRules): ConsumerWatch => {
  let warnedOn = '';
  return {
    async look(now) {
      for (const reminder of await remindOfPurges(pool, rules.purgeDeadlineMs, now, rules.sendReminder))
        log.warn({
          event: 'purge.reminder',
          consumer: reminder.consumer,
          records: reminder.records,
          owedSince: reminder.owedSince.toISOString(),
          overdue: reminder.overdue,
        });
      const day = copenhagenDay(now);
      if (day === warnedOn) return;
      warnedOn = day;
      const used = await consumerUse(pool, day);
      for (const { id, scopes } of rules.consumers) {
        const unused = unusedScopes(used.get(id), scopes, now);
        if (unused.length > 0) log.warn({ event: 'consumer.unused-scopes', consumer: id, scopes: unused });
      }
    },
  };
};
