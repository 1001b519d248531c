// One job from close by: what it is to do, its attempts and what they failed with, and its run. Tried once more or run at
// once with a reason; put away in two steps, for a wish somebody had is gone then, where no table keeps it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { JobLook, JobState } from '../../jobs/queue-look.ts';
import { runIdOf } from '../../jobs/run-id.ts';
import { readRun } from '../../store/runs.ts';
import { webhookOfDelivery } from '../../store/webhooks.ts';
import { actingOf, readFilters, readForm, whyField } from '../input.ts';
import type { RegisterPage } from '../routes.ts';
import { webhookHref } from './consumer-words.ts';
import { recordOnQueue, type ShownJob, shownJob } from './job-words.ts';
import { keptJobs, type OneQueue, queueNamed } from './queue-list.ts';
import { badgeOfRun } from './run-words.ts';

type Of = { Params: { queue: string } };
type Faults = Readonly<Record<string, string>>;
const path = '/admin/health/queues/:queue';
const idField = z.string().max(400);
const reason = z.object({ why: whyField });
const oneOf = reason.extend({ id: idField });
const someOf = reason.extend({ id: idField.optional() });

const badges: Readonly<Record<JobState, string>> = {
  failed: 'badge-error',
  active: 'badge-info',
  waiting: 'is-plain',
  delayed: 'is-plain',
};

/** In another state, or after another attempt, another page is right. */
const seenOf = ({ state, attempts }: Pick<JobLook, 'state' | 'attempts'>): string => `${state}.${attempts}`;

export const registerJob: RegisterPage = (app, context, pages) => {
  const operate = { config: { page: 'operate' } } as const;
  const view = { config: { page: 'view' } } as const;
  const background = { config: { page: 'view', background: true } } as const;
  const queueOf = (request: FastifyRequest<Of>) => queueNamed(context, request.params.queue);
  const idOf = (request: FastifyRequest): string | undefined => readFilters(request, { id: idField }).id;

  /** Where it goes on: the run it is, or the webhook whose message it is. */
  const linksOf = async ({ runId, delivery }: ShownJob) => {
    const [run, webhook] = await Promise.all([
      z.uuid().safeParse(runId).success ? readRun(context.pool, runId ?? '') : undefined,
      z.uuid().safeParse(delivery).success ? webhookOfDelivery(context.pool, delivery ?? '') : undefined,
    ]);
    return {
      run:
        run === undefined
          ? undefined
          : { id: run.id, state: run.state, badge: badgeOfRun[run.state], pages: run.pages },
      webhookHref: webhook === undefined ? undefined : webhookHref(webhook),
    };
  };
  const read = async (queue: OneQueue, id: string | undefined) => {
    const found = id === undefined ? undefined : await queue.look.job(id);
    if (found === undefined) return undefined;
    const job = { ...shownJob(queue.href, found), state: found.state, log: found.log, badge: badges[found.state] };
    const { name, title, href } = queue;
    const source = title === undefined ? undefined : name;
    return { queue: { name, title, href, source }, job, ...(await linksOf(job)), at: context.clock.now() };
  };
  const show = async (
    request: FastifyRequest<Of>,
    reply: FastifyReply,
    queue: OneQueue,
    id: string | undefined,
    faults?: Faults,
  ) => {
    const { t, word } = pages.speech(request);
    const data = await read(queue, id);
    if (data === undefined) {
      // Most are done in seconds; then their run says what came of it.
      const run = id === undefined ? undefined : await readRun(context.pool, runIdOf(id));
      return pages.page(
        request,
        reply,
        'job-gone',
        { title: t('queues.goneTitle'), status: 404 },
        { queue: { href: queue.href, source: queue.title === undefined ? undefined : queue.name }, run },
      );
    }
    const { type, kind } = data.job;
    const title = kind === undefined ? word('queues.type', type) : `${word('queues.type', type)}: ${kind}`;
    return pages.page(
      request,
      reply,
      'job',
      { title, status: faults === undefined ? 200 : 422 },
      { ...data, nowHref: data.job.href.replace('/job?', '/job/now?'), faults },
    );
  };

  app.get<Of>(`${path}/job`, view, (request, reply) => {
    const queue = queueOf(request);
    return queue === undefined ? pages.missing(request, reply) : show(request, reply, queue, idOf(request));
  });
  app.get<Of>(`${path}/job/now`, background, async (request, reply) => {
    const queue = queueOf(request);
    const data = queue === undefined ? undefined : await read(queue, idOf(request));
    if (data === undefined || seenOf(data.job) !== readFilters(request, { seen: z.string() }).seen)
      return reply.header('hx-refresh', 'true').send('');
    const part = pages.part(pages.speech(request).language, 'job-now', data);
    return reply.header('content-type', 'text/html; charset=utf-8').send(part);
  });

  for (const [act, done] of [
    ['retry', 'oneRetried'],
    ['promote', 'promoted'],
  ] as const)
    app.post<Of>(`${path}/job/${act}`, operate, async (request, reply) => {
      const queue = queueOf(request);
      if (queue === undefined) return pages.missing(request, reply);
      const form = readForm(request, oneOf);
      const { id: given } = (request.body ?? {}) as { readonly id?: unknown };
      if (!form.ok) return show(request, reply, queue, idField.safeParse(given).data, form.faults);
      const { id, why } = form.data;
      const changed = await queue.look[act](id);
      if (changed) await recordOnQueue(context, queue, { ...actingOf(request), why }, `queue.${act}`, id);
      return reply.redirect(`${queue.href}?done=queue.${changed ? done : 'tooLate'}`, 303);
    });

  const showRemove = async (
    request: FastifyRequest<Of>,
    reply: FastifyReply,
    queue: OneQueue,
    id: string | undefined,
    faults?: Faults,
  ) => {
    const { t } = pages.speech(request);
    if (id !== undefined) {
      const data = await read(queue, id);
      if (data === undefined) return show(request, reply, queue, id);
      const options = { title: t('queues.removeOneTitle'), status: faults === undefined ? 200 : 422 };
      return pages.page(request, reply, 'job-remove', options, { ...data, backHref: data.job.href, faults });
    }
    const { failed } = await queue.look.depth();
    const options = { title: t('queues.removeTitle'), status: faults === undefined ? 200 : 422 };
    const { title, href } = queue;
    return pages.page(request, reply, 'job-remove', options, {
      queue: { title, href },
      count: failed,
      backHref: href,
      faults,
    });
  };
  app.get<Of>(`${path}/remove`, operate, (request, reply) => {
    const queue = queueOf(request);
    return queue === undefined ? pages.missing(request, reply) : showRemove(request, reply, queue, idOf(request));
  });
  app.post<Of>(`${path}/remove`, operate, async (request, reply) => {
    const queue = queueOf(request);
    if (queue === undefined) return pages.missing(request, reply);
    const form = readForm(request, someOf);
    const { id: given } = (request.body ?? {}) as { readonly id?: unknown };
    if (!form.ok) return showRemove(request, reply, queue, idField.safeParse(given).data, form.faults);
    const { id, why } = form.data;
    const by = { ...actingOf(request), why };
    if (id !== undefined) {
      const removed = await queue.look.remove(id);
      if (removed) await recordOnQueue(context, queue, by, 'queue.remove', id);
      return reply.redirect(`${queue.href}?done=queue.${removed ? 'oneRemoved' : 'tooLate'}`, 303);
    }
    const failed = await queue.look.jobs('failed', 0, keptJobs);
    const jobs = (await Promise.all(failed.map((job) => queue.look.remove(job.id)))).filter(Boolean).length;
    await recordOnQueue(context, queue, by, 'queue.remove', jobs);
    return reply.redirect(`${queue.href}?done=queue.${jobs === 0 ? 'gone' : 'removed'}`, 303);
  });
};
