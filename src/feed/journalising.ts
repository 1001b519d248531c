// What was said in the hub and is not yet in a journal: the responsible unit's list, its confirmation with the journal's own
// number, and the DPO's release. It outlives the enrolment, and then only these two see it.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { HubError } from '../errors.ts';
import { line } from '../model/values.ts';
import { transaction } from '../store/db.ts';
import {
  type JournalItem,
  type JournalReader,
  journalPatienceMs,
  lockItem,
  settleItem,
  waitingItems,
} from '../store/journal-items.ts';
import { holdPeople, numbersOf } from '../store/subjects.ts';
import { plainText } from './born-input.ts';
import { notFoundError } from './citizen-door.ts';
import type { Actor, FeedContext } from './context.ts';
import { callerOf, disclose, witnessed } from './disclosure.ts';
import { invalid, isUuid, limitOf, readBody, sendJson } from './input.ts';
import { once } from './once.ts';

const forbidden = (message: string): HubError => new HubError({ code: 'request/forbidden', fault: 'config', message });

const readerOf = (actor: Actor): JournalReader => {
  if (actor.kind === 'dpo') return 'dpo';
  if (actor.kind === 'professional' && actor.unit !== undefined) return { unit: actor.unit, person: actor.person };
  throw forbidden('Only staff of a unit and the DPO read what is to be journalised.');
};

interface Query {
  readonly unit?: string;
  readonly late?: 'yes';
  readonly after?: string;
  readonly withNumber: boolean;
}

const one = (request: FastifyRequest, name: string): string | undefined => {
  const value = (request.query as Record<string, unknown>)[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.length === 0 || value.length > 200 || value.includes('\0'))
    throw invalid(name, 'One text of 1 to 200 characters.');
  return value;
};

const queryOf = (request: FastifyRequest): Query => {
  const [unit, late, after, fields] = ['unit', 'late', 'after', 'fields'].map((name) => one(request, name));
  if (late !== undefined && late !== 'yes') throw invalid('late', 'The only value is yes.');
  if (after !== undefined && !isUuid(after)) throw invalid('after', 'The id of the last item read.');
  if (fields !== undefined && fields !== 'cpr') throw invalid('fields', 'The only value is cpr.');
  return {
    ...(unit === undefined ? {} : { unit }),
    ...(late === undefined ? {} : { late }),
    ...(after === undefined ? {} : { after }),
    withNumber: fields === 'cpr',
  };
};

/** The DPO sees that it waits; what it says only once nobody but the unit could show it. */
const shown = (item: JournalItem, reader: JournalReader, now: Date, cpr: string | undefined): object => {
  const dueAt = new Date(item.saidAt.getTime() + journalPatienceMs);
  return {
    id: item.id,
    citizen: item.citizen,
    ...(cpr === undefined ? {} : { cpr }),
    record: item.record,
    kind: item.kind,
    version: item.version,
    unit: item.unit,
    saidAt: item.saidAt.toISOString(),
    dueAt: dueAt.toISOString(),
    late: dueAt <= now,
    withdrawn: item.withdrawn,
    enrolmentEnded: item.ended,
    ...(item.about === null || reader === 'dpo' ? {} : { about: { id: item.about, kind: item.aboutKind } }),
    ...(reader === 'dpo' && item.living ? {} : { content: item.content }),
  };
};

const registerList = (app: FastifyInstance, context: FeedContext): void => {
  const config = { scopes: ['comments.write', 'log.read'] as const };
  app.get('/v1/journalising', { config }, async (request, reply) => {
    const actor = callerOf(request);
    const reader = readerOf(actor);
    const { withNumber, late, unit, after } = queryOf(request);
    if (withNumber && !actor.scopes.includes('cpr.read')) throw forbidden('The token lacks the scope cpr.read.');
    const limit = limitOf(request);
    const now = context.clock.now();
    const found = await waitingItems(context.pool, context.keys, reader, {
      limit: limit + 1,
      ...(unit === undefined ? {} : { unit }),
      ...(after === undefined ? {} : { after }),
      ...(late === undefined ? {} : { before: new Date(now.getTime() - journalPatienceMs) }),
    });
    const items = found.slice(0, limit);
    const numbers = new Map<string, string | undefined>();
    if (withNumber)
      for (const citizen of new Set(items.map((item) => item.citizen)))
        numbers.set(citizen, (await numbersOf(context.pool, context.keys, citizen))[0]);
    const byCitizen = Map.groupBy(items, (item) => item.citizen);
    const note = withNumber ? { note: 'with cpr' } : {};
    const touched = [...byCitizen].map(([citizen, own]) => ({
      citizen,
      records: [...new Set(own.map((item) => item.record))],
      decision: 'allowed' as const,
      ...(reader === 'dpo' ? {} : { bases: [`2 ${context.settings.legalBasis.ownJournal}`] }),
      ...note,
    }));
    await disclose(context, request, touched.length === 0 ? [{ decision: 'allowed' }] : touched);
    return sendJson(reply, 200, {
      items: items.map((item) => shown(item, reader, now, numbers.get(item.citizen))),
      more: found.length > limit,
    });
  });
};

const settle = async (
  context: FeedContext,
  request: FastifyRequest,
  reader: JournalReader,
  how: { readonly as: 'confirmed' | 'released'; readonly note: string },
): Promise<void> => {
  const { id } = request.params as { id: string };
  if (!isUuid(id)) throw notFoundError();
  await witnessed(context, request, (witness) =>
    transaction(context.pool, async (tx) => {
      await holdPeople(tx);
      const item = await lockItem(tx, context.keys, reader, id);
      if (item === undefined) throw notFoundError();
      await settleItem(tx, context.keys, item, { ...how, by: callerOf(request).person });
      await witness(tx, item.citizen);
    }),
  );
};

const confirmBody = z.strictObject({ journalReference: plainText(line) });
const releaseBody = z.strictObject({ reason: plainText(line) });

const registerSettle = (app: FastifyInstance, context: FeedContext): void => {
  app.post('/v1/journalising/:id/confirm', { config: { scopes: ['comments.write'] } }, async (request, reply) => {
    const reader = readerOf(callerOf(request));
    if (reader === 'dpo') throw forbidden('The unit confirms; the DPO releases.');
    const { journalReference } = readBody(confirmBody, request);
    return once(context, request, reply, async () => {
      await settle(context, request, reader, { as: 'confirmed', note: journalReference });
      return { status: 204 };
    });
  });
  app.post('/v1/journalising/:id/release', { config: { scopes: ['log.read'] } }, async (request, reply) => {
    if (callerOf(request).kind !== 'dpo') throw forbidden('Only the DPO releases.');
    const { reason } = readBody(releaseBody, request);
    return once(context, request, reply, async () => {
      await settle(context, request, 'dpo', { as: 'released', note: reason });
      return { status: 204 };
    });
  });
};

export const registerJournalising = (app: FastifyInstance, context: FeedContext): void => {
  registerList(app, context);
  registerSettle(app, context);
};
