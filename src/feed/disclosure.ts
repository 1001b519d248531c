// The log entry of an answer, committed before its first byte: who asked, why, about whom, what they got and on what
// legal basis. An answer whose entry cannot be written is not given.
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../consent/actor.ts';
import { HubError } from '../errors.ts';
import type { Witness } from '../store/access-log.ts';
import type { LogActor, LogDecision, LogEntry } from '../store/log-entry.ts';
import type { FeedContext, FeedSettings } from './context.ts';
import { isUuid } from './input.ts';

export interface Touched {
  readonly citizen?: string;
  readonly numberHash?: Buffer;
  readonly records?: readonly string[];
  readonly decision: LogDecision;
  readonly bases?: readonly string[];
  readonly emergency?: boolean;
  /** What the route pattern does not say, such as that the number itself was given. Never a value. */
  readonly note?: string;
}

const logActor = (actor: Actor): LogActor => ({
  kind: actor.kind,
  person: actor.person,
  ...(actor.role === undefined ? {} : { role: actor.role }),
  ...(actor.organisation === undefined ? {} : { organisation: actor.organisation }),
  ...(actor.unit === undefined ? {} : { unit: actor.unit }),
  ...(actor.consumer === undefined ? {} : { consumer: actor.consumer }),
  ...(actor.citizen === undefined ? {} : { citizen: actor.citizen }),
});

export const entryOf = (request: FastifyRequest, actor: Actor, touched: Touched): LogEntry => {
  const pattern = `${request.method} ${request.routeOptions.url ?? ''}`;
  return {
    actor: logActor(actor),
    purpose: actor.purpose,
    endpoint: touched.note === undefined ? pattern : `${pattern} (${touched.note})`,
    records: touched.records ?? [],
    decision: touched.decision,
    bases: touched.bases ?? [],
    correlation: request.id,
    ...(touched.citizen === undefined ? {} : { citizen: touched.citizen }),
    ...(touched.numberHash === undefined ? {} : { numberHash: touched.numberHash }),
    ...(actor.kind === 'representative' && touched.citizen !== undefined && touched.citizen !== actor.citizen
      ? { represented: touched.citizen }
      : {}),
    ...(touched.emergency === undefined ? {} : { emergency: touched.emergency }),
  };
};

/** Commits one entry per citizen touched. @throws HubError `log/unwritable`. */
export const disclose = async (
  context: FeedContext,
  request: FastifyRequest,
  touched: readonly Touched[],
): Promise<void> => {
  const actor = callerOf(request);
  await context.accessLog.write(touched.map((one) => entryOf(request, actor, one)));
  request.logged = true;
  const given = touched.filter(({ citizen, decision }) => citizen !== undefined && /allowed|partly/.test(decision));
  if (request.system !== undefined && given.length > 0)
    context.use?.reads(request.system.id, request.system.scope, given.length);
};

/**
 * Does a write and its log entry in one transaction: `work` calls the witness inside its own.
 * @throws HubError `log/unwritable`: then nothing was written.
 */
export const witnessed = async <T>(
  context: FeedContext,
  request: FastifyRequest,
  work: (witness: Witness) => Promise<T>,
): Promise<T> => {
  const actor = callerOf(request);
  const done = await work((tx, citizen) =>
    context.accessLog.writeWith(tx, [entryOf(request, actor, { citizen, decision: 'allowed' })]),
  );
  request.logged = true;
  return done;
};

/** The verified caller. Routes that call this declare `scopes`, so the door has put it there. */
export const callerOf = (request: FastifyRequest): Actor => {
  if (request.actor === undefined)
    throw new HubError({ code: 'request/unauthorised', fault: 'config', message: 'A bearer token is needed.' });
  return request.actor;
};

/** Milliseconds for which the caller's token still holds. @throws HubError when it is no longer good. */
export const standingOf = async (request: FastifyRequest): Promise<number> =>
  request.standing === undefined ? 0 : request.standing();

/**
 * Logs a refused or failed request of a known caller that logged nothing itself. Being slowed down is not a read.
 * @throws HubError `log/unwritable`.
 */
export const discloseRefusal = async (
  context: FeedContext,
  request: FastifyRequest,
  error: HubError,
): Promise<void> => {
  const quiet = error.code === 'log/unwritable' || error.code === 'request/too-many';
  if (request.actor === undefined || request.logged || quiet || request.routeOptions.config.purpose === false) return;
  const { id } = request.params as { id?: unknown };
  const aboutCitizen = /^\/(v1\/citizens|fhir\/Patient)\/:id/.test(request.routeOptions.url ?? '') && isUuid(id);
  const denied = error.code === 'request/forbidden' || error.code === 'request/not-found';
  await disclose(context, request, [
    { decision: denied ? 'denied' : 'failed', ...(aboutCitizen ? { citizen: id } : {}) },
  ]);
};

const lawOf = (legal: FeedSettings['legalBasis'], rule: number): string | undefined =>
  [undefined, legal.own, legal.ownJournal, legal.emergency][rule];

/** Legal basis of each rule used, once: `2 GDPR art. 6(1)(e) …`, `6 consent:<id>:<version>`. */
export const basesOf = (
  settings: FeedSettings,
  decided: readonly { readonly rule: number; readonly basis: string | null }[],
): readonly string[] => {
  const bases = new Set<string>();
  for (const { rule, basis } of decided) {
    const said = [lawOf(settings.legalBasis, rule), basis ?? undefined].filter((part) => part !== undefined);
    bases.add(`${rule} ${said.join('; ')}`.trim());
  }
  return [...bases].sort();
};
