// Pages of which every one goes wrong in a way of its own, and one form, in the place of the dashboard's own.
import type { FastifyInstance } from 'fastify';
import { registerAssets } from '../../src/dashboard/assets.ts';
import type { DashboardContext } from '../../src/dashboard/context.ts';
import { createPages, type Pages } from '../../src/dashboard/render.ts';
import { type ErrorCode, HubError } from '../../src/errors.ts';

export const failures: Readonly<Record<string, ErrorCode>> = {
  400: 'request/invalid',
  403: 'request/forbidden',
  404: 'request/not-found',
  409: 'request/conflict',
  413: 'request/too-large',
  415: 'request/media-type',
  429: 'request/too-many',
  500: 'bug/unexpected',
  503: 'store/unavailable',
};

export const registerFailing = async (app: FastifyInstance, context: DashboardContext): Promise<Pages> => {
  await registerAssets(app);
  for (const method of ['GET', 'POST'] as const)
    app.route<{ Params: { status: string } }>({
      method,
      url: '/fail/:status',
      config: { page: 'signed-in' },
      handler: async ({ params }) => {
        throw new HubError({
          code: failures[params.status] ?? 'bug/unexpected',
          fault: 'config',
          message: 'As wished.',
        });
      },
    });
  app.get('/form', { config: { page: 'anybody' } }, async (_request, reply) =>
    reply
      .header('content-type', 'text/html')
      .send(
        `<!doctype html><form method="post" action="/fail/409"><input name="_csrf" value="${context.csrfOf(reply)}"><button>Send</button></form>`,
      ),
  );
  app.get('/', { config: { page: 'anybody' } }, async () => ({}));
  return createPages(context);
};
