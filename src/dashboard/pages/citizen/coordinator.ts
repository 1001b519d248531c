// The borgerkonsulent: who it is and was, appointed by which unit; appointing one; and saying until when. Only staff of a unit
// with a running plan appoint: the feed has the last word. It lets nobody see anything.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { copenhagenDay } from '../../../clock.ts';
import type { DashboardContext } from '../../context.ts';
import { dayField, readForm, uuidPattern } from '../../input.ts';
import type { Pages } from '../../render.ts';
import { type At, Refused, registerPart } from './frame.ts';
import { coordinatorPart } from './parts.ts';
import type { Shown } from './shown.ts';

type Coordinator = Shown<'contact'> & {
  readonly person?: string;
  readonly appointedBy: string;
  readonly appointedAt: string;
  readonly mine: boolean;
};

const form = z.object({
  person: z.string().max(200),
  name: z.string().max(500),
  unit: z.string().max(500).optional(),
  phone: z.string().max(500).optional(),
  email: z.email().max(500).optional(),
  from: dayField.optional(),
  key: z.uuid(),
});
const endForm = z.object({ until: dayField, key: z.uuid() });

export const registerCoordinator = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  const units = new Map(context.practice.units.map(({ id, name }) => [id, name]));

  const show = async (at: At, faults?: Readonly<Record<string, string>>): Promise<FastifyReply> => {
    const { coordinators } = await at.get<{ readonly coordinators: readonly Coordinator[] }>('/coordinator');
    const { t } = pages.speech(at.request);
    const { actor, name } = at.viewer;
    const today = copenhagenDay(context.clock.now());
    return at.show(
      'coordinator',
      { title: t('part.coordinator'), ...(faults === undefined ? {} : { status: 422 }) },
      {
        coordinators: coordinators.map((one) => ({
          ...one,
          by: units.get(one.appointedBy) ?? one.appointedBy,
          over: one.period?.end !== undefined && one.period.end < today,
          // Whoever appointed, or their unit, says until when.
          mayEnd: actor.kind === 'professional' && (one.mine || one.appointedBy === actor.unit),
        })),
        writes: actor.kind === 'professional' && actor.scopes.includes('comments.write'),
        given:
          faults === undefined ? { name, person: actor.person, unit: units.get(actor.unit ?? '') } : at.request.body,
        faults,
        today,
        key: randomUUID(),
      },
    );
  };

  /** Refused for what was filled in, or because it is not this unit's to say. */
  const act = async (at: At, done: string, work: () => Promise<unknown>): Promise<FastifyReply> => {
    try {
      await work();
    } catch (thrown) {
      if (!(thrown instanceof Refused) || ![400, 403].includes(thrown.status)) throw thrown;
      return show(at, { form: thrown.status === 403 ? 'noPlan' : 'invalid' });
    }
    return at.reply.redirect(`${at.base}/coordinator?done=coordinator.${done}`, 303);
  };

  registerPart(app, context, pages, coordinatorPart, {
    get: (at) => show(at),
    post: async (at) => {
      const read = readForm(at.request, form);
      if (!read.ok) return show(at, read.faults);
      const { key, ...appointed } = read.data;
      return act(at, 'appointed', () => at.post(`/v1/citizens/${at.id}/coordinator`, appointed, key));
    },
  });

  registerPart(app, context, pages, coordinatorPart, {
    below: `/:contact(${uuidPattern})/end`,
    post: async (at) => {
      const read = readForm(at.request, endForm);
      if (!read.ok) return show(at, { until: 'missing' });
      const { key, until } = read.data;
      const { contact } = at.request.params as { readonly contact: string };
      return act(at, 'ended', () => at.post(`/v1/citizens/${at.id}/coordinator/${contact}`, { until }, key));
    },
  });
};
