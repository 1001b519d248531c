// What a reader may see of one citizen, for every route that shows a part of it: decided and fetched in one round trip, the
// same 404 for hidden and absent, and one log entry that names what was shown.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorParameters } from '../consent/actor.ts';
import { citizenAccess } from '../consent/decide.ts';
import { type MasterFields, presentMaster } from '../store/master-data.ts';
import type { StoredPlan, UsedRule } from '../store/plans.ts';
import { citizenOf, elsewhere, sendElsewhere } from './citizen-door.ts';
import type { FeedContext, PlanContext } from './context.ts';
import { basesOf, callerOf, disclose } from './disclosure.ts';
import { type SourceState, sourceStates } from './freshness.ts';

export interface ShownPlan {
  readonly citizen: string;
  readonly plan: StoredPlan;
  readonly master: MasterFields;
  readonly states: readonly SourceState[];
}

export interface Wanted {
  /** Only these kinds' records; absent = all. */
  readonly kinds?: readonly string[];
  /** Where the path does not name the citizen. */
  readonly citizen?: string;
}

/** Undefined when the caller was sent to another id. @throws HubError `request/not-found`. */
export const readShown = async (
  context: PlanContext,
  request: FastifyRequest,
  reply: FastifyReply,
  wanted: Wanted = {},
): Promise<ShownPlan | undefined> => {
  const actor = callerOf(request);
  const citizen = wanted.citizen ?? citizenOf(request);
  const plan = await context.plans.read({
    actor: actorParameters(actor),
    citizen,
    ...(wanted.kinds === undefined ? {} : { kinds: wanted.kinds }),
  });
  let hide = plan.masterStripped;
  if (!plan.seesSome) {
    const access = await citizenAccess(context.pool, actor, citizen);
    if (!access.visible) {
      await sendElsewhere(context, request, reply, citizen, await elsewhere(context, request, citizen));
      return undefined;
    }
    hide = access.stripped;
  }
  const now = context.clock.now();
  return {
    citizen,
    plan,
    master: presentMaster(citizen, plan.master, context.settings.masterDataOrder, now, hide),
    states: sourceStates(context.settings.sources, plan.sources, plan.pending, now),
  };
};

export interface Telling {
  /** Ids of what was shown; default everything that was read. */
  readonly records?: readonly string[];
  /** Rules used besides those of the plan. */
  readonly rules?: readonly UsedRule[];
  /** Part of the answer besides records was kept back. */
  readonly partly?: boolean;
  readonly note?: string;
}

/** Commits the entry. @throws HubError `log/unwritable`. */
export const discloseShown = (
  context: FeedContext,
  request: FastifyRequest,
  { citizen, plan }: ShownPlan,
  telling: Telling = {},
): Promise<void> => {
  const rules = [...plan.rules, ...(telling.rules ?? [])];
  return disclose(context, request, [
    {
      citizen,
      records: telling.records ?? plan.lists.flatMap((list) => list.ids),
      decision: plan.hiddenSome || telling.partly === true ? 'partly' : 'allowed',
      bases: basesOf(context.settings, rules),
      emergency: rules.some(({ rule }) => rule === 3),
      ...(telling.note === undefined ? {} : { note: telling.note }),
    },
  ]);
};

/** The shown records, parsed. */
export const recordsOf = <T>(plan: StoredPlan): readonly T[] =>
  plan.lists.flatMap(({ texts }) => JSON.parse(`[${texts}]`) as T[]);
