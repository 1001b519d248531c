// Asking the feed for a page of the data-protection officer: an answer that is not the one asked for ends in the page that
// says so, and a citizen who lives on under another id is followed there.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DashboardContext } from '../../context.ts';
import { errorPage } from '../../errors.ts';
import type { Pages } from '../../render.ts';

export class FeedRefused extends Error {
  readonly status: number;
  /** The same page with the citizen's living id. */
  readonly elsewhere: string | undefined;
  constructor(status: number, elsewhere?: string) {
    super(`The feed answered ${status}.`);
    this.status = status;
    this.elsewhere = elsewhere;
  }
}

const idIn = /^\/v1\/citizens\/([0-9a-f-]{36})/;

/** @throws FeedRefused unless the feed answers 200. */
export const askFeed = async <T>(context: DashboardContext, request: FastifyRequest, path: string): Promise<T> => {
  const answer = await context.ask(request, { path });
  if (answer.status === 200) return answer.json<T>();
  const [, asked = ''] = idIn.exec(path) ?? [];
  const [, living] = idIn.exec(answer.headers['location'] ?? '') ?? [];
  const moved = answer.status === 308 && living !== undefined && asked !== '';
  throw new FeedRefused(answer.status, moved ? request.url.replace(asked, living) : undefined);
};

/** Shows a page made of the feed's answers, or what became of them. */
export const withFeed = async (
  pages: Pages,
  request: FastifyRequest,
  reply: FastifyReply,
  show: () => Promise<FastifyReply>,
): Promise<FastifyReply> => {
  try {
    return await show();
  } catch (error) {
    if (!(error instanceof FeedRefused)) throw error;
    if (error.elsewhere !== undefined) return reply.redirect(error.elsewhere, 303);
    return errorPage(pages, reply, error.status, request.id);
  }
};
