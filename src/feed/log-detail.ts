// For the data-protection officer: one log entry with what its records were (kind, domain, source; never what is in them),
// and who has asked about a citizen in some days. Both reads are logged about the citizen they name.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HubError } from '../errors.ts';
import { findLog } from '../store/find-log.ts';
import { loggedRecords, logReaders } from '../store/log-readers.ts';
import { citizenOf, notFoundError, reach, sendElsewhere } from './citizen-door.ts';
import type { FeedContext } from './context.ts';
import { callerOf, disclose } from './disclosure.ts';
import { isUuid, limitOf, sendJson } from './input.ts';
import { dayOf, shownOf, textOf } from './log-search.ts';

const config = { scopes: ['log.read'] as const };

const forOfficer = (request: FastifyRequest): void => {
  if (callerOf(request).kind !== 'dpo')
    throw new HubError({
      code: 'request/forbidden',
      fault: 'config',
      message: 'Reading everybody’s log is for the DPO.',
    });
};

const registerEntry = (app: FastifyInstance, context: FeedContext): void => {
  app.get('/v1/access-log/:entry', { config }, async (request, reply) => {
    forOfficer(request);
    const { entry: id } = request.params as { entry: string };
    const [found] = isUuid(id) ? await findLog(context.pool, { id, limit: 1 }) : [];
    if (found === undefined) throw notFoundError();
    const known = new Map((await loggedRecords(context.pool, found.records)).map((one) => [one.id, one]));
    await disclose(context, request, [
      { decision: 'allowed', ...(found.about === null ? {} : { citizen: found.about }) },
    ]);
    const { records, ...entry } = shownOf(found);
    return sendJson(reply, 200, {
      entry: { ...entry, records },
      records: records.map((record) => known.get(record) ?? { id: record, held: false }),
    });
  });
};

const registerReaders = (app: FastifyInstance, context: FeedContext): void => {
  app.get('/v1/citizens/:id/access-log/readers', { config }, async (request, reply) => {
    forOfficer(request);
    const citizen = citizenOf(request);
    const query = request.query as Readonly<Record<string, unknown>>;
    const endpoint = textOf(query, 'endpoint');
    const asked = { citizen, endpoint, from: dayOf(query, 'from'), to: dayOf(query, 'to'), limit: limitOf(request) };
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const found = await logReaders(context.pool, { ...asked, limit: asked.limit + 1 });
    await disclose(context, request, [{ citizen, decision: 'allowed' }]);
    return sendJson(reply, 200, {
      readers: found.slice(0, asked.limit).map(({ first, last, ...reader }) => ({
        ...Object.fromEntries(Object.entries(reader).filter(([, value]) => value !== null)),
        first: first.toISOString(),
        last: last.toISOString(),
      })),
      more: found.length > asked.limit,
    });
  });
};

export const registerLogDetail = (app: FastifyInstance, context: FeedContext): void => {
  registerEntry(app, context);
  registerReaders(app, context);
};
