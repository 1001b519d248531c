// GET /v1/citizens/{id}/plan: decide and fetch in one round trip, commit the log entry, then answer. A 304 is a
// disclosure like any other (it says "still the same") and is logged as one.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { actorParameters } from '../consent/actor.ts';
import { citizenAccess } from '../consent/decide.ts';
import { HubError } from '../errors.ts';
import { type MasterFields, presentMaster } from '../store/master-data.ts';
import { createPlanReader } from '../store/plan-memo.ts';
import type { StoredPlan } from '../store/plans.ts';
import { numbersOf } from '../store/subjects.ts';
import { citizenOf, elsewhere, sendElsewhere } from './citizen-door.ts';
import type { FeedContext } from './context.ts';
import { basesOf, callerOf, disclose } from './disclosure.ts';
import { sourceStates, sourcesHeader } from './freshness.ts';
import { type PlanAnswer, planBody, planTag, sameTag } from './plan-answer.ts';
import { parseFields, type Selection } from './plan-fields.ts';

const asksForNumber = (selection: Selection | undefined): boolean =>
  selection?.citizen instanceof Set && (selection.citizen.has('cpr') || selection.citizen.has('formerCpr'));

const numberFields = async (context: FeedContext, citizen: string): Promise<object> => {
  const [cpr, ...formerCpr] = await numbersOf(context.pool, context.keys, citizen);
  return cpr === undefined ? {} : { cpr, formerCpr };
};

const master = (context: FeedContext, citizen: string, plan: StoredPlan, hide: boolean, now: Date): MasterFields =>
  presentMaster(citizen, plan.master, context.settings.masterDataOrder, now, hide);

const log = (
  context: FeedContext,
  request: FastifyRequest,
  citizen: string,
  plan: StoredPlan,
  cpr: boolean,
): Promise<void> =>
  disclose(context, request, [
    {
      citizen,
      records: plan.lists.flatMap((list) => list.ids),
      decision: plan.hiddenSome ? 'partly' : 'allowed',
      bases: basesOf(context.settings, plan.rules),
      emergency: plan.rules.some(({ rule }) => rule === 3),
      ...(cpr ? { note: 'with cpr' } : {}),
    },
  ]);

export const registerPlan = (app: FastifyInstance, context: FeedContext): void => {
  const plans = createPlanReader(context.pool, context.keys, { capacity: context.planMemory });
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const actor = callerOf(request);
    const citizen = citizenOf(request);
    const { fields } = request.query as { fields?: string | string[] };
    const selection = parseFields(Array.isArray(fields) ? fields.join() : fields);
    const withNumber = asksForNumber(selection);
    if (withNumber && !actor.scopes.includes('cpr.read'))
      throw new HubError({
        code: 'request/forbidden',
        fault: 'config',
        message: 'The token lacks the scope cpr.read.',
      });

    const plan = await plans.read({
      actor: actorParameters(actor),
      citizen,
      ...(selection === undefined ? {} : { kinds: [...selection.lists.keys()] }),
    });
    let hide = plan.masterStripped;
    if (!plan.seesSome) {
      const access = await citizenAccess(context.pool, actor, citizen);
      if (!access.visible)
        return sendElsewhere(context, request, reply, citizen, await elsewhere(context, request, citizen));
      hide = access.stripped;
    }

    const now = context.clock.now();
    const states = sourceStates(context.settings.sources, plan.sources, plan.pending, now);
    const fieldsOfCitizen = master(context, citizen, plan, hide, now);
    const numbers = withNumber ? await numberFields(context, citizen) : {};
    const answer: PlanAnswer = { citizen: { ...fieldsOfCitizen, ...numbers }, plan, states, selection };
    const tag = planTag(context.keys, answer);
    const same = sameTag(request.headers['if-none-match'], tag);
    const body = same ? undefined : planBody(answer, now);
    await log(context, request, citizen, plan, withNumber);
    reply.header('etag', tag).header('samspil-sources', sourcesHeader(states));
    reply.header('cache-control', 'private, no-cache').header('vary', 'Authorization, X-Purpose');
    return body === undefined
      ? reply.code(304).send()
      : reply.header('content-type', 'application/json; charset=utf-8').send(body);
  };
  app.get('/v1/citizens/:id/plan', { config: { scopes: ['plan.read'] } }, handler);
};
