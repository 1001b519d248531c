// The pages in a room of their own within the server: cookies, forms and tokens against foreign forms are known here and
// nowhere else, so that the feed goes on taking bearer tokens and JSON only.
import cookie from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HubConfig } from '../config/hub.ts';
import type { DashboardContext, DashboardParts, Practice } from '../dashboard/context.ts';
import { errorPage } from '../dashboard/errors.ts';
import { registerDashboard } from '../dashboard/routes.ts';
import type { FeedContext } from '../feed/context.ts';
import { createAsk } from './ask.ts';
import { ownOrigin } from './own-origin.ts';
import { guardPages, mayOpen, sayPolicy } from './page-guard.ts';
import { notFound, problemOf } from './problem.ts';
import { createSessions } from './session.ts';
import { registerSignIn } from './sign-in.ts';
import { createProvider } from './sign-in-provider.ts';
import type { TokenVerifier } from './tokens.ts';

export interface PageOptions {
  readonly context: FeedContext;
  readonly config: Pick<HubConfig, 'dashboard' | 'municipality' | keyof Practice>;
  readonly tokens: TokenVerifier;
  readonly parts: DashboardParts;
  readonly onError: (request: FastifyRequest, thrown: unknown) => void;
}

/** How to answer an address nobody knows: a page to a browser, a problem to anybody else. */
export type NotFound = (request: FastifyRequest, reply: FastifyReply) => FastifyReply;

const isForBrowsers = (request: FastifyRequest): boolean =>
  (request.headers.accept ?? '').includes('text/html') && !/^\/(v1|fhir|push)\//.test(request.url);

/** Left open too long, or sent after signing in again. */
const isStaleForm = (thrown: unknown): boolean =>
  String((thrown as { readonly code?: unknown } | undefined)?.code).startsWith('FST_CSRF_');

export const registerPages = async (app: FastifyInstance, options: PageOptions): Promise<NotFound> => {
  const { context, config, tokens, parts, onError } = options;
  const { publicUrl, signIn } = config.dashboard;
  const { enrolmentBases, emergencyRoles, units } = config;
  const provider = signIn === undefined ? undefined : createProvider(signIn);
  const sessions =
    provider === undefined ? undefined : createSessions({ context, config: config.dashboard, tokens, provider });
  let answerUnknown: NotFound = notFound;
  await app.register(async (pages) => {
    pages.removeAllContentTypeParsers();
    await pages.register(cookie);
    await pages.register(formbody, { bodyLimit: 64 * 1024 });
    const secure = publicUrl?.startsWith('https:') === true;
    /** A page's token is for this browser and this session. */
    const userInfo = (request: FastifyRequest): string =>
      request.webSession?.stored.idHash.toString('base64url') ?? 'nobody';
    await pages.register(csrf, {
      cookieKey: secure ? '__Host-samspil-csrf' : 'samspil-csrf',
      // Lax: who comes back from the provider must still have the secret that other tabs' forms were made with.
      cookieOpts: { path: '/', httpOnly: true, sameSite: 'lax', secure },
      csrfOpts: { hmacKey: context.keys.derive('csrf').toString('base64'), userInfo: true },
      getUserInfo: userInfo,
    });
    guardPages(pages, { publicUrl, sessions, formTargets: () => provider?.origins() ?? [] });
    if (sessions !== undefined && provider !== undefined)
      registerSignIn(pages, { context, publicUrl, sessions, provider });
    const dashboard: DashboardContext = {
      ...context,
      ...parts,
      municipality: config.municipality,
      practice: { enrolmentBases, emergencyRoles, units },
      ask: createAsk(app, sessions),
      // Also whoever stays signed in may have lost the right to look on.
      stands: async (request) =>
        mayOpen(request.routeOptions.config.page ?? 'signed-in', (await sessions?.open(request, false))?.viewer),
      secure,
      originOf: (request) => ownOrigin(request, publicUrl),
      csrfOf: (reply) => reply.generateCsrf({ userInfo: userInfo(reply.request) }),
    };
    const shown = await registerDashboard(pages, dashboard);
    pages.setErrorHandler((thrown, request, reply) => {
      onError(request, thrown);
      const { status, retryAfterSeconds } = problemOf(thrown);
      if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
      return errorPage(shown, reply, status, request.id, isStaleForm(thrown) ? 'form' : undefined);
    });
    answerUnknown = (request, reply) =>
      isForBrowsers(request) ? errorPage(shown, sayPolicy(reply), 404, request.id) : notFound(request, reply);
  });
  return answerUnknown;
};
