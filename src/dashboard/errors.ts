// What a person reads when a page cannot be shown: that it is not theirs, is not there, or that something went wrong, and
// what they can do. Nothing of the request is repeated.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Pages } from './render.ts';

const known = new Set([400, 401, 403, 404, 409, 413, 429, 503]);
/** Where support needs the number to find what happened. */
const numbered = new Set(['400', '500', '503']);

const ownWords = (status: number): string => String(known.has(status) ? status : status < 500 ? 400 : 500);

/** The page of ours a form was sent from, as the browser says it. */
const formPage = ({ headers }: FastifyRequest): string | undefined => {
  const url = URL.parse(headers.referer ?? '');
  return url === null || url.host !== headers.host ? undefined : url.pathname + url.search;
};

interface Way {
  readonly href: string;
  /** Word under `error`. */
  readonly text: 'signIn' | 'again' | 'reload';
}

/** What helps: signing in, trying again, or the form once more. */
const wayOn = (request: FastifyRequest, words: string): Way | undefined => {
  const read = request.method === 'GET';
  const from = formPage(request);
  if (words === '401')
    return { href: from === undefined ? '/sign-in' : `/sign-in?to=${encodeURIComponent(from)}`, text: 'signIn' };
  if (['403', '404'].includes(words)) return undefined;
  if (read) return words === '400' ? undefined : { href: request.url, text: 'again' };
  return from === undefined ? undefined : { href: from, text: 'reload' };
};

/**
 * @param correlation what support can find the request by
 * @param sort `form`: the page would be theirs, but the form is of another session
 */
export const errorPage = (
  pages: Pages,
  reply: FastifyReply,
  status: number,
  correlation: string,
  sort?: 'form',
): FastifyReply => {
  const { request } = reply;
  const { t } = pages.speech(request);
  const words = sort ?? ownWords(status);
  reply.header('cache-control', 'no-store');
  return pages.page(
    request,
    reply,
    'error',
    { title: t(`error.${words}.title`), status: known.has(status) || status < 500 ? status : 500 },
    {
      text: t(`error.${words}.text`),
      way: wayOn(request, words),
      correlation: numbered.has(words) ? correlation : undefined,
    },
  );
};
