// Where the hub knows several purposes, one chooses: seen in the head of every page, kept for the session, back to where
// one was. Nobody else is asked.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { registerAssets } from '../../src/dashboard/assets.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { personaPeople } from '../sandbox/sign-in-people.ts';
import { type SignInHub, startSignInHub } from './sign-in-hub.ts';

vi.mock('../../src/dashboard/routes.ts', async () => {
  const { createPages } = await import('../../src/dashboard/render.ts');
  const { registerPurpose } = await import('../../src/dashboard/pages/purpose.ts');
  const registerDashboard = async (
    ...[app, context]: Parameters<typeof import('../../src/dashboard/routes.ts').registerDashboard>
  ) => {
    await registerAssets(app);
    const pages = createPages(context);
    registerPurpose(app, context, pages);
    app.get('/', { config: { page: 'anybody' } }, async (request) => ({ purpose: request.viewer?.purpose }));
    return pages;
  };
  return { registerDashboard };
});

const database = useDatabase();
let hub: SignInHub;
let browser: Browser;
beforeAll(async () => {
  const people = () =>
    personaPeople().map((one) => ({ ...one, claims: async () => ({ purposes: ['coordinated-plan', 'follow-up'] }) }));
  [hub, browser] = await Promise.all([startSignInHub(database.pool(), { people }), openBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await hub.close();
});

it.each(['da', 'en'] as const)(
  'a professional chooses, and comes back (%s)',
  async (language) => {
    const at = await visit(browser, hub.url, 'caseworker-social', language);
    await inspect(at, `${hub.url}/purpose?to=/`, `purpose-${language}`);
    expect(await at.page.locator('input:checked').getAttribute('value')).toBe('coordinated-plan');
    await at.page.getByLabel('follow-up').check();
    await at.page.locator('main form button').click();
    await at.page.waitForURL(`${hub.url}/`);
    expect(await at.page.content()).toContain('follow-up');
    await at.page.goto(`${hub.url}/purpose`);
    expect(await at.page.locator('header').innerText()).toContain('follow-up');
    await at.context.close();
  },
  60_000,
);

it('a citizen is not asked in the head of a page', async () => {
  const at = await visit(browser, hub.url, 'citizen');
  await at.page.goto(`${hub.url}/purpose`);
  expect(await at.page.locator('header').innerText()).not.toContain('Formål');
  await at.context.close();
}, 30_000);
