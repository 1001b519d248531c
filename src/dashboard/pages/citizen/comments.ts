// Comments on the plan or beside one record: reading, writing, answering, editing one's own (a new version) and taking it
// away in two steps. Who reads it and whom it reaches is the feed's decision; the form's key makes a double click one act.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { DashboardContext } from '../../context.ts';
import { onceOf, readFilters, readForm, uuidPattern } from '../../input.ts';
import type { Pages } from '../../render.ts';
import { type ShownComment, threadsOf } from './comments-view.ts';
import { type At, Refused, registerPart } from './frame.ts';
import { planPart } from './parts.ts';
import { mayWrite } from './plan.ts';
import { sourcesView } from './plan-view.ts';
import type { ShownPlan } from './shown.ts';

const fields =
  'citizen(name,age),plans(title),goals(text),interventions(title),appointments(title),agreements(text),conditions(type),journalReferences(title)';
const lists = [
  'plans',
  'goals',
  'interventions',
  'appointments',
  'agreements',
  'conditions',
  'journalReferences',
] as const;
const filters = { about: z.uuid(), reply: z.uuid(), edit: z.uuid() };
const form = z.object({
  text: z.string().max(4000),
  about: z.uuid().optional(),
  replyTo: z.uuid().optional(),
  edit: z.uuid().optional(),
  key: z.uuid(),
});
const uuid = `:comment(${uuidPattern})`;

interface Named {
  readonly id: string;
  readonly name: string;
}

const nameOf = (record: {
  readonly title?: string;
  readonly text?: string | undefined;
  readonly type?: unknown;
}): string => record.title ?? record.text ?? (record.type as { readonly display?: string } | undefined)?.display ?? '';

/** What one may write about, by list. */
const recordsOf = (plan: ShownPlan): readonly { readonly list: string; readonly records: readonly Named[] }[] =>
  lists
    .map((list) => ({ list, records: (plan[list] ?? []).map((record) => ({ id: record.id, name: nameOf(record) })) }))
    .filter(({ records }) => records.length > 0);

interface Refilled {
  readonly faults?: Readonly<Record<string, string>>;
  readonly given?: Readonly<Record<string, unknown>>;
}

const commentOf = (at: At): string => (at.request.params as { readonly comment: string }).comment;

export const registerComments = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  const read = async (at: At): Promise<readonly ShownComment[]> =>
    (await at.get<{ readonly comments: readonly ShownComment[] }>('/comments')).comments;

  const showAll = async (at: At, { faults, given = {} }: Refilled = {}): Promise<FastifyReply> => {
    const [plan, comments] = await Promise.all([at.get<ShownPlan>(`/plan?fields=${fields}`), read(at)]);
    const { t } = pages.speech(at.request);
    const { about, reply, edit } = { ...readFilters(at.request, filters), ...given };
    const byId = new Map(comments.map((comment) => [comment.id, comment]));
    const groups = recordsOf(plan);
    const names = new Map(groups.flatMap(({ records }) => records.map(({ id, name }) => [id, name] as const)));
    const edited = typeof edit === 'string' ? byId.get(edit) : undefined;
    const shown = about === undefined ? comments : comments.filter((comment) => comment.about === about);
    return at.show(
      'comments',
      { title: t('comment.title'), ...(faults === undefined ? {} : { status: 422 }) },
      {
        citizen: plan.citizen,
        subjects: [...Map.groupBy(shown, (comment) => comment.about ?? 'plan')].map(([id, said]) => ({
          id,
          name: id === 'plan' ? t('comment.wholePlan') : (names.get(id) ?? t('comment.other')),
          threads: threadsOf(said),
        })),
        groups,
        about,
        only: typeof about === 'string' && given['about'] === undefined ? names.get(about) : undefined,
        answered: typeof reply === 'string' ? byId.get(reply) : undefined,
        edited: edited?.mine === true ? edited : undefined,
        faults,
        text: given['text'] ?? (edited?.mine === true ? edited.text : ''),
        key: randomUUID(),
        wholePlan: at.viewer.actor.kind === 'professional',
        mayWrite: mayWrite(at.viewer, at.own),
        ...sourcesView(plan.sources),
      },
    );
  };

  registerPart(app, context, pages, planPart, {
    below: '/comments',
    get: (at) => showAll(at),
    post: async (at) => {
      const read = readForm(at.request, form);
      const body = (at.request.body ?? {}) as Readonly<Record<string, unknown>>;
      const { text, about, replyTo, edit } = body;
      const given = Object.fromEntries(
        Object.entries({ text, about, reply: replyTo, edit }).filter(
          ([, value]) => typeof value === 'string' && value !== '',
        ),
      );
      if (!read.ok) return showAll(at, { faults: read.faults, given });
      const { key, edit: anew, ...said } = read.data;
      const path = `/v1/citizens/${at.id}/comments${anew === undefined ? '' : `/${anew}`}`;
      try {
        await at.post(path, anew === undefined ? said : { text: said.text }, key);
      } catch (thrown) {
        if (!(thrown instanceof Refused) || thrown.status !== 400) throw thrown;
        return showAll(at, { faults: { about: 'unreached' }, given });
      }
      const done = anew === undefined ? 'comment.written' : 'comment.edited';
      return at.reply.redirect(`${at.base}/comments?done=${done}`, 303);
    },
  });

  registerPart(app, context, pages, planPart, {
    below: `/comments/${uuid}/withdraw`,
    get: async (at) => {
      const one = (await read(at)).find(({ id }) => id === commentOf(at));
      if (one === undefined) return pages.missing(at.request, at.reply);
      const title = pages.speech(at.request).t('comment.withdrawTitle');
      return at.show('comment-withdraw', { title }, { one, key: randomUUID() });
    },
    post: async (at) => {
      const key = onceOf(at.request, 'key');
      await at.post(`/v1/citizens/${at.id}/comments/${commentOf(at)}/withdraw`, undefined, key);
      return at.reply.redirect(`${at.base}/comments?done=comment.withdrawn`, 303);
    },
  });
};
