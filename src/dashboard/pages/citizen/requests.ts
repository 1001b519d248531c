// What professionals ask the authority to adjust about one citizen's efforts: the requests one sees here, and a new one about
// one intervention: what, why, by when. The unit that decided answers on the page of all requests.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { copenhagenDay } from '../../../clock.ts';
import type { DashboardContext } from '../../context.ts';
import { dayField, readForm } from '../../input.ts';
import type { Pages } from '../../render.ts';
import { titlesOf } from '../requests.ts';
import { type At, registerPart } from './frame.ts';
import { said } from './meeting.ts';
import { requestsPart } from './parts.ts';
import type { ShownPlan } from './shown.ts';

const form = z.object({
  about: z.uuid(),
  what: z.string().max(4000),
  why: z.string().max(4000),
  dueAt: dayField.optional(),
  key: z.uuid(),
});
const fields = 'citizen(name,age),interventions(title,provider,status),goals(text),plans(title),requests,links';

export const registerCitizenRequests = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  const show = async (at: At, faults?: Readonly<Record<string, string>>): Promise<FastifyReply> => {
    const plan = await at.get<ShownPlan>(`/plan?fields=${fields}`);
    const { t } = pages.speech(at.request);
    const titles = titlesOf(plan);
    const about = new Map((plan.links ?? []).filter(({ rel }) => rel === 'about').map(({ from, to }) => [from, to]));
    return at.show(
      'requests',
      { title: t('part.requests'), ...(faults === undefined ? {} : { status: 422 }) },
      {
        citizen: plan.citizen,
        requests: (plan.requests ?? [])
          .map((one) => ({ ...one, aboutTitle: titles.get(about.get(one.id) ?? '') }))
          .toSorted((a, b) => b.at.localeCompare(a.at)),
        efforts: (plan.interventions ?? [])
          .filter(({ status }) => status !== 'completed' && status !== 'cancelled')
          .toSorted((a, b) => a.title.localeCompare(b.title, 'da')),
        writes: at.viewer.actor.scopes.includes('comments.write') && at.viewer.actor.kind === 'professional',
        today: copenhagenDay(context.clock.now()),
        given: at.request.body ?? {},
        faults,
        key: randomUUID(),
      },
    );
  };

  registerPart(app, context, pages, requestsPart, {
    get: (at) => show(at),
    post: async (at) => {
      const read = readForm(at.request, form);
      if (!read.ok) return show(at, read.faults);
      const { key, ...request } = read.data;
      if (!(await said(() => at.post(`/v1/citizens/${at.id}/requests`, request, key))))
        return show(at, { about: 'unreached' });
      return at.reply.redirect(`${at.base}/requests?done=request.sent`, 303);
    },
  });
};
