// Whose pages may ask the feed from a browser: the configured origins alone, to read one citizen's plan and no more.
// Nothing is sent along by the browser itself: who asks is in the token, as for every other caller.
import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

const readable = /^\/v1\/(citizens\/[^/?]+\/(plan|calendar|timeline|overlaps)|sources)(\?|$)/;
const methods = ['GET'];

const refused: FastifyCorsOptions = { origin: false };

export const allowOrigins = async (app: FastifyInstance, origins: readonly string[]): Promise<void> => {
  if (origins.length === 0) return;
  const allowed: FastifyCorsOptions = {
    origin: [...origins],
    methods,
    allowedHeaders: ['Authorization', 'X-Purpose', 'If-None-Match'],
    exposedHeaders: ['ETag', 'Samspil-Sources', 'Retry-After', 'X-Correlation-Id'],
    credentials: false,
    maxAge: 600,
  };
  await app.register(cors, {
    delegator: (request, done) => {
      const method = request.method === 'OPTIONS' ? request.headers['access-control-request-method'] : request.method;
      done(null, readable.test(request.url) && methods.includes(method ?? '') ? allowed : refused);
    },
  });
  // Routes say themselves by what their answers vary, and would forget this.
  app.addHook('onSend', async (request, reply) => {
    if (!readable.test(request.url)) return;
    const vary = [reply.getHeader('vary') ?? []].flat().join(', ');
    if (!/\borigin\b/i.test(vary)) reply.header('vary', vary === '' ? 'Origin' : `${vary}, Origin`);
  });
};
