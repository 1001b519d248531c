// What was said in the hub and waits for the unit's own journal, oldest first: what it says, whom it is about, since when;
// confirmed one by one with the journal's own number.
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { errorPage } from '../errors.ts';
import { readFilters, readForm, withQuery } from '../input.ts';
import type { RegisterPage } from '../routes.ts';
import type { ShownPlan } from './citizen/shown.ts';

const perPage = 20;
const form = z.object({ id: z.uuid(), reference: z.string().max(500), key: z.uuid() });
const filters = { late: z.literal('yes'), after: z.uuid() };

interface Item {
  readonly id: string;
  readonly citizen: string;
  readonly kind: 'comment' | 'agreement' | 'request' | 'appointment' | 'contact';
  readonly unit: string;
  readonly version: number;
  readonly saidAt: string;
  readonly dueAt: string;
  readonly late: boolean;
  readonly withdrawn: boolean;
  readonly enrolmentEnded: boolean;
  readonly content?: Readonly<Record<string, unknown>>;
}

const shownFields = [
  'title',
  'text',
  'what',
  'name',
  'why',
  'answer',
  'responsible',
  'location',
  'start',
  'followUpAt',
  'agenda',
];

interface Line {
  readonly field: string;
  readonly texts: readonly string[];
}

/** What was said, field by field, as it is to be copied. */
export const linesOf = (content: Item['content']): readonly Line[] =>
  shownFields.flatMap((field) => {
    const texts = [content?.[field] ?? []].flat().filter((text) => typeof text === 'string');
    return texts.length === 0 ? [] : [{ field, texts }];
  });

export const registerJournalising: RegisterPage = (app, context, pages) => {
  const config = { page: 'signed-in' } as const;
  const units = new Map(context.practice.units.map(({ id, name }) => [id, name]));

  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    wrong?: { readonly id: string; readonly fault: string },
  ): Promise<FastifyReply> => {
    const { late, after } = readFilters(request, filters);
    const query = new URLSearchParams({
      limit: String(perPage),
      ...(late === undefined ? {} : { late }),
      ...(after === undefined ? {} : { after }),
    });
    const answer = await context.ask(request, { path: `/v1/journalising?${query}` });
    if (answer.status !== 200) return errorPage(pages, reply, answer.status, request.id);
    const { items, more } = answer.json<{ items: readonly Item[]; more: boolean }>();
    const names = new Map(
      await Promise.all(
        [...new Set(items.map(({ citizen }) => citizen))].map(async (citizen) => {
          const plan = await context.ask(request, { path: `/v1/citizens/${citizen}/plan?fields=citizen(name)` });
          return [citizen, plan.status === 200 ? plan.json<ShownPlan>().citizen.name : undefined] as const;
        }),
      ),
    );
    const { t } = pages.speech(request);
    return pages.page(
      request,
      reply,
      'journalising',
      { title: t('journalising.title'), ...(wrong === undefined ? {} : { status: 422 }) },
      {
        items: items.map((item) => ({
          ...item,
          name: names.get(item.citizen),
          unitName: units.get(item.unit) ?? item.unit,
          lines: linesOf(item.content),
        })),
        late,
        wrong,
        key: randomUUID(),
        firstHref: after === undefined ? undefined : withQuery(request.url, { after: undefined, done: undefined }),
        nextHref: more ? withQuery(request.url, { after: items.at(-1)?.id, done: undefined }) : undefined,
      },
    );
  };

  app.get('/journalising', { config }, (request, reply) => show(request, reply));
  app.post('/journalising', { config }, async (request, reply) => {
    const read = readForm(request, form);
    if (!read.ok) {
      const { id } = (request.body ?? {}) as { readonly id?: unknown };
      return show(request, reply, {
        id: typeof id === 'string' ? id : '',
        fault: read.faults['reference'] ?? 'invalid',
      });
    }
    const { id, key, reference } = read.data;
    const answer = await context.ask(request, {
      method: 'POST',
      path: `/v1/journalising/${id}/confirm`,
      body: { journalReference: reference },
      headers: { 'idempotency-key': key },
    });
    if (answer.status === 204) return reply.redirect('/journalising?done=journal.confirmed', 303);
    if (answer.status === 404) return reply.redirect('/journalising?done=journal.gone', 303);
    return errorPage(pages, reply, answer.status, request.id);
  });
};
