// What somebody looks at citizens for, where the hub knows several purposes: chosen for the session, by `POST
// /sign-in/purpose`. Where there is one, there is nothing to choose and no such page.
import { viewerOf } from '../input.ts';
import type { RegisterPage } from '../routes.ts';

export const registerPurpose: RegisterPage = (app, _context, pages) => {
  app.get<{ Querystring: { to?: string } }>('/purpose', { config: { page: 'signed-in' } }, async (request, reply) => {
    const { purpose, purposes } = viewerOf(request);
    if (purposes.length < 2) return pages.missing(request, reply);
    const { t } = pages.speech(request);
    const { to } = request.query;
    const data = { purpose, purposes, to: typeof to === 'string' ? to : '/' };
    return pages.page(request, reply, 'purpose', { title: t('purpose.title') }, data);
  });
};
