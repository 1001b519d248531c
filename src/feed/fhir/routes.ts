// Read-only FHIR R4 over the same consent, log and freshness as the plan: the capability statement, one Patient, and
// `$everything` in pages. A page is decided and logged anew; what was hidden meanwhile is not on it.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { actorParameters } from '../../consent/actor.ts';
import { listConsents } from '../../consent/consents.ts';
import { citizenAccess } from '../../consent/decide.ts';
import { presentMaster } from '../../store/master-data.ts';
import { createPlanReader } from '../../store/plan-memo.ts';
import { citizenOf, elsewhere, sendElsewhere } from '../citizen-door.ts';
import type { FeedContext } from '../context.ts';
import { basesOf, callerOf, disclose } from '../disclosure.ts';
import { sourceStates, sourcesHeader } from '../freshness.ts';
import { invalid } from '../input.ts';
import { capabilityStatement } from './capability.ts';
import { resourcesOf, sortKey } from './everything.ts';
import { patient } from './people.ts';
import type { Resource } from './resources.ts';

const type = 'application/fhir+json; charset=utf-8';

const send = (reply: FastifyReply, value: object): FastifyReply =>
  reply
    .header('content-type', type)
    .header('cache-control', 'private, no-store')
    .header('vary', 'Authorization, X-Purpose')
    .send(JSON.stringify(value));

interface Page {
  readonly count: number;
  readonly after: string | undefined;
}

const pageOf = (request: FastifyRequest): Page => {
  const { _count: count, _after: after } = request.query as { _count?: unknown; _after?: unknown };
  const number = count === undefined ? 200 : typeof count === 'string' && /^\d{1,4}$/.test(count) ? Number(count) : 0;
  if (number < 1 || number > 1000) throw invalid('_count', 'A number from 1 to 1,000.');
  if (after === undefined) return { count: number, after: undefined };
  const key = typeof after === 'string' ? Buffer.from(after, 'base64url').toString() : '';
  if (!/^\d\/[0-9a-f-]{36}$/.test(key)) throw invalid('_after', 'Not one of our pages.');
  return { count: number, after: key };
};

/** Relative, so that it holds behind any proxy: the client's own base goes before it. */
const bundleOf = (citizen: string, all: readonly Resource[], page: Page): object => {
  const left = page.after === undefined ? all : all.filter((resource) => sortKey(resource) > (page.after ?? ''));
  const shown = left.slice(0, page.count);
  const last = shown.at(-1);
  const base = `Patient/${citizen}/$everything?_count=${page.count}`;
  const at = (after: string): string => `${base}&_after=${Buffer.from(after).toString('base64url')}`;
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    link: [
      { relation: 'self', url: page.after === undefined ? base : at(page.after) },
      ...(last === undefined || left.length === shown.length ? [] : [{ relation: 'next', url: at(sortKey(last)) }]),
    ],
    entry: shown.map((resource) => ({
      fullUrl: `urn:uuid:${resource.id}`,
      resource,
      search: { mode: resource.resourceType === 'Patient' ? 'match' : 'include' },
    })),
  };
};

const inPersonOrDpo = (kind: string): boolean => ['citizen', 'representative', 'dpo'].includes(kind);

export const registerFhir = (app: FastifyInstance, context: FeedContext): void => {
  const plans = createPlanReader(context.pool, context.keys, { capacity: context.planMemory });

  /** Decides and logs; undefined when the caller was sent elsewhere. */
  const read = async (request: FastifyRequest, reply: FastifyReply, whole: boolean) => {
    const actor = callerOf(request);
    const citizen = citizenOf(request);
    const now = context.clock.now();
    const plan = await plans.read({ actor: actorParameters(actor), citizen, ...(whole ? {} : { kinds: [] }) });
    let hide = plan.masterStripped;
    if (!plan.seesSome) {
      const access = await citizenAccess(context.pool, actor, citizen);
      if (!access.visible) {
        await sendElsewhere(context, request, reply, citizen, await elsewhere(context, request, citizen));
        return undefined;
      }
      hide = access.stripped;
    }
    const consents = whole ? await listConsents(context.pool, actor, citizen) : [];
    const fields = presentMaster(citizen, plan.master, context.settings.masterDataOrder, now, hide);
    const states = sourceStates(context.settings.sources, plan.sources, plan.pending, now);
    await disclose(context, request, [
      {
        citizen,
        records: plan.lists.flatMap(({ ids }) => ids),
        decision: plan.hiddenSome || !inPersonOrDpo(actor.kind) ? 'partly' : 'allowed',
        bases: basesOf(context.settings, plan.rules),
        emergency: plan.rules.some(({ rule }) => rule === 3),
      },
    ]);
    reply.header('samspil-sources', sourcesHeader(states));
    return { fields, plan, consents, citizen };
  };

  app.get('/fhir/metadata', async (_, reply) => send(reply, capabilityStatement(context.clock.now())));

  const config = { scopes: ['plan.read'] as const };
  app.get('/fhir/Patient/:id', { config }, async (request, reply) => {
    const found = await read(request, reply, false);
    return found === undefined ? reply : send(reply, patient(found.fields, undefined));
  });

  app.get('/fhir/Patient/:id/$everything', { config }, async (request, reply) => {
    const page = pageOf(request);
    const found = await read(request, reply, true);
    if (found === undefined) return reply;
    const { fields, plan, consents, citizen } = found;
    const all = resourcesOf(context.keys, { citizen: fields, plan, consents, sources: context.settings.sources });
    return send(reply, bundleOf(citizen, all, page));
  });
};
