// What a person reads when a page cannot be shown: in both languages and at both widths, with a way on that helps.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { axeOn } from '../browser/axe.ts';
import { openBrowser } from '../browser/chromium.ts';
import { picture, visit, widths } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { openBrowser as openCookies, signInWith } from './browser-session.ts';
import { failures } from './failing-pages.ts';
import { type SignInHub, startSignInHub } from './sign-in-hub.ts';

vi.mock('../../src/dashboard/routes.ts', async () => ({
  registerDashboard: (await import('./failing-pages.ts')).registerFailing,
}));

const database = useDatabase();
let hub: SignInHub;
let browser: Browser;
beforeAll(async () => {
  [hub, browser] = await Promise.all([startSignInHub(database.pool()), openBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await hub.close();
});

it.each(['da', 'en'] as const)(
  'every one can be read, and says its number only where support needs it (%s)',
  async (language) => {
    const at = await visit(browser, hub.url, 'administrator', language);
    for (const status of Object.keys(failures))
      for (const width of widths) {
        await at.page.setViewportSize({ width, height: 900 });
        expect((await at.page.goto(`${hub.url}/fail/${status}`))?.status()).toBe(Number(status));
        await picture(at.page, `error-${status}-${language}-${width}`);
        expect([status, width, await axeOn(at.page)]).toEqual([status, width, []]);
        const text = await at.page.locator('main').innerText();
        expect([status, /[\da-f]{8}-[\da-f]{4}-/.test(text)]).toEqual([
          status,
          ['400', '415', '500', '503'].includes(status),
        ]);
        expect(text).not.toMatch(/error\.|undefined|As wished/);
      }
    await at.context.close();
  },
  60_000,
);

it('a reading can be tried again, and a form leads back to its page', async () => {
  const at = await visit(browser, hub.url, 'administrator', 'en');
  await at.page.goto(`${hub.url}/fail/503?state=late`);
  expect(await at.page.getByRole('link', { name: 'Try again' }).getAttribute('href')).toBe('/fail/503?state=late');
  await at.page.goto(`${hub.url}/form`);
  await at.page.getByRole('button').click();
  await at.page.waitForURL('**/fail/409');
  expect(await at.page.getByRole('link', { name: 'Reload the page' }).getAttribute('href')).toBe('/form');
  await at.context.close();
}, 30_000);

it('a form of an earlier session says so, and one sent signed out leads through signing in', async () => {
  const at = await visit(browser, hub.url, 'administrator', 'en');
  await at.page.goto(`${hub.url}/form`);
  await at.page.locator('input').fill('of-yesterday');
  await at.page.getByRole('button').click();
  await at.page.waitForURL('**/fail/409');
  expect(await at.page.locator('h1').innerText()).toBe('This form no longer counts');
  await picture(at.page, 'error-form-en-1280');
  await at.page.setViewportSize({ width: 390, height: 900 });
  await picture(at.page, 'error-form-en-390');
  expect(await axeOn(at.page)).toEqual([]);

  await at.page.goto(`${hub.url}/form`);
  await at.context.clearCookies();
  await at.page.getByRole('button').click();
  await at.page.waitForURL('**/fail/409');
  expect(await at.page.locator('h1').innerText()).toBe('You are signed out');
  const way = await at.page.locator('main').getByRole('link', { name: 'Sign in' }).getAttribute('href');
  expect(way).toBe('/sign-in?to=%2Fform');
  await picture(at.page, 'error-401-en-390');
  await at.context.close();
}, 30_000);

it('no address of somebody else is led to, whatever a browser says it comes from', async () => {
  const session = openCookies(hub.url);
  await signInWith(session, 'administrator');
  const answer = await session.post('/fail/409', {}, { referer: 'https://elsewhere.example/form' });
  expect(await answer.text()).not.toContain('elsewhere');
});
