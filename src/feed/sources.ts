// GET /v1/sources: the freshness of every source. Nothing about any citizen, so it needs no purpose and no log entry.
import type { FastifyInstance } from 'fastify';
import { readFreshness } from '../store/freshness.ts';
import type { FeedContext } from './context.ts';
import { type SourceState, sourceStates } from './freshness.ts';
import { sendJson } from './input.ts';

/** Every configured source as it is now, for no citizen in particular. */
export const currentSources = async (context: FeedContext): Promise<readonly SourceState[]> =>
  sourceStates(context.settings.sources, await readFreshness(context.pool), new Set(), context.clock.now());

export const registerSources = (app: FastifyInstance, context: FeedContext): void => {
  app.get('/v1/sources', { config: { scopes: [], purpose: false } }, async (_request, reply) =>
    sendJson(reply, 200, { asOf: context.clock.now().toISOString(), sources: await currentSources(context) }),
  );
};
