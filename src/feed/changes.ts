// GET /v1/changes and POST /v1/changes/confirm, for consumer systems that keep copies. Every page is logged, one entry
// per citizen in it, before its first byte; an empty long poll is only counted.
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { HubError } from '../errors.ts';
import { createChangeSignal } from '../store/change-signal.ts';
import { confirmPurges, countEmptyPoll } from '../store/consumers.ts';
import { type Entry, entryText } from './changes-entry.ts';
import { type Follower, gone, inTurn, type Page, producePage, readerOf } from './changes-page.ts';
import { createStreamDesk, streamHeaders, streamTimes, wantsStream, writeStream } from './changes-stream.ts';
import { waitForPage } from './changes-wait.ts';
import type { FeedContext } from './context.ts';
import { type Cursor, openCursor, sealCursor } from './cursor.ts';
import { basesOf, callerOf, disclose, standingOf, type Touched } from './disclosure.ts';
import { failureOf } from './failure.ts';
import { invalid, limitOf, readBody } from './input.ts';
import { once } from './once.ts';
import { parseFields, type Selection } from './plan-fields.ts';

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

const cursorOf = (context: FeedContext, follower: Follower, text: string, path: string): Cursor => {
  const cursor = openCursor(context.keys, follower.consumer, text);
  if (cursor === undefined) throw invalid(path, 'Not a cursor of this consumer.');
  return cursor;
};

const afterOf = (context: FeedContext, request: FastifyRequest, follower: Follower): Cursor | undefined => {
  const { after: asked } = request.query as { after?: unknown };
  const last = request.headers['last-event-id'];
  // A reader of events reconnects to the address it began with, and says by this header where it is.
  const after = wantsStream(request) && typeof last === 'string' && last !== '' ? last : asked;
  if (after === undefined) return undefined;
  if (typeof after !== 'string') throw invalid('after', 'Not a cursor of this consumer.');
  const cursor = cursorOf(context, follower, after, 'after');
  if (context.clock.now().getTime() - cursor.issuedAt.getTime() > context.settings.changeRetentionMs)
    throw gone('The cursor has expired.');
  if (!cursor.reader.equals(readerOf(context, follower)))
    throw gone('The cursor was issued for another purpose, other fields, or a caller who was described otherwise.');
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

interface Reading {
  readonly context: FeedContext;
  readonly request: FastifyRequest;
  readonly follower: Follower;
  readonly limit: number;
}

/** Commits what a page discloses, or counts it when it is empty. @returns the page as it goes out. */
const tellPage = async (
  { context, request, follower }: Reading,
  page: Page,
): Promise<{ readonly cursor: string; readonly text: string }> => {
  if (page.entries.length > 0) await disclose(context, request, touchedBy(context, page.entries));
  else await inTurn(follower.consumer, () => countEmptyPoll(context.pool, follower.consumer));
  const issuedAt = context.clock.now();
  const reader = readerOf(context, follower);
  const cursor = sealCursor(context.keys, follower.consumer, { ...page.next, issuedAt, reader });
  const text = `{"entries":[${page.entries.map(entryText).join()}],"more":${page.more},"cursor":"${cursor}"}`;
  return { cursor, text };
};

/** @throws HubError `request/invalid` on what is not understood, and on numbers, which a copy is not given. */
const selectionOf = (request: FastifyRequest): Selection | undefined => {
  const { fields } = request.query as { fields?: string | string[] };
  const selection = parseFields(Array.isArray(fields) ? fields.join() : fields);
  if (selection?.citizen instanceof Set && (selection.citizen.has('cpr') || selection.citizen.has('formerCpr')))
    throw invalid('fields', 'Changes do not bring numbers: look the citizen up, or read the plan.');
  return selection;
};

const headers = { 'cache-control': 'private, no-store', vary: 'Authorization, X-Purpose' } as const;

const registerRead = (app: FastifyInstance, context: FeedContext): void => {
  const signal = createChangeSignal(context.pool);
  const closing = new AbortController();
  app.addHook('preClose', () => {
    closing.abort();
    return signal.close();
  });
  const streams = createStreamDesk(context.settings.consumers);
  const options = { config: { scopes: ['changes.read'] as const }, handlerTimeout: (longestWait + 30) * 1000 };
  app.get('/v1/changes', options, async (request, reply) => {
    const follower: Follower = { ...followerOf(context, request), selection: selectionOf(request) };
    const limit = limitOf(request);
    const wait = waitOf(request);
    const after = afterOf(context, request, follower);
    const reading: Reading = { context, request, follower, limit };
    const next = (last: Page): Promise<Page> => producePage(context, follower, last.next, limit);
    if (wantsStream(request)) {
      const leave = streams.enter(follower.consumer);
      // From the start: whoever leaves while the first page is made would not be missed later.
      const left = new AbortController();
      reply.raw.once('close', () => left.abort());
      try {
        const first = await producePage(context, follower, after, limit);
        const told = await tellPage(reading, first);
        reply
          .hijack()
          .raw.writeHead(200, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...headers, ...streamHeaders });
        const produce = (last: Page): Promise<Page> => producePage(context, follower, last.next, limit, last.chain);
        const failed = await writeStream(
          {
            times: context.streamTimes ?? streamTimes,
            first,
            told,
            produce,
            wait: (last, patience) => waitForPage(context, signal, follower, last, produce, patience),
            tell: (page) => tellPage(reading, page),
            standing: () => standingOf(request),
            gone: left.signal,
            closing: closing.signal,
          },
          reply.raw,
        );
        if (failed !== undefined)
          context.log.error({ event: 'stream.failed', correlation: request.id, err: failureOf(failed) });
      } finally {
        leave();
      }
      return reply;
    }
    const patience = { until: performance.now() + wait * 1000, abort: request.signal };
    let page = await producePage(context, follower, after, limit);
    const nothing = page.entries.length === 0 && !page.more;
    if (nothing && after !== undefined && wait > 0)
      page = await waitForPage(context, signal, follower, page, next, patience);
    const { text } = await tellPage(reading, page);
    // A connection kept alive would hold up a server that is closing.
    if (signal.closed) reply.header('connection', 'close');
    return reply.headers({ ...headers, 'content-type': 'application/json; charset=utf-8' }).send(text);
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
