// One network meeting: agenda and people, what the citizen says to it, and, while it is held, what is agreed, written down
// beside the agenda. It prints as agenda and minutes.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { copenhagenDay } from '../../../clock.ts';
import type { DashboardContext } from '../../context.ts';
import { dayField, onceOf, readForm, uuidPattern } from '../../input.ts';
import type { Pages } from '../../render.ts';
import { type At, Refused, registerPart } from './frame.ts';
import { mayConvene } from './meetings.ts';
import { isPast, type NetworkMeeting } from './meetings-view.ts';
import { meetingsPart } from './parts.ts';
import { isOver } from './plan-view.ts';
import type { Shown, ShownPlan } from './shown.ts';

export const meetingBelow = `/:meeting(${uuidPattern})`;
export const meetingOf = (at: At): string => (at.request.params as { readonly meeting: string }).meeting;

const agreementForm = z.object({
  text: z.string().max(4000),
  responsible: z.string().max(500),
  priority: z.enum(['low', 'normal', 'high']),
  followUpAt: dayField.optional(),
  key: z.uuid(),
});
const answerForm = z.object({ answer: z.enum(['accepted', 'declined']), evidence: z.string().max(500), key: z.uuid() });

export const readMeeting = async (at: At): Promise<NetworkMeeting | undefined> =>
  (await at.get<{ readonly meetings: readonly NetworkMeeting[] }>('/meetings')).meetings.find(
    ({ id }) => id === meetingOf(at),
  );

/** Says it, and sees a refusal of what was filled in as a fault of the form. */
export const said = async (work: () => Promise<unknown>): Promise<boolean> => {
  try {
    await work();
    return true;
  } catch (thrown) {
    if (thrown instanceof Refused && thrown.status === 400) return false;
    throw thrown;
  }
};

const doneLast = ({ status }: Shown<'agreement'>): number => (isOver({ status }) ? 1 : 0);

interface Again {
  readonly form: 'agreement' | 'answer';
  readonly faults: Readonly<Record<string, string>>;
}

export const registerMeeting = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  const show = async (at: At, again?: Again): Promise<FastifyReply> => {
    const [meeting, plan] = await Promise.all([
      readMeeting(at),
      // A link is told where both its ends are asked for.
      at.get<ShownPlan>('/plan?fields=citizen(name,age),agreements,appointments(status),links'),
    ]);
    if (meeting === undefined) return pages.missing(at.request, at.reply);
    const made = new Set(
      (plan.links ?? []).filter(({ rel, to }) => rel === 'meeting' && to === meeting.id).map(({ from }) => from),
    );
    const { actor } = at.viewer;
    const staff = actor.kind === 'professional';
    const past = isPast(meeting, context.clock.now());
    const shown = {
      title: pages.speech(at.request).t('meetings.one'),
      heading: meeting.title,
      ...(again === undefined ? {} : { status: 422 }),
    };
    return at.show('meeting-one', shown, {
      citizen: plan.citizen,
      meeting,
      // What is still to be done first, each in the order it was written.
      agreements: (plan.agreements ?? [])
        .filter(({ id }) => made.has(id))
        .toSorted((a, b) => doneLast(a) - doneLast(b) || a.observedAt.localeCompare(b.observedAt)),
      people: (meeting.participants ?? []).flatMap(({ name }) => name ?? []),
      writes: staff && actor.scopes.includes('comments.write') && meeting.status !== 'cancelled',
      // The convening unit alone is told whom the citizen is asked about.
      changes: mayConvene(at) && meeting.invited !== undefined && !past,
      ends: mayConvene(at) && meeting.invited !== undefined && past && meeting.status === 'planned',
      records: staff && actor.scopes.includes('consents.write') && meeting.answer === 'proposed' && !past,
      answers: (at.own || actor.kind === 'representative') && !past,
      today: copenhagenDay(context.clock.now()),
      again,
      given: again === undefined ? {} : (at.request.body ?? {}),
      key: randomUUID(),
    });
  };

  registerPart(app, context, pages, meetingsPart, { below: meetingBelow, get: (at) => show(at) });

  registerPart(app, context, pages, meetingsPart, {
    below: `${meetingBelow}/agreements`,
    post: async (at) => {
      const read = readForm(at.request, agreementForm);
      if (!read.ok) return show(at, { form: 'agreement', faults: read.faults });
      const { key, ...agreement } = read.data;
      const path = `/v1/citizens/${at.id}/agreements`;
      if (!(await said(() => at.post(path, { ...agreement, meeting: meetingOf(at) }, key))))
        return show(at, { form: 'agreement', faults: { text: 'invalid' } });
      return at.reply.redirect(`${at.base}/meetings/${meetingOf(at)}?done=agreement.written#write`, 303);
    },
  });

  registerPart(app, context, pages, meetingsPart, {
    below: `${meetingBelow}/agreements/:agreement(${uuidPattern})/done`,
    post: async (at) => {
      const key = onceOf(at.request, 'key');
      const { agreement } = at.request.params as { readonly agreement: string };
      await at.post(`/v1/citizens/${at.id}/agreements/${agreement}`, { status: 'completed' }, key);
      return at.reply.redirect(`${at.base}/meetings/${meetingOf(at)}?done=agreement.done`, 303);
    },
  });

  registerPart(app, context, pages, meetingsPart, {
    below: `${meetingBelow}/answer`,
    post: async (at) => {
      const read = readForm(at.request, answerForm);
      if (!read.ok) return show(at, { form: 'answer', faults: read.faults });
      const { key, ...answer } = read.data;
      const path = `/v1/citizens/${at.id}/meetings/${meetingOf(at)}/answer`;
      if (!(await said(() => at.post(path, answer, key))))
        return show(at, { form: 'answer', faults: { evidence: 'invalid' } });
      return at.reply.redirect(`${at.base}/meetings/${meetingOf(at)}?done=meeting.answered`, 303);
    },
  });
};
