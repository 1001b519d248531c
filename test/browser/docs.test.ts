// /docs as axe-core sees it. Scalar leaves two of its buttons without a name, and has no setting for that.
import fastify from 'fastify';
import { expect, it } from 'vitest';
import { registerDocuments } from '../../src/http/documents.ts';
import { axeOn } from './axe.ts';
import { openBrowser } from './chromium.ts';

it('has no fault that configuration can cure', { timeout: 60_000 }, async () => {
  const app = fastify();
  await registerDocuments(app);
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`${url}/docs/`);
    await page.waitForSelector('button[aria-controls^="scalar-refs"]', { timeout: 50_000 });
    await page.waitForLoadState('networkidle');
    const found = (await axeOn(page)).filter(({ rule }) => rule !== 'button-name');
    expect(found).toEqual([]);
  } finally {
    await browser.close();
    await app.close();
  }
});
