// GET /sign-in → the provider → GET /sign-in/callback → a session; POST /sign-out ends it here and there. What must fit
// together in between lies sealed in the browser, for ten minutes, a cookie for every attempt.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ownPath } from '../dashboard/own-path.ts';
import { HubError } from '../errors.ts';
import type { FeedContext } from '../feed/context.ts';
import { changePurpose } from '../store/sessions.ts';
import { unauthorised } from './claims.ts';
import { ownOrigin } from './own-origin.ts';
import type { Sessions } from './session.ts';
import type { Attempt, Provider } from './sign-in-provider.ts';

export interface SignInOptions {
  readonly context: FeedContext;
  readonly publicUrl: string | undefined;
  readonly sessions: Sessions;
  readonly provider: Provider;
}

interface Sealed extends Attempt {
  readonly to: string;
  readonly until: number;
}

const attemptMs = 10 * 60_000;
/** Of one address, which may be a whole town hall in the morning. */
const perMinute = 600;
const place = 'sign-in attempt';

const queryOf = (request: FastifyRequest, name: string): unknown =>
  (request.query as Readonly<Record<string, unknown>>)[name];

export const registerSignIn = (app: FastifyInstance, options: SignInOptions): void => {
  const { context, publicUrl, sessions, provider } = options;
  const { keys, clock, log, pool } = context;
  const secure = publicUrl?.startsWith('https:') === true;
  const prefix = secure ? '__Host-samspil-in-' : 'samspil-in-';
  const limit = app.createRateLimit({
    max: perMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => `sign-in ${request.ip}`,
  });
  const limited = async (request: FastifyRequest): Promise<void> => {
    const counted = await limit(request);
    if (!counted.isAllowed && counted.isExceeded)
      throw new HubError({
        code: 'request/too-many',
        fault: 'transient',
        message: 'Too many attempts to sign in.',
        retryAfterMs: counted.ttl,
      });
  };
  const cookieOf = (state: string): string => `${prefix}${state.slice(0, 12)}`;
  const callbackOf = (request: FastifyRequest): string => `${ownOrigin(request, publicUrl)}/sign-in/callback`;

  /** The attempt this browser began with that state, once: its cookie goes with the answer. */
  const attemptOf = (request: FastifyRequest, reply: FastifyReply): Sealed => {
    const state = queryOf(request, 'state');
    const name = typeof state === 'string' && /^[\w-]{20,200}$/.test(state) ? cookieOf(state) : undefined;
    const cookie = name === undefined ? undefined : request.cookies[name];
    if (name === undefined || cookie === undefined)
      throw unauthorised('This sign-in was not begun here, or too long ago.', 'Sign in again.');
    reply.clearCookie(name, sessions.cookie);
    try {
      const sealed = JSON.parse(keys.decrypt(Buffer.from(cookie, 'base64url'), place)) as Sealed;
      if (sealed.until > clock.now().getTime()) return sealed;
    } catch {
      // Not ours, or of a key that is gone: the same as none.
    }
    throw unauthorised('This sign-in was not begun here, or too long ago.', 'Sign in again.');
  };

  app.get('/sign-in', { onRequest: limited }, async (request, reply) => {
    const to = ownPath(queryOf(request, 'to'));
    const { url, attempt } = await provider.begin(callbackOf(request));
    const sealed: Sealed = { ...attempt, to, until: clock.now().getTime() + attemptMs };
    const value = keys.encrypt(JSON.stringify(sealed), place).toString('base64url');
    reply.setCookie(cookieOf(attempt.state), value, { ...sessions.cookie, maxAge: attemptMs / 1000 });
    return reply.redirect(url, 302);
  });

  app.get('/sign-in/callback', { onRequest: limited }, async (request, reply) => {
    const attempt = attemptOf(request, reply);
    const granted = await provider.finish(new URL(request.url, callbackOf(request)), attempt);
    try {
      await sessions.begin(request, reply, granted);
    } catch (error) {
      // Who runs the hub must be able to find why nobody comes in; the token itself is not told.
      if (error instanceof HubError) log.warn({ event: 'sign-in.refused', code: error.code, reason: error.message });
      throw error;
    }
    return reply.redirect(attempt.to, 303);
  });

  app.post('/sign-out', { config: { page: 'signed-in' } }, async (request, reply) => {
    const tokens = await sessions.end(request, reply);
    const home = `${ownOrigin(request, publicUrl)}/`;
    // The session here is over, whether or not the provider can be asked for its address.
    const there = await provider.endUrl(tokens?.identity, home).catch(() => undefined);
    return reply.header('clear-site-data', '"cache"').redirect(there ?? '/', 303);
  });

  app.post('/sign-in/purpose', { config: { page: 'signed-in' } }, async (request, reply) => {
    const { purpose, to } = (request.body ?? {}) as { readonly purpose?: unknown; readonly to?: unknown };
    const { webSession } = request;
    const chosen = webSession?.viewer.purposes.find((one) => one === purpose);
    if (webSession === undefined || chosen === undefined)
      throw new HubError({
        code: 'request/invalid',
        fault: 'config',
        message: 'The purpose is not one this person may choose.',
        path: 'purpose',
      });
    await changePurpose(pool, keys, webSession.stored.idHash, chosen);
    return reply.redirect(ownPath(to), 303);
  });
};
