// The municipality's OpenID Connect provider, through openid-client: found by discovery (kept for an hour, tried again
// when it fails), authorization code with PKCE, state and nonce, renewal, sign-out. What it said in an error stays here.
import { importPKCS8 } from 'jose';
import * as client from 'openid-client';
import type { SignInConfig } from '../config/sign-in.ts';
import { HubError } from '../errors.ts';
import { unauthorised } from './claims.ts';

/** What must come back with the answer. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface Granted {
  readonly access: string;
  readonly refresh?: string;
  readonly identity?: string;
  readonly name?: string;
}

export interface Provider {
  /** Where to send the browser, and what to remember until it comes back. */
  begin(redirectUri: string): Promise<{ readonly url: string; readonly attempt: Attempt }>;
  /** @throws HubError `request/unauthorised` when the answer is not one to this attempt. */
  finish(answer: URL, attempt: Attempt): Promise<Granted>;
  /** Undefined when the provider gives none any more. @throws HubError when it cannot be asked. */
  renew(refresh: string): Promise<Granted | undefined>;
  /** Where the log-in at the provider ends; undefined where it has no such address. */
  endUrl(identity: string | undefined, back: string): Promise<string | undefined>;
  /** Origins a form's answer may lead to. */
  origins(): readonly string[];
}

const discoverEveryMs = 3_600_000;
const timeoutSeconds = 5;

const unreachable = (cause: unknown): HubError =>
  new HubError({
    code: 'source/unreachable',
    fault: 'transient',
    message: 'The sign-in provider did not answer as expected.',
    hint: 'See dashboard.signIn, and whether the provider runs.',
    cause,
  });

/** By the secret as the provider wants it: RFC 6749 names the header where it says nothing. */
const bySecret = (secret: string): client.ClientAuth => {
  const [post, basic] = [client.ClientSecretPost(secret), client.ClientSecretBasic(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    (methods.includes('client_secret_basic') ? basic : post)(server, ...rest);
  };
};

const authentication = async (config: SignInConfig): Promise<client.ClientAuth> => {
  if (config.privateKey === undefined) return bySecret(config.clientSecret ?? '');
  const key = await importPKCS8(config.privateKey, config.keyAlgorithm);
  return client.PrivateKeyJwt(config.keyId === undefined ? key : { key, kid: config.keyId });
};

const nameOf = (claims: client.IDToken | undefined): string | undefined => {
  const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
  const said = text(claims?.['name']) || `${text(claims?.['given_name'])} ${text(claims?.['family_name'])}`.trim();
  return said === '' ? undefined : said.slice(0, 200);
};

const grantedOf = (answer: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers): Granted => {
  const name = nameOf(answer.claims());
  return {
    access: answer.access_token,
    ...(answer.refresh_token === undefined ? {} : { refresh: answer.refresh_token }),
    ...(answer.id_token === undefined ? {} : { identity: answer.id_token }),
    ...(name === undefined ? {} : { name }),
  };
};

/** Our own part was right, and the provider said no: a code used twice, a refresh token that ended, a person who stopped. */
const saidNo = (error: unknown): boolean =>
  error instanceof client.AuthorizationResponseError ||
  (error instanceof client.ResponseBodyError && error.error === 'invalid_grant') ||
  // State, nonce or token that does not fit.
  (error instanceof client.ClientError &&
    ['OAUTH_INVALID_RESPONSE', 'OAUTH_JWT_CLAIM_COMPARISON_FAILED', 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED'].includes(
      error.code ?? '',
    ));

export const createProvider = (config: SignInConfig): Provider => {
  const issuer = new URL(config.issuer);
  const wanted = {
    ...(config.audience === undefined ? {} : { audience: config.audience }),
    ...(config.resource === undefined ? {} : { resource: config.resource }),
  };
  let known: { readonly found: client.Configuration; readonly at: number } | undefined;
  let underWay: Promise<client.Configuration> | undefined;

  const discover = async (): Promise<client.Configuration> => {
    const found = await client.discovery(
      issuer,
      config.clientId,
      { [client.clockTolerance]: 30 },
      await authentication(config),
      {
        timeout: timeoutSeconds,
        execute: [
          client.enableNonRepudiationChecks,
          // The configuration takes http on this machine only.
          ...(issuer.protocol === 'http:' ? [client.allowInsecureRequests] : []),
        ],
      },
    );
    known = { found, at: performance.now() };
    return found;
  };
  const provider = async (): Promise<client.Configuration> => {
    if (known !== undefined && performance.now() - known.at < discoverEveryMs) return known.found;
    underWay ??= discover().finally(() => {
      underWay = undefined;
    });
    try {
      return await underWay;
    } catch (error) {
      // What was found last is most likely still so.
      if (known !== undefined) return known.found;
      throw unreachable(error);
    }
  };

  return {
    async begin(redirectUri) {
      const server = await provider();
      const attempt = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(server, {
        ...wanted,
        redirect_uri: redirectUri,
        scope: config.scopes.join(' '),
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, attempt };
    },
    async finish(answer, { state, nonce, verifier }) {
      const server = await provider();
      try {
        const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
        return grantedOf(await client.authorizationCodeGrant(server, answer, checks, wanted));
      } catch (error) {
        throw saidNo(error) ? unauthorised('The sign-in was not completed.', 'Sign in again.') : unreachable(error);
      }
    },
    async renew(refresh) {
      const server = await provider();
      try {
        return grantedOf(await client.refreshTokenGrant(server, refresh, wanted));
      } catch (error) {
        if (saidNo(error)) return undefined;
        throw unreachable(error);
      }
    },
    async endUrl(identity, back) {
      const server = await provider();
      if (server.serverMetadata().end_session_endpoint === undefined) return undefined;
      return client.buildEndSessionUrl(server, {
        post_logout_redirect_uri: back,
        ...(identity === undefined ? {} : { id_token_hint: identity }),
      }).href;
    },
    origins: () => {
      // Whoever signed in at another process of the hub is served here too: the next page knows.
      if (known === undefined) provider().catch(() => undefined);
      const end = known?.found.serverMetadata().end_session_endpoint;
      return [...new Set([issuer.origin, ...(end === undefined ? [] : [new URL(end).origin])])];
    },
  };
};
