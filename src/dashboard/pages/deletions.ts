// Mass deletions that the guard holds: what a source says is gone, against what is stored; approved once, with a reason.
// The threshold stays as it is, so the next such deletion is held again.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { listActs, recordAct } from '../../store/acts.ts';
import { approveHeld } from '../../store/held-deletions.ts';
import { type HeldView, heldViews, previewHeld, readHeld } from '../../store/held-view.ts';
import { actingOf, readFilters, readForm, whyField } from '../input.ts';
import type { RegisterPage } from '../routes.ts';

/** `growth`: how far it had come when it was looked at. */
const approval = z.object({ why: whyField, growth: z.coerce.number().int().min(0).catch(0) });

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

  interface Shown {
    readonly why?: string;
    readonly faults?: Readonly<Record<string, string>>;
    /** More has come to it than was looked at. */
    readonly grown?: boolean;
    readonly status?: number;
  }
  const one = async (request: FastifyRequest, reply: FastifyReply, held: HeldView, { status, ...more }: Shown = {}) => {
    const { t } = pages.speech(request);
    const preview = held.state === 'held' ? await previewHeld(context.pool, held.id) : undefined;
    const asked = { what: 'deletion.approve', subject: String(held.id), limit: 1 };
    const [act] = held.state === 'approved' ? await listActs(context.pool, asked) : [];
    const waiting = request.viewer?.rights.operate === true ? 'deletions.approveTitle' : 'deletions.heldTitle';
    const title = t(held.state === 'held' ? waiting : 'deletions.decidedTitle');
    const head = { title, ...(status === undefined ? {} : { status }) };
    return pages.page(request, reply, 'deletion', head, { one: shown(held), preview, act, ...more });
  };

  app.get<Of>(address, { config: { page: 'view' } }, async (request, reply) => {
    const held = await readHeld(context.pool, Number(request.params.id));
    return held === undefined ? pages.missing(request, reply) : one(request, reply, held);
  });

  app.post<Of>(address, { config: { page: 'operate' } }, async (request, reply) => {
    const held = await readHeld(context.pool, Number(request.params.id));
    if (held === undefined) return pages.missing(request, reply);
    // Somebody was quicker: the page says who, and when.
    if (held.state !== 'held') return reply.redirect(`/admin/deletions/${held.id}`, 303);
    const form = readForm(request, approval);
    if (!form.ok) return one(request, reply, held, { faults: form.faults, status: 422 });
    const acting = actingOf(request);
    const { why, growth } = form.data;
    const removed = await approveHeld(
      context.pool,
      held.id,
      acting.person,
      (tx, { kind, removed: count }) =>
        recordAct(tx, {
          at: context.clock.now(),
          ...acting,
          what: 'deletion.approve',
          subject: String(held.id),
          source: held.source,
          why,
          detail: { kind, removed: count },
        }),
      growth,
    );
    // Nobody approves what they have not seen: the page shows what it has come to, and keeps the reason.
    if (removed === 'grown') {
      const now = (await readHeld(context.pool, held.id)) ?? held;
      return one(request, reply, now, { why, grown: true, status: 409 });
    }
    // Where it stands who did it, why, and how much went.
    const done = removed === undefined ? '' : '?done=deletion.approved';
    return reply.redirect(`/admin/deletions/${held.id}${done}`, 303);
  });
};
