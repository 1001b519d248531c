// Who may open a page, and what every page's answer says to the browser. A form or button counts only when it comes from
// one of our own pages: by what the browser says of the request, and by the token the page was given.

import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { Viewer } from '../dashboard/context.ts';
import { ownPath } from '../dashboard/own-path.ts';
import { HubError } from '../errors.ts';
import { unauthorised } from './claims.ts';
import { ownOrigin } from './own-origin.ts';
import type { Sessions } from './session.ts';

export interface GuardOptions {
  readonly publicUrl: string | undefined;
  /** Absent: nobody can sign in. */
  readonly sessions: Sessions | undefined;
  /** Where a form's answer may lead besides here: the provider's sign-out. */
  readonly formTargets: () => readonly string[];
}

type Page = NonNullable<FastifyRequest['routeOptions']['config']['page']>;

const forbidden = (message: string): HubError => new HubError({ code: 'request/forbidden', fault: 'config', message });

export const mayOpen = (page: Page, viewer: Viewer | undefined): boolean => {
  if (page === 'anybody') return true;
  if (viewer === undefined) return false;
  return page === 'signed-in' || viewer.rights[page];
};

const policyOf = (formTargets: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const nothingOfTheDevice = ['camera', 'microphone', 'geolocation', 'payment', 'usb', 'display-capture']
  .map((feature) => `${feature}=()`)
  .join(', ');

export const sayPolicy = (reply: FastifyReply, formTargets: readonly string[] = []): FastifyReply =>
  reply
    .header('content-security-policy', policyOf(formTargets))
    .header('permissions-policy', nothingOfTheDevice)
    // Nothing leaves; but with none at all browsers would say of our own forms that they come from nowhere.
    .header('referrer-policy', 'same-origin');

const onlyReads = (request: FastifyRequest): boolean => request.method === 'GET' || request.method === 'HEAD';

/** Browsers say where a request comes from; what does not say it must still bring the page's token. */
const isForeign = (request: FastifyRequest, publicUrl: string | undefined): boolean => {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin';
  const { origin } = request.headers;
  return origin !== undefined && origin !== ownOrigin(request, publicUrl);
};

/** Where somebody goes on after signing in: the page itself, or the one that asked for a part of itself. */
const wayBack = (request: FastifyRequest, publicUrl: string | undefined): string => {
  const origin = ownOrigin(request, publicUrl);
  const shown = request.headers['hx-current-url'];
  if (typeof shown !== 'string') return ownPath(request.url);
  const url = URL.parse(shown);
  return url?.origin === origin ? ownPath(url.pathname + url.search) : '/';
};

const sendToSignIn = (request: FastifyRequest, reply: FastifyReply, publicUrl: string | undefined): FastifyReply => {
  const there = `/sign-in?to=${encodeURIComponent(wayBack(request, publicUrl))}`;
  if (request.headers['hx-request'] !== undefined) return reply.code(401).header('hx-redirect', there).send();
  if (!onlyReads(request)) throw unauthorised('Nobody is signed in any more.', 'Sign in again.');
  return reply.redirect(there, 302);
};

export const guardPages = (pages: FastifyInstance, { publicUrl, sessions, formTargets }: GuardOptions): void => {
  // Guessing a session costs the guesser; yesterday's cookies of a whole town hall are no guesses, and come once each.
  const wrong = pages.createRateLimit({
    max: 600,
    timeWindow: 60_000,
    keyGenerator: (request) => `session ${request.ip}`,
  });
  pages.decorateRequest('viewer', undefined);
  pages.decorateRequest('webSession', undefined);

  pages.addHook('onRequest', async (request, reply) => {
    const { page, background } = request.routeOptions.config;
    if (page === undefined) return undefined;
    if (!onlyReads(request) && isForeign(request, publicUrl))
      throw forbidden('The request does not come from a page of this hub.');
    const named = sessions === undefined ? undefined : request.cookies[sessions.cookieName];
    request.webSession = await sessions?.open(request, background !== true);
    request.viewer = request.webSession?.viewer;
    if (sessions !== undefined && named !== undefined && request.viewer === undefined) {
      // Not by what a page asks by itself: its answer could overtake a sign-in in another tab.
      if (background !== true && request.headers['hx-request'] === undefined)
        reply.clearCookie(sessions.cookieName, sessions.cookie);
      const counted = await wrong(request);
      if (!counted.isAllowed && counted.isExceeded)
        throw new HubError({
          code: 'request/too-many',
          fault: 'transient',
          message: 'Too many requests without a session.',
          retryAfterMs: counted.ttl,
        });
    }
    if (mayOpen(page, request.viewer)) return undefined;
    if (request.viewer !== undefined) throw forbidden('This page is not for this person.');
    if (sessions === undefined) throw forbidden('Nobody can sign in here: dashboard.signIn is not configured.');
    return sendToSignIn(request, reply, publicUrl);
  });

  pages.addHook('preHandler', (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => {
    if (request.routeOptions.config.page === undefined || onlyReads(request)) return done();
    return pages.csrfProtection(request, reply, done);
  });

  pages.addHook('onSend', async (request, reply) => {
    const targets = request.viewer === undefined ? [] : formTargets();
    sayPolicy(reply, targets);
    // Assets say for themselves how long they may be kept.
    if (request.routeOptions.config.page !== undefined || !reply.hasHeader('cache-control'))
      reply.header('cache-control', 'no-store');
  });
};
