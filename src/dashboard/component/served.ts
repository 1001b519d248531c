// The component as hosts load it: its files joined into one script, in order and as they are, under an address that
// holds their digest. Any page may load it; what it may ask the hub is a matter of `corsOrigins` and the token.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Each uses only those before it. */
const parts = ['texts', 'format', 'style', 'dom', 'hub', 'pieces', 'sections', 'faces', 'samspil-plan'];
const textOf = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

const joined = (): string => {
  const bodies = parts.map((part) =>
    textOf(`${part}.js`)
      .replace(/^import .* from '\.\/[\w-]+\.js';\n/gm, '')
      .replace(/^export /gm, ''),
  );
  return `(() => {\n'use strict';\n${bodies.join('\n')}})();\n`;
};

export const componentScript = joined();
const digest = createHash('sha384').update(componentScript).digest();
/** What `integrity` of the script element should be. */
export const componentIntegrity = `sha384-${digest.toString('base64')}`;
/** Stays the same for as long as the script does. */
export const componentPath = `/component/${digest.toString('hex').slice(0, 16)}/samspil-plan.js`;

const send = (reply: FastifyReply, type: string, caching: string, body: string): FastifyReply =>
  reply
    .header('content-type', `${type}; charset=utf-8`)
    .header('cache-control', caching)
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('access-control-allow-origin', '*')
    .send(body);

export const registerComponent = (app: FastifyInstance): void => {
  const types = textOf('samspil-plan.d.ts');
  const script = 'text/javascript';
  app.get(componentPath, async (_request, reply) =>
    send(reply, script, 'public, max-age=31536000, immutable', componentScript),
  );
  app.get('/component/samspil-plan.js', async (_request, reply) =>
    send(reply, script, 'public, max-age=300', componentScript),
  );
  app.get('/component/samspil-plan.d.ts', async (_request, reply) =>
    send(reply, 'text/plain', 'public, max-age=300', types),
  );
};
