// A browser's session: the secret in its cookie, the tokens behind it, and who that makes of the person. The viewer is
// made from the verified access token and nothing else; a token that cannot be renewed ends the session.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import type { DashboardConfig } from '../config/sign-in.ts';
import type { Viewer } from '../dashboard/context.ts';
import { HubError } from '../errors.ts';
import type { FeedContext } from '../feed/context.ts';
import { citizenOfNumber } from '../feed/own-citizen.ts';
import {
  createSession,
  endSession,
  findSession,
  renewTokens,
  type SessionTokens,
  type StoredSession,
  sessionHash,
  touchSession,
} from '../store/sessions.ts';
import type { Granted, Provider } from './sign-in-provider.ts';
import type { TokenVerifier, Verified } from './tokens.ts';

export interface WebSession {
  readonly stored: StoredSession;
  readonly viewer: Viewer;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a page's request. Its tokens are for asking the feed and nothing else. */
    webSession: WebSession | undefined;
  }
}

export interface SessionDeps {
  readonly context: FeedContext;
  readonly config: DashboardConfig;
  readonly tokens: TokenVerifier;
  readonly provider: Provider;
}

export interface Sessions {
  readonly cookieName: string;
  readonly cookie: { readonly path: '/'; readonly httpOnly: true; readonly secure: boolean; readonly sameSite: 'lax' };
  /** Signs in: a new session with a new secret; the browser's old one ends. */
  begin(request: FastifyRequest, reply: FastifyReply, granted: Granted): Promise<void>;
  /** The request's session with a token that holds for a minute at least. @param seen counts as somebody being there */
  open(request: FastifyRequest, seen: boolean): Promise<WebSession | undefined>;
  /** @returns the tokens it held. */
  end(request: FastifyRequest, reply: FastifyReply): Promise<SessionTokens | undefined>;
}

/** A token that ends sooner is renewed before it is used. */
const renewAheadMs = 60_000;

const forbidden = (message: string): HubError => new HubError({ code: 'request/forbidden', fault: 'config', message });
const subjectOf = ({ actor }: Verified): string => `${actor.kind} ${actor.person}`;

const rightsOf = ({ kind, scopes }: Verified['actor']): Viewer['rights'] => {
  const operate = kind === 'administrator' && scopes.includes('admin');
  const dpo = kind === 'dpo';
  return { view: operate || dpo || (kind === 'administrator' && scopes.includes('admin.read')), operate, dpo };
};

const isRefused = (error: unknown): boolean =>
  error instanceof HubError && ['request/unauthorised', 'request/forbidden'].includes(error.code);

const nowOf = (clock: Clock): number => clock.now().getTime();

export const createSessions = ({ context, config, tokens, provider }: SessionDeps): Sessions => {
  const { pool, keys, clock } = context;
  const secure = config.publicUrl?.startsWith('https:') === true;
  const cookieName = secure ? '__Host-samspil' : 'samspil';
  const cookie = { path: '/', httpOnly: true, secure, sameSite: 'lax' } as const;
  const idleMs = config.idle;
  const touchAfterMs = Math.min(60_000, idleMs / 4);

  const hashOf = (request: FastifyRequest): Buffer | undefined => {
    const secret = request.cookies[cookieName];
    return secret === undefined || !/^[\w-]{43}$/.test(secret) ? undefined : sessionHash(keys, secret);
  };

  const purposesOf = (verified: Verified): readonly string[] =>
    context.settings.purposes.filter(
      (purpose) =>
        (verified.purposes?.includes(purpose) ?? true) && (verified.issuer.purposes?.includes(purpose) ?? true),
    );

  const viewerOf = async (stored: StoredSession, verified: Verified): Promise<Viewer> => {
    const own = verified.cpr === undefined ? {} : await citizenOfNumber(context, verified.actor, verified.cpr);
    const purposes = purposesOf(verified);
    const { purpose: chosen, name } = stored.tokens;
    const purpose = purposes.find((one) => one === chosen) ?? purposes[0];
    if (purpose === undefined) throw forbidden('The token is for no purpose of this hub.');
    return {
      actor: { ...verified.actor, ...own },
      name,
      rights: rightsOf(verified.actor),
      purpose,
      purposes,
      endsAt: stored.endsAt,
    };
  };

  const renewed = async (held: SessionTokens): Promise<SessionTokens | undefined> => {
    const granted = held.refresh === undefined ? undefined : await provider.renew(held.refresh);
    if (granted === undefined) return undefined;
    try {
      // A renewal may change what somebody may do, never who they are.
      if (subjectOf(await tokens.verify(granted.access)) !== held.subject) return undefined;
    } catch (error) {
      if (isRefused(error)) return undefined;
      throw error;
    }
    const { access, refresh = held.refresh, identity = held.identity } = granted;
    return { ...held, access, ...(refresh && { refresh }), ...(identity && { identity }) };
  };

  const verifiedOf = async (access: string): Promise<Verified | undefined> => {
    try {
      return await tokens.verify(access);
    } catch (error) {
      if (isRefused(error)) return undefined;
      throw error;
    }
  };

  const leftOf = (verified: Verified | undefined): number =>
    verified === undefined ? 0 : verified.expiresAt.getTime() - nowOf(clock);

  return {
    cookieName,
    cookie,
    async begin(request, reply, granted) {
      const verified = await tokens.verify(granted.access);
      if (verified.actor.kind === 'consumer-system') throw forbidden('Pages are for people.');
      if (verified.boundTo !== undefined) throw forbidden('Tokens bound to a certificate cannot be used by a session.');
      if (purposesOf(verified).length === 0) throw forbidden('The token is for no purpose of this hub.');
      const former = hashOf(request);
      if (former !== undefined) await endSession(pool, former);
      const { name = verified.actor.person, access, refresh, identity } = granted;
      const now = clock.now();
      const secret = await createSession(pool, keys, {
        tokens: {
          access,
          name,
          subject: subjectOf(verified),
          ...(refresh === undefined ? {} : { refresh }),
          ...(identity === undefined ? {} : { identity }),
        },
        now,
        endsAt: new Date(now.getTime() + config.sessionLength),
      });
      reply.setCookie(cookieName, secret, cookie);
    },
    async open(request, seen) {
      const idHash = hashOf(request);
      if (idHash === undefined) return undefined;
      const now = clock.now();
      let stored = await findSession(pool, keys, idHash, { now, idleMs });
      if (stored === undefined) return undefined;
      let verified = await verifiedOf(stored.tokens.access);
      const left = leftOf(verified);
      if (left < renewAheadMs && (left <= 0 || stored.tokens.refresh !== undefined)) {
        const held = await renewTokens(pool, keys, stored, { now, idleMs }, renewed).catch((error: unknown) => {
          // The provider cannot be asked: the token serves for as long as it holds.
          if (left > 0 && error instanceof HubError && error.code === 'source/unreachable') return stored?.tokens;
          throw error;
        });
        if (held === undefined) return undefined;
        stored = { ...stored, tokens: held };
        verified = await verifiedOf(held.access);
      }
      if (verified === undefined) return undefined;
      if (seen && now.getTime() - stored.lastSeenAt.getTime() >= touchAfterMs) await touchSession(pool, idHash, now);
      return { stored, viewer: await viewerOf(stored, verified) };
    },
    async end(request, reply) {
      reply.clearCookie(cookieName, cookie);
      const idHash = hashOf(request);
      if (idHash === undefined) return undefined;
      const stored = await findSession(pool, keys, idHash, { now: clock.now(), idleMs });
      await endSession(pool, idHash);
      return stored?.tokens;
    },
  };
};
