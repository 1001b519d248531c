// The citizen's yes or no to one meeting, by themselves, a representative, or staff with evidence of their word. A yes makes
// the consents it was convened for and each has its receipt; a no calls it off and takes back what was given for it.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Consent } from '../consent/consent-text.ts';
import { acceptMeeting, declineMeeting } from '../consent/meeting-consents.ts';
import { couldWrite, mayNotWrite } from '../consent/standing.ts';
import type { Content } from '../model/kinds.ts';
import { line } from '../model/values.ts';
import { saveMeeting } from '../store/meetings.ts';
import { type ChangeSaid, sayAnew } from './born.ts';
import { plainText } from './born-input.ts';
import { reach, sendElsewhere } from './citizen-door.ts';
import type { Actor, ReceiptContext } from './context.ts';
import { callerOf } from './disclosure.ts';
import { readBody } from './input.ts';
import { conflict, lookAt, meetingOf, meetingPath, standingMeeting } from './meetings.ts';
import { once } from './once.ts';
import { withReceipt } from './receipts.ts';

const answerBody = z.strictObject({ answer: z.enum(['accepted', 'declined']), evidence: plainText(line).optional() });
type Answer = z.infer<typeof answerBody>;

/** @param given gets the consents a yes makes */
const changeOf =
  (
    context: ReceiptContext,
    actor: Actor,
    asked: { readonly citizen: string; readonly id: string },
    { answer, evidence }: Answer,
    given: (consents: readonly Consent[]) => void,
  ): ChangeSaid =>
  async (said, { author, at, tx }) => {
    const now = said as Content<'appointment'>;
    const row = await standingMeeting(tx, asked.id, now);
    if (answer === 'accepted' && Date.parse(now.end ?? now.start) <= at.getTime())
      throw conflict('The meeting is over or called off.');
    if (answer === row.answer) throw conflict('That is what the citizen has said already.');
    const answering = { citizenId: asked.citizen, meeting: asked.id, evidence };
    const { keys, clock, settings } = context;
    if (answer === 'declined') await declineMeeting(tx, actor, answering);
    else given(await acceptMeeting(tx, actor, answering, { keys, clock, purposes: settings.purposes, now: at }));
    await saveMeeting(tx, { ...row, answer, answered_at: at });
    return {
      fields: { ...now, status: answer === 'accepted' ? 'planned' : 'cancelled' },
      aside: { answer, answeredBy: author, ...(evidence === undefined ? {} : { evidence }) },
      besides: [lookAt(asked.citizen)],
    };
  };

export const registerMeetingAnswer = (app: FastifyInstance, context: ReceiptContext): void => {
  app.post(`${meetingPath}/answer`, { config: { scopes: ['consents.write'] } }, async (request, reply) => {
    const actor = callerOf(request);
    if (!couldWrite(actor)) throw mayNotWrite();
    const asked = meetingOf(request);
    const living = await reach(context, request, asked.citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, asked.citizen, living);
    const input = readBody(answerBody, request);
    return once(context, request, reply, async () => {
      let consents: readonly Consent[] = [];
      const change = changeOf(context, actor, asked, input, (given) => {
        consents = given;
      });
      const spoken = await sayAnew(context, request, asked, 'as it says', change);
      const receipts = await Promise.all(consents.map((consent) => withReceipt(context, asked.citizen, consent)));
      return { status: 200, value: { ...spoken, consents: receipts } };
    });
  });
};
