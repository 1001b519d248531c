// Is the process alive, is it ready: the schema is current and whoever started it says so. Names no one, counts nothing.
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { FeedContext } from '../feed/context.ts';
import { schemaState } from '../feed/schema-state.ts';

export type Ready = () => Promise<boolean>;

const send = (reply: FastifyReply, status: number, body: object): FastifyReply =>
  reply
    .code(status)
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(body));

export const registerHealth = (app: FastifyInstance, context: FeedContext, ready: Ready): void => {
  app.get('/health/live', async (_request, reply) => send(reply, 200, { status: 'ok' }));
  app.get('/health/ready', async (_request, reply) => {
    const schema = await schemaState(context);
    if (schema !== 'current') return send(reply, 503, { status: 'failing', schema });
    const isReady = await ready().catch(() => false);
    return send(reply, isReady ? 200 : 503, { status: isReady ? 'ok' : 'starting', schema });
  });
};
