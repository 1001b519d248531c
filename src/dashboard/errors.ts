// What a person reads when a page cannot be shown: that it is not theirs, is not there, or that something went wrong, and
// what they can do. Nothing of the request is repeated.
import type { FastifyReply } from 'fastify';
import type { Pages } from './render.ts';

const known = new Set([400, 401, 403, 404, 409, 413, 429, 503]);

/** @param correlation what support can find the request by */
export const errorPage = (pages: Pages, reply: FastifyReply, status: number, correlation: string): FastifyReply => {
  const { t } = pages.speech(reply.request);
  const code = known.has(status) ? status : 500;
  reply.header('cache-control', 'no-store');
  return pages.page(
    reply.request,
    reply,
    'error',
    { title: t(`error.${code}.title`), status },
    { text: t(`error.${code}.text`), correlation },
  );
};
