// Who represents the citizen: power of attorney, guardian, custody. The rules of who may say so are the consent room's.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { appoint, endRepresentation, listRepresentations } from '../consent/representations.ts';
import { HubError } from '../errors.ts';
import { line } from '../model/values.ts';
import { citizenOf, notFoundError, reach, sendElsewhere } from './citizen-door.ts';
import type { Actor, FeedContext } from './context.ts';
import { callerOf, disclose, witnessed } from './disclosure.ts';
import { isUuid, readBody, sendJson } from './input.ts';
import { once } from './once.ts';

const mayAsk = (actor: Actor): boolean =>
  ['citizen', 'representative', 'dpo'].includes(actor.kind) ||
  (actor.kind === 'professional' && actor.scopes.includes('consents.write'));

const registerList = (app: FastifyInstance, context: FeedContext): void => {
  const config = { scopes: ['plan.read', 'consents.write', 'log.read'] as const };
  app.get('/v1/citizens/:id/representations', { config }, async (request, reply) => {
    const actor = callerOf(request);
    const citizen = citizenOf(request);
    if (!mayAsk(actor))
      throw new HubError({
        code: 'request/forbidden',
        fault: 'config',
        message: 'Who represents a citizen is for the citizen, the DPO and staff with consents.write.',
      });
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const representations = await listRepresentations(context.pool, context.keys, actor, citizen);
    await disclose(context, request, [{ citizen, decision: 'allowed' }]);
    return sendJson(reply, 200, { representations });
  });
};

const registerAppoint = (app: FastifyInstance, context: FeedContext): void => {
  const config = { scopes: ['consents.write'] as const };
  app.post('/v1/citizens/:id/representations', { config }, async (request, reply) => {
    const citizen = citizenOf(request);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    return once(context, request, reply, async () => {
      const { keys, clock, settings } = context;
      const { custodyUntil } = settings;
      // The consent room checks the body itself, field by field.
      const value = await witnessed(context, request, (witness) =>
        appoint(context.pool, callerOf(request), citizen, request.body ?? {}, { keys, clock, custodyUntil, witness }),
      );
      return { status: 201, value };
    });
  });
};

const endBody = z.strictObject({ evidence: line.optional() });

const registerEnd = (app: FastifyInstance, context: FeedContext): void => {
  app.post('/v1/representations/:id/end', { config: { scopes: ['consents.write'] } }, async (request, reply) => {
    const { id } = request.params as { id: string };
    if (!isUuid(id)) throw notFoundError();
    const { evidence } = readBody(endBody, request);
    return once(context, request, reply, async () => {
      const given = evidence === undefined ? {} : { evidence };
      const value = await witnessed(context, request, (witness) =>
        endRepresentation(context.pool, callerOf(request), id, { keys: context.keys, ...given, witness }),
      );
      return { status: 200, value };
    });
  });
};

export const registerRepresentations = (app: FastifyInstance, context: FeedContext): void => {
  for (const register of [registerList, registerAppoint, registerEnd]) register(app, context);
};
