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
import { type EntryText, entriesOf } from './everything.ts';
import { patient } from './people.ts';

const type = 'application/fhir+json; charset=utf-8';

const send = (reply: FastifyReply, text: string): FastifyReply =>
  reply
    .header('content-type', type)
    .header('cache-control', 'private, no-store')
    .header('vary', 'Authorization, X-Purpose')
    .send(text);

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
const bundleOf = (citizen: string, all: readonly EntryText[], page: Page): string => {
  const left = page.after === undefined ? all : all.filter(({ key }) => key > (page.after ?? ''));
  const shown = left.slice(0, page.count);
  const last = shown.at(-1);
  const base = `Patient/${citizen}/$everything?_count=${page.count}`;
  const at = (after: string): string => `${base}&_after=${Buffer.from(after).toString('base64url')}`;
  const link = [
    { relation: 'self', url: page.after === undefined ? base : at(page.after) },
    ...(last === undefined || left.length === shown.length ? [] : [{ relation: 'next', url: at(last.key) }]),
  ];
  const head = `"resourceType":"Bundle","type":"searchset","link":${JSON.stringify(link)}`;
  return `{${head},"entry":[${shown.map(({ text }) => text).join()}]}`;
};

const inPersonOrDpo = (kind: string): boolean => ['citizen', 'representative', 'dpo'].includes(kind);

export const registerFhir = (app: FastifyInstance, context: PlanContext): void => {
  app.get('/fhir/metadata', async (_, reply) => send(reply, JSON.stringify(capabilityStatement(context.clock.now()))));

  const config = { scopes: ['plan.read'] as const };
  app.get('/fhir/Patient/:id', { config }, async (request, reply) => {
    const found = await readShown(context, request, reply, { kinds: [] });
    if (found === undefined) return reply;
    await discloseShown(context, request, found, { partly: false });
    reply.header('samspil-sources', sourcesHeader(found.states));
    return send(reply, JSON.stringify(patient(found.master, undefined)));
  });

  app.get('/fhir/Patient/:id/$everything', { config }, async (request, reply) => {
    const page = pageOf(request);
    const actor = callerOf(request);
    const found = await readShown(context, request, reply);
    if (found === undefined) return reply;
    const { master, plan, citizen } = found;
    const wanted = { citizen: master, plan, sources: context.settings.sources };
    const entries = await entriesOf(context.keys, wanted, () =>
      listConsents(context.pool, context.keys, actor, citizen),
    );
    await discloseShown(context, request, found, { partly: !inPersonOrDpo(actor.kind) });
    reply.header('samspil-sources', sourcesHeader(found.states));
    return send(reply, bundleOf(citizen, entries, page));
  });
};
