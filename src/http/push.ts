// POST /push/v1/{source}: a source tells that something of its has changed. Who it is is told by a token of its own; an
// unknown source and a wrong token get the same answer. 202 comes when the notices are committed, and says nothing of them.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HubConfig } from '../config/hub.ts';
import { HubError } from '../errors.ts';
import { unauthorised } from './claims.ts';
import { bearerOf, sameSecret } from './same-secret.ts';

export interface PushDelivery {
  readonly contentType: string;
  readonly body: string;
}

/** What stands behind the address: the composition root knows the adapters. */
export interface Push {
  /** Resolves when what was understood is committed. */
  receive(
    source: string,
    delivery: PushDelivery,
  ): Promise<{ readonly answer?: { readonly contentType: string; readonly body: string } }>;
}

type PushConfig = NonNullable<HubConfig['sources'][string]['push']>;

/** Takes as long for a source that is not there as for a wrong token. */
const isToken = (given: string, push: PushConfig | undefined): boolean =>
  [push?.token, push?.formerToken].map((token) => sameSecret(given, token)).includes(true);

const mediaType = (header: string | undefined): string => (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

const notText = (): HubError =>
  new HubError({
    code: 'request/media-type',
    fault: 'config',
    message: 'The body is not text in the encoding it declares.',
    hint: 'UTF-8, or an encoding named by charset or the XML declaration.',
  });

/** The declared encoding: the content type's, the XML declaration's, else UTF-8. */
const decoded = (body: Buffer, contentType: string): string => {
  const declared =
    /charset="?([\w.:-]+)/i.exec(contentType)?.[1] ??
    /^\s*<\?xml[^>]*\sencoding=["']([\w.:-]+)["']/.exec(body.toString('latin1', 0, 200))?.[1];
  try {
    return new TextDecoder(declared ?? 'utf-8', { fatal: true }).decode(body);
  } catch {
    throw notText();
  }
};

const tooMany = (retryAfterMs: number): HubError =>
  new HubError({
    code: 'request/too-many',
    fault: 'transient',
    message: 'Too many deliveries; send them again in a moment.',
    retryAfterMs,
  });

export const registerPush = async (
  app: FastifyInstance,
  sources: Readonly<Record<string, { readonly push?: PushConfig | undefined }>>,
  push: Push,
): Promise<void> => {
  const settings = new Map(
    Object.entries(sources).flatMap(([name, { push: own }]) => (own === undefined ? [] : [[name, own] as const])),
  );
  if (settings.size === 0) return;
  const limit = (max: number, name: string) =>
    app.createRateLimit({ max, timeWindow: 60_000, keyGenerator: (request) => `${name} ${request.ip}` });
  const refused = limit(100, 'refused push');
  const limits = new Map(
    [...settings].map(([name, { perMinute }]) => [
      name,
      app.createRateLimit({ max: perMinute, timeWindow: 60_000, keyGenerator: () => `push ${name}` }),
    ]),
  );
  const enter = async (request: FastifyRequest<{ Params: { source: string } }>): Promise<PushConfig> => {
    const { source } = request.params;
    const own = settings.get(source);
    if (!isToken(bearerOf(request.headers.authorization), own) || own === undefined) {
      const counted = await refused(request);
      throw counted.isAllowed || !counted.isExceeded
        ? unauthorised('The token is not one of this address.')
        : tooMany(counted.ttl);
    }
    const counted = await limits.get(source)?.(request);
    if (counted !== undefined && !counted.isAllowed && counted.isExceeded) throw tooMany(counted.ttl);
    if (!own.contentTypes.includes(mediaType(request.headers['content-type'])))
      throw new HubError({
        code: 'request/media-type',
        fault: 'config',
        message: 'The content type is not one this source is configured for.',
      });
    return own;
  };
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
      const { source } = request.params as { source: string };
      if (body.length > (settings.get(source)?.maxBytes ?? 0))
        throw new HubError({ code: 'request/too-large', fault: 'config', message: 'The delivery is too large.' });
      return decoded(body, request.headers['content-type'] ?? '');
    });
    scope.post<{ Params: { source: string } }>(
      '/push/v1/:source',
      {
        bodyLimit: Math.max(...[...settings.values()].map(({ maxBytes }) => maxBytes)),
        onRequest: async (request) => void (await enter(request)),
      },
      async (request, reply) => {
        const contentType = request.headers['content-type'] ?? '';
        if (typeof request.body !== 'string' || request.body === '')
          throw new HubError({ code: 'request/invalid', fault: 'config', message: 'The body is empty.' });
        const { answer } = await push.receive(request.params.source, { contentType, body: request.body });
        reply.code(202).header('cache-control', 'no-store');
        return answer === undefined ? reply.send() : reply.header('content-type', answer.contentType).send(answer.body);
      },
    );
  });
};
