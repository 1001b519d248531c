// What pages load, all from here: the design system's neutral theme with its fonts and icons, htmx, uPlot, and our own
// styles and scripts. The address holds a digest of all of it, so that browsers may keep it for a year.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const here = import.meta.dirname;
const folderOf = (name: string): string => dirname(findPackageJSON(name, import.meta.url) ?? '');

/** Prefix → folder, and what of the folder may be asked for. */
const shelves: Readonly<Record<string, { readonly root: string; readonly allowed: RegExp }>> = {
  'dkfds/': {
    root: join(folderOf('dkfds'), 'dist'),
    allowed:
      /^\/(css\/dkfds\.min\.css|fonts\/IBMPlexSans\/complete\/woff2?\/[\w-]+\.woff2?|img\/svg-icons\/[\w-]+\.svg|img\/all-svg-icons\.svg)$/,
  },
  'htmx/': { root: join(folderOf('htmx.org'), 'dist'), allowed: /^\/(htmx\.min\.js|ext\/hx-sse\.min\.js)$/ },
  'uplot/': { root: join(folderOf('uplot'), 'dist'), allowed: /^\/(uPlot\.iife\.min\.js|uPlot\.min\.css)$/ },
  'styles/': { root: join(here, 'styles'), allowed: /^\/[\w-]+\.css$/ },
  'script/': { root: join(here, 'script'), allowed: /^\/[\w-]+\.js$/ },
};

const digestOf = (): string => {
  const digest = createHash('sha256');
  for (const name of ['dkfds', 'htmx.org', 'uplot']) digest.update(readFileSync(join(folderOf(name), 'package.json')));
  for (const folder of ['styles', 'script'])
    for (const file of readdirSync(join(here, folder)).sort()) digest.update(readFileSync(join(here, folder, file)));
  return digest.digest('hex').slice(0, 12);
};

/** Where pages find them: `/assets/<digest>/`. */
export const assetBase = `/assets/${digestOf()}/`;

export const registerAssets = async (app: FastifyInstance): Promise<void> => {
  for (const [shelf, { root, allowed }] of Object.entries(shelves))
    await app.register(fastifyStatic, {
      root,
      prefix: `${assetBase}${shelf}`,
      decorateReply: false,
      index: false,
      maxAge: '365d',
      immutable: true,
      allowedPath: (path) => allowed.test(path),
    });
  // Browsers ask for it unbidden, before they have read that there is none.
  app.get('/favicon.ico', { config: { page: 'anybody' } }, async (_request, reply) => reply.code(204).send());
};
