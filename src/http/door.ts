// The door: a route that names scopes is opened only by a verified token that has
// one of them, for a known purpose this caller may have. Refusals of known callers are logged like any other answer.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HubError } from '../errors.ts';
import type { Actor, FeedContext, Scope } from '../feed/context.ts';
import { citizenOfNumber } from '../feed/own-citizen.ts';
import { refuseOverQuota } from '../feed/quota.ts';
import { unauthorised } from './claims.ts';
import type { ThumbprintOf } from './client-certificate.ts';
import type { TokenVerifier, Verified } from './tokens.ts';

export interface DoorOptions {
  readonly context: FeedContext;
  readonly tokens: TokenVerifier;
  readonly thumbprintOf: ThumbprintOf;
  /** Purposes a consumer system is registered for. */
  readonly consumerPurposes: ReadonlyMap<string, readonly string[]>;
}

const bearerOf = (request: FastifyRequest): string => {
  const match = /^Bearer +([A-Za-z0-9._~+/=-]{20,8192})$/i.exec(request.headers.authorization ?? '');
  if (match?.[1] === undefined) throw unauthorised('A bearer token is needed.');
  return match[1];
};

const invalidPurpose = (message: string): HubError =>
  new HubError({ code: 'request/invalid', fault: 'config', message, path: 'X-Purpose' });
const forbidden = (message: string): HubError => new HubError({ code: 'request/forbidden', fault: 'config', message });

/** The purpose of this request: the token's own, or the header's where the token leaves it open. */
const purposeOf = (request: FastifyRequest, verified: Verified, options: DoorOptions): string => {
  const { settings } = options.context;
  const header = request.headers['x-purpose'];
  const asked = typeof header === 'string' ? header : undefined;
  const purpose = asked ?? (verified.purposes?.length === 1 ? verified.purposes[0] : undefined);
  if (purpose === undefined) throw invalidPurpose('Say the purpose: a claim in the token, or X-Purpose.');
  if (!settings.purposes.includes(purpose)) throw invalidPurpose('The purpose is not one this hub knows.');
  const { system } = verified;
  const limits = [
    verified.purposes,
    verified.issuer.purposes,
    system === undefined ? undefined : options.consumerPurposes.get(system),
  ];
  if (limits.some((allowed) => allowed !== undefined && !allowed.includes(purpose)))
    throw forbidden('This caller may not ask for this purpose.');
  return purpose;
};

const checkScope = (actor: Actor, needed: readonly Scope[]): void => {
  if (needed.length > 0 && !needed.some((scope) => actor.scopes.includes(scope)))
    throw forbidden('The token lacks the scope this needs.');
};

export const openDoor = (app: FastifyInstance, options: DoorOptions): void => {
  const { context, tokens, thumbprintOf } = options;
  // Guessing tokens costs the guesser: after a hundred refusals a minute an address hears only "too many". A good token
  // opens all the same: behind one proxy a stranger must not be able to shut everybody else out.
  const failures = app.createRateLimit({
    max: 100,
    timeWindow: 60_000,
    keyGenerator: (request) => `refused ${request.ip}`,
  });
  const verified = async (request: FastifyRequest): Promise<Verified> => {
    try {
      const caller = await tokens.verify(bearerOf(request));
      if (caller.boundTo !== undefined && caller.boundTo !== thumbprintOf(request.raw))
        throw unauthorised('The token is bound to another certificate, or the certificate did not come with it.');
      return caller;
    } catch (error) {
      const refused = await failures(request);
      if (refused.isAllowed || !refused.isExceeded) throw error;
      throw new HubError({
        code: 'request/too-many',
        fault: 'transient',
        message: 'Too many refused tokens.',
        retryAfterMs: refused.ttl,
      });
    }
  };
  app.decorateRequest('actor', undefined);
  app.decorateRequest('logged', false);
  app.decorateRequest('standing', undefined);
  app.decorateRequest('system', undefined);

  app.addHook('onRequest', async (request) => {
    const { scopes, purpose: wanted } = request.routeOptions.config;
    if (scopes === undefined) return;
    const caller = await verified(request);
    request.standing = async () => {
      refuseOverQuota(context, caller.system);
      return (await tokens.verify(caller.token)).expiresAt.getTime() - context.clock.now().getTime();
    };
    const own = caller.cpr === undefined ? undefined : await citizenOfNumber(context, caller.actor, caller.cpr);
    // From here on the caller is known, so that a refusal below is logged under their name.
    request.actor = { ...caller.actor, ...own, purpose: 'unstated' };
    if (wanted !== false) request.actor = { ...request.actor, purpose: purposeOf(request, caller, options) };
    checkScope(request.actor, scopes);
    if (caller.system === undefined) return;
    refuseOverQuota(context, caller.system);
    const held = request.actor.scopes;
    request.system = { id: caller.system, scope: scopes.find((scope) => held.includes(scope)) ?? '' };
    context.use?.request(request.system.id, request.system.scope);
  });
};

/** Ids are ours: a caller's own would let it write into our log. */
export const newCorrelation = (): string => randomUUID();
