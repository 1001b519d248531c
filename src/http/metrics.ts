// GET /metrics: for a Prometheus on this machine, or one that brings the token. This machine is whoever connects from its
// loopback without a proxy between: what a proxy passes on may come from anywhere.
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { HubConfig } from '../config/hub.ts';
import { HubError } from '../errors.ts';
import type { Metrics } from '../metrics/registry.ts';
import { measureRequests } from '../metrics/requests.ts';
import { unauthorised } from './claims.ts';
import { peerAmong } from './peers.ts';
import { asOurs, sendProblem } from './problem.ts';
import { bearerOf, sameSecret } from './same-secret.ts';

type Settings = Pick<HubConfig, 'metrics' | 'trustedProxies'>;

const forwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'];

/** @throws HubError when the metrics are not for whoever asks */
const readers = ({ metrics, trustedProxies }: Settings): ((request: FastifyRequest) => void) => {
  const isHere = peerAmong(['loopback']);
  const isProxy = peerAmong(trustedProxies);
  return (request) => {
    const given = bearerOf(request.headers.authorization);
    if (given !== '' && sameSecret(given, metrics.token)) return;
    const passedOn = isProxy(request.raw) || forwarded.some((header) => request.headers[header] !== undefined);
    if (given === '' && isHere(request.raw) && !passedOn) return;
    if (metrics.token !== undefined) throw unauthorised('The token is not the one of metrics.token.');
    throw new HubError({ code: 'request/not-found', fault: 'config', message: 'There is no such address.' });
  };
};

export const registerMetrics = (app: FastifyInstance, metrics: Metrics, settings: Settings): void => {
  const mayRead = readers(settings);
  app.get('/metrics', async (request, reply) => {
    mayRead(request);
    return reply
      .header('content-type', metrics.contentType)
      .header('cache-control', 'no-store')
      .send(await metrics.text());
  });
};

const isStream = (request: FastifyRequest): boolean => (request.headers.accept ?? '').includes('text/event-stream');

/** Looks on at every request of this server. */
export const measureServer = (app: FastifyInstance, metrics: Metrics): void => {
  const measured = measureRequests(metrics);
  app.addHook('onRequest', async (request, reply) => {
    const { url: route = 'none' } = request.routeOptions;
    const stream = isStream(request) && route !== 'none';
    measured.begun();
    if (stream) measured.streamBegun(route);
    let over = false;
    const end = (): void => {
      if (over) return;
      over = true;
      measured.ended();
      if (stream) measured.streamEnded(route);
    };
    // A connection that breaks never finishes; an answer to the pages' own question is never closed.
    reply.raw.once('close', end).once('finish', end);
  });
  app.addHook('onResponse', async (request, reply) => {
    if (isStream(request)) return;
    const { method, routeOptions } = request;
    measured.answered({
      method,
      route: routeOptions.url,
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    });
  });
};

/** For a worker, which serves nothing else. Reached from elsewhere only where there is a token. */
export const serveMetrics = async (
  metrics: Metrics,
  settings: Settings,
  port: number,
): Promise<{ readonly url: string; close(): Promise<void> }> => {
  const app = fastify({ logger: false, forceCloseConnections: true });
  app.setErrorHandler((thrown, _request, reply) => sendProblem(reply, asOurs(thrown)));
  registerMetrics(app, metrics, settings);
  const host = settings.metrics.token === undefined ? '127.0.0.1' : '0.0.0.0';
  const url = await app.listen({ port, host });
  return { url, close: () => app.close() };
};
