// A citizen's enrolment, for those who may end it: since when and on what basis; ending it erases, so that is two steps.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { DashboardContext } from '../../context.ts';
import { onceOf, uuidPattern } from '../../input.ts';
import type { Pages } from '../../render.ts';
import { type At, registerPart } from './frame.ts';
import { enrolmentPart } from './parts.ts';

interface Enrolment {
  readonly id: string;
  readonly basis: string;
  readonly from: string;
  readonly active: boolean;
  readonly endedAt?: string;
}

export const registerEnrolment = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  const titles = new Map(context.practice.enrolmentBases.map(({ code, title }) => [code, title]));
  const read = async (at: At) =>
    (await at.get<{ readonly enrolments: readonly Enrolment[] }>('/enrolments')).enrolments.map((one) => ({
      ...one,
      basis: titles.get(one.basis) ?? one.basis,
    }));

  registerPart(app, context, pages, enrolmentPart, {
    get: async (at) =>
      at.show('enrolment', { title: pages.speech(at.request).t('enrol.mine') }, { enrolments: await read(at) }),
  });

  registerPart(app, context, pages, enrolmentPart, {
    below: `/:enrolment(${uuidPattern})/end`,
    get: async (at) => {
      const { enrolment } = at.request.params as { readonly enrolment: string };
      const one = (await read(at)).find(({ id, active }) => active && id === enrolment);
      if (one === undefined) return pages.missing(at.request, at.reply);
      const { t } = pages.speech(at.request);
      return at.show('enrolment-end', { title: t('enrol.endTitle') }, { one, key: randomUUID() });
    },
    post: async (at) => {
      const { enrolment } = at.request.params as { readonly enrolment: string };
      const key = onceOf(at.request, 'key');
      await at.post(`/v1/enrolments/${enrolment}/end`, undefined, key);
      return at.reply.redirect('/citizens?done=enrolment.ended', 303);
    },
  });
};
