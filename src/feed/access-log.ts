// Who has looked. The citizen and representatives read it in plain Danish with staff masked; the DPO unmasked. Reading it
// is itself a read, and is logged like one.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { visibleRecords } from '../consent/decide.ts';
import { accessLogFor } from '../consent/read-log.ts';
import { HubError } from '../errors.ts';
import { citizenOf, reach, sendElsewhere } from './citizen-door.ts';
import type { FeedContext } from './context.ts';
import { callerOf, disclose } from './disclosure.ts';
import { invalid, limitOf, sendJson } from './input.ts';

/** A representative is told only of records inside what they represent. */
const nameable = async (
  context: FeedContext,
  request: FastifyRequest,
  citizen: string,
): Promise<ReadonlySet<string> | undefined> => {
  const actor = callerOf(request);
  const own = actor.kind === 'dpo' || actor.citizen === citizen;
  if (own) return undefined;
  return new Set((await visibleRecords(context.pool, actor, { citizens: [citizen] })).map((record) => record.recordId));
};

export const registerAccessLog = (app: FastifyInstance, context: FeedContext): void => {
  app.get('/v1/citizens/:id/access-log', { config: { scopes: ['log.read'] } }, async (request, reply) => {
    const actor = callerOf(request);
    const citizen = citizenOf(request);
    const { after } = request.query as { after?: unknown };
    if (after !== undefined && typeof after !== 'string') throw invalid('after', 'The cursor is not one of ours.');
    const limit = limitOf(request);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    if (!['citizen', 'representative', 'dpo'].includes(actor.kind))
      throw new HubError({
        code: 'request/forbidden',
        fault: 'config',
        message: 'The log is for the citizen and the DPO.',
      });
    const only = await nameable(context, request, citizen);
    const page = await accessLogFor(context.pool, {
      citizen,
      view: actor.kind === 'dpo' ? 'dpo' : 'citizen',
      limit,
      ...(after === undefined ? {} : { after }),
      ...(only === undefined ? {} : { only }),
    });
    await disclose(context, request, [{ citizen, decision: 'allowed' }]);
    return sendJson(reply, 200, page);
  });
};
