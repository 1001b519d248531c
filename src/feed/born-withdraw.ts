// Taking back what was said in the hub: one route for every kind of it. Who may is the born room's rule.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Asked, type Besides, mustBePerson, withdraw } from './born.ts';
import { reach, sendElsewhere } from './citizen-door.ts';
import type { FeedContext } from './context.ts';
import { callerOf } from './disclosure.ts';
import { once } from './once.ts';

/** @param at the address of one of them; `/withdraw` goes behind it */
export const registerWithdraw = (
  app: FastifyInstance,
  context: FeedContext,
  at: string,
  askedOf: (request: FastifyRequest) => Asked,
  besides?: Besides,
): void => {
  app.post(`${at}/withdraw`, { config: { scopes: ['comments.write', 'log.read'] } }, async (request, reply) => {
    const actor = callerOf(request);
    if (actor.kind !== 'dpo') mustBePerson(actor);
    const asked = askedOf(request);
    const living = await reach(context, request, asked.citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, asked.citizen, living);
    return once(context, request, reply, async () => {
      await withdraw(context, request, asked, besides);
      return { status: 204 };
    });
  });
};
