// Whom the data-protection officer asks about: found by number, which travels in a form, goes to the feed and is kept by
// neither page nor address. What comes back is the citizen's id; the officer is shown no name.
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { errorPage } from '../../errors.ts';
import { readForm } from '../../input.ts';
import type { RegisterPage } from '../../routes.ts';

/** Where one goes on with the citizen found. */
const targets = ['log', 'explain', 'consents'] as const;

const findForm = z.object({ cpr: z.string().min(9).max(11), to: z.enum(targets).catch('log') });

/** How a citizen is written on these pages: enough of the id to tell them apart. */
export const shortId = (id: string): string => id.slice(0, 8);

export const registerFindCitizen: RegisterPage = (app, context, pages) => {
  app.post('/admin/find-citizen', { config: { page: 'dpo' } }, async (request, reply) => {
    const again = (status: number, fault: string, to: string): FastifyReply => {
      const { t } = pages.speech(request);
      return pages.page(request, reply, 'proof/find', { title: t('proof.find.title'), status }, { fault, to });
    };
    const form = readForm(request, findForm);
    const said = (request.body ?? {}) as { readonly to?: unknown };
    const to = targets.find((one) => one === said.to) ?? 'log';
    if (!form.ok) return again(422, 'noNumber', to);
    const { cpr } = form.data;
    const answer = await context.ask(request, { method: 'POST', path: '/v1/citizens/lookup', body: { cpr } });
    if (answer.status === 200) return reply.redirect(`/admin/${to}?citizen=${answer.json<{ id: string }>().id}`, 303);
    if (answer.status === 404) return again(404, 'notFound', to);
    if (answer.status === 400) return again(422, 'noNumber', to);
    return errorPage(pages, reply, answer.status, request.id);
  });
};
