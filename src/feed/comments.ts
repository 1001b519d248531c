// Comments by the citizen and the actors, on the plan or beside one record, in threads. Author and time are fixed; an edit is
// a new version; a comment is taken away by its author, the unit it reached or the DPO, and never changed by anybody else.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Content } from '../model/kinds.ts';
import { text } from '../model/values.ts';
import { bornRows } from '../store/born.ts';
import { bornLinks } from '../store/born-links.ts';
import { type Asked, isAuthor, mustBePerson, type Saying, say, sayAnew } from './born.ts';
import { plainText, recordField, unitField } from './born-input.ts';
import { registerWithdraw } from './born-withdraw.ts';
import { citizenOf, reach, sendElsewhere } from './citizen-door.ts';
import type { FeedContext, PlanContext } from './context.ts';
import { callerOf } from './disclosure.ts';
import { readBody, sendJson } from './input.ts';
import { once } from './once.ts';
import { discloseShown, readShown, recordsOf } from './shown-plan.ts';

const words = plainText(text.max(4000));
const newComment = z.strictObject({
  text: words,
  about: recordField.optional(),
  replyTo: recordField.optional(),
  unit: unitField.optional(),
});
const editedComment = z.strictObject({ text: words });

type Shown = Content<'comment'> & { readonly id: string };

const registerList = (app: FastifyInstance, context: PlanContext): void => {
  app.get('/v1/citizens/:id/comments', { config: { scopes: ['plan.read'] } }, async (request, reply) => {
    const found = await readShown(context, request, reply, { kinds: ['comment'] });
    if (found === undefined) return reply;
    const shown = recordsOf<Shown>(found.plan);
    const ids = shown.map((comment) => comment.id);
    const [born, links] = [await bornRows(context.pool, ids), await bornLinks(context.pool, ids)];
    const actor = callerOf(request);
    const comments = shown
      .map((comment) => {
        const row = born.get(comment.id);
        const { about, parent } = links.get(comment.id) ?? {};
        return {
          ...comment,
          ...(about === undefined ? {} : { about }),
          ...(parent === undefined ? {} : { replyTo: parent }),
          mine: row !== undefined && isAuthor(actor, row),
        };
      })
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
    await discloseShown(context, request, found);
    return sendJson(reply, 200, { comments });
  });
};

const sayingOf = async (context: FeedContext, input: z.infer<typeof newComment>): Promise<Saying> => {
  const { replyTo, about } = input;
  // An answer stands where what it answers stands.
  const parent = replyTo === undefined ? undefined : (await bornLinks(context.pool, [replyTo])).get(replyTo);
  const target = replyTo === undefined ? about : parent?.about;
  const beside =
    replyTo !== undefined
      ? { record: replyTo, path: 'replyTo', kind: 'comment' as const }
      : about === undefined
        ? undefined
        : { record: about, path: 'about' };
  return {
    kind: 'comment',
    beside,
    links: [
      ...(replyTo === undefined ? [] : [{ rel: 'parent', toId: replyTo }]),
      ...(target === undefined ? [] : [{ rel: 'about', toId: target }]),
    ],
    unit: input.unit,
    fields: (author, now) => ({ text: input.text, author, at: now.toISOString(), version: 1 }),
  };
};

const registerWrite = (app: FastifyInstance, context: FeedContext): void => {
  app.post('/v1/citizens/:id/comments', { config: { scopes: ['comments.write'] } }, async (request, reply) => {
    mustBePerson(callerOf(request));
    const citizen = citizenOf(request);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const input = readBody(newComment, request);
    return once(context, request, reply, async () => ({
      status: 201,
      value: await say(context, request, citizen, await sayingOf(context, input)),
    }));
  });
};

const askedOf = (request: FastifyRequest): Asked => {
  const { comment } = request.params as { comment: string };
  return { citizen: citizenOf(request), id: comment, kind: 'comment' };
};

const registerChange = (app: FastifyInstance, context: FeedContext): void => {
  const at = '/v1/citizens/:id/comments/:comment';
  app.post(at, { config: { scopes: ['comments.write'] } }, async (request, reply) => {
    mustBePerson(callerOf(request));
    const asked = askedOf(request);
    const living = await reach(context, request, asked.citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, asked.citizen, living);
    const input = readBody(editedComment, request);
    return once(context, request, reply, async () => ({
      status: 200,
      value: await sayAnew(context, request, asked, 'author', (now) => ({ fields: { ...now, text: input.text } })),
    }));
  });
  registerWithdraw(app, context, at, askedOf);
};

export const registerComments = (app: FastifyInstance, context: PlanContext): void => {
  registerList(app, context);
  registerWrite(app, context);
  registerChange(app, context);
};
