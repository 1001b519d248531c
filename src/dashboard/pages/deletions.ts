// Mass deletions that the guard holds: what a source says is gone, against what is stored; approved once, with a reason.
// The threshold stays as it is, so the next such deletion is held again.
import { z } from 'zod';
import { recordAct } from '../../store/acts.ts';
import { approveHeld } from '../../store/deletions.ts';
import { type HeldView, heldViews, previewHeld, readHeld } from '../../store/held-view.ts';
import { actingOf, readFilters, readForm, whyField } from '../input.ts';
import type { RegisterPage } from '../routes.ts';

const approval = z.object({ why: whyField });

export const registerDeletions: RegisterPage = (app, context, pages) => {
  type Of = { Params: { id: string } };
  const address = '/admin/deletions/:id(^\\d{1,9}$)';
  const known = new Map(context.sources.map((source) => [source.name, source]));
  const shown = (held: HeldView) => {
    const { title = held.source, guard } = known.get(held.source) ?? {};
    return { ...held, title, guard, share: held.stored === 0 ? 0 : held.missing / held.stored };
  };

  app.get('/admin/deletions', { config: { page: 'view' } }, async (request, reply) => {
    const { source } = readFilters(request, { source: z.string().max(200) });
    const { t } = pages.speech(request);
    const { waiting, decided } = await heldViews(context.pool, source);
    return pages.page(
      request,
      reply,
      'deletions',
      { title: t('deletions.title') },
      {
        held: waiting.map(shown),
        decided: decided.map(shown),
        source: source === undefined ? undefined : (known.get(source)?.title ?? source),
      },
    );
  });

  app.get<Of>(address, { config: { page: 'view' } }, async (request, reply) => {
    const held = await readHeld(context.pool, Number(request.params.id));
    if (held === undefined) return pages.missing(request, reply);
    const { t } = pages.speech(request);
    const preview = held.state === 'held' ? await previewHeld(context.pool, held.id) : undefined;
    const title = t(held.state === 'held' ? 'deletions.approveTitle' : 'deletions.decidedTitle');
    return pages.page(request, reply, 'deletion', { title }, { one: shown(held), preview });
  });

  app.post<Of>(address, { config: { page: 'operate' } }, async (request, reply) => {
    const held = await readHeld(context.pool, Number(request.params.id));
    if (held === undefined) return pages.missing(request, reply);
    // Somebody was quicker: the page says who, and when.
    if (held.state !== 'held') return reply.redirect(`/admin/deletions/${held.id}`, 303);
    const form = readForm(request, approval);
    if (!form.ok) {
      const { t } = pages.speech(request);
      return pages.page(
        request,
        reply,
        'deletion',
        { title: t('deletions.approveTitle'), status: 422 },
        { one: shown(held), preview: await previewHeld(context.pool, held.id), faults: form.faults },
      );
    }
    const acting = actingOf(request);
    const removed = await approveHeld(context.pool, held.id, acting.person, (tx, { kind, removed: count }) =>
      recordAct(tx, {
        at: context.clock.now(),
        ...acting,
        what: 'deletion.approve',
        subject: String(held.id),
        source: held.source,
        why: form.data.why,
        detail: { kind, removed: count },
      }),
    );
    return reply.redirect(
      removed === undefined ? `/admin/deletions/${held.id}` : '/admin/deletions?done=deletion.approved',
      303,
    );
  });
};
