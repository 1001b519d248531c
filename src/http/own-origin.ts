// Where a browser reaches the hub. Redirects lead there and nowhere else, whatever an address or header says.
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
