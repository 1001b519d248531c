// The daily quota of a registered system: how many citizens' data it may be answered with on one Copenhagen day. It is
// checked before an answer, so the answer that passes it still goes out whole.
import type { FastifyInstance } from 'fastify';
import { type Clock, copenhagenDay, copenhagenInstant } from '../clock.ts';
import { HubError } from '../errors.ts';
import { type ConsumerUse, createConsumerUse } from '../store/consumer-use.ts';
import type { Pool } from '../store/db.ts';
import type { FeedContext } from './context.ts';

/** Counts for as long as the server runs; what was read today is known before its first request. */
export const startCounting = (app: FastifyInstance, pool: Pool, clock: Clock): ConsumerUse => {
  const use = createConsumerUse(pool, clock);
  // A database that is away does not keep the server from saying so; nothing is answered without it.
  app.addHook('onReady', () => use.flush().catch(() => undefined));
  app.addHook('onClose', () => use.close());
  return use;
};

/** Until the next Copenhagen day begins, which is 23 to 25 hours long. */
const untilTomorrow = (now: Date): number => {
  const noonTomorrow = copenhagenInstant(copenhagenDay(now), '12:00:00').getTime() + 86_400_000;
  return copenhagenInstant(copenhagenDay(new Date(noonTomorrow))).getTime() - now.getTime();
};

/** @throws HubError `request/too-many` when the system has had its share of today. */
export const refuseOverQuota = ({ settings, use, clock }: FeedContext, system: string | undefined): void => {
  const quota = settings.consumers.find((consumer) => consumer.id === system)?.dailyReads;
  if (system === undefined || quota === undefined || use === undefined || use.readsToday(system) < quota) return;
  throw new HubError({
    code: 'request/too-many',
    fault: 'transient',
    message: 'The registered system has read as much as it may today.',
    hint: 'The hub’s operator sets the quota.',
    retryAfterMs: untilTomorrow(clock.now()),
  });
};
