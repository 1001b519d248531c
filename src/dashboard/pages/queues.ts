// The queues: how much waits in each, and one queue's jobs by where they are; follows them by itself, every choice in the
// address. All that was given up is tried once more with a reason; to put it away is a page of its own.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { jobStates } from '../../jobs/queue-look.ts';
import { actingOf, readFilters, readForm, whyField, withQuery } from '../input.ts';
import type { RegisterPage } from '../routes.ts';
import { recordOnQueue, shownJob } from './job-words.ts';
import { keptJobs, queueNamed, readQueues } from './queue-list.ts';

const perPage = 50;
const reason = z.object({ why: whyField });
type Of = { Params: { queue: string } };
const path = '/admin/health/queues/:queue';

export const registerQueues: RegisterPage = (app, context, pages) => {
  const options = { config: { page: 'view' } } as const;
  const background = { config: { page: 'view', background: true } } as const;
  const send = (reply: FastifyReply, part: string) =>
    reply.header('content-type', 'text/html; charset=utf-8').send(part);
  const readAll = async () => ({
    queues: await readQueues(context),
    backend: context.queues.backend,
    at: context.clock.now(),
  });

  app.get('/admin/health/queues', options, async (request, reply) => {
    const { t } = pages.speech(request);
    return pages.page(request, reply, 'queues', { title: t('queues.title') }, await readAll());
  });
  app.get('/admin/health/queues-now', background, async (request, reply) => {
    const speech = pages.speech(request);
    const can = { operate: request.viewer?.rights.operate === true };
    return send(reply, pages.part(speech.language, 'queues-now', { ...(await readAll()), can }));
  });

  const read = async (request: FastifyRequest<Of>) => {
    const queue = queueNamed(context, request.params.queue);
    if (queue === undefined) return undefined;
    const chosen = readFilters(request, {
      state: z.enum(jobStates),
      page: z.coerce.number().int().min(2).max(10_000),
    });
    const { look, href, name } = queue;
    const depth = await look.depth().catch(() => undefined);
    // Unless somebody chose: what was given up, else what goes on.
    const state = chosen.state ?? jobStates.find((one) => (depth?.[one] ?? 0) > 0) ?? 'waiting';
    const page = chosen.page ?? 1;
    const from = (page - 1) * perPage;
    const jobs = await look.jobs(state, from, perPage).catch(() => undefined);
    const count = depth?.[state] ?? 0;
    const here = withQuery(href, { state });
    return {
      queue: { name, href, source: queue.title === undefined ? undefined : name },
      depth,
      state,
      states: jobStates.map((one) => ({ name: one, count: depth?.[one], href: withQuery(href, { state: one }) })),
      jobs: jobs?.map((job) => shownJob(href, job)),
      from,
      count,
      at: context.clock.now(),
      nowHref: withQuery(`${href}/now`, { state, page: chosen.page }),
      firstHref: page === 1 ? undefined : here,
      nextHref: from + perPage < count ? withQuery(here, { page: page + 1 }) : undefined,
    };
  };
  const show = async (request: FastifyRequest<Of>, reply: FastifyReply, faults?: Readonly<Record<string, string>>) => {
    const data = await read(request);
    if (data === undefined) return pages.missing(request, reply);
    const { t } = pages.speech(request);
    const title = t('queues.queueTitle', {
      queue: queueNamed(context, request.params.queue)?.title ?? t('queues.webhooks'),
    });
    return pages.page(
      request,
      reply,
      'queue',
      { title, status: faults === undefined ? 200 : 422 },
      { ...data, faults },
    );
  };

  app.get<Of>(path, options, (request, reply) => show(request, reply));
  app.get<Of>(`${path}/now`, background, async (request, reply) => {
    const data = await read(request);
    if (data === undefined) return pages.missing(request, reply);
    return send(reply, pages.part(pages.speech(request).language, 'queue-now', data));
  });
  app.post<Of>(`${path}/retry`, { config: { page: 'operate' } }, async (request, reply) => {
    const queue = queueNamed(context, request.params.queue);
    if (queue === undefined) return pages.missing(request, reply);
    const form = readForm(request, reason);
    if (!form.ok) return show(request, reply, form.faults);
    const failed = await queue.look.jobs('failed', 0, keptJobs);
    const jobs = (await Promise.all(failed.map(({ id }) => queue.look.retry(id)))).filter(Boolean).length;
    await recordOnQueue(context, queue, { ...actingOf(request), ...form.data }, 'queue.retry', jobs);
    return reply.redirect(`${queue.href}?done=queue.${jobs === 0 ? 'gone' : 'retried'}`, 303);
  });
};
