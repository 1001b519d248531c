// The professional's way in, in a real browser: the citizens they see, one by number, emergency access, enrolling and
// ending it; and how somebody of the citizen's own finds the plan they were let see.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;
beforeAll(async () => {
  [municipality, browser] = await Promise.all([startMunicipality(database), openBrowser()]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await municipality?.close();
});

it.each(['da', 'en'] as const)(
  'a professional finds those they see (%s)',
  async (language) => {
    const at = await visit(browser, municipality.url, 'nurse-health', language);
    await inspect(at, `${municipality.url}/citizens`, `citizens-${language}`);
    expect(await at.page.getByRole('link', { name: /Maja/ }).count()).toBe(1);
    await at.context.close();
    const enrolling = await visit(browser, municipality.url, 'caseworker-employment', language);
    await inspect(enrolling, `${municipality.url}/citizens/enrol`, `enrol-${language}`);
    await enrolling.context.close();
  },
  60_000,
);

it('a number that is unknown or hidden is answered the same, and never kept', async () => {
  const { page, context } = await visit(browser, municipality.url, 'caseworker-employment');
  await page.goto(`${municipality.url}/citizens`);
  await page.locator('#find-cpr').fill('0101010000');
  await page.getByRole('button', { name: 'Find' }).click();
  expect(await page.locator('[role=alert]').textContent()).toContain('ukendt, eller du må ikke se');
  expect(page.url()).not.toContain('0101010000');
  expect(await page.locator('#find-cpr').inputValue()).toBe('');
  await context.close();
}, 60_000);

it('somebody of the citizen’s own is led to the plan they were let see', async () => {
  const { page, context } = await visit(browser, municipality.url, 'network-person');
  await page.goto(`${municipality.url}/`);
  expect(page.url()).toBe(`${municipality.url}/citizens`);
  await page.locator('main li a').first().click();
  expect(page.url()).toBe(`${municipality.url}/citizens/${municipality.showcase}`);
  await context.close();
}, 60_000);
