// Secret addresses for calendar programmes, which cannot carry a token: made by citizens and representatives for
// themselves, shown once, taken back at any time. Reading through one is decided as its maker and logged as them.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Actor } from '../consent/actor.ts';
import { HubError } from '../errors.ts';
import { calendarLinksOf, insertCalendarLink, openCalendarLink, revokeCalendarLink } from '../store/calendar-links.ts';
import { citizenRow } from '../store/citizens.ts';
import { transaction } from '../store/db.ts';
import type { SendCalendar } from './calendar.ts';
import { citizenOf, notFoundError, reach, sendElsewhere } from './citizen-door.ts';
import type { FeedContext } from './context.ts';
import { callerOf, disclose, witnessed } from './disclosure.ts';
import { isUuid, sendJson } from './input.ts';
import { once } from './once.ts';

const path = '/v1/calendar-feeds';
/** More at a time are a mistake or an abuse. */
const most = 10;

const inPerson = (request: FastifyRequest): Actor => {
  const actor = callerOf(request);
  if (actor.kind !== 'citizen' && actor.kind !== 'representative')
    throw new HubError({
      code: 'request/forbidden',
      fault: 'config',
      message: 'Secret addresses are for citizens and their representatives; staff read with their token.',
    });
  return actor;
};

const sealed = ({ numberHash, ...actor }: Actor): string =>
  JSON.stringify({ ...actor, ...(numberHash === undefined ? {} : { numberHash: numberHash.toString('base64') }) });
const unsealed = (text: string): Actor => {
  const { numberHash, ...actor } = JSON.parse(text) as Omit<Actor, 'numberHash'> & { numberHash?: string };
  return { ...actor, ...(numberHash === undefined ? {} : { numberHash: Buffer.from(numberHash, 'base64') }) };
};

export const registerCalendarLinks = (app: FastifyInstance, context: FeedContext, sendIcs: SendCalendar): void => {
  const config = { scopes: ['calendar.read'] as const };
  const links = '/v1/citizens/:id/calendar-links';

  app.post(links, { config }, async (request, reply) => {
    const actor = inPerson(request);
    const citizen = citizenOf(request);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    return once(context, request, reply, async () => {
      if ((await calendarLinksOf(context.pool, citizen, actor.person)).length >= most)
        throw new HubError({
          code: 'request/conflict',
          fault: 'config',
          message: `There are ${most} addresses already.`,
          hint: 'Take one back first.',
        });
      const made = await witnessed(context, request, (witness) =>
        transaction(context.pool, async (tx) => {
          const link = { citizen, madeBy: actor.person, actor: sealed(actor) };
          const inserted = await insertCalendarLink(tx, context.keys, link);
          await witness(tx, citizen);
          return inserted;
        }),
      );
      return { status: 201, value: { id: made.id, path: `${path}/${made.secret}` } };
    });
  });

  app.get(links, { config }, async (request, reply) => {
    const actor = inPerson(request);
    const citizen = citizenOf(request);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const own = await calendarLinksOf(context.pool, citizen, actor.person);
    await disclose(context, request, [{ citizen, decision: 'allowed' }]);
    return sendJson(reply, 200, {
      links: own.map(({ id, createdAt, lastUsedOn }) => ({
        id,
        createdAt: createdAt.toISOString(),
        ...(lastUsedOn === null ? {} : { lastUsedOn }),
      })),
    });
  });

  app.delete('/v1/calendar-links/:id', { config }, async (request, reply) => {
    const actor = inPerson(request);
    const { id } = request.params as { id?: unknown };
    if (!isUuid(id)) throw notFoundError();
    await witnessed(context, request, (witness) =>
      transaction(context.pool, async (tx) => {
        const citizen = await revokeCalendarLink(tx, id, actor.person);
        if (citizen === undefined) throw notFoundError();
        await witness(tx, citizen);
      }),
    );
    return reply.code(204).header('cache-control', 'private, no-store').send();
  });

  app.get(`${path}/:secret`, async (request, reply) => {
    const { secret } = request.params as { secret: string };
    const link = await openCalendarLink(context.pool, context.keys, secret.slice(0, 100));
    if (link === undefined) throw notFoundError();
    // Numbers that became one citizen since: the address goes on for the living one.
    const citizen = (await citizenRow(context.pool, link.citizen))?.survivor ?? link.citizen;
    const actor = unsealed(link.actor);
    request.actor = actor.citizen === link.citizen ? { ...actor, citizen } : actor;
    return sendIcs(request, reply, citizen);
  });
};
