// The web server: headers, limits, the door, the feed, health, documents. Log lines name a route pattern, a status and a
// correlation id; never an address, a body or a header.
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import type { HubConfig } from '../config/hub.ts';
import { registerComponent } from '../dashboard/component/served.ts';
import type { DashboardParts } from '../dashboard/context.ts';
import { HubError } from '../errors.ts';
import type { StreamTimes } from '../feed/changes-stream.ts';
import type { FeedConsumer, FeedContext } from '../feed/context.ts';
import { discloseRefusal } from '../feed/disclosure.ts';
import { failureOf } from '../feed/failure.ts';
import { refuseNul } from '../feed/input.ts';
import { startCounting } from '../feed/quota.ts';
import { registerFeed } from '../feed/routes.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics/registry.ts';
import { thumbprintReader } from './client-certificate.ts';
import { refuseConnection } from './client-error.ts';
import { allowOrigins } from './cross-origin.ts';
import { registerDocuments } from './documents.ts';
import { newCorrelation, openDoor } from './door.ts';
import { type Ready, registerHealth } from './health.ts';
import { type Issuer, issuersOf } from './issuer.ts';
import { measureServer, registerMetrics } from './metrics.ts';
import { registerPages } from './pages.ts';
import { asOurs, notFound, sendProblem } from './problem.ts';
import { type Push, registerPush } from './push.ts';
import { createReceipts } from './receipts.ts';
import { consumersOf, feedSettings } from './settings.ts';
import { createTokenVerifier } from './tokens.ts';

export interface ServerOptions {
  readonly pool: FeedContext['pool'];
  readonly reads?: NonNullable<FeedContext['reads']>;
  readonly keys: FeedContext['keys'];
  readonly accessLog: FeedContext['accessLog'];
  readonly config: HubConfig;
  readonly clock: Clock;
  readonly log: Logger;
  /** Issuers besides the configured ones: the sandbox's own. */
  readonly issuers?: readonly Issuer[];
  /** How long each source counts as fresh, in ms, where the configuration leaves it to the schedule. */
  readonly freshForMs?: Readonly<Record<string, number>>;
  readonly ready?: Ready;
  readonly planMemory?: number;
  /** Refusals of what is not found, or not visible, leave at multiples of this; 0: at once. */
  readonly notFoundEveryMs?: number;
  readonly streamTimes?: StreamTimes;
  /** Takes what sources post; without it there is no such address. */
  readonly push?: Push;
  /** What is counted of this process; without it there is no such address. */
  readonly metrics?: Metrics;
  /** What the pages are given; without it there are none. */
  readonly dashboard?: DashboardParts;
}

const limitRate = async (
  app: FastifyInstance,
  perMinute: number,
  consumers: readonly FeedConsumer[],
): Promise<void> => {
  const limitOf = (system: string | undefined): number | undefined =>
    consumers.find((consumer) => consumer.id === system)?.requestsPerMinute;
  await app.register(rateLimit, {
    max: ({ system }) => limitOf(system?.id) ?? perMinute,
    timeWindow: 60_000,
    // After the door, so that a caller is a person or system where one is known, and an address otherwise.
    hook: 'preParsing',
    cache: 20_000,
    // Told apart by what they are: nobody's id may use up the share of somebody else's system or address.
    keyGenerator: ({ actor, system, ip, viewer }) => {
      // A whole town hall has one address: who is signed in to the pages counts for themselves.
      if (actor === undefined) return viewer === undefined ? `address ${ip}` : `person ${viewer.actor.person}`;
      if (system !== undefined && limitOf(system.id) !== undefined) return `system ${system.id}`;
      return actor.consumer === undefined ? `person ${actor.person}` : `system ${actor.consumer}`;
    },
    // What is left of the rate is the caller's own business, and would differ between equal answers.
    addHeadersOnExceeding: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    addHeaders: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    errorResponseBuilder: (_request, context) =>
      new HubError({
        code: 'request/too-many',
        fault: 'transient',
        message: 'Too many requests; slow down.',
        retryAfterMs: context.ttl,
      }),
  });
};

/** The route pattern with a correlation id: all a log line says of a request. */
const lineOf = (request: FastifyRequest): object => ({
  method: request.method,
  route: request.routeOptions.url ?? 'none',
  correlation: request.id,
});

/** Looking at what is hidden takes longer than finding nothing: both leave at the next stroke of the same clock. */
const untilStroke = (elapsedMs: number, everyMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, everyMs - (elapsedMs % everyMs)));

const handleErrors = (app: FastifyInstance, context: FeedContext, notFoundEveryMs: number): void => {
  app.setErrorHandler(async (thrown, request, reply) => {
    let error = asOurs(thrown);
    try {
      await discloseRefusal(context, request, error);
    } catch (unwritable) {
      error = failureOf(unwritable);
    }
    if (error.code === 'request/not-found' && request.actor !== undefined && notFoundEveryMs > 0)
      await untilStroke(reply.elapsedTime, notFoundEveryMs);
    tellFailure(context, request, error);
    return sendProblem(reply, error);
  });
};

/** What only who runs the hub can mend. */
const tellFailure = ({ log }: FeedContext, request: FastifyRequest, error: HubError): void => {
  if (error.fault === 'bug' || ['log/unwritable', 'store/unavailable', 'source/unreachable'].includes(error.code))
    log.error({ event: 'request.failed', ...lineOf(request), err: error });
};

/** The feed's web server, ready to listen or to be asked by `inject`. */
export const createServer = async (options: ServerOptions): Promise<FastifyInstance> => {
  const { config, clock, log } = options;
  const settings = feedSettings(config, options.freshForMs ?? {});
  const app = fastify({
    logger: false,
    genReqId: newCorrelation,
    bodyLimit: 64 * 1024,
    requestTimeout: 15_000,
    connectionTimeout: 70_000,
    keepAliveTimeout: 72_000,
    handlerTimeout: 30_000,
    forceCloseConnections: 'idle',
    trustProxy: config.trustedProxies.length === 0 ? false : config.trustedProxies,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 100 },
    // Addresses no route can read come past every hook; their answer is like any other all the same.
    frameworkErrors: (error, request, reply) => {
      reply.header('x-correlation-id', request.id);
      return sendProblem(reply, asOurs(error));
    },
    clientErrorHandler: refuseConnection,
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-correlation-id', request.id);
  });
  if (options.metrics !== undefined) measureServer(app, options.metrics);
  const context: FeedContext = { ...options, settings, use: startCounting(app, options.pool, clock) };
  handleErrors(app, context, options.notFoundEveryMs ?? 0);
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"], frameAncestors: ["'none'"] },
    },
    referrerPolicy: { policy: 'no-referrer' },
  });
  await allowOrigins(app, config.corsOrigins);
  const consumers = consumersOf(config);
  const tokens = createTokenVerifier([...issuersOf(config), ...(options.issuers ?? [])], consumers.known, clock);
  await limitRate(app, config.rateLimitPerMinute, settings.consumers);
  const thumbprintOf = thumbprintReader(config.clientCertificateHeader, config.trustedProxies);
  openDoor(app, { context, tokens, thumbprintOf, consumerPurposes: consumers.purposes });
  app.addHook('preValidation', async (request) => {
    refuseNul(request.body, 'body');
    refuseNul(request.query, 'query');
  });
  app.addHook('onResponse', async (request, reply) => {
    log.debug({
      event: 'request.answered',
      ...lineOf(request),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    });
  });
  registerFeed(app, { ...context, receipts: await createReceipts(options.keys, config.municipality) });
  registerHealth(app, context, options.ready ?? (async () => true));
  if (options.metrics !== undefined) registerMetrics(app, options.metrics, config);
  let answerUnknown = notFound;
  if (options.dashboard !== undefined)
    answerUnknown = await registerPages(app, {
      context,
      config,
      tokens,
      parts: options.dashboard,
      onError: (request, thrown) => tellFailure(context, request, asOurs(thrown)),
    });
  app.setNotFoundHandler((request, reply) => answerUnknown(request, reply));
  if (options.push !== undefined) await registerPush(app, config.sources, options.push);
  registerComponent(app);
  await registerDocuments(app);
  return app;
};
