// bull-board over the queues, to look and not to touch: only what it reads is served, under the pages' own policy and on a
// page of ours around it, so that nothing is fetched from elsewhere and no style or script is inline. Acts are on the page
// of the queues, where they are written down.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { AppControllerRoute, AppViewRoute, IServerAdapter } from '@bull-board/api/typings/app';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RegisterPage } from '../routes.ts';
import { queuesShown } from './queue-list.ts';

const base = '/admin/queues';

type Answer = { readonly status?: number; readonly body: unknown };

/** Takes what the board would have served, and serves what of it only reads. */
const readingServer = (
  serve: (what: {
    readonly entry: AppViewRoute;
    readonly reads: readonly AppControllerRoute[];
    readonly root: string;
    answer(route: AppControllerRoute, request: FastifyRequest): Promise<Answer>;
    settings(): string;
  }) => void,
) => {
  let queues: Parameters<IServerAdapter['setQueues']>[0];
  let root = '';
  let entry: AppViewRoute;
  let routes: readonly AppControllerRoute[] = [];
  let uiConfig: Parameters<IServerAdapter['setUIConfig']>[0] = {};
  const server: IServerAdapter = {
    setQueues: (given) => {
      queues = given;
      return server;
    },
    setViewsPath: () => server,
    setStaticPath: (_, path) => {
      root = path;
      return server;
    },
    setEntryRoute: (given) => {
      entry = given;
      return server;
    },
    setErrorHandler: () => server,
    setApiRoutes: (given) => {
      routes = given;
      return server;
    },
    setUIConfig: (given) => {
      uiConfig = given;
      return server;
    },
  };
  return {
    server,
    start: () =>
      serve({
        entry,
        root,
        reads: routes.filter(({ method }) => method === 'get'),
        settings: () => entry.handler({ basePath: base, uiConfig }).params['uiConfig'] ?? '{}',
        async answer(route, request) {
          const { params, query, headers } = request;
          const asked = { queues, uiConfig, params, query, body: undefined, headers };
          return (await route.handler(asked as unknown as Parameters<typeof route.handler>[0])) as Answer;
        },
      }),
  };
};

/** The styles and scripts that the board's own page names. */
const filesOf = (root: string): { readonly styles: readonly string[]; readonly scripts: readonly string[] } => {
  const html = readFileSync(join(root, '..', 'index.ejs'), 'utf8');
  const named = (pattern: RegExp): readonly string[] => [...html.matchAll(pattern)].map((match) => match[1] ?? '');
  return { styles: named(/href="(static\/css\/[\w.-]+)"/g), scripts: named(/src="(static\/js\/[\w.-]+)"/g) };
};

/** Its addresses are relative to the base it names. */
const allowBase = async (_request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  const policy = String(reply.getHeader('content-security-policy') ?? '');
  reply.header('content-security-policy', policy.replace("base-uri 'none'", "base-uri 'self'"));
};

export const registerQueueBoard: RegisterPage = (app, context, pages) => {
  const config = { page: 'operate' } as const;
  let shown = false;
  /** A queue opens connections: not before somebody looks. */
  const showAll = (): void => {
    if (shown) return;
    shown = true;
    for (const { look } of queuesShown(context)) addQueue(new BullMQAdapter(look().raw, { readOnlyMode: true }));
  };
  const board = readingServer(({ entry, reads, root, answer, settings }) => {
    for (const route of ['', entry.route].flat())
      app.get(`${base}${route}`, { config, onSend: allowBase }, (request, reply) => {
        showAll();
        const html = pages.part(pages.speech(request).language, 'queue-board', {
          base: `${base}/`,
          settings: settings(),
          ...filesOf(root),
        });
        return reply.header('content-type', 'text/html; charset=utf-8').send(html);
      });
    for (const one of reads)
      for (const route of [one.route].flat())
        app.get(`${base}${route}`, { config: { ...config, background: true } }, async (request, reply) => {
          showAll();
          const { status = 200, body } = await answer(one, request);
          return reply.code(status).send(body);
        });
    app.register(fastifyStatic, { root, prefix: `${base}/static`, decorateReply: false, index: false, maxAge: '1d' });
  });
  const { addQueue } = createBullBoard({
    queues: [],
    serverAdapter: board.server,
    options: {
      uiConfig: {
        boardTitle: 'Samspil',
        hideRedisDetails: true,
      },
    },
  });
  board.start();
};
