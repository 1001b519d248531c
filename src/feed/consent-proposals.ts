// Consents that other systems report and professionals ask for, to be confirmed or not by whoever may say so. None is in
// force by itself.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { askConsent, takeBackAsked } from '../consent/asking.ts';
import { consentInput } from '../consent/consent-input.ts';
import { confirmProposal, dismissProposal, listProposals } from '../consent/proposals.ts';
import { couldWrite, forbidden, mayNotWrite } from '../consent/standing.ts';
import { line } from '../model/values.ts';
import { plainText } from './born-input.ts';
import { citizenOf, notFoundError, reach, sendElsewhere } from './citizen-door.ts';
import type { ReceiptContext } from './context.ts';
import { callerOf, disclose, witnessed } from './disclosure.ts';
import { isUuid, readBody, sendJson } from './input.ts';
import { once } from './once.ts';
import { withReceipt } from './receipts.ts';

const registerList = (app: FastifyInstance, context: ReceiptContext): void => {
  const config = { scopes: ['plan.read', 'consents.write', 'log.read'] as const };
  app.get('/v1/citizens/:id/consent-proposals', { config }, async (request, reply) => {
    const actor = callerOf(request);
    const citizen = citizenOf(request);
    if (actor.kind !== 'dpo' && actor.kind !== 'professional' && !couldWrite(actor)) throw mayNotWrite();
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const proposals = await listProposals(context.pool, context.keys, actor, citizen);
    await disclose(context, request, [{ citizen, decision: 'allowed' }]);
    return sendJson(reply, 200, { proposals });
  });
};

const askBody = z.strictObject({
  for: z.enum(['person', 'unit']),
  ...consentInput.pick({ domains: true, kinds: true, upTo: true, show: true, to: true }).shape,
  name: plainText(line).optional(),
  why: plainText(line),
});

const registerAsk = (app: FastifyInstance, context: ReceiptContext): void => {
  app.post('/v1/citizens/:id/consent-proposals', { config: { scopes: ['comments.write'] } }, async (request, reply) => {
    const actor = callerOf(request);
    if (actor.kind !== 'professional') throw forbidden('Professionals ask for consent.');
    const citizen = citizenOf(request);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const asking = readBody(askBody, request);
    return once(context, request, reply, async () => {
      const { keys, clock } = context;
      const value = await witnessed(context, request, (witness) =>
        askConsent(context.pool, actor, citizen, asking, { keys, now: clock.now(), witness }),
      );
      return { status: 201, value };
    });
  });
};

const proposalOf = (request: FastifyRequest): string => {
  const { proposal } = request.params as { proposal?: unknown };
  if (!isUuid(proposal)) throw notFoundError();
  return proposal;
};

const confirmBody = z.strictObject({ evidence: line.optional() });

export const registerConsentProposals = (app: FastifyInstance, context: ReceiptContext): void => {
  registerList(app, context);
  registerAsk(app, context);
  const config = { scopes: ['consents.write'] as const };
  const at = '/v1/citizens/:id/consent-proposals/:proposal';
  app.post(`${at}/confirm`, { config }, async (request, reply) => {
    const citizenId = citizenOf(request);
    const id = proposalOf(request);
    const { evidence } = readBody(confirmBody, request);
    const living = await reach(context, request, citizenId);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizenId, living);
    return once(context, request, reply, async () => {
      const { keys, clock, settings } = context;
      const given = { keys, clock, purposes: settings.purposes, ...(evidence === undefined ? {} : { evidence }) };
      const consent = await witnessed(context, request, (witness) =>
        confirmProposal(context.pool, callerOf(request), { citizenId, id }, { ...given, witness }),
      );
      return { status: 201, value: await withReceipt(context, citizenId, consent) };
    });
  });
  app.post(`${at}/dismiss`, { config }, async (request, reply) => {
    const citizenId = citizenOf(request);
    const id = proposalOf(request);
    readBody(z.strictObject({}), request);
    const living = await reach(context, request, citizenId);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizenId, living);
    return once(context, request, reply, async () => {
      await witnessed(context, request, (witness) =>
        dismissProposal(context.pool, callerOf(request), { citizenId, id }, witness),
      );
      return { status: 204 };
    });
  });
  app.post(`${at}/withdraw`, { config: { scopes: ['comments.write'] } }, async (request, reply) => {
    const actor = callerOf(request);
    if (actor.kind !== 'professional') throw forbidden('Whoever asked takes it back.');
    const citizenId = citizenOf(request);
    const id = proposalOf(request);
    readBody(z.strictObject({}), request);
    const living = await reach(context, request, citizenId);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizenId, living);
    return once(context, request, reply, async () => {
      await witnessed(context, request, (witness) => takeBackAsked(context.pool, actor, { citizenId, id }, witness));
      return { status: 204 };
    });
  });
};
