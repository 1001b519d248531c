// POST /v1/emergency-access: for roles configured for it, with a reason, for an hour. The answer is 202 whether or not the
// number is known; the id comes with the next look-up. The citizen and the DPO can always read who took it.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { HubError } from '../errors.ts';
import { parseNumber } from '../model/cpr.ts';
import { findCitizen } from '../store/citizens.ts';
import { type EmergencyAccess, emergencyAccesses, takeEmergencyAccess } from '../store/emergency.ts';
import { numberHash } from '../store/subjects.ts';
import { citizenOf, reach, sendElsewhere } from './citizen-door.ts';
import type { FeedContext } from './context.ts';
import { callerOf, disclose, entryOf } from './disclosure.ts';
import { invalid, isUuid, limitOf, readBody, sendJson } from './input.ts';
import { once } from './once.ts';

/** How long it lasts. */
const minutes = 60;

const body = z.strictObject({ cpr: z.string().min(9).max(11), reason: z.string().trim().min(10).max(2000) });

const forbidden = (message: string): HubError => new HubError({ code: 'request/forbidden', fault: 'config', message });

const registerTake = (app: FastifyInstance, context: FeedContext): void => {
  app.post('/v1/emergency-access', { config: { scopes: ['plan.read'] } }, async (request, reply) => {
    const actor = callerOf(request);
    const { role, organisation } = actor;
    if (actor.kind !== 'professional' || role === undefined || !context.settings.emergencyRoles.includes(role))
      throw forbidden('Emergency access is not for this role.');
    if (organisation === undefined) throw forbidden('The token does not name the organisation that answers for it.');
    const { cpr, reason } = readBody(body, request);
    const number = parseNumber(cpr);
    if (number === undefined) throw invalid('cpr', 'Not a CPR number or a replacement of one.');
    return once(context, request, reply, async () => {
      const hash = numberHash(context.keys, number.number);
      const found = await findCitizen(context.pool, hash);
      const citizen = found ?? context.keys.uuid('citizen', number.number);
      const taken = await takeEmergencyAccess(context.pool, context.keys, {
        citizen,
        person: actor.person,
        role,
        organisation,
        reason,
        minutes,
        witness: async (tx, about) => {
          const entry = entryOf(request, actor, { citizen: about, decision: 'allowed', emergency: true });
          await context.accessLog.writeWith(tx, [entry]);
          request.logged = true;
        },
      });
      if (!taken) await disclose(context, request, [{ numberHash: hash, decision: 'denied', emergency: true }]);
      return { status: 202, value: { minutes } };
    });
  });
};

const shown = (one: EmergencyAccess, unmasked: boolean): object => ({
  id: one.id,
  role: one.role,
  organisation: one.organisation,
  reason: one.reason,
  from: one.from.toISOString(),
  to: one.to.toISOString(),
  ...(unmasked ? { citizen: one.citizen, person: one.person } : {}),
});

const pageOf = async (context: FeedContext, query: unknown, limit: number, citizen?: string) => {
  const { after } = query as { after?: unknown };
  if (after !== undefined && !isUuid(after)) throw invalid('after', 'Not a cursor of this list.');
  const rows = await emergencyAccesses(context.pool, context.keys, {
    limit: limit + 1,
    ...(citizen === undefined ? {} : { citizen }),
    ...(after === undefined ? {} : { after }),
  });
  return { rows: rows.slice(0, limit), more: rows.length > limit };
};

const registerLists = (app: FastifyInstance, context: FeedContext): void => {
  const config = { scopes: ['log.read'] as const };
  app.get('/v1/emergency-access', { config }, async (request, reply) => {
    if (callerOf(request).kind !== 'dpo') throw forbidden('The list of all emergency accesses is for the DPO.');
    const { rows, more } = await pageOf(context, request.query, limitOf(request));
    await disclose(
      context,
      request,
      rows.length === 0
        ? [{ decision: 'allowed' }]
        : [...new Set(rows.map((row) => row.citizen))].map((citizen) => ({ citizen, decision: 'allowed' })),
    );
    const next = rows.at(-1)?.id;
    return sendJson(reply, 200, {
      accesses: rows.map((row) => shown(row, true)),
      more,
      ...(next === undefined ? {} : { next }),
    });
  });

  app.get('/v1/citizens/:id/emergency-access', { config }, async (request, reply) => {
    const actor = callerOf(request);
    const citizen = citizenOf(request);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    if (!['citizen', 'representative', 'dpo'].includes(actor.kind))
      throw forbidden('Who took emergency access is for the citizen and the DPO.');
    const { rows, more } = await pageOf(context, request.query, limitOf(request), citizen);
    await disclose(context, request, [{ citizen, decision: 'allowed' }]);
    const next = rows.at(-1)?.id;
    return sendJson(reply, 200, {
      accesses: rows.map((row) => shown(row, actor.kind === 'dpo')),
      more,
      ...(next === undefined ? {} : { next }),
    });
  });
};

export const registerEmergency = (app: FastifyInstance, context: FeedContext): void => {
  registerTake(app, context);
  registerLists(app, context);
};
