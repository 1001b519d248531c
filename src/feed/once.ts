// Idempotency-Key: the same key and request within 24 hours get the same answer, and the work is done once. Keys belong
// to their caller; the same key with another request is a mistake of the caller's and is refused.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../consent/actor.ts';
import { HubError } from '../errors.ts';
import { claimWrite, finishWrite, releaseWrite, type WriteKey } from '../store/idempotency.ts';
import type { FeedContext } from './context.ts';
import { callerOf, disclose } from './disclosure.ts';
import { invalid, isUuid, sendJson } from './input.ts';

/** An answer without a value is 204. */
export interface Written {
  readonly status: number;
  readonly value?: object;
}

const callerKey = (actor: Actor): string => JSON.stringify([actor.kind, actor.person, actor.consumer ?? null]);

const keyOf = (context: FeedContext, request: FastifyRequest): WriteKey | undefined => {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || header.length === 0 || header.length > 200)
    throw invalid('Idempotency-Key', 'One text of 1 to 200 characters.');
  const hash = (value: unknown): Buffer => context.keys.hash('key', JSON.stringify(value));
  return {
    caller: hash(['idempotency caller', callerKey(callerOf(request))]),
    key: hash(['idempotency key', header]),
    request: hash([request.method, request.url, request.body ?? null]),
  };
};

const send = (reply: FastifyReply, { status, value }: Written): FastifyReply =>
  value === undefined
    ? reply.code(status).header('cache-control', 'private, no-store').send()
    : sendJson(reply, status, value);

const repeat = async (context: FeedContext, request: FastifyRequest): Promise<void> => {
  const { id } = request.params as { id?: unknown };
  const about = request.routeOptions.url?.startsWith('/v1/citizens/:id') === true && isUuid(id);
  await disclose(context, request, [{ decision: 'allowed', note: 'repeated', ...(about ? { citizen: id } : {}) }]);
};

/** Runs `work` (which logs for itself) once per key, and sends what it gives. */
export const once = async (
  context: FeedContext,
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<Written>,
): Promise<FastifyReply> => {
  const { pool, keys } = context;
  const key = keyOf(context, request);
  if (key === undefined) return send(reply, await work());
  const claim = await claimWrite(pool, keys, key);
  if (claim.state === 'other-request')
    throw new HubError({
      code: 'request/unprocessable',
      fault: 'config',
      message: 'The key was used for another request.',
      path: 'Idempotency-Key',
    });
  if (claim.state === 'under-way')
    throw new HubError({
      code: 'request/conflict',
      fault: 'transient',
      message: 'The first request with this key is under way.',
      path: 'Idempotency-Key',
    });
  if (claim.state === 'answered') {
    await repeat(context, request);
    return send(reply, {
      status: claim.status,
      ...(claim.body === '' ? {} : { value: JSON.parse(claim.body) as object }),
    });
  }
  try {
    const written = await work();
    await finishWrite(
      pool,
      keys,
      key,
      written.status,
      written.value === undefined ? '' : JSON.stringify(written.value),
    );
    return send(reply, written);
  } catch (error) {
    await releaseWrite(pool, key);
    throw error;
  }
};
