// The queues: what waits in each, and the jobs that were given up, with the safe message they failed with; tried once more
// or put away, with a reason. Putting a job away loses nothing: what is due stands in the tables, and is queued again.
import { z } from 'zod';
import type { QueueLook } from '../../jobs/queue-look.ts';
import { recordAct } from '../../store/acts.ts';
import { actingOf, readFilters, readForm, whyField } from '../input.ts';
import type { RegisterPage } from '../routes.ts';
import { queuesShown, readQueues, webhookQueue } from './queue-list.ts';

const shownJobs = 50;
/** More are not kept. */
const keptJobs = 200;
const act = z.object({ act: z.enum(['retry', 'remove']), why: whyField });

export const registerQueues: RegisterPage = (app, context, pages) => {
  const named = (name: string | undefined): QueueLook | undefined =>
    queuesShown(context)
      .find((queue) => queue.name === name)
      ?.look();
  const read = async (name: string | undefined) => {
    const look = named(name);
    const [queues, jobs] = await Promise.all([readQueues(context), look?.failed(shownJobs).catch(() => undefined)]);
    return { queues, jobs, chosen: queues.find((queue) => queue.name === name), backend: context.queues.backend };
  };

  app.get('/admin/health/queues', { config: { page: 'operate' } }, async (request, reply) => {
    const { queue } = readFilters(request, { queue: z.string() });
    const { t } = pages.speech(request);
    return pages.page(request, reply, 'queues', { title: t('queues.title') }, await read(queue));
  });

  app.post<{ Params: { queue: string } }>(
    '/admin/health/queues/:queue',
    { config: { page: 'operate' } },
    async (request, reply) => {
      const { queue } = request.params;
      const look = named(queue);
      if (look === undefined) return pages.missing(request, reply);
      const form = readForm(request, act);
      if (!form.ok) {
        const { t } = pages.speech(request);
        const data = { ...(await read(queue)), faults: form.faults };
        return pages.page(request, reply, 'queues', { title: t('queues.title'), status: 422 }, data);
      }
      const { act: what, why } = form.data;
      const failed = await look.failed(keptJobs);
      const results = await Promise.all(failed.map(({ id }) => look[what](id)));
      const jobs = results.filter(Boolean).length;
      await recordAct(context.pool, {
        at: context.clock.now(),
        ...actingOf(request),
        what: `queue.${what}`,
        subject: queue,
        ...(queue === webhookQueue ? {} : { source: queue }),
        why,
        outcome: jobs === 0 ? 'nothing' : 'done',
        detail: { jobs },
      });
      const done = jobs === 0 ? 'gone' : what === 'retry' ? 'retried' : 'removed';
      return reply.redirect(`/admin/health/queues?queue=${encodeURIComponent(queue)}&done=queue.${done}`, 303);
    },
  );
};
