// Enrolling and ending it. 202 alike for known and unknown numbers; enrolment lets nobody see anything.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { copenhagenDay, copenhagenInstant } from '../clock.ts';
import { citizenVisible } from '../consent/decide.ts';
import { HubError } from '../errors.ts';
import { parseNumber } from '../model/cpr.ts';
import { line, plausibleDay } from '../model/values.ts';
import { endEnrolment, enrol } from '../store/enrolment.ts';
import { type EnrolmentRow, enrolmentsOf, findEnrolment } from '../store/enrolments.ts';
import { citizenOf, notFoundError, reach, sendElsewhere } from './citizen-door.ts';
import type { Actor, FeedContext } from './context.ts';
import { callerOf, disclose, witnessed } from './disclosure.ts';
import { invalid, isUuid, readBody, sendJson } from './input.ts';
import { once } from './once.ts';

const enrolBody = z.strictObject({
  cpr: z.string().min(9).max(11),
  basis: z.string().max(63),
  evidence: line.optional(),
  from: plausibleDay.optional(),
});

const inPerson = (actor: Actor): boolean => actor.kind === 'citizen' || actor.kind === 'representative';

const registerEnrol = (app: FastifyInstance, context: FeedContext): void => {
  app.post('/v1/enrolments', { config: { scopes: ['enrolments.write'] } }, async (request, reply) => {
    const actor = callerOf(request);
    if (inPerson(actor))
      throw new HubError({
        code: 'request/forbidden',
        fault: 'config',
        message: 'Citizens are enrolled by the municipality.',
      });
    const body = readBody(enrolBody, request);
    const number = parseNumber(body.cpr);
    if (number === undefined) throw invalid('cpr', 'Not a CPR number or a replacement of one.');
    if (!context.settings.enrolmentBases.includes(body.basis)) throw invalid('basis', 'Not a configured basis.');
    return once(context, request, reply, async () => {
      const sources = context.settings.sources.map((source) => source.id);
      const { enrolmentId } = await witnessed(context, request, (witness) =>
        enrol(context.pool, context.keys, sources, {
          number,
          basis: body.basis,
          by: actor.person,
          witness,
          ...(body.evidence === undefined ? {} : { evidence: body.evidence }),
          ...(body.from === undefined ? {} : { from: copenhagenInstant(body.from) }),
        }),
      );
      return { status: 202, value: { id: enrolmentId } };
    });
  });
};

/** The enrolment of the path, if this caller may end it. Others' and unknown ones look the same. */
const endable = async (context: FeedContext, request: FastifyRequest): Promise<EnrolmentRow> => {
  const actor = callerOf(request);
  const { id } = request.params as { id?: unknown };
  const row = isUuid(id) ? await findEnrolment(context.pool, id) : undefined;
  if (row === undefined) throw notFoundError();
  const recorded = !inPerson(actor) && row.recordedBy === actor.person;
  // Ending erases: whoever neither recorded it nor sees the citizen does not learn that there is something to end.
  if (!recorded && !(await citizenVisible(context.pool, actor, row.citizenId))) throw notFoundError();
  return row;
};

const registerEnd = (app: FastifyInstance, context: FeedContext): void => {
  app.post('/v1/enrolments/:id/end', { config: { scopes: ['enrolments.write'] } }, async (request, reply) => {
    const { id, citizenId } = await endable(context, request);
    return once(context, request, reply, async () => {
      const ended = await witnessed(context, request, (witness) =>
        endEnrolment(context.pool, id, callerOf(request).person, witness),
      );
      // Ended before: nothing was done, and that too is told to the log.
      if (!ended) await disclose(context, request, [{ citizen: citizenId, decision: 'allowed' }]);
      return { status: 204 };
    });
  });
};

const shown = (row: EnrolmentRow): object => ({
  id: row.id,
  basis: row.basis,
  from: copenhagenDay(row.startsAt),
  active: row.endedAt === null,
  ...(row.endedAt === null ? {} : { endedAt: row.endedAt.toISOString() }),
});

const registerList = (app: FastifyInstance, context: FeedContext): void => {
  const config = { scopes: ['plan.read', 'enrolments.write', 'log.read'] as const };
  app.get('/v1/citizens/:id/enrolments', { config }, async (request, reply) => {
    const actor = callerOf(request);
    const citizen = citizenOf(request);
    if (!inPerson(actor) && actor.kind !== 'dpo' && !actor.scopes.includes('enrolments.write'))
      throw new HubError({
        code: 'request/forbidden',
        fault: 'config',
        message: 'The token lacks the scope enrolments.write.',
      });
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const enrolments = (await enrolmentsOf(context.pool, citizen)).map(shown);
    await disclose(context, request, [{ citizen, decision: 'allowed' }]);
    return sendJson(reply, 200, { enrolments });
  });
};

export const registerEnrolments = (app: FastifyInstance, context: FeedContext): void => {
  for (const register of [registerEnrol, registerEnd, registerList]) register(app, context);
};
