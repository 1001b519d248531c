// Adjustment requests across citizens: what waits for the unit's answer, what one has sent, what has been answered. The
// answer says what the unit intends; the decision is made in the source system.
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { FeedAnswer } from '../context.ts';
import { errorPage } from '../errors.ts';
import { readFilters, readForm, withQuery } from '../input.ts';
import type { RegisterPage } from '../routes.ts';
import type { Shown, ShownPlan } from './citizen/shown.ts';

const perPage = 20;
export const outcomes = ['open', 'accepted', 'declined', 'answered'] as const;

export type ListedRequest = Shown<'request'> & {
  readonly citizen: string;
  readonly about?: string;
  readonly mine: boolean;
};

const filters = { outcome: z.enum(outcomes), after: z.uuid() };
const answerForm = z.object({
  citizen: z.uuid(),
  request: z.uuid(),
  outcome: z.enum(['accepted', 'declined', 'answered']),
  answer: z.string().max(4000),
  key: z.uuid(),
});

/** Whose turn it is: the unit's, somebody else's, nobody's any more. */
const groupOf = ({ mine, outcome }: ListedRequest): 'toAnswer' | 'sent' | 'done' =>
  mine ? 'sent' : outcome === 'open' ? 'toAnswer' : 'done';
const groupNames = ['toAnswer', 'sent', 'done'] as const;

/** Fields of the records that requests are about, enough to name them. */
const named = 'citizen(name),interventions(title),goals(text),plans(title),appointments(title)';

/** What a record is called, by id. */
export const titlesOf = (plan: ShownPlan): ReadonlyMap<string, string> =>
  new Map(
    [...(plan.interventions ?? []), ...(plan.plans ?? []), ...(plan.appointments ?? [])]
      .map(({ id, title }) => [id, title] as const)
      .concat((plan.goals ?? []).map(({ id, text }) => [id, text] as const)),
  );

export const registerRequests: RegisterPage = (app, context, pages) => {
  const config = { page: 'signed-in' } as const;
  const refused = (request: FastifyRequest, reply: FastifyReply, answer: FeedAnswer) =>
    errorPage(pages, reply, answer.status, request.id);

  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    wrong?: { readonly id: string; readonly faults: Readonly<Record<string, string>> },
  ): Promise<FastifyReply> => {
    const { outcome, after } = readFilters(request, filters);
    const query = new URLSearchParams({
      limit: String(perPage),
      ...(outcome === undefined ? {} : { outcome }),
      ...(after === undefined ? {} : { after }),
    });
    const answer = await context.ask(request, { path: `/v1/requests?${query}` });
    if (answer.status !== 200) return refused(request, reply, answer);
    const page = answer.json<{ requests: readonly ListedRequest[]; more: boolean }>();
    const plans = new Map(
      await Promise.all(
        [...new Set(page.requests.map(({ citizen }) => citizen))].map(async (citizen) => {
          const plan = await context.ask(request, { path: `/v1/citizens/${citizen}/plan?fields=${named}` });
          return [citizen, plan.status === 200 ? plan.json<ShownPlan>() : undefined] as const;
        }),
      ),
    );
    const { t } = pages.speech(request);
    return pages.page(
      request,
      reply,
      'requests',
      { title: t('requests.title'), ...(wrong === undefined ? {} : { status: 422 }) },
      {
        groups: groupNames.map((name) => ({
          name,
          requests: page.requests
            .filter((one) => groupOf(one) === name)
            .map((one) => {
              const plan = plans.get(one.citizen);
              const aboutTitle = plan === undefined ? undefined : titlesOf(plan).get(one.about ?? '');
              return { ...one, name: plan?.citizen.name, aboutTitle };
            }),
        })),
        none: page.requests.length === 0,
        outcomes,
        outcome,
        wrong,
        given: request.body ?? {},
        key: randomUUID(),
        firstHref: after === undefined ? undefined : withQuery(request.url, { after: undefined, done: undefined }),
        nextHref: page.more ? withQuery(request.url, { after: page.requests.at(-1)?.id, done: undefined }) : undefined,
      },
    );
  };

  app.get('/requests', { config }, (request, reply) => show(request, reply));
  app.post('/requests', { config }, async (request, reply) => {
    const read = readForm(request, answerForm);
    if (!read.ok) {
      const { request: id } = (request.body ?? {}) as { readonly request?: unknown };
      return show(request, reply, { id: typeof id === 'string' ? id : '', faults: read.faults });
    }
    const { citizen, request: id, key, ...body } = read.data;
    const path = `/v1/citizens/${citizen}/requests/${id}/answer`;
    const headers = { 'idempotency-key': key };
    const answer = await context.ask(request, { method: 'POST', path, body, headers });
    // Who may answer is the unit's that decided: anybody else is told so on the page.
    if (answer.status === 400 || answer.status === 403 || answer.status === 404)
      return show(request, reply, { id, faults: { form: 'notYours' } });
    if (answer.status !== 200) return refused(request, reply, answer);
    return reply.redirect('/requests?done=request.answered', 303);
  });
};
