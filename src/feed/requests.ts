// Adjustment requests from those who carry an intervention out to the authority that decided it: what, why, by when, and
// the responsible unit's answer. The decision itself is made in the source; only the conversation is born here.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { visibleRecords } from '../consent/decide.ts';
import { HubError } from '../errors.ts';
import { type Content, outcomes } from '../model/kinds.ts';
import { plausibleDay, text } from '../model/values.ts';
import { bornRows } from '../store/born.ts';
import { bornLinks } from '../store/born-links.ts';
import { recordTexts } from '../store/record-texts.ts';
import { requestCandidates } from '../store/request-list.ts';
import { type Asked, isAuthor, type Saying, say, sayAnew } from './born.ts';
import { plainText, recordField } from './born-input.ts';
import { citizenOf, reach, sendElsewhere } from './citizen-door.ts';
import type { Actor, FeedContext } from './context.ts';
import { basesOf, callerOf, disclose, type Touched } from './disclosure.ts';
import { invalid, isUuid, limitOf, readBody, sendJson } from './input.ts';
import { once } from './once.ts';

const words = plainText(text.max(4000));
const newRequest = z.strictObject({ what: words, why: words, dueAt: plausibleDay.optional(), about: recordField });
const answerBody = z.strictObject({ outcome: z.enum(outcomes).exclude(['open']), answer: words });

type Shown = Content<'request'> & { readonly id: string };
interface Listed {
  readonly citizen: string;
  readonly record: Shown;
  readonly rule: number;
  readonly basis: string | null;
}

const mustBeProfessional = (actor: Actor): void => {
  if (actor.kind !== 'professional')
    throw new HubError({ code: 'request/forbidden', fault: 'config', message: 'Professionals ask and answer.' });
};

const sayingOf = ({ about, ...asks }: z.infer<typeof newRequest>): Saying => ({
  kind: 'request',
  beside: { record: about, path: 'about' },
  links: [{ rel: 'about', toId: about }],
  unit: undefined,
  fields: (author, now) => ({ ...asks, outcome: 'open', author, at: now.toISOString(), version: 1 }),
});

const askedOf = (request: FastifyRequest): Asked => {
  const params = request.params as { request: string };
  return { citizen: citizenOf(request), id: params.request, kind: 'request' };
};

const registerWrite = (app: FastifyInstance, context: FeedContext): void => {
  const config = { scopes: ['comments.write'] as const };
  app.post('/v1/citizens/:id/requests', { config }, async (request, reply) => {
    mustBeProfessional(callerOf(request));
    const citizen = citizenOf(request);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const input = readBody(newRequest, request);
    return once(context, request, reply, async () => ({
      status: 201,
      value: await say(context, request, citizen, sayingOf(input)),
    }));
  });
  app.post('/v1/citizens/:id/requests/:request/answer', { config }, async (request, reply) => {
    mustBeProfessional(callerOf(request));
    const asked = askedOf(request);
    const living = await reach(context, request, asked.citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, asked.citizen, living);
    const { outcome, answer } = readBody(answerBody, request);
    return once(context, request, reply, async () => ({
      status: 200,
      value: await sayAnew(context, request, asked, 'unit', (now, { author, at }) => ({
        fields: { ...now, outcome, answer, answeredBy: author, answeredAt: at.toISOString() },
      })),
    }));
  });
};

/** A page of what the engine shows; what it hides leaves no gap. */
const listFor = async (
  context: FeedContext,
  actor: Actor,
  page: { readonly after: string | undefined; readonly outcome: string | undefined; readonly limit: number },
): Promise<readonly Listed[]> => {
  const found: Listed[] = [];
  let after = page.after;
  while (found.length <= page.limit) {
    const batch = await requestCandidates(
      context.pool,
      { person: actor.person, unit: actor.unit },
      { after, limit: 200 },
    );
    if (batch.length === 0) break;
    after = batch.at(-1)?.record;
    const records = batch.map((one) => one.record);
    const citizens = [...new Set(batch.map((one) => one.citizen))];
    const seen = (await visibleRecords(context.pool, actor, { citizens, records })).filter(
      (one) => one.show === 'content',
    );
    const bodies = await recordTexts(
      context.pool,
      context.keys,
      seen.map((one) => one.recordId),
    );
    const texts = new Map(bodies.map((body) => JSON.parse(body) as Shown).map((body) => [body.id, body]));
    for (const { record, citizen } of batch) {
      const by = seen.find((one) => one.recordId === record);
      const text = texts.get(record);
      if (by === undefined || text === undefined) continue;
      if (page.outcome !== undefined && text.outcome !== page.outcome) continue;
      found.push({ citizen, record: text, rule: by.rule, basis: by.basis });
    }
  }
  return found;
};

const touchedBy = (context: FeedContext, listed: readonly Listed[]): readonly Touched[] =>
  listed.length === 0
    ? [{ decision: 'allowed' }]
    : [...Map.groupBy(listed, (one) => one.citizen)].map(([citizen, own]) => ({
        citizen,
        records: own.map((one) => one.record.id),
        decision: 'allowed',
        bases: basesOf(context.settings, own),
        emergency: own.some((one) => one.rule === 3),
      }));

const registerList = (app: FastifyInstance, context: FeedContext): void => {
  app.get('/v1/requests', { config: { scopes: ['plan.read'] } }, async (request, reply) => {
    const actor = callerOf(request);
    mustBeProfessional(actor);
    const { after, outcome } = request.query as { after?: unknown; outcome?: unknown };
    if (after !== undefined && !isUuid(after)) throw invalid('after', 'The id of the last request read.');
    const known = outcomes.find((one) => one === outcome);
    if (outcome !== undefined && known === undefined) throw invalid('outcome', 'Not an outcome.');
    const limit = limitOf(request);
    const found = await listFor(context, actor, { after, outcome: known, limit });
    const listed = found.slice(0, limit);
    const ids = listed.map((one) => one.record.id);
    const [links, born] = [await bornLinks(context.pool, ids), await bornRows(context.pool, ids)];
    await disclose(context, request, touchedBy(context, listed));
    const requests = listed.map(({ citizen, record }) => {
      const about = links.get(record.id)?.about;
      const author = born.get(record.id);
      const mine = author !== undefined && isAuthor(actor, author);
      return { ...record, citizen, mine, ...(about === undefined ? {} : { about }) };
    });
    return sendJson(reply, 200, { requests, more: found.length > limit });
  });
};

export const registerRequests = (app: FastifyInstance, context: FeedContext): void => {
  registerWrite(app, context);
  registerList(app, context);
};
