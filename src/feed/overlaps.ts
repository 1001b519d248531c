// GET …/overlaps: double bookings, parallel efforts and contradicting goals among what the reader sees.
import type { FastifyInstance } from 'fastify';
import type { PlanContext } from './context.ts';
import { sourcesHeader } from './freshness.ts';
import { sendJson } from './input.ts';
import { type OverlapLink, type OverlapRecord, overlapsOf } from './overlaps-find.ts';
import { discloseShown, readShown, recordsOf } from './shown-plan.ts';

const kinds = ['appointment', 'intervention', 'goal', 'condition'];
/** More than this is no longer a list anybody reads. */
const most = 500;

export const registerOverlaps = (app: FastifyInstance, context: PlanContext): void => {
  app.get('/v1/citizens/:id/overlaps', { config: { scopes: ['plan.read'] } }, async (request, reply) => {
    const found = await readShown(context, request, reply, { kinds });
    if (found === undefined) return reply;
    const { citizen, plan, states } = found;
    const links = JSON.parse(`[${plan.links}]`) as readonly OverlapLink[];
    const now = context.clock.now();
    const overlaps = overlapsOf(recordsOf<OverlapRecord>(plan), links, context.settings.masterDataOrder, now).slice(
      0,
      most,
    );
    const shown = new Set(overlaps.flatMap(({ sides }) => sides.map(({ record }) => record)));
    await discloseShown(context, request, found, { records: [...shown] });
    reply.header('samspil-sources', sourcesHeader(states));
    return sendJson(reply, 200, {
      citizen: { id: citizen, kind: 'citizen' },
      asOf: now.toISOString(),
      sources: states,
      overlaps,
    });
  });
};
