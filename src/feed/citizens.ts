// Finding citizens: by number (in the body, never in a URL), and the list of those the caller may see. The DPO finds
// everybody the hub has ever held, as everywhere, and never what is in their plan.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { citizenVisible, visibleCitizens } from '../consent/decide.ts';
import { HubError } from '../errors.ts';
import { parseNumber } from '../model/cpr.ts';
import { findCitizen } from '../store/citizens.ts';
import { numberHash } from '../store/subjects.ts';
import { notFoundError } from './citizen-door.ts';
import type { FeedContext } from './context.ts';
import { callerOf, disclose } from './disclosure.ts';
import { invalid, isUuid, limitOf, readBody, sendJson } from './input.ts';

const lookupBody = z.strictObject({ cpr: z.string().min(9).max(11) });

const registerLookup = (app: FastifyInstance, context: FeedContext): void => {
  app.post('/v1/citizens/lookup', { config: { scopes: ['plan.read', 'log.read'] } }, async (request, reply) => {
    const actor = callerOf(request);
    const officer = actor.kind === 'dpo';
    if (!officer && !actor.scopes.includes('plan.read'))
      throw new HubError({
        code: 'request/forbidden',
        fault: 'config',
        message: 'The token lacks the scope plan.read.',
      });
    const parsed = parseNumber(readBody(lookupBody, request).cpr);
    if (parsed === undefined) throw invalid('cpr', 'Not a CPR number or a replacement of one.');
    const hash = numberHash(context.keys, parsed.number);
    const found = await findCitizen(context.pool, hash);
    // An unknown number takes the same road as a hidden citizen: the id it would have, decided the same way.
    const id = found ?? context.keys.uuid('citizen', parsed.number);
    const visible = officer || (await citizenVisible(context.pool, actor, id));
    if (found === undefined || !visible) {
      await disclose(context, request, [{ numberHash: hash, decision: 'denied' }]);
      throw notFoundError();
    }
    await disclose(context, request, [{ citizen: id, decision: 'allowed' }]);
    return sendJson(reply, 200, { id });
  });
};

const registerList = (app: FastifyInstance, context: FeedContext): void => {
  app.get('/v1/citizens', { config: { scopes: ['plan.read'] } }, async (request, reply) => {
    const { after } = request.query as { after?: unknown };
    if (after !== undefined && !isUuid(after)) throw invalid('after', 'Not a citizen id.');
    const limit = limitOf(request);
    const page = await visibleCitizens(context.pool, callerOf(request), {
      limit: limit + 1,
      ...(after === undefined ? {} : { after }),
    });
    const ids = page.slice(0, limit);
    await disclose(
      context,
      request,
      ids.map((citizen) => ({ citizen, decision: 'allowed' })),
    );
    const next = ids.at(-1);
    return sendJson(reply, 200, {
      citizens: ids.map((id) => ({ id })),
      more: page.length > limit,
      ...(next === undefined ? {} : { next }),
    });
  });
};

export const registerCitizens = (app: FastifyInstance, context: FeedContext): void => {
  registerLookup(app, context);
  registerList(app, context);
};
