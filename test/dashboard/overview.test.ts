// The front page and the overview in a real browser, against the sandbox municipality.
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
}, 120_000);
afterAll(async () => {
  await browser.close();
  await municipality.close();
});

it.each(['da', 'en'] as const)(
  'the front page is for anybody (%s)',
  async (language) => {
    const at = await visit(browser, municipality.url, undefined, language);
    await inspect(at, `${municipality.url}/`, `front-${language}`);
    await at.context.close();
  },
  60_000,
);

it.each(['da', 'en'] as const)(
  'the overview says whether anything is wrong (%s)',
  async (language) => {
    const at = await visit(browser, municipality.url, 'administrator', language);
    await inspect(at, `${municipality.url}/admin`, `overview-${language}`);
    expect(await at.page.locator('tbody tr:not(.group)').count()).toBe(municipality.hub.sources.size);
    await at.context.close();
  },
  60_000,
);
