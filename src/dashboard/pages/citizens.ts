// The citizens one may see: those one has, by name, fifty at a time; one more by their number, which travels in a form and never in
// an address; and emergency access for the roles that have it, whose answer tells nothing of whom it is about.
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { DashboardContext, Viewer } from '../context.ts';
import { errorPage } from '../errors.ts';
import { readFilters, readForm, viewerOf } from '../input.ts';
import type { Pages } from '../render.ts';
import type { RegisterPage } from '../routes.ts';

/** More than one caseworker has: their list is whole, and in the order of names. */
const perPage = 50;
const number = z.string().min(9).max(11);
const findForm = z.object({ cpr: number });
const emergencyForm = z.object({ cpr: number, reason: z.string().min(10).max(2000), key: z.uuid() });

interface Known {
  readonly id: string;
  readonly name?: string;
  readonly age?: number;
}

/** What went wrong in which of the page's forms. */
interface Again {
  readonly status: number;
  readonly form: 'find' | 'emergency';
  readonly faults: Readonly<Record<string, string>>;
  readonly reason?: string;
}

const mayTakeEmergency = ({ actor }: Viewer, { practice }: DashboardContext): boolean =>
  actor.kind === 'professional' && actor.role !== undefined && practice.emergencyRoles.includes(actor.role);

export const mayEnrol = ({ actor }: Viewer): boolean =>
  actor.kind === 'professional' && actor.scopes.includes('enrolments.write');

const showList = async (
  context: DashboardContext,
  pages: Pages,
  request: FastifyRequest,
  reply: FastifyReply,
  again?: Again,
): Promise<FastifyReply> => {
  const viewer = viewerOf(request);
  const { after } = readFilters(request, { after: z.uuid() });
  const answer = await context.ask(request, {
    path: `/v1/citizens?fields=name,age&limit=${perPage}${after === undefined ? '' : `&after=${after}`}`,
  });
  if (answer.status !== 200) return errorPage(pages, reply, answer.status, request.id);
  const page = answer.json<{ citizens: readonly Known[]; more: boolean; next?: string }>();
  const citizens = page.citizens
    .filter(({ id }) => id !== viewer.actor.citizen)
    .toSorted((a, b) => (a.name ?? '\uffff').localeCompare(b.name ?? '\uffff', 'da'));
  const { t } = pages.speech(request);
  const staff = viewer.actor.kind === 'professional';
  return pages.page(
    request,
    reply,
    'citizens',
    {
      title: t(staff ? 'citizens.title' : 'citizens.titleOthers'),
      ...(again === undefined ? {} : { status: again.status }),
    },
    {
      citizens,
      staff,
      again,
      emergency: mayTakeEmergency(viewer, context),
      enrols: mayEnrol(viewer),
      key: randomUUID(),
      firstHref: after === undefined ? undefined : '/citizens',
      nextHref: page.more && page.next !== undefined ? `/citizens?after=${page.next}` : undefined,
    },
  );
};

export const registerCitizens: RegisterPage = (app, context, pages) => {
  const config = { page: 'signed-in' } as const;
  app.get('/citizens', { config }, (request, reply) => showList(context, pages, request, reply));

  app.post('/citizens/find', { config }, async (request, reply) => {
    const again = (status: number, cpr: string) =>
      showList(context, pages, request, reply, { status, form: 'find', faults: { cpr } });
    const form = readForm(request, findForm);
    if (!form.ok) return again(422, 'noNumber');
    const answer = await context.ask(request, { method: 'POST', path: '/v1/citizens/lookup', body: form.data });
    if (answer.status === 200) return reply.redirect(`/citizens/${answer.json<{ id: string }>().id}`, 303);
    if (answer.status === 404) return again(404, 'notFound');
    if (answer.status === 400) return again(422, 'noNumber');
    return errorPage(pages, reply, answer.status, request.id);
  });

  app.post('/citizens/emergency', { config }, async (request, reply) => {
    if (!mayTakeEmergency(viewerOf(request), context)) return errorPage(pages, reply, 403, request.id);
    const { reason } = (request.body ?? {}) as { readonly reason?: unknown };
    const again = (faults: Again['faults']) =>
      showList(context, pages, request, reply, {
        status: 422,
        form: 'emergency',
        faults,
        ...(typeof reason === 'string' ? { reason } : {}),
      });
    const form = readForm(request, emergencyForm);
    if (!form.ok)
      return again({
        ...(form.faults['cpr'] === undefined ? {} : { cpr: 'noNumber' }),
        ...(form.faults['reason'] === undefined ? {} : { reason: 'reasonShort' }),
      });
    const { key, ...body } = form.data;
    const headers = { 'idempotency-key': key };
    const answer = await context.ask(request, { method: 'POST', path: '/v1/emergency-access', body, headers });
    if (answer.status === 202) return reply.redirect('/citizens?done=emergency.taken', 303);
    if (answer.status === 400) return again({ cpr: 'noNumber' });
    return errorPage(pages, reply, answer.status, request.id);
  });
};
