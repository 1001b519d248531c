// Receipts: each grant, refusal and withdrawal answers with one, and any version's can be fetched again. Signed text of
// what was said, without a number; the public keys are open to everybody.
import type { FastifyInstance } from 'fastify';
import type { Consent } from '../consent/consent-text.ts';
import { listConsents } from '../consent/consents.ts';
import { maskNumbers } from '../model/cpr.ts';
import { citizenOfConsent } from '../store/consents.ts';
import { notFoundError } from './citizen-door.ts';
import type { Actor, ReceiptContext } from './context.ts';
import { callerOf, disclose } from './disclosure.ts';
import { invalid, isUuid, sendJson } from './input.ts';

/** The same consent gives the same receipt, whenever it is asked for. */
export const receiptOf = (context: ReceiptContext, citizen: string, consent: Consent): Promise<string> => {
  const { evidence, ...said } = consent;
  return context.receipts.sign({
    iat: Math.floor(Date.parse(consent.recordedAt) / 1000),
    sub: citizen,
    consent: { ...said, ...(evidence === undefined ? {} : { evidence: maskNumbers(evidence) }) },
  });
};

export const withReceipt = async (context: ReceiptContext, citizen: string, consent: Consent): Promise<object> => ({
  ...consent,
  receipt: await receiptOf(context, citizen, consent),
});

const versionOf = (query: unknown): number | undefined => {
  const { version } = query as { version?: unknown };
  if (version === undefined) return undefined;
  if (typeof version !== 'string' || !/^[1-9]\d{0,5}$/.test(version)) throw invalid('version', 'A number from 1.');
  return Number(version);
};

/** The version asked for, or the newest, as far as the actor may read it. */
const readable = async (context: ReceiptContext, actor: Actor, id: string, version: number | undefined) => {
  // An unknown consent takes the same road as one of a citizen who cannot be seen.
  const citizen = (await citizenOfConsent(context.pool, id)) ?? id;
  const own = (await listConsents(context.pool, context.keys, actor, citizen)).filter((consent) => consent.id === id);
  const consent = own.find((one) => version === undefined || one.version === version);
  if (consent === undefined) throw notFoundError();
  return { citizen, consent };
};

export const registerReceipts = (app: FastifyInstance, context: ReceiptContext): void => {
  const config = { scopes: ['plan.read', 'consents.write', 'log.read'] as const };
  app.get('/v1/consents/:id/receipt', { config }, async (request, reply) => {
    const { id } = request.params as { id: string };
    if (!isUuid(id)) throw notFoundError();
    const { citizen, consent } = await readable(context, callerOf(request), id, versionOf(request.query));
    const receipt = await receiptOf(context, citizen, consent);
    await disclose(context, request, [{ citizen, decision: 'allowed' }]);
    return sendJson(reply, 200, { receipt });
  });

  app.get('/.well-known/samspil-receipts', async (_request, reply) =>
    reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', 'public, max-age=3600')
      .send(JSON.stringify(context.receipts.jwks)),
  );
};
