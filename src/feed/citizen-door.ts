// Does this citizen exist for the caller? Unknown, hidden and never heard of end in the same 404, after the same
// queries. A merged id answers 308 to whoever sees the citizen under the living one.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { citizenAccess } from '../consent/decide.ts';
import { HubError } from '../errors.ts';
import { citizenRow } from '../store/citizens.ts';
import type { FeedContext } from './context.ts';
import { callerOf, disclose } from './disclosure.ts';
import { isUuid } from './input.ts';

export const notFoundError = (): HubError =>
  new HubError({ code: 'request/not-found', fault: 'config', message: 'Unknown or not visible.' });

/** The citizen id of the path. */
export const citizenOf = (request: FastifyRequest): string => {
  const { id } = request.params as { id?: unknown };
  const lower = typeof id === 'string' ? id.toLowerCase() : undefined;
  if (!isUuid(lower)) throw notFoundError();
  return lower;
};

/**
 * The answer to whoever does not see the citizen under this id: the id's living successor if they see that one.
 * @throws HubError `request/not-found`.
 */
export const elsewhere = async (context: FeedContext, request: FastifyRequest, id: string): Promise<string> => {
  const row = await citizenRow(context.pool, id);
  const living = row?.survivor ?? id;
  const { visible } = await citizenAccess(context.pool, callerOf(request), living);
  if (!visible || living === id) throw notFoundError();
  return living;
};

/** 308 to the same path with the living id. */
export const sendElsewhere = async (
  context: FeedContext,
  request: FastifyRequest,
  reply: FastifyReply,
  from: string,
  living: string,
): Promise<FastifyReply> => {
  await disclose(context, request, [{ citizen: living, decision: 'allowed', note: 'former id' }]);
  return reply
    .code(308)
    .header('location', request.url.replace(new RegExp(from, 'i'), living))
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send('{"type":"urn:samspil:problem:moved","title":"The citizen lives on under another id","status":308}');
};

/**
 * For routes about a citizen rather than their records. The DPO reaches every citizen the hub has ever held.
 * @returns the living id to go to instead, when it is another one.
 */
export const reach = async (context: FeedContext, request: FastifyRequest, id: string): Promise<string | undefined> => {
  const actor = callerOf(request);
  if (actor.kind === 'dpo') {
    const row = await citizenRow(context.pool, id);
    if (row === undefined) throw notFoundError();
    return row.survivor;
  }
  const { visible } = await citizenAccess(context.pool, actor, id);
  return visible ? undefined : elsewhere(context, request, id);
};
