// What the citizen has said, and saying it. The rules of who may are the consent room's; here they get their addresses.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { markBeforeParty, saidBeforeParty } from '../consent/before-party.ts';
import type { ConsentInput } from '../consent/consent-input.ts';
import { declareConsent, listConsents, withdrawConsent } from '../consent/consents.ts';
import { line } from '../model/values.ts';
import { citizenOfConsent } from '../store/consents.ts';
import { currentStatutes, type StatuteRow } from '../store/current-statutes.ts';
import { citizenOf, notFoundError, reach, sendElsewhere } from './citizen-door.ts';
import type { Actor, FeedContext, ReceiptContext } from './context.ts';
import { callerOf, disclose, witnessed } from './disclosure.ts';
import { isUuid, readBody, sendJson } from './input.ts';
import { once } from './once.ts';
import { withReceipt } from './receipts.ts';

const readsAll = (actor: Actor): boolean =>
  actor.kind === 'citizen' || actor.kind === 'representative' || actor.kind === 'dpo';

const statuteShown = ({ domains, kinds, purposes, ...statute }: StatuteRow): object => ({
  ...statute,
  ...(domains === null ? {} : { domains }),
  ...(kinds === null ? {} : { kinds }),
  ...(purposes === null ? {} : { purposes }),
});

const registerList = (app: FastifyInstance, context: FeedContext): void => {
  const config = { scopes: ['plan.read', 'consents.write', 'log.read'] as const };
  app.get('/v1/citizens/:id/consents', { config }, async (request, reply) => {
    const actor = callerOf(request);
    const citizen = citizenOf(request);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const said = await listConsents(context.pool, context.keys, actor, citizen);
    const { pool, keys, clock } = context;
    const consents = readsAll(actor)
      ? markBeforeParty(said, await saidBeforeParty(pool, keys, citizen, clock.now()))
      : said;
    const statutes = readsAll(actor) ? await currentStatutes(context.pool) : [];
    await disclose(context, request, [{ citizen, decision: readsAll(actor) ? 'allowed' : 'partly' }]);
    return sendJson(reply, 200, { consents, statutes: statutes.map(statuteShown) });
  });
};

const registerDeclare = (app: FastifyInstance, context: ReceiptContext): void => {
  app.post('/v1/citizens/:id/consents', { config: { scopes: ['consents.write'] } }, async (request, reply) => {
    const citizen = citizenOf(request);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    return once(context, request, reply, async () => {
      // The consent room checks the body itself, field by field.
      const input = (request.body ?? {}) as ConsentInput;
      const { keys, clock, settings } = context;
      const { purposes } = settings;
      const consent = await witnessed(context, request, (witness) =>
        declareConsent(context.pool, callerOf(request), citizen, input, { keys, clock, purposes, witness }),
      );
      return { status: 201, value: await withReceipt(context, citizen, consent) };
    });
  });
};

const withdrawBody = z.strictObject({ evidence: line.optional() });

const registerWithdraw = (app: FastifyInstance, context: ReceiptContext): void => {
  app.post('/v1/consents/:id/withdraw', { config: { scopes: ['consents.write'] } }, async (request, reply) => {
    const { id } = request.params as { id: string };
    if (!isUuid(id)) throw notFoundError();
    const { evidence } = readBody(withdrawBody, request);
    return once(context, request, reply, async () => {
      const given = evidence === undefined ? {} : { evidence };
      const consent = await witnessed(context, request, (witness) =>
        withdrawConsent(context.pool, callerOf(request), id, { keys: context.keys, ...given, witness }),
      );
      const citizen = (await citizenOfConsent(context.pool, id)) ?? id;
      return { status: 200, value: await withReceipt(context, citizen, consent) };
    });
  });
};

export const registerConsents = (app: FastifyInstance, context: ReceiptContext): void => {
  for (const register of [registerList, registerDeclare, registerWithdraw]) register(app, context);
};
