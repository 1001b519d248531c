// What was said in the hub and no journal has yet: which unit's turn it is and since when. The officer releases one in two
// steps, with a reason, so that it is erased without a journal having it.
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { errorPage } from '../../errors.ts';
import { onceOf, readFilters, readForm, uuidPattern, whyField, withQuery } from '../../input.ts';
import type { RegisterPage } from '../../routes.ts';
import { askFeed, withFeed } from './feed.ts';
import { shortId } from './find-citizen.ts';

const perPage = 50;
const releaseForm = z.object({ why: whyField });

interface Item {
  readonly id: string;
  readonly citizen: string;
  readonly kind: string;
  readonly version: number;
  readonly unit: string;
  readonly saidAt: string;
  readonly dueAt: string;
  readonly late: boolean;
  readonly withdrawn: boolean;
  readonly enrolmentEnded: boolean;
  readonly content?: Readonly<Record<string, unknown>>;
}

type Of = { Params: { item: string } };

export const registerJournalisingPage: RegisterPage = (app, context, pages) => {
  const names = new Map(context.practice.units.map(({ id, name }) => [id, name]));
  const dressed = (item: Item) => ({
    ...item,
    about: shortId(item.citizen),
    unitName: names.get(item.unit) ?? item.unit,
    texts: Object.entries(item.content ?? {}).filter(([, value]) => typeof value === 'string'),
  });
  const list = (request: FastifyRequest, query: object) =>
    askFeed<{ items: readonly Item[]; more: boolean }>(
      context,
      request,
      `/v1/journalising${withQuery('', query as Record<string, string | number | undefined>)}`,
    );

  app.get('/admin/journalising', { config: { page: 'dpo' } }, (request, reply) =>
    withFeed(pages, request, reply, async () => {
      const chosen = readFilters(request, { unit: z.string().max(200), late: z.literal('yes'), after: z.uuid() });
      const { items, more } = await list(request, { ...chosen, limit: perPage });
      const { t } = pages.speech(request);
      return pages.page(
        request,
        reply,
        'proof/journalising',
        { title: t('toJournal.title') },
        {
          chosen,
          items: items.map(dressed),
          units: context.practice.units,
          firstHref: chosen.after === undefined ? undefined : withQuery(request.url, { after: undefined }),
          nextHref: more ? withQuery(request.url, { after: items.at(-1)?.id, done: undefined }) : undefined,
        },
      );
    }),
  );

  /** Those of one unit are few; the list has no address for one of them. */
  const find = async (request: FastifyRequest<Of>): Promise<Item | undefined> => {
    for (let after: string | undefined; ; ) {
      const { items, more } = await list(request, { after, limit: 1_000 });
      const found = items.find(({ id }) => id === request.params.item);
      if (found !== undefined || !more) return found;
      after = items.at(-1)?.id;
    }
  };

  const show = async (request: FastifyRequest<Of>, reply: FastifyReply, again: object = {}, status = 200) => {
    const item = await find(request);
    if (item === undefined) return reply.redirect('/admin/journalising?done=journalising.gone', 303);
    const { t } = pages.speech(request);
    const data = { item: dressed(item), once: randomUUID(), ...again };
    return pages.page(
      request,
      reply,
      'proof/journalising-release',
      { title: t('toJournal.releaseTitle'), status },
      data,
    );
  };

  app.get<Of>(`/admin/journalising/:item(${uuidPattern})`, { config: { page: 'dpo' } }, (request, reply) =>
    withFeed(pages, request, reply, () => show(request, reply)),
  );

  app.post<Of>(`/admin/journalising/:item(${uuidPattern})`, { config: { page: 'dpo' } }, (request, reply) =>
    withFeed(pages, request, reply, async () => {
      const form = readForm(request, releaseForm);
      const { why } = (request.body ?? {}) as { readonly why?: unknown };
      if (!form.ok) return show(request, reply, { fault: form.faults['why'], value: why }, 422);
      const answer = await context.ask(request, {
        method: 'POST',
        path: `/v1/journalising/${request.params.item}/release`,
        body: { reason: form.data.why },
        headers: { 'idempotency-key': onceOf(request) },
      });
      if (answer.status === 204) return reply.redirect('/admin/journalising?done=journalising.released', 303);
      if (answer.status === 404) return reply.redirect('/admin/journalising?done=journalising.gone', 303);
      // The reason looks like a number of a person, or holds what no line may.
      if (answer.status === 400) return show(request, reply, { fault: 'invalid' }, 422);
      return errorPage(pages, reply, answer.status, request.id);
    }),
  );
};
