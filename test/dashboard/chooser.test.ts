// Signing in with a real browser: the chooser is fit for everybody, at both widths and in both languages, by keyboard
// alone; the way in and out holds under the pages' own policy.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeOn } from '../browser/axe.ts';
import { openBrowser } from '../browser/chromium.ts';
import { keyboardTour } from '../browser/keyboard.ts';
import { useDatabase } from '../postgres.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;
beforeAll(async () => {
  [municipality, browser] = await Promise.all([startMunicipality(database, { pulled: false }), openBrowser()]);
}, 90_000);
afterAll(async () => {
  await browser.close();
  await municipality.close();
});

const at = async (path: string, options: { readonly width?: number; readonly locale?: string } = {}): Promise<Page> => {
  const page = await browser.newPage({
    viewport: { width: options.width ?? 1280, height: 800 },
    locale: options.locale ?? 'da-DK',
  });
  await page.goto(municipality.url + path);
  return page;
};

describe('the chooser', () => {
  it.each([
    ['da-DK', 1280],
    ['da-DK', 390],
    ['en-GB', 1280],
    ['en-GB', 390],
  ] as const)('in %s at %i px is fit for everybody', async (locale, width) => {
    const page = await at('/sign-in', { locale, width });
    expect(await axeOn(page)).toEqual([]);
    const wide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
    expect(wide).toBe(false);
    expect(await keyboardTour(page)).toMatchObject({ unreachable: [], noVisibleFocus: [], nameless: [] });
    if (process.env['SAMSPIL_PICTURES'] !== undefined)
      await page.screenshot({
        path: `${process.env['SAMSPIL_PICTURES']}/chooser-${locale}-${width}.png`,
        fullPage: true,
      });
    await page.close();
  });
});

it('one comes in by the keyboard, and out again: here, at the provider, and back', async () => {
  const page = await at('/admin');
  expect(page.url()).toContain('/authorize?');
  await page.getByRole('button', { name: /Jens Dalgaard/ }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`${municipality.url}/admin`);
  expect((await page.context().cookies()).map(({ name }) => name)).toContain('samspil');
  await page.locator('form[action="/sign-out"] button').first().click();
  await page.waitForURL(`${municipality.url}/`);
  expect((await page.context().cookies()).map(({ name }) => name)).not.toContain('samspil');
  await page.goto(`${municipality.url}/admin`);
  expect(page.url()).toContain('/authorize?');
});
