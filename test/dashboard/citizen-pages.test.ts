// The citizen's own pages in a real browser, against the sandbox municipality: in both languages, at two widths, by
// keyboard, on paper, and when sources are late. What others see of them: citizen-shown.test.ts.
/// <reference lib="dom" />
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, picture, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;
beforeAll(async () => {
  [municipality, browser] = await Promise.all([startMunicipality(database), openBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await municipality.close();
});

const own = ['', '/comments', '/calendar', '/timeline', '/contacts', '/rating', '/download'];
const nameOf = (path: string): string => path.slice(1) || 'plan';

it('every page, in both languages', async () => {
  const inLanguage = async (language: 'da' | 'en'): Promise<void> => {
    const at = await visit(browser, municipality.url, 'citizen', language);
    for (const path of own) await inspect(at, `${municipality.url}/my${path}`, `own-${nameOf(path)}-${language}`);
    await at.context.close();
  };
  await Promise.all([inLanguage('da'), inLanguage('en')]);
}, 120_000);

it('the plan begins with the citizen’s own wishes and tells goals as pictures with words', async () => {
  const { page, context } = await visit(browser, municipality.url, 'citizen');
  await page.goto(`${municipality.url}/my`);
  expect(await page.locator('h1').innerText()).toBe('Hej Maja. Her er din plan');
  expect(await page.locator('h2').first().innerText()).toBe('Det vil du gerne');
  expect(await page.locator('.wishes blockquote > p:first-child').allInnerTexts()).toContain(
    'Jeg vil gerne have kolleger igen og kunne hente mine børn til tiden.',
  );
  const main = page.locator('.goal').first();
  expect(await main.locator('summary').innerText()).toMatch(/Fleksjob som kontorassistent[\s\S]*1 af 3 skridt er nået/);
  expect(await main.locator('.way-road i.is-completed').count()).toBe(1);
  expect(await main.locator('.way-road i').count()).toBe(3);
  await main.locator('summary').click();
  expect(await main.locator('.steps-list li').allInnerTexts()).toContain(
    'Opdatere cv og få overblik over it-kompetencer (Nået)',
  );
  expect(await page.locator('section[aria-labelledby=sources] li').count()).toBe(municipality.hub.sources.size);
  await context.close();
});

it('the first screens of a phone say what is next, what to do, how it goes and whom to ask; the rest is a press away', async () => {
  const { page, context } = await visit(browser, municipality.url, 'citizen');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${municipality.url}/my`);
  const titles = await page.locator('main h2').allInnerTexts();
  expect(titles.slice(0, 5)).toEqual([
    'Det vil du gerne',
    'De næste møder',
    'Det skal du gøre',
    'Sådan går det med dine 7 mål',
    'Dem, der hjælper dig',
  ]);
  expect(await page.locator('#people ~ ul a[href^="tel:"]').count()).toBeGreaterThan(0);
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(3500);
  const area = page.locator('.area', { hasText: 'Sundhed' });
  const help = area.locator('.item').first();
  expect(await help.isVisible()).toBe(false);
  await area.locator('summary').first().focus();
  await page.keyboard.press('Enter');
  expect(await help.isVisible()).toBe(true);
  await context.close();
});

it('what is folded away comes out on paper', async () => {
  const { page, context } = await visit(browser, municipality.url, 'citizen');
  await page.goto(`${municipality.url}/my`);
  const folded = page.locator('details.more .lines li').first();
  expect(await folded.isVisible()).toBe(false);
  await page.emulateMedia({ media: 'print' });
  expect(await folded.isVisible()).toBe(true);
  await picture(page, 'own-plan-print');
  await context.close();
});

it('the course is told by area and kind', async () => {
  const { page, context } = await visit(browser, municipality.url, 'citizen');
  await page.goto(`${municipality.url}/my/timeline`);
  const all = await page.locator('.course > li').count();
  await page.getByLabel('Område').selectOption('employment');
  await page.getByLabel('Hvad').selectOption('meetings');
  await page.getByRole('button', { name: 'Vis' }).click();
  await page.waitForURL(/area=employment&what=meetings/);
  const some = page.locator('.course > li');
  expect(await some.count()).toBeLessThan(all);
  for (const text of await some.allTextContents()) expect(text).toMatch(/(Møde|Vi følger op)[\s\S]*Beskæftigelse/);
  await context.close();
});

it('a source that is late or was never fetched is said, and nothing found is not nothing there', async () => {
  const { pool } = municipality.hub;
  await pool.query(`update sync_state set last_complete_at = null where source = 'social'`);
  await pool.query(
    `update sync_state set last_complete_at = last_complete_at - interval '3 days' where source = 'employment'`,
  );
  const at = await visit(browser, municipality.url, 'citizen');
  await inspect(at, `${municipality.url}/my`, 'own-plan-late');
  const said = await at.page.locator('.alert-warning').innerText();
  expect(said).toContain('Jobcentret (Momentum) er forsinket. Det sidste kom for 3 dage siden.');
  expect(said).toContain('Socialforvaltningen (Sensum) er ikke hentet endnu. Der kan mangle noget.');
  await inspect(at, `${municipality.url}/my/calendar?month=2031-01`, 'own-calendar-empty-late');
  expect(await at.page.locator('.empty').innerText()).toBe(
    'Vi fandt ikke noget denne måned. Men ikke alle kilder er hentet.',
  );
  await at.context.close();
}, 60_000);
