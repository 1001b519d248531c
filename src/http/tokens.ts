// Bearer tokens: signature, issuer, audience and time, through jose and the issuers' key sets (fetched, cached, rotated
// by jose). A verified token is remembered for a minute at most, by its hash, never beyond its own end.
import { createHash } from 'node:crypto';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type { Clock } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { FeedConsumer } from '../feed/context.ts';
import { type Identified, identify, unauthorised } from './claims.ts';
import type { Issuer } from './issuer.ts';

export interface Verified extends Identified {
  readonly issuer: Issuer;
  readonly token: string;
  readonly expiresAt: Date;
  /** Thumbprint of the client certificate that must come with it (RFC 8705). */
  readonly boundTo?: string;
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

/** Tokens for other uses than access (identity, log-out, security events) say so in `typ`. */
const accessTypes = new Set(['jwt', 'at+jwt']);
const isAccessToken = (typ: string | undefined, wanted: string | undefined): boolean => {
  const plain = (text: string): string => text.toLowerCase().replace(/^application\//, '');
  if (wanted !== undefined) return typ !== undefined && plain(typ) === plain(wanted);
  return typ === undefined || accessTypes.has(plain(typ));
};

/** What the token is bound to. A binding of another sort than ours cannot be checked, so the token is refused. */
const bindingOf = (payload: JWTPayload, issuer: Issuer): string | undefined => {
  const { cnf } = payload as { cnf?: unknown };
  if (cnf === undefined) {
    if (issuer.bound === true) throw unauthorised('The token is not bound to a certificate.');
    return undefined;
  }
  const members = typeof cnf === 'object' && cnf !== null ? Object.entries(cnf) : [];
  const [name, value] = members.length === 1 ? (members[0] ?? []) : [];
  if (name !== 'x5t#S256' || typeof value !== 'string') throw unauthorised('The token is not valid here.');
  return value;
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
    const { payload, protectedHeader } = await jwtVerify(token, keySet, {
      issuer: issuer.issuer,
      audience: issuer.audience,
      algorithms: [...issuer.algorithms],
      requiredClaims: ['exp'],
      clockTolerance: 5,
      currentDate: now,
    });
    if (!isAccessToken(protectedHeader.typ, issuer.tokenType)) throw unauthorised('The token is not valid here.');
    const boundTo = bindingOf(payload, issuer);
    const identified = identify(payload, issuer, consumers);
    if (issuer.kinds !== undefined && !issuer.kinds.includes(identified.actor.kind))
      throw unauthorised('The token is not valid here.');
    const until = Math.min(now.getTime() + rememberMs, (payload.exp ?? 0) * 1000);
    const expiresAt = new Date((payload.exp ?? 0) * 1000);
    const verified = { ...identified, issuer, token, expiresAt, ...(boundTo === undefined ? {} : { boundTo }) };
    return { verified, until };
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
