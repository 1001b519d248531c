// Where a browser reaches the hub, and which paths of it somebody may be sent back to. Redirects lead there and nowhere
// else, whatever an address or header says.
import type { FastifyRequest } from 'fastify';
import { HubError } from '../errors.ts';

const thisMachine = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/** The configured one; without it, this machine as the browser on it calls it. */
export const ownOrigin = (request: FastifyRequest, publicUrl: string | undefined): string => {
  if (publicUrl !== undefined) return new URL(publicUrl).origin;
  const { host } = request.headers;
  if (host !== undefined && thisMachine.test(host)) return `http://${host}`;
  throw new HubError({
    code: 'request/forbidden',
    fault: 'config',
    message: 'Signing in works on the hub’s own machine only.',
    hint: 'Set dashboard.publicUrl to the address browsers use.',
  });
};

/** A path of ours with its query, or the front page. */
export const ownPath = (wanted: unknown, origin: string): string => {
  if (typeof wanted !== 'string' || wanted.length > 1000 || !wanted.startsWith('/')) return '/';
  const url = URL.parse(wanted, origin);
  if (url === null || url.origin !== origin || /^\/sign-(in|out)\b/.test(url.pathname)) return '/';
  // A path that begins with two slashes is an address of somebody else.
  return url.pathname.startsWith('//') ? '/' : url.pathname + url.search;
};
