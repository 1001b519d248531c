// The professional's way in, in a real browser: the citizens they see, one by number, emergency access, enrolling and
// ending it; and how somebody of the citizen's own finds the plan they were let see.
/// <reference lib="dom" />
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

it('the list is one line of the officer’s log, and so is the plan opened from it', async () => {
  const { page, context } = await visit(browser, municipality.url, 'caseworker-social');
  await page.goto(`${municipality.url}/citizens`);
  const listed = await page.locator('ul.lines li').count();
  await page.goto(`${municipality.url}/citizens/${municipality.showcase}`);
  await context.close();
  const officer = await visit(browser, municipality.url, 'dpo');
  await officer.page.goto(`${municipality.url}/admin/log`);
  await officer.page.getByLabel('Medarbejderens id').fill('egevang-trkr');
  await officer.page.getByRole('button', { name: 'Vis opslagene' }).click();
  await officer.page.waitForURL(/person=egevang-trkr/);
  const rows = officer.page.locator('section[aria-labelledby=entries] table > tbody > tr');
  expect(await rows.count()).toBe(2);
  expect(await rows.nth(0).innerText()).toMatch(/Planen og \d dele af den/);
  expect(await rows.nth(1).innerText()).toMatch(new RegExp(`Listen over borgere[\\s\\S]*${listed} borgere`));
  await rows.nth(1).locator('summary').click();
  expect(await rows.nth(1).locator('li a').count()).toBe(listed);
  await inspect(officer, officer.page.url(), 'log-person-da');
  await officer.context.close();
}, 60_000);

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

it('emergency access is answered the same for every number, for the roles that have it, with a reason', async () => {
  const { page, context } = await visit(browser, municipality.url, 'nurse-health');
  const take = async (cpr: string, reason: string) => {
    await page.goto(`${municipality.url}/citizens`);
    await page.locator('#emergency-cpr').fill(cpr);
    await page.locator('#emergency-reason').evaluate((field, text) => {
      (field as HTMLTextAreaElement).value = text;
      // What a browser would not send is still refused.
      (field as HTMLTextAreaElement).removeAttribute('minlength');
    }, reason);
    await page.getByRole('button', { name: 'Tag akut adgang' }).click();
    return page.locator('[role=status], [role=alert]').textContent();
  };
  expect(await take('0102703333', 'Kort')).toContain('Skriv hvorfor');
  expect(await page.locator('#emergency-reason').inputValue()).toBe('Kort');
  const said = await take('0102703333', 'Faldet hjemme i dag og kan ikke svare');
  expect(said).toContain('Er nummeret kendt');
  expect(await take('0202703333', 'Faldet hjemme i dag og kan ikke svare')).toBe(said);
  await context.close();
  const other = await visit(browser, municipality.url, 'caseworker-employment');
  await other.page.goto(`${municipality.url}/citizens`);
  expect(await other.page.locator('#emergency-cpr').count()).toBe(0);
  await other.context.close();
}, 60_000);

it('a citizen is enrolled, and ending it is two steps after which nobody sees them', async () => {
  const { page, context } = await visit(browser, municipality.url, 'caseworker-employment');
  await page.goto(`${municipality.url}/citizens/enrol`);
  await page.getByLabel('CPR-nummer').fill('0102703333');
  await page.getByLabel('Hvor står borgerens ja?').fill('2026-4711');
  await page.getByRole('button', { name: 'Tilmeld' }).click();
  expect(await page.getByRole('status').textContent()).toContain('Borgeren er tilmeldt');
  await page.locator('main ul.lines a').last().click();
  const plan = page.url();
  await page.getByRole('link', { name: 'Tilmelding' }).click();
  await page.getByRole('link', { name: 'Slut tilmeldingen' }).click();
  expect(await page.locator('main').textContent()).toContain('Det kan ikke fortrydes');
  const ending = page.url();
  for (const language of ['da', 'en'] as const) {
    const at = await visit(browser, municipality.url, 'caseworker-employment', language);
    await inspect(at, ending, `enrolment-end-${language}`);
    await at.context.close();
  }
  expect((await page.request.get(plan)).status()).toBe(200);
  await page.getByRole('button', { name: 'Slut tilmeldingen og slet' }).click();
  expect(await page.getByRole('status').textContent()).toContain('Tilmeldingen er slut');
  expect((await page.request.get(plan)).status()).toBe(404);
  await context.close();
}, 60_000);
