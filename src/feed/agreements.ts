// Agreements made at network meetings: what, who is responsible, priority, follow-up. They stand in the plan beside the
// sources' own; what becomes of one is a new version, by whoever wrote it or the unit whose meeting it was.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { kinds } from '../model/kinds.ts';
import { line, plausibleDay, text } from '../model/values.ts';
import { type Asked, mustBePerson, type Saying, say, sayAnew } from './born.ts';
import { plainText, recordField, unitField } from './born-input.ts';
import { registerWithdraw } from './born-withdraw.ts';
import { citizenOf, reach, sendElsewhere } from './citizen-door.ts';
import type { FeedContext } from './context.ts';
import { callerOf } from './disclosure.ts';
import { invalid, readBody } from './input.ts';
import { once } from './once.ts';

const { status, priority } = kinds.agreement.shape;
const newAgreement = z.strictObject({
  text: plainText(text.max(4000)),
  responsible: plainText(line),
  status: status.default('planned'),
  priority,
  followUpAt: plausibleDay.optional(),
  meeting: recordField.optional(),
  unit: unitField.optional(),
});
const changedAgreement = newAgreement.omit({ meeting: true, unit: true }).extend({ status }).partial();

const sayingOf = ({ meeting, unit, ...fields }: z.infer<typeof newAgreement>): Saying => ({
  kind: 'agreement',
  beside: meeting === undefined ? undefined : { record: meeting, path: 'meeting', kind: 'appointment' },
  links: meeting === undefined ? [] : [{ rel: 'meeting', toId: meeting }],
  unit,
  fields: () => fields,
});

const registerWrite = (app: FastifyInstance, context: FeedContext): void => {
  app.post('/v1/citizens/:id/agreements', { config: { scopes: ['comments.write'] } }, async (request, reply) => {
    mustBePerson(callerOf(request));
    const citizen = citizenOf(request);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const input = readBody(newAgreement, request);
    return once(context, request, reply, async () => ({
      status: 201,
      value: await say(context, request, citizen, sayingOf(input)),
    }));
  });
};

const askedOf = (request: FastifyRequest): Asked => {
  const { agreement } = request.params as { agreement: string };
  return { citizen: citizenOf(request), id: agreement, kind: 'agreement' };
};

const registerChange = (app: FastifyInstance, context: FeedContext): void => {
  const at = '/v1/citizens/:id/agreements/:agreement';
  app.post(at, { config: { scopes: ['comments.write'] } }, async (request, reply) => {
    mustBePerson(callerOf(request));
    const asked = askedOf(request);
    const living = await reach(context, request, asked.citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, asked.citizen, living);
    const input = readBody(changedAgreement, request);
    if (Object.keys(input).length === 0) throw invalid('body', 'Name what is to change.');
    return once(context, request, reply, async () => ({
      status: 200,
      value: await sayAnew(context, request, asked, 'author or unit', (now) => ({ fields: { ...now, ...input } })),
    }));
  });
  registerWithdraw(app, context, at, askedOf);
};

export const registerAgreements = (app: FastifyInstance, context: FeedContext): void => {
  registerWrite(app, context);
  registerChange(app, context);
};
