// GET …/sharing: who sees what, reader by reader, kind by kind, from the very decision; and what a consent would change,
// before it is given. For the citizen, whoever represents them, and (the first) the data-protection officer.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { consentInput } from '../consent/consent-input.ts';
import type { Decision } from '../consent/decide.ts';
import { type Change, previewConsents } from '../consent/preview.ts';
import { type Reader, type SharingQuestion, seenBy, sharingOf } from '../consent/sharing.ts';
import { speaksForCitizen } from '../consent/standing.ts';
import { HubError } from '../errors.ts';
import { citizenOf, reach, sendElsewhere } from './citizen-door.ts';
import type { Actor, FeedContext } from './context.ts';
import { callerOf, disclose } from './disclosure.ts';
import { readBody, sendJson } from './input.ts';

/** Each is weighed for every reader. */
const mostActs = 10;

const forCitizen = (): HubError =>
  new HubError({
    code: 'request/forbidden',
    fault: 'config',
    message: 'Who sees what is for the citizen and the DPO.',
  });

const inPerson = ({ kind }: Actor): boolean => kind === 'citizen' || kind === 'representative';

const questionOf = ({ keys, clock, settings }: FeedContext, asker: Actor, citizen: string): SharingQuestion => ({
  citizen,
  asker,
  keys,
  at: clock.now(),
  purposes: settings.purposes,
  consumers: settings.consumers,
});

const readerShown = ({ recipient, because, name, unitName, whole, actor }: Reader): object => ({
  recipient,
  because,
  ...(name === undefined ? {} : { name }),
  ...(recipient.startsWith('person:') && actor.role !== undefined ? { role: actor.role } : {}),
  ...(unitName === undefined ? {} : { unit: unitName }),
  ...(whole === undefined ? {} : { whole }),
});

/** In an order that tells nothing of what is stored beside them. */
const cellsOf = (seen: Iterable<Decision>): readonly object[] =>
  [...Map.groupBy(seen, (one) => [one.domain, one.kind, one.rule, one.show].join(' '))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, group]) => {
      const [domain, kind, rule, show] = key.split(' ');
      return { domain, kind, rule: Number(rule), show, count: group.length };
    });

const registerSharingList = (app: FastifyInstance, context: FeedContext): void => {
  const config = { scopes: ['plan.read', 'consents.write', 'log.read'] as const };
  app.get('/v1/citizens/:id/sharing', { config }, async (request, reply) => {
    const asker = callerOf(request);
    const citizen = citizenOf(request);
    if (!inPerson(asker) && asker.kind !== 'dpo') throw forCitizen();
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    if (inPerson(asker) && !(await speaksForCitizen(context.pool, asker, citizen))) throw forCitizen();
    const sharing = await sharingOf(context.pool, questionOf(context, asker, citizen));
    const readers: object[] = [];
    for (const reader of sharing.readers) {
      const seen = await seenBy(context.pool, reader, sharing, citizen);
      readers.push({ ...readerShown(reader), cells: cellsOf(seen.values()) });
    }
    await disclose(context, request, [{ citizen, records: [...sharing.records], decision: 'allowed' }]);
    return sendJson(reply, 200, { readers });
  });
};

const previewBody = z.strictObject({
  say: z.array(consentInput).max(mostActs).default([]),
  withdraw: z.array(z.guid().toLowerCase()).max(mostActs).default([]),
});

const changeShown = ({ records, ...change }: Change): object => ({ ...change, count: records.length, records });

const registerPreview = (app: FastifyInstance, context: FeedContext): void => {
  const config = { scopes: ['consents.write'] as const };
  app.post('/v1/citizens/:id/consents/preview', { config }, async (request, reply) => {
    const asker = callerOf(request);
    const citizen = citizenOf(request);
    if (!inPerson(asker)) throw forCitizen();
    const acts = readBody(previewBody, request);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const { pool, keys, clock, settings } = context;
    const given = { keys, clock, purposes: settings.purposes };
    const found = await previewConsents(pool, questionOf(context, asker, citizen), acts, given);
    const changes = found.flatMap(({ gains, loses }) => [...gains, ...loses]);
    const records = [...new Set(changes.flatMap((change) => change.records))];
    await disclose(context, request, [{ citizen, records, decision: 'allowed' }]);
    return sendJson(reply, 200, {
      readers: found.map(({ reader, gains, loses }) => ({
        ...readerShown(reader),
        gains: gains.map(changeShown),
        loses: loses.map(changeShown),
      })),
    });
  });
};

export const registerSharing = (app: FastifyInstance, context: FeedContext): void => {
  registerSharingList(app, context);
  registerPreview(app, context);
};
