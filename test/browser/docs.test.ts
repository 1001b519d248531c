// /docs as axe-core sees it, at both widths, down to the last operation; and what it costs to load.
import { fastify } from 'fastify';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { registerDocuments } from '../../src/http/documents.ts';
import { axeOn } from './axe.ts';
import { openBrowser } from './chromium.ts';

const app = fastify();
let browser: Browser;
let url = '';
beforeAll(async () => {
  await registerDocuments(app);
  [url, browser] = await Promise.all([app.listen({ port: 0, host: '127.0.0.1' }), openBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await app.close();
});

const drawn = (page: Page) => page.waitForSelector('.scalar-code-copy', { timeout: 50_000, state: 'attached' });

it.each([1280, 390])(
  'has no fault at %i px, at its beginning and further down',
  async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    await page.goto(`${url}/docs/`);
    await drawn(page);
    await expect.poll(() => axeOn(page), { timeout: 30_000 }).toEqual([]);
    await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight / 2)');
    // What lies there is drawn when somebody comes by.
    await page.waitForTimeout(500);
    await expect.poll(() => axeOn(page), { timeout: 30_000 }).toEqual([]);
    await page.close();
  },
  120_000,
);

it('comes packed to whoever can unpack, and once an hour', async () => {
  const packed = await fetch(`${url}/docs/js/scalar.js`);
  expect([packed.headers.get('content-encoding'), packed.headers.get('cache-control')]).toEqual([
    'gzip',
    'public, max-age=3600',
  ]);
  const plain = await app.inject({ url: '/docs/js/scalar.js', headers: { 'accept-encoding': 'identity' } });
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(await packed.text()).toBe(plain.body);
  const sent = await app.inject({ url: '/docs/js/scalar.js', headers: { 'accept-encoding': 'gzip' } });
  expect(sent.rawPayload.length).toBeLessThan(1_500_000);
});
