// Bearer tokens: signature, issuer, audience and time, through jose and the issuers' key sets (fetched, cached, rotated
// by jose). A verified token is remembered for a minute at most, by its hash, never beyond its own end.
import { createHash } from 'node:crypto';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type { Clock } from '../clock.ts';
import type { ClaimName } from '../config/hub.ts';
import { HubError } from '../errors.ts';
import type { FeedConsumer } from '../feed/context.ts';
import { type Identified, identify, unauthorised } from './claims.ts';

export interface Issuer {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly claims: Partial<Record<ClaimName, string>>;
  /** Purposes tokens of this issuer may be used for; absent: all configured ones. */
  readonly purposes?: readonly string[];
  /** Kinds of caller this issuer may name; absent: all. */
  readonly kinds?: readonly string[];
  /** Where its keys are, or the keys themselves. */
  readonly keys: { readonly uri: string } | { readonly jwks: JSONWebKeySet };
}

export interface Verified extends Identified {
  readonly issuer: Issuer;
  readonly token: string;
}

export interface TokenVerifier {
  /** @throws HubError `request/unauthorised`, `request/forbidden`, or `source/unreachable` when an issuer's keys cannot be had. */
  verify(token: string): Promise<Verified>;
}

const rememberMs = 60_000;
const rememberMost = 5000;

const keySetOf = (issuer: Issuer): JWTVerifyGetKey =>
  'jwks' in issuer.keys
    ? createLocalJWKSet(issuer.keys.jwks)
    : createRemoteJWKSet(new URL(issuer.keys.uri), {
        timeoutDuration: 3000,
        cooldownDuration: 15_000,
        cacheMaxAge: 600_000,
      });

const refusal = (error: unknown): HubError => {
  if (error instanceof HubError) return error;
  if (error instanceof errors.JWTExpired)
    return unauthorised('The token has expired.', 'Get a new one from its issuer.');
  const tokenIsBad =
    error instanceof errors.JOSEError &&
    !['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'].includes(error.code);
  if (tokenIsBad) return unauthorised('The token is not valid here.');
  return new HubError({
    code: 'source/unreachable',
    fault: 'transient',
    message: 'The keys of the token’s issuer cannot be fetched now.',
    cause: error,
  });
};

const issuerClaim = (token: string): string | undefined => {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
};

export const createTokenVerifier = (
  issuers: readonly Issuer[],
  consumers: ReadonlyMap<string, FeedConsumer>,
  clock: Clock,
): TokenVerifier => {
  const known = new Map(issuers.map((issuer) => [issuer.issuer, { issuer, keySet: keySetOf(issuer) }]));
  const remembered = new Map<string, { readonly verified: Verified; readonly until: number }>();

  const check = async (token: string): Promise<{ readonly verified: Verified; readonly until: number }> => {
    const found = known.get(issuerClaim(token) ?? '');
    if (found === undefined) throw unauthorised('The token is not valid here.');
    const { issuer, keySet } = found;
    const now = clock.now();
    const { payload } = await jwtVerify(token, keySet, {
      issuer: issuer.issuer,
      audience: issuer.audience,
      algorithms: [...issuer.algorithms],
      requiredClaims: ['exp'],
      clockTolerance: 5,
      currentDate: now,
    });
    const identified = identify(payload, issuer.claims, consumers);
    if (issuer.kinds !== undefined && !issuer.kinds.includes(identified.actor.kind))
      throw unauthorised('The token is not valid here.');
    const until = Math.min(now.getTime() + rememberMs, (payload.exp ?? 0) * 1000);
    return { verified: { ...identified, issuer, token }, until };
  };

  return {
    async verify(token) {
      const key = createHash('sha256').update(token).digest('base64');
      const hit = remembered.get(key);
      if (hit !== undefined && hit.until > clock.now().getTime()) return hit.verified;
      try {
        const checked = await check(token);
        const oldest = remembered.size >= rememberMost ? remembered.keys().next().value : undefined;
        if (oldest !== undefined) remembered.delete(oldest);
        remembered.set(key, checked);
        return checked.verified;
      } catch (error) {
        remembered.delete(key);
        throw refusal(error);
      }
    },
  };
};
