// `/`: where everybody begins. Signed in, it leads to the page one came for; else it says what this is, how fresh the
// sources are (no personal data), and where to sign in.

import { freshnessOf, readFreshness } from '../../store/freshness.ts';
import type { Viewer } from '../context.ts';
import { ownPath } from '../own-path.ts';
import { languageCookie } from '../render.ts';
import type { RegisterPage } from '../routes.ts';

const homeOf = ({ rights, actor }: Viewer): string => {
  if (rights.view) return '/admin';
  if (actor.kind === 'consumer-system') return '/docs';
  return actor.kind === 'citizen' && actor.citizen !== undefined ? '/my' : '/citizens';
};

export const registerFront: RegisterPage = (app, context, pages) => {
  app.get('/', { config: { page: 'anybody' } }, async (request, reply) => {
    const { viewer } = request;
    if (viewer !== undefined) return reply.redirect(homeOf(viewer), 302);
    const synced = new Map((await readFreshness(context.pool)).map((row) => [row.source, row.syncedAt]));
    const now = context.clock.now();
    const sources = context.sources.map(({ name, title, domain, freshForMs }) => {
      const at = synced.get(name) ?? null;
      return { title, domain, at, state: freshnessOf(at, freshForMs, now) };
    });
    return pages.page(
      request,
      reply,
      'front',
      { title: pages.speech(request).t('front.title') },
      { sources, behind: sources.filter(({ state }) => state !== 'fresh').length },
    );
  });

  app.get<{ Params: { language: string }; Querystring: { to?: string } }>(
    '/language/:language',
    { config: { page: 'anybody' } },
    async (request, reply) =>
      reply
        .setCookie(languageCookie, request.params.language === 'en' ? 'en' : 'da', {
          path: '/',
          httpOnly: true,
          secure: context.secure,
          sameSite: 'lax',
          maxAge: 365 * 86_400,
        })
        .redirect(ownPath(request.query.to), 303),
  );
};
