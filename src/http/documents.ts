// The promise itself: /openapi.json, and /docs made from it by Scalar, whose script is served from here. Nothing is
// loaded from anywhere else, and the page's own policy forbids it to try.
import reference from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import { readYaml } from '../config/yaml.ts';
import { withCodeSamples } from './code-samples.ts';

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

export const registerDocuments = async (app: FastifyInstance): Promise<void> => {
  const text = JSON.stringify(withCodeSamples(openApiDocument()));
  app.get('/openapi.json', async (_request, reply) =>
    reply.header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-cache').send(text),
  );
  await app.register(async (docs) => {
    docs.addHook('onSend', async (_request, reply, payload) => {
      reply.header('content-security-policy', docsPolicy);
      // Its page does not say what language it is in.
      const isPage = String(reply.getHeader('content-type')).startsWith('text/html');
      return isPage && typeof payload === 'string' ? payload.replace('<html>', '<html lang="en">') : payload;
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
