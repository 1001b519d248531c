// Pages that only say who looks at them, one of every sort, in the place of the dashboard's own.
import type { FastifyInstance } from 'fastify';
import type { DashboardContext } from '../../src/dashboard/context.ts';
import { createPages, type Pages } from '../../src/dashboard/render.ts';

/** Holds an answer that goes on for long. */
export const probe = { waiting: false, until: Promise.resolve() };

export const registerProbes = async (app: FastifyInstance, context: DashboardContext): Promise<Pages> => {
  const kinds = ['anybody', 'signed-in', 'view', 'operate', 'dpo'] as const;
  for (const page of kinds)
    app.get(`/probe/${page}`, { config: { page } }, async (request, reply) => ({
      viewer: request.viewer ?? null,
      csrf: context.csrfOf(reply),
    }));
  app.get('/probe/background', { config: { page: 'signed-in', background: true } }, async () => ({}));
  app.get('/probe/stands', { config: { page: 'view', background: true } }, async (request) => {
    probe.waiting = true;
    await probe.until;
    return { stands: await context.stands(request) };
  });
  app.post('/probe/act', { config: { page: 'operate' } }, async (request) => ({ body: request.body }));
  app.get<{ Querystring: { path: string } }>('/probe/ask', { config: { page: 'signed-in' } }, async (request) =>
    context.ask(request, { path: request.query.path }),
  );
  app.get('/', { config: { page: 'anybody' } }, async () => ({}));
  return createPages(context);
};
