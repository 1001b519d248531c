// GET /v1/citizens/{id}/plan: decide and fetch in one round trip, commit the log entry, then answer. A 304 is a
// disclosure like any other (it says "still the same") and is logged as one.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HubError } from '../errors.ts';
import { numbersOf } from '../store/subjects.ts';
import type { FeedContext, PlanContext } from './context.ts';
import { callerOf } from './disclosure.ts';
import { sourcesHeader } from './freshness.ts';
import { type PlanAnswer, planBody, planTag, sameTag } from './plan-answer.ts';
import { parseFields, type Selection } from './plan-fields.ts';
import { discloseShown, readShown } from './shown-plan.ts';

const asksForNumber = (selection: Selection | undefined): boolean =>
  selection?.citizen instanceof Set && (selection.citizen.has('cpr') || selection.citizen.has('formerCpr'));

/** What the route pattern does not say: a page that only names its citizen has not looked into the plan. */
const noteOf = (selection: Selection | undefined, withNumber: boolean): { readonly note?: string } => {
  if (withNumber) return { note: 'with cpr' };
  return selection !== undefined && selection.lists.size === 0 && !selection.links ? { note: 'master data' } : {};
};

const numberFields = async (context: FeedContext, citizen: string): Promise<object> => {
  const [cpr, ...formerCpr] = await numbersOf(context.pool, context.keys, citizen);
  return cpr === undefined ? {} : { cpr, formerCpr };
};

export const registerPlan = (app: FastifyInstance, context: PlanContext): void => {
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const actor = callerOf(request);
    const { fields } = request.query as { fields?: string | string[] };
    const selection = parseFields(Array.isArray(fields) ? fields.join() : fields);
    const withNumber = asksForNumber(selection);
    if (withNumber && !actor.scopes.includes('cpr.read'))
      throw new HubError({
        code: 'request/forbidden',
        fault: 'config',
        message: 'The token lacks the scope cpr.read.',
      });

    const found = await readShown(context, request, reply, {
      ...(selection === undefined ? {} : { kinds: [...selection.lists.keys()] }),
    });
    if (found === undefined) return reply;
    const { citizen, plan, master, states } = found;
    const now = context.clock.now();
    const numbers = withNumber ? await numberFields(context, citizen) : {};
    const answer: PlanAnswer = { citizen: { ...master, ...numbers }, plan, states, selection };
    const tag = planTag(context.keys, answer);
    const same = sameTag(request.headers['if-none-match'], tag);
    const body = same ? undefined : planBody(answer, now);
    await discloseShown(context, request, found, noteOf(selection, withNumber));
    reply.header('etag', tag).header('samspil-sources', sourcesHeader(states));
    reply.header('cache-control', 'private, no-cache').header('vary', 'Authorization, X-Purpose');
    return body === undefined
      ? reply.code(304).send()
      : reply.header('content-type', 'application/json; charset=utf-8').send(body);
  };
  app.get('/v1/citizens/:id/plan', { config: { scopes: ['plan.read'] } }, handler);
};
