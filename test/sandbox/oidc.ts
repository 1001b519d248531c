// The sandbox municipality's OpenID Connect provider on loopback: discovery, code flow with PKCE (S256, always), client
// authentication, refresh tokens that are used once, sign-out. Whoever signs in chooses on its page who to be.
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { importJWK, type JWK, jwtVerify } from 'jose';
import type { SandboxIssuer, SignOptions } from './issuer.ts';
import { chooserPage, noticePage } from './oidc-page.ts';
import type { Persona } from './personas.ts';

export const signInCredentials = { clientId: 'samspil-pages', clientSecret: 'sandbox-sign-in-secret' } as const;

/** Somebody one can be. */
export interface SignInPerson {
  readonly id: string;
  readonly group: 'citizen' | 'professional' | 'administration';
  readonly persona: Persona;
  /** Said beside the name: `[Danish, English]`. */
  readonly about: readonly [string, string];
  /** As the log-in would tell: the own number, or the citizen's id where the hub is asked for it. */
  claims?(): Promise<
    Pick<SignOptions, 'cpr' | 'citizen'> & { readonly person?: string; readonly purposes?: readonly string[] }
  >;
}

export interface SignInOptions {
  readonly issuer: SandboxIssuer;
  readonly people: () => readonly SignInPerson[];
  /** Default: a free one. */
  readonly port?: number;
  readonly host?: string;
  readonly now?: () => Date;
  /** The client signs for itself (private_key_jwt) and has no secret. */
  readonly clientKey?: JWK;
  /** A hub beside those of this machine. */
  readonly origin?: string;
  /** Of access tokens; default 15 minutes. */
  readonly lifetimeSeconds?: number;
}

export interface SandboxSignIn {
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Refresh tokens given until now are worth nothing from here on. */
  revoke(): void;
  /** What it has to say of somebody has changed: renewed tokens are of this person. */
  become(person: SignInPerson): void;
  close(): Promise<void>;
}

interface Asked {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string | undefined;
  readonly challenge: string;
}

const thisMachine = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?\//;
const secret = (): string => randomBytes(24).toString('base64url');
const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

const formOf = async (request: IncomingMessage): Promise<URLSearchParams> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return new URLSearchParams(Buffer.concat(parts).toString('utf8'));
};

const json = (response: ServerResponse, status: number, body: object): ServerResponse =>
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
const html = (response: ServerResponse, status: number, text: string): ServerResponse =>
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(text);
const redirect = (response: ServerResponse, to: string, said: Readonly<Record<string, string>>): ServerResponse => {
  const url = new URL(to);
  for (const [name, value] of Object.entries(said)) url.searchParams.set(name, value);
  return response.writeHead(303, { location: url.href, 'cache-control': 'no-store' }).end();
};

/** RFC 6749, 2.3.1: name and secret are form-encoded before they go into the header. */
const basicOf = (request: IncomingMessage): readonly string[] =>
  Buffer.from(/^Basic (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '', 'base64')
    .toString('utf8')
    .split(':')
    .map((part) => new URLSearchParams(`it=${part}`).get('it') ?? '');

const hasSecret = (request: IncomingMessage, form: URLSearchParams): boolean => {
  const [id = form.get('client_id'), given = form.get('client_secret')] = basicOf(request).filter(
    (part) => part !== '',
  );
  return id === signInCredentials.clientId && given === signInCredentials.clientSecret;
};

const hasSigned = async (form: URLSearchParams, key: JWK, audience: string): Promise<boolean> => {
  const { clientId } = signInCredentials;
  const checks = { audience, issuer: clientId, subject: clientId, requiredClaims: ['exp', 'jti'] };
  return (
    form.get('client_assertion_type') === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' &&
    (await jwtVerify(form.get('client_assertion') ?? '', await importJWK(key, 'ES256'), checks).then(
      () => true,
      () => false,
    ))
  );
};

const isDanish = (request: IncomingMessage, query: URLSearchParams): boolean =>
  (query.get('ui_locales') ?? (/^en\b/i.test(request.headers['accept-language'] ?? '') ? 'en' : 'da')) !== 'en';

export const startSignIn = async (options: SignInOptions): Promise<SandboxSignIn> => {
  const { issuer, people, now = () => new Date() } = options;
  const asked = new Map<string, Asked>();
  const codes = new Map<string, { readonly asked: Asked; readonly person: SignInPerson; readonly until: number }>();
  const refreshes = new Map<string, SignInPerson>();
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  // Within a container its browser is outside: both know this machine by that name.
  const url = `http://${options.host === undefined || options.host === '127.0.0.1' ? '127.0.0.1' : 'localhost'}:${port}`;

  const metadata = {
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    jwks_uri: `${url}/jwks`,
    end_session_endpoint: `${url}/end-session`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported:
      options.clientKey === undefined ? ['client_secret_basic', 'client_secret_post'] : ['private_key_jwt'],
    scopes_supported: ['openid', 'profile', 'offline_access'],
    authorization_response_iss_parameter_supported: true,
  };

  const authorize = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams): ServerResponse => {
    const danish = isDanish(request, query);
    const redirectUri = query.get('redirect_uri') ?? '';
    const known = thisMachine.test(redirectUri) || redirectUri === `${options.origin}/sign-in/callback`;
    if (query.get('client_id') !== signInCredentials.clientId || !known)
      return html(response, 400, noticePage(danish, 'unknown'));
    const state = query.get('state') ?? '';
    const refuse = (error: string): ServerResponse => redirect(response, redirectUri, { error, state, iss: url });
    if (query.get('response_type') !== 'code') return refuse('unsupported_response_type');
    const challenge = query.get('code_challenge') ?? '';
    if (query.get('code_challenge_method') !== 'S256' || challenge === '') return refuse('invalid_request');
    if (!(query.get('scope') ?? '').split(' ').includes('openid')) return refuse('invalid_scope');
    const id = secret();
    asked.set(id, { redirectUri, state, challenge, nonce: query.get('nonce') ?? undefined });
    if (asked.size > 1000) asked.delete(asked.keys().next().value ?? '');
    const other = new URLSearchParams(query);
    other.set('ui_locales', danish ? 'en' : 'da');
    return html(response, 200, chooserPage(danish, id, people(), `/authorize?${other}`));
  };

  const choose = (response: ServerResponse, form: URLSearchParams): ServerResponse => {
    const id = form.get('request') ?? '';
    const request = asked.get(id);
    if (request === undefined) return html(response, 400, noticePage(true, 'unknown'));
    asked.delete(id);
    const person = people().find((one) => one.id === form.get('person'));
    if (person === undefined)
      return redirect(response, request.redirectUri, { error: 'access_denied', state: request.state, iss: url });
    const code = secret();
    codes.set(code, { asked: request, person, until: now().getTime() + 60_000 });
    return redirect(response, request.redirectUri, { code, state: request.state, iss: url });
  };

  const grant = async (response: ServerResponse, person: SignInPerson, nonce?: string): Promise<ServerResponse> => {
    const { person: subject = person.persona.person, purposes, ...own } = (await person.claims?.()) ?? {};
    const given = { ...own, ...(purposes === undefined ? {} : { claims: { purpose: purposes } }) };
    const lifetimeSeconds = options.lifetimeSeconds ?? 900;
    const refresh = secret();
    refreshes.set(refresh, person);
    const { name } = person.persona;
    return json(response, 200, {
      access_token: await issuer.sign(
        { ...person.persona, person: subject },
        { ...given, lifetimeSeconds, now: now() },
      ),
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      refresh_token: refresh,
      id_token: await issuer.signIdentity({
        provider: url,
        client: signInCredentials.clientId,
        subject,
        name,
        now: now(),
        ...(nonce === undefined ? {} : { nonce }),
      }),
    });
  };

  const token = async (request: IncomingMessage, response: ServerResponse): Promise<ServerResponse> => {
    const form = await formOf(request);
    const { clientKey } = options;
    const known = clientKey === undefined ? hasSecret(request, form) : await hasSigned(form, clientKey, url);
    if (!known) return json(response, 401, { error: 'invalid_client' });
    if (form.get('grant_type') === 'refresh_token') {
      const held = form.get('refresh_token') ?? '';
      const person = refreshes.get(held);
      refreshes.delete(held);
      return person === undefined ? json(response, 400, { error: 'invalid_grant' }) : grant(response, person);
    }
    if (form.get('grant_type') !== 'authorization_code')
      return json(response, 400, { error: 'unsupported_grant_type' });
    const code = form.get('code') ?? '';
    const held = codes.get(code);
    codes.delete(code);
    const fits =
      held !== undefined &&
      held.until > now().getTime() &&
      form.get('redirect_uri') === held.asked.redirectUri &&
      digest(form.get('code_verifier') ?? '') === held.asked.challenge;
    return fits ? grant(response, held.person, held.asked.nonce) : json(response, 400, { error: 'invalid_grant' });
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<ServerResponse> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    const at = `${request.method} ${pathname}`;
    if (at === 'GET /.well-known/openid-configuration') return json(response, 200, metadata);
    if (at === 'GET /jwks') return json(response, 200, 'jwks' in issuer.issuer.keys ? issuer.issuer.keys.jwks : {});
    if (at === 'GET /authorize') return authorize(request, response, searchParams);
    if (at === 'POST /choose') return choose(response, await formOf(request));
    if (at === 'POST /token') return token(request, response);
    const back = searchParams.get('post_logout_redirect_uri') ?? '';
    if (at === 'GET /end-session' && thisMachine.test(back)) return redirect(response, back, {});
    return html(response, 404, noticePage(isDanish(request, searchParams), 'unknown'));
  };

  return {
    url,
    environment: {
      SANDBOX_SIGN_IN_URL: url,
      SANDBOX_SIGN_IN_CLIENT_ID: signInCredentials.clientId,
      SANDBOX_SIGN_IN_CLIENT_SECRET: signInCredentials.clientSecret,
    },
    revoke: () => refreshes.clear(),
    become: (person) => {
      for (const held of refreshes.keys()) refreshes.set(held, person);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
