// Why somebody is about to see who could see what: said first, and written in the access log about the citizen, where the
// citizen reads it too. It holds for a working day; then it is asked for again.
import type { FastifyRequest } from 'fastify';
import { copenhagenDay, daysAfter } from '../../../clock.ts';
import type { DashboardContext } from '../../context.ts';
import { viewerOf, withQuery } from '../../input.ts';
import { askFeed } from './feed.ts';

const endpoint = 'GET /admin/explain';
const said = 'reason: ';
const holdsMs = 8 * 3_600_000;

/** What this person has said about this citizen, as long as it holds. */
export const reasonOf = async (
  context: DashboardContext,
  request: FastifyRequest,
  citizen: string,
): Promise<string | undefined> => {
  const now = context.clock.now();
  const { person } = viewerOf(request).actor;
  const from = daysAfter(copenhagenDay(now), -1);
  const query = withQuery('', { citizen, person, endpoint, from, limit: 1 });
  const { entries } = await askFeed<{ entries: readonly { at: string; bases: readonly string[] }[] }>(
    context,
    request,
    `/v1/access-log${query}`,
  );
  const [last] = entries;
  if (last === undefined || now.getTime() - Date.parse(last.at) > holdsMs) return undefined;
  return last.bases.find((basis) => basis.startsWith(said))?.slice(said.length);
};

/** In the log before anything is shown. */
export const sayReason = async (
  context: DashboardContext,
  request: FastifyRequest,
  citizen: string,
  why: string,
): Promise<void> => {
  const { actor, purpose } = viewerOf(request);
  await context.accessLog.write([
    {
      actor: {
        kind: actor.kind,
        person: actor.person,
        ...(actor.role === undefined ? {} : { role: actor.role }),
        ...(actor.organisation === undefined ? {} : { organisation: actor.organisation }),
        ...(actor.unit === undefined ? {} : { unit: actor.unit }),
      },
      purpose,
      endpoint,
      citizen,
      records: [],
      decision: 'allowed',
      bases: [said + why],
      correlation: request.id,
    },
  ]);
};
