// The promise itself: /openapi.json, and /docs made from it by Scalar, whose script is served from here, packed. Nothing is
// loaded from anywhere else, and the page's own policy forbids it to try.
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import reference from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import { readYaml } from '../config/yaml.ts';
import { withCodeSamples } from './code-samples.ts';

const pack = promisify(gzip);
const file = new URL('../../openapi/feed.v1.yaml', import.meta.url);

/** The OpenAPI document as an object. */
export const openApiDocument = (): Record<string, unknown> =>
  readYaml(file.pathname, { jsonAt: [] }) as Record<string, unknown>;

/** Its paler greys and colours are below the contrast WCAG asks for. */
const readable = `.light-mode { --scalar-color-2: #4d4d4d; --scalar-color-3: #5c5c5c; --scalar-color-green: #05603a;
  --scalar-color-orange: #8a3b00; --scalar-color-blue: #0b5394; --scalar-color-red: #a3160b; --scalar-color-purple: #5b2d90; }
  .dark-mode { --scalar-color-2: #c9c9c9; --scalar-color-3: #b0b0b0; }`;

/** Scalar writes its styles into the page and starts itself from an inline script. */
const docsPolicy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Its page says neither its language nor the names of all its buttons. */
const mended = (page: string): string =>
  page.replace('<html>', '<html lang="en">').replace('</body>', '<script src="names.js"></script></body>');

const forAnHour = 'public, max-age=3600';

export const registerDocuments = async (app: FastifyInstance): Promise<void> => {
  const text = JSON.stringify(withCodeSamples(openApiDocument()));
  app.get('/openapi.json', async (_request, reply) =>
    reply.header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-cache').send(text),
  );
  await app.register(async (docs) => {
    const names = readFileSync(new URL('docs-names.js', import.meta.url), 'utf8');
    docs.get('/docs/names.js', async (_request, reply) =>
      reply.type('text/javascript; charset=utf-8').header('cache-control', forAnHour).send(names),
    );
    // Four megabytes that never change: packed once, for everybody.
    let packed: Promise<Buffer> | undefined;
    docs.addHook('onSend', async (request, reply, payload) => {
      reply.header('content-security-policy', docsPolicy);
      if (typeof payload !== 'string') return payload;
      if (String(reply.getHeader('content-type')).startsWith('text/html')) return mended(payload);
      if (!request.url.endsWith('/js/scalar.js')) return payload;
      reply.header('cache-control', forAnHour).header('vary', 'accept-encoding');
      if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return payload;
      packed ??= pack(payload);
      reply.header('content-encoding', 'gzip').removeHeader('content-length');
      return packed;
    });
    await docs.register(reference, {
      routePrefix: '/docs',
      configuration: {
        url: '/openapi.json',
        pageTitle: 'Samspil feed',
        withDefaultFonts: false,
        telemetry: false,
        agent: { disabled: true },
        mcp: { disabled: true },
        hideClientButton: true,
        showDeveloperTools: 'never',
        persistAuth: false,
        customCss: readable,
      },
    });
  });
};
