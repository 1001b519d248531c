// GET /v1/consumers, for administrators and the DPO: who is registered, as what, when they last used the feed, which scopes
// nobody uses, and what they owe. Nothing about any citizen.
import type { FastifyInstance } from 'fastify';
import { copenhagenDay } from '../clock.ts';
import { HubError } from '../errors.ts';
import { consumerUse, type UsedBy, unusedScopes } from '../store/consumer-use.ts';
import { type Owed, owedByConsumers, owedSince } from '../store/purges.ts';
import type { FeedConsumer, FeedContext } from './context.ts';
import { callerOf, disclose } from './disclosure.ts';
import { sendJson } from './input.ts';

const owedPart = (owed: Owed | undefined, deadlineMs: number, now: Date): object => {
  const since = owed === undefined ? undefined : owedSince(owed);
  if (owed === undefined || since === undefined) return {};
  const by = new Date(since.getTime() + deadlineMs);
  return {
    owes: {
      records: owed.records,
      citizens: owed.citizens,
      since: since.toISOString(),
      confirmBy: by.toISOString(),
      overdue: by <= now,
      ...(owed.behindSince === null ? {} : { notFetchedSince: owed.behindSince.toISOString() }),
      reminders: owed.reminders,
      ...(owed.remindedAt === null ? {} : { remindedAt: owed.remindedAt.toISOString() }),
    },
  };
};

const shown = (consumer: FeedConsumer, used: UsedBy | undefined, now: Date): object => {
  const { id, organisation, contact, copies, scopes, requestsPerMinute, dailyReads, streams } = consumer;
  return {
    id,
    registered: true,
    organisation,
    contact,
    copies,
    ...(scopes === undefined ? {} : { scopes }),
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
    ...(dailyReads === undefined ? {} : { dailyReads }),
    streams,
    readsToday: used?.readsToday ?? 0,
    ...(used === undefined || used.lastUsed === null ? {} : { lastUsed: used.lastUsed }),
    unusedScopes: unusedScopes(used, scopes, now),
  };
};

export const registerConsumerList = (app: FastifyInstance, context: FeedContext): void => {
  app.get('/v1/consumers', { config: { scopes: ['admin', 'admin.read', 'log.read'] } }, async (request, reply) => {
    if (!['administrator', 'dpo'].includes(callerOf(request).kind))
      throw new HubError({
        code: 'request/forbidden',
        fault: 'config',
        message: 'The list of consumers is for administrators and the DPO.',
      });
    await context.use?.flush();
    const now = context.clock.now();
    const used = await consumerUse(context.pool, copenhagenDay(now));
    const owed = new Map((await owedByConsumers(context.pool)).map((one) => [one.consumer, one]));
    const { consumers, purgeDeadlineMs } = context.settings;
    const registered = consumers.map((consumer) => ({
      ...shown(consumer, used.get(consumer.id), now),
      ...owedPart(owed.get(consumer.id), purgeDeadlineMs, now),
    }));
    // Taken out of the configuration, it still has what it copied.
    const former = [...owed.values()]
      .filter((one) => owedSince(one) !== undefined && !consumers.some((consumer) => consumer.id === one.consumer))
      .map((one) => ({ id: one.consumer, registered: false, ...owedPart(one, purgeDeadlineMs, now) }));
    await disclose(context, request, [{ decision: 'allowed' }]);
    return sendJson(reply, 200, { consumers: [...registered, ...former] });
  });
};
