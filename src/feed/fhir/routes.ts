// Read-only FHIR R4 over the same consent, log and freshness as the plan: the capability statement, one Patient, and
// `$everything` in pages. A page is decided and logged anew; what was hidden meanwhile is not on it.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { listConsents } from '../../consent/consents.ts';
import type { PlanContext } from '../context.ts';
import { callerOf } from '../disclosure.ts';
import { sourcesHeader } from '../freshness.ts';
import { invalid } from '../input.ts';
import { discloseShown, readShown } from '../shown-plan.ts';
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

export const registerFhir = (app: FastifyInstance, context: PlanContext): void => {
  /** Decides and logs; undefined when the caller was sent elsewhere. */
  const read = async (request: FastifyRequest, reply: FastifyReply, whole: boolean) => {
    const actor = callerOf(request);
    const found = await readShown(context, request, reply, whole ? {} : { kinds: [] });
    if (found === undefined) return undefined;
    const consents = whole ? await listConsents(context.pool, actor, found.citizen) : [];
    await discloseShown(context, request, found, { partly: whole && !inPersonOrDpo(actor.kind) });
    reply.header('samspil-sources', sourcesHeader(found.states));
    return { ...found, consents };
  };

  app.get('/fhir/metadata', async (_, reply) => send(reply, capabilityStatement(context.clock.now())));

  const config = { scopes: ['plan.read'] as const };
  app.get('/fhir/Patient/:id', { config }, async (request, reply) => {
    const found = await read(request, reply, false);
    return found === undefined ? reply : send(reply, patient(found.master, undefined));
  });

  app.get('/fhir/Patient/:id/$everything', { config }, async (request, reply) => {
    const page = pageOf(request);
    const found = await read(request, reply, true);
    if (found === undefined) return reply;
    const { master, plan, consents, citizen } = found;
    const all = resourcesOf(context.keys, { citizen: master, plan, consents, sources: context.settings.sources });
    return send(reply, bundleOf(citizen, all, page));
  });
};
