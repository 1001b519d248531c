// GET …/timeline: the status of the course across systems, newest first, in pages.
import type { FastifyInstance } from 'fastify';
import type { PlanContext } from './context.ts';
import { sourcesHeader } from './freshness.ts';
import { invalid, limitOf, sendJson } from './input.ts';
import { discloseShown, readShown, recordsOf } from './shown-plan.ts';
import { placeOf, type TimelineRecord, timelineOf } from './timeline-entries.ts';

const kinds = [
  'plan',
  'goal',
  'intervention',
  'appointment',
  'statusEntry',
  'condition',
  'agreement',
  'journalReference',
  'comment',
  'request',
];
const form = /^\d{4}-\d\d-\d\dT[\d:.Z]* \d [0-9a-f-]{36}$/;

const afterOf = (query: unknown): string | undefined => {
  const { after } = query as { after?: unknown };
  if (after === undefined) return undefined;
  const place = typeof after === 'string' ? Buffer.from(after, 'base64url').toString() : '';
  if (!form.test(place)) throw invalid('after', 'Not a cursor of this list.');
  return place;
};

export const registerTimeline = (app: FastifyInstance, context: PlanContext): void => {
  app.get('/v1/citizens/:id/timeline', { config: { scopes: ['plan.read'] } }, async (request, reply) => {
    const limit = limitOf(request);
    const after = afterOf(request.query);
    const found = await readShown(context, request, reply, { kinds });
    if (found === undefined) return reply;
    const all = timelineOf(recordsOf<TimelineRecord>(found.plan));
    const left = after === undefined ? all : all.filter((entry) => placeOf(entry) < after);
    const entries = left.slice(0, limit);
    const last = entries.at(-1);
    await discloseShown(context, request, found, { records: [...new Set(entries.map(({ record }) => record))] });
    reply.header('samspil-sources', sourcesHeader(found.states));
    return sendJson(reply, 200, {
      citizen: { id: found.citizen, kind: 'citizen' },
      asOf: context.clock.now().toISOString(),
      sources: found.states,
      entries,
      more: left.length > entries.length,
      ...(last === undefined ? {} : { next: Buffer.from(placeOf(last)).toString('base64url') }),
    });
  });
};
