// Finding citizens: by number (in the body, never in a URL), and the list of those the caller may see. The DPO finds
// everybody the hub has ever held, as everywhere, and never what is in their plan.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { citizenVisible, strippedCitizens, visibleCitizens } from '../consent/decide.ts';
import { HubError } from '../errors.ts';
import { parseNumber } from '../model/cpr.ts';
import { findCitizen } from '../store/citizens.ts';
import { masterRecords } from '../store/holds.ts';
import { presentMaster } from '../store/master-data.ts';
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

const listFields = ['name', 'age'] as const;
type ListField = (typeof listFields)[number];
/** Each takes a decision of its own. */
const mostNamed = 100;

/** What is to be told of each citizen besides the id. @throws HubError `request/invalid` */
const fieldsOf = (request: FastifyRequest): readonly ListField[] => {
  const { fields } = request.query as { fields?: unknown };
  if (fields === undefined) return [];
  const named = typeof fields === 'string' ? fields.split(',') : [];
  if (named.length === 0 || named.some((name) => !listFields.includes(name as ListField)))
    throw invalid('fields', `One or more of ${listFields.join(', ')}.`);
  if (limitOf(request) > mostNamed) throw invalid('limit', `With fields a number from 1 to ${mostNamed}.`);
  return listFields.filter((name) => named.includes(name));
};

interface Listed {
  readonly id: string;
  readonly name?: unknown;
  readonly age?: unknown;
}

/** As the plan would tell these fields, without reading plans. `kept`: of these something was kept back. */
const describe = async (
  context: FeedContext,
  request: FastifyRequest,
  ids: readonly string[],
  fields: readonly ListField[],
): Promise<{ readonly citizens: readonly Listed[]; readonly kept: ReadonlySet<string> }> => {
  if (fields.length === 0) return { citizens: ids.map((id) => ({ id })), kept: new Set() };
  const [stripped, records] = await Promise.all([
    strippedCitizens(context.pool, callerOf(request), ids),
    masterRecords(context.pool, context.keys, ids),
  ]);
  const order = context.settings.masterDataOrder;
  const citizens = ids.map((id) => {
    const told = presentMaster(id, records.get(id) ?? [], order, context.clock.now(), stripped.has(id));
    return { id, ...Object.fromEntries(fields.flatMap((name) => (name in told ? [[name, told[name]]] : []))) };
  });
  return { citizens, kept: stripped };
};

const registerList = (app: FastifyInstance, context: FeedContext): void => {
  app.get('/v1/citizens', { config: { scopes: ['plan.read'] } }, async (request, reply) => {
    const { after } = request.query as { after?: unknown };
    if (after !== undefined && !isUuid(after)) throw invalid('after', 'Not a citizen id.');
    const limit = limitOf(request);
    const fields = fieldsOf(request);
    const page = await visibleCitizens(context.pool, callerOf(request), {
      limit: limit + 1,
      ...(after === undefined ? {} : { after }),
    });
    const ids = page.slice(0, limit);
    const { citizens, kept } = await describe(context, request, ids, fields);
    const note = fields.length === 0 ? {} : { note: `with ${fields.join(' and ')}` };
    await disclose(
      context,
      request,
      ids.map((citizen) => ({ citizen, decision: kept.has(citizen) ? 'partly' : 'allowed', ...note })),
    );
    const next = ids.at(-1);
    return sendJson(reply, 200, {
      citizens,
      more: page.length > limit,
      ...(next === undefined ? {} : { next }),
    });
  });
};

export const registerCitizens = (app: FastifyInstance, context: FeedContext): void => {
  registerLookup(app, context);
  registerList(app, context);
};
