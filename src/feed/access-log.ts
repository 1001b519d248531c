// Who has looked. The citizen and representatives read it in plain Danish with staff masked; the DPO unmasked. Reading it
// is itself a read, and is logged like one.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { accessLogFor } from '../consent/read-log.ts';
import type { LogFilter } from '../store/read-log.ts';
import { citizenOf, reach, sendElsewhere } from './citizen-door.ts';
import type { FeedContext } from './context.ts';
import { disclose } from './disclosure.ts';
import { invalid, limitOf, sendJson } from './input.ts';
import { registerLogDetail } from './log-detail.ts';
import { registerLogExport } from './log-export.ts';
import { dayOf, registerLogSearch } from './log-search.ts';
import { logViewOf } from './log-view.ts';

/** A filter that is not understood is refused: leaving it out would show more than was asked for. */
const filterOf = (request: FastifyRequest): LogFilter => {
  const query = request.query as Readonly<Record<string, unknown>>;
  const { organisation, others } = query;
  if (organisation !== undefined && (typeof organisation !== 'string' || !/^[^\0]{1,200}$/.test(organisation)))
    throw invalid('organisation', 'A text of 1 to 200 characters.');
  if (others !== undefined && others !== 'true' && others !== 'false') throw invalid('others', 'true or false.');
  const [from, to] = [dayOf(query, 'from'), dayOf(query, 'to')];
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(organisation === undefined ? {} : { organisation }),
    others: others === 'true',
  };
};

export const registerAccessLog = (app: FastifyInstance, context: FeedContext): void => {
  app.get('/v1/citizens/:id/access-log', { config: { scopes: ['log.read'] } }, async (request, reply) => {
    const citizen = citizenOf(request);
    const { after } = request.query as { after?: unknown };
    if (after !== undefined && typeof after !== 'string') throw invalid('after', 'The cursor is not one of ours.');
    const limit = limitOf(request);
    const filter = filterOf(request);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const view = await logViewOf(context, request, citizen);
    const page = await accessLogFor(context.pool, {
      ...view,
      limit,
      filter,
      ...(after === undefined ? {} : { after }),
    });
    await disclose(context, request, [{ citizen, decision: 'allowed' }]);
    return sendJson(reply, 200, page);
  });
  registerLogExport(app, context);
  registerLogSearch(app, context);
  registerLogDetail(app, context);
};
