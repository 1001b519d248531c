// How pages ask the feed: through its own door, with the token of whoever is signed in, from their own address. So what a
// page shows is what the feed answers this person, under their limits, and is in the log before the page has it.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { FeedAnswer, FeedQuestion } from '../dashboard/context.ts';
import { HubError } from '../errors.ts';
import { unauthorised } from './claims.ts';
import type { Sessions } from './session.ts';

const feedPath = /^\/(v1|fhir)\/[^\s\\]*$/;

/** @param app the whole server */
export const createAsk =
  (app: FastifyInstance, sessions: Sessions | undefined) =>
  async (request: FastifyRequest, question: FeedQuestion): Promise<FeedAnswer> => {
    if (!feedPath.test(question.path))
      throw new HubError({ code: 'bug/unexpected', fault: 'bug', message: 'A page asked for what is not the feed’s.' });
    // Opened anew: a page may be read for long, and its token must hold for the answer.
    const session = await sessions?.open(request, false);
    if (session === undefined) throw unauthorised('Nobody is signed in any more.', 'Sign in again.');
    const { access } = session.stored.tokens;
    const answer = await app.inject({
      method: question.method ?? 'GET',
      url: question.path,
      remoteAddress: request.ip,
      headers: {
        'x-purpose': session.viewer.purpose,
        ...question.headers,
        authorization: `Bearer ${access}`,
      },
      ...(question.body === undefined ? {} : { payload: question.body as object }),
    });
    const headers = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, value === undefined ? undefined : String(value)]),
    );
    return { status: answer.statusCode, headers, text: answer.payload, json: <T>() => answer.json() as T };
  };
