// Mass deletions that the guard holds: what a source says is gone, against what is stored; approved once, with a reason.
// The threshold stays as it is, so the next such deletion is held again.
import { z } from 'zod';
import { recordAct } from '../../store/acts.ts';
import { approveHeld, listHeld } from '../../store/deletions.ts';
import { actingOf, readFilters, readForm, whyField } from '../input.ts';
import type { RegisterPage } from '../routes.ts';

const approval = z.object({ why: whyField });

export const registerDeletions: RegisterPage = (app, context, pages) => {
  const known = new Map(context.sources.map((source) => [source.name, source]));
  const read = async (source: string | undefined) =>
    (await listHeld(context.pool))
      .filter((held) => (source ?? held.source) === held.source)
      .map((held) => {
        const { title = held.source, guard } = known.get(held.source) ?? {};
        return { ...held, title, guard, share: held.stored === 0 ? 0 : held.missing / held.stored };
      });

  app.get('/admin/deletions', { config: { page: 'view' } }, async (request, reply) => {
    const { source } = readFilters(request, { source: z.string() });
    const { t } = pages.speech(request);
    return pages.page(
      request,
      reply,
      'deletions',
      { title: t('deletions.title') },
      { held: await read(source), source },
    );
  });

  app.get<{ Params: { id: string } }>(
    '/admin/deletions/:id(^\\d{1,9}$)',
    { config: { page: 'operate' } },
    async (request, reply) => {
      const one = (await read(undefined)).find(({ id }) => id === Number(request.params.id));
      if (one === undefined) return pages.missing(request, reply);
      const { t } = pages.speech(request);
      return pages.page(request, reply, 'deletion', { title: t('deletions.approveTitle') }, { one });
    },
  );

  app.post<{ Params: { id: string } }>(
    '/admin/deletions/:id(^\\d{1,9}$)',
    { config: { page: 'operate' } },
    async (request, reply) => {
      const { t } = pages.speech(request);
      const one = (await read(undefined)).find(({ id }) => id === Number(request.params.id));
      if (one === undefined) return pages.missing(request, reply);
      const form = readForm(request, approval);
      if (!form.ok)
        return pages.page(
          request,
          reply,
          'deletion',
          { title: t('deletions.approveTitle'), status: 422 },
          { one, faults: form.faults },
        );
      const acting = actingOf(request);
      const removed = await approveHeld(context.pool, one.id, acting.person, (tx, { kind, removed: count }) =>
        recordAct(tx, {
          at: context.clock.now(),
          ...acting,
          what: 'deletion.approve',
          subject: String(one.id),
          source: one.source,
          why: form.data.why,
          detail: { kind, removed: count },
        }),
      );
      if (removed === undefined) return reply.redirect('/admin/deletions?done=deletion.gone', 303);
      return reply.redirect('/admin/deletions?done=deletion.approved', 303);
    },
  );
};
