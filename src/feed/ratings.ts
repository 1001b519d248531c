// The citizen's short recurring rating of how it goes: three questions, 1 to 5, and a few words. By the citizen or whoever
// speaks for them; at most one a day of each, the newer replaces. Who else reads it is theirs to say, grant by grant.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { copenhagenDay } from '../clock.ts';
import { forbidden, standingOf } from '../consent/standing.ts';
import { type Content, kinds } from '../model/kinds.ts';
import { text } from '../model/values.ts';
import { bornRows, enrolledSubject, saveSaid } from '../store/born.ts';
import { type Db, transaction } from '../store/db.ts';
import { claimRating, lastRated, type Rater } from '../store/ratings.ts';
import { appendChanges } from '../store/removal.ts';
import { holdPeople } from '../store/subjects.ts';
import { type Asked, authorName, isAuthor, type Spoken } from './born.ts';
import { plainText } from './born-input.ts';
import { registerWithdraw } from './born-withdraw.ts';
import { citizenOf, notFoundError, reach, sendElsewhere } from './citizen-door.ts';
import type { Actor, FeedContext, PlanContext } from './context.ts';
import { callerOf, witnessed } from './disclosure.ts';
import { readBody, sendJson } from './input.ts';
import { once } from './once.ts';
import { discloseShown, readShown, recordsOf } from './shown-plan.ts';

const { influence, cooperation, direction } = kinds.rating.shape;
const newRating = z.strictObject({ influence, cooperation, direction, comment: plainText(text.max(1000)).optional() });
type Shown = Content<'rating'> & { readonly id: string };

/** Where every rating stands: in no unit's journal. */
const place = {
  domain: 'shared',
  sensitivity: 'confidential',
  ownerUnit: undefined,
  named: [],
  withheld: false,
  thirdPartyProtected: false,
} as const;

const raterOf = ({ kind, person }: Actor): Rater => ({ kind, person });

/** May the actor rate: the citizen, or a representative who may speak of this? */
const rates = async (db: Db, actor: Actor, citizen: string): Promise<boolean> => {
  const standing = await standingOf(db, actor, citizen);
  if (standing.as !== 'representative') return standing.as === 'citizen';
  return standing.scopes.some(
    ({ domains, kinds: named }) => (domains?.includes(place.domain) ?? true) && (named?.includes('rating') ?? true),
  );
};

/** The day from which it is this person's turn again; today when it is. */
const dueDay = (context: FeedContext, last: Date | undefined): string => {
  const now = context.clock.now().getTime();
  const due = last === undefined ? now : last.getTime() + context.settings.ratingEveryMs;
  return copenhagenDay(new Date(Math.max(due, now)));
};

const registerList = (app: FastifyInstance, context: PlanContext): void => {
  app.get('/v1/citizens/:id/ratings', { config: { scopes: ['plan.read'] } }, async (request, reply) => {
    const found = await readShown(context, request, reply, { kinds: ['rating'] });
    if (found === undefined) return reply;
    const { pool } = context;
    const actor = callerOf(request);
    const shown = recordsOf<Shown>(found.plan);
    const ids = shown.map(({ id }) => id);
    const born = await bornRows(pool, ids);
    const ratings = shown
      .map((rating) => {
        const row = born.get(rating.id);
        return { ...rating, mine: row !== undefined && isAuthor(actor, row) };
      })
      .sort((a, b) => (a.at > b.at ? -1 : a.at < b.at ? 1 : a.id < b.id ? -1 : 1));
    const due = (await rates(pool, actor, found.citizen))
      ? { due: dueDay(context, await lastRated(pool, found.citizen, raterOf(actor))) }
      : {};
    await discloseShown(context, request, found);
    return sendJson(reply, 200, { ratings, ...due });
  });
};

const rate = (
  context: FeedContext,
  request: FastifyRequest,
  citizen: string,
  answers: z.infer<typeof newRating>,
): Promise<Spoken & { readonly due: string }> =>
  witnessed(context, request, (witness) =>
    transaction(context.pool, async (tx) => {
      await holdPeople(tx);
      const actor = callerOf(request);
      if (!(await rates(tx, actor, citizen))) throw forbidden('Only the citizen and who speaks for them rate.');
      const subject = await enrolledSubject(tx, citizen);
      if (subject === undefined) throw notFoundError();
      const now = context.clock.now();
      const { id, version } = await claimRating(tx, subject, raterOf(actor), place.sensitivity, now);
      const at = now.toISOString();
      const fields = { ...answers, author: await authorName(tx, actor, citizen), at, version };
      const said = { id, kind: 'rating', version, fields, links: [], by: actor.person, now } as const;
      const changes = await saveSaid(tx, context.keys, { ...place, subject }, said);
      await witness(tx, citizen);
      await appendChanges(tx, changes);
      return { id, version, at, due: dueDay(context, now) };
    }),
  );

const askedOf = (request: FastifyRequest): Asked => {
  const { rating } = request.params as { rating: string };
  return { citizen: citizenOf(request), id: rating, kind: 'rating' };
};

export const registerRatings = (app: FastifyInstance, context: PlanContext): void => {
  registerList(app, context);
  app.post('/v1/citizens/:id/ratings', { config: { scopes: ['comments.write'] } }, async (request, reply) => {
    const citizen = citizenOf(request);
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const answers = readBody(newRating, request);
    return once(context, request, reply, async () => ({
      status: 201,
      value: await rate(context, request, citizen, answers),
    }));
  });
  registerWithdraw(app, context, '/v1/citizens/:id/ratings/:rating', askedOf);
};
