// GET /v1/changes and POST /v1/changes/confirm, for consumer systems that keep copies. Every page is logged, one entry
// per citizen in it, before its first byte; an empty long poll is only counted.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { actorParameters } from '../consent/actor.ts';
import { HubError } from '../errors.ts';
import { createChangeSignal } from '../store/change-signal.ts';
import { confirmPurges, countEmptyPoll } from '../store/consumers.ts';
import { type Entry, entryText } from './changes-entry.ts';
import { type Follower, gone, inTurn, type Page, producePage } from './changes-page.ts';
import { waitForPage } from './changes-wait.ts';
import type { FeedContext } from './context.ts';
import { type Cursor, openCursor, sealCursor } from './cursor.ts';
import { basesOf, callerOf, disclose, type Touched } from './disclosure.ts';
import { invalid, limitOf, readBody } from './input.ts';
import { once } from './once.ts';

const longestWait = 60;

/** @throws HubError `request/forbidden` for whoever is not a consumer system that keeps copies. */
export const followerOf = (context: FeedContext, request: FastifyRequest): Follower => {
  const actor = callerOf(request);
  const known = context.settings.consumers.find((consumer) => consumer.id === actor.consumer);
  if (actor.kind !== 'consumer-system' || known === undefined)
    throw new HubError({
      code: 'request/forbidden',
      fault: 'config',
      message: 'Changes are for registered consumer systems.',
    });
  if (!known.copies)
    throw new HubError({
      code: 'request/forbidden',
      fault: 'config',
      message: 'The consumer is registered as keeping no copies.',
      hint: 'Read plans, or have the registration changed.',
    });
  return { actor, consumer: known.id };
};

/** Everything about the caller that decides what it sees, in eight bytes. */
export const readerOf = (context: Pick<FeedContext, 'keys'>, follower: Follower): Buffer =>
  context.keys.hash('etag', JSON.stringify(['reader', ...actorParameters(follower.actor)])).subarray(0, 8);

const cursorOf = (context: FeedContext, follower: Follower, text: string, path: string): Cursor => {
  const cursor = openCursor(context.keys, follower.consumer, text);
  if (cursor === undefined) throw invalid(path, 'Not a cursor of this consumer.');
  return cursor;
};

const afterOf = (context: FeedContext, request: FastifyRequest, follower: Follower): Cursor | undefined => {
  const { after } = request.query as { after?: unknown };
  if (after === undefined) return undefined;
  if (typeof after !== 'string') throw invalid('after', 'Not a cursor of this consumer.');
  const cursor = cursorOf(context, follower, after, 'after');
  if (context.clock.now().getTime() - cursor.issuedAt.getTime() > context.settings.changeRetentionMs)
    throw gone('The cursor has expired.');
  if (!cursor.reader.equals(readerOf(context, follower)))
    throw gone('The cursor was issued for another purpose, or for a caller who was described otherwise.');
  return cursor;
};

const waitOf = (request: FastifyRequest): number => {
  const { wait } = request.query as { wait?: unknown };
  if (wait === undefined) return 0;
  const seconds = typeof wait === 'string' && /^\d{1,2}$/.test(wait) ? Number(wait) : longestWait + 1;
  if (seconds > longestWait) throw invalid('wait', `A number of seconds from 0 to ${longestWait}.`);
  return seconds;
};

const touchedBy = (context: FeedContext, entries: readonly Entry[]): readonly Touched[] =>
  [...Map.groupBy(entries, (entry) => entry.citizen)].map(([citizen, own]) => ({
    citizen,
    records: own.filter((entry) => entry.record !== citizen).map((entry) => entry.record),
    decision: 'allowed',
    bases: basesOf(
      context.settings,
      own.flatMap(({ rule, basis }) => (rule === null ? [] : [{ rule, basis }])),
    ),
  }));

const sendPage = (context: FeedContext, reply: FastifyReply, follower: Follower, page: Page): FastifyReply => {
  const cursor = sealCursor(context.keys, follower.consumer, {
    ...page.next,
    issuedAt: context.clock.now(),
    reader: readerOf(context, follower),
  });
  return reply
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'private, no-store')
    .header('vary', 'Authorization, X-Purpose')
    .send(`{"entries":[${page.entries.map(entryText).join()}],"more":${page.more},"cursor":"${cursor}"}`);
};

const registerRead = (app: FastifyInstance, context: FeedContext): void => {
  const signal = createChangeSignal(context.pool);
  app.addHook('preClose', () => signal.close());
  const options = { config: { scopes: ['changes.read'] as const }, handlerTimeout: (longestWait + 30) * 1000 };
  app.get('/v1/changes', options, async (request, reply) => {
    const follower = followerOf(context, request);
    const limit = limitOf(request);
    const wait = waitOf(request);
    const after = afterOf(context, request, follower);
    const patience = { until: performance.now() + wait * 1000, abort: request.signal };
    let page = await producePage(context, follower, after, limit);
    const nothing = page.entries.length === 0 && !page.more;
    if (nothing && after !== undefined && wait > 0)
      page = await waitForPage(context, signal, follower, page.next, limit, patience);
    if (page.entries.length > 0) await disclose(context, request, touchedBy(context, page.entries));
    else await inTurn(follower.consumer, () => countEmptyPoll(context.pool, follower.consumer));
    // A connection kept alive would hold up a server that is closing.
    if (signal.closed) reply.header('connection', 'close');
    return sendPage(context, reply, follower, page);
  });
};

const confirmBody = z.strictObject({ purged: z.string().max(1000) });

const registerConfirm = (app: FastifyInstance, context: FeedContext): void => {
  app.post('/v1/changes/confirm', { config: { scopes: ['changes.read'] } }, async (request, reply) => {
    const follower = followerOf(context, request);
    const { purged } = readBody(confirmBody, request);
    const cursor = cursorOf(context, follower, purged, 'purged');
    return once(context, request, reply, async () => {
      const confirm = () => confirmPurges(context.pool, follower.consumer, cursor);
      if (!(await inTurn(follower.consumer, confirm))) throw gone('The cursor was overtaken by another one.');
      await disclose(context, request, [{ decision: 'allowed' }]);
      return { status: 204 };
    });
  });
};

export const registerChanges = (app: FastifyInstance, context: FeedContext): void => {
  registerRead(app, context);
  registerConfirm(app, context);
};
