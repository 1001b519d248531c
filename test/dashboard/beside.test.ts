// Between professionals, in a real browser: a provider's request and the authority's answer, the borgerkonsulent, what waits
// for the journal; the same page for somebody of the citizen's own; and the plan on paper.
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axeOn } from '../browser/axe.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, picture, visit, widths } from '../browser/session.ts';
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
const about = (tail = ''): string => `${municipality.url}/citizens/${municipality.showcase}${tail}`;

it('a request reaches the unit that decided, is answered there, and waits for its journal', async () => {
  const [mentor, trine, nurse] = await Promise.all(
    ['private-provider', 'caseworker-social', 'nurse-health'].map((who) => visit(browser, municipality.url, who)),
  );
  if (mentor === undefined || trine === undefined || nurse === undefined) throw new Error('no windows');
  await mentor.page.goto(about('/requests'));
  const efforts = await mentor.page.locator('#about option').allTextContents();
  const effort = efforts.find((one) => one.startsWith('Socialpædagogisk støtte')) ?? 'none';
  await mentor.page.getByLabel('Hvilken indsats?').selectOption(effort);
  await mentor.page.getByLabel('Hvad skal ændres?').fill('To timer mere om ugen');
  await mentor.page.getByLabel('Hvorfor?').fill('Mentortimerne bruges på transport');
  await mentor.page.getByRole('button', { name: 'Send ønsket' }).click();
  expect(await mentor.page.getByRole('status').textContent()).toContain('Ønsket er sendt');
  await inspect(mentor, about('/requests'), 'requests-of-citizen');
  await inspect(mentor, `${municipality.url}/requests`, 'requests-sent');

  await inspect(trine, `${municipality.url}/requests`, 'requests');
  const english = await visit(browser, municipality.url, 'caseworker-social', 'en');
  for (const page of ['requests', 'journalising']) await inspect(english, `${municipality.url}/${page}`, `${page}-en`);
  await english.context.close();
  await trine.page.goto(`${municipality.url}/requests?outcome=open`);
  await trine.page.getByText('To timer mere om ugen').first().waitFor();
  await trine.page.locator('details > summary').first().click();
  await trine.page.getByLabel('Svar', { exact: true }).fill('Forløbet er forlænget til 1. marts');
  await trine.page.getByRole('button', { name: 'Send svar' }).click();
  expect(await trine.page.getByRole('status').textContent()).toContain('Svaret er sendt');
  await mentor.page.goto(`${municipality.url}/requests`);
  expect(await mentor.page.getByRole('heading', { name: 'Sendt af dig' }).count()).toBe(1);
  expect(await mentor.page.getByRole('button', { name: 'Send svar' }).count()).toBe(0);
  await mentor.page.goto(about('/requests'));
  expect(await mentor.page.locator('main').textContent()).toContain('Forløbet er forlænget til 1. marts');
  expect(await mentor.page.getByText('Imødekommet').count()).toBe(1);

  await inspect(trine, `${municipality.url}/journalising`, 'journalising');
  const waiting = await trine.page.locator('main li.item').count();
  expect(waiting).toBeGreaterThan(1);
  await trine.page.getByLabel('Journalens nummer').first().fill('2026-4711-12');
  await trine.page.getByRole('button', { name: 'Det er ført ind' }).first().click();
  expect(await trine.page.locator('main li.item').count()).toBe(waiting - 1);
  await Promise.all([mentor, trine, nurse].map(({ context }) => context.close()));
}, 120_000);

it.each(['da', 'en'] as const)(
  'the pages hold, empty as they are (%s)',
  async (language) => {
    const at = await visit(browser, municipality.url, 'nurse-health', language);
    for (const page of ['requests', 'coordinator']) await inspect(at, about(`/${page}`), `${page}-none-${language}`);
    await inspect(at, `${municipality.url}/requests`, `requests-none-${language}`);
    await inspect(at, `${municipality.url}/journalising`, `journalising-none-${language}`);
    await at.context.close();
  },
  120_000,
);

it('the borgerkonsulent is appointed by a unit with a plan, and by no other', async () => {
  const [hanne, mentor] = await Promise.all(
    ['caseworker-employment', 'private-provider'].map((who) => visit(browser, municipality.url, who)),
  );
  if (hanne === undefined || mentor === undefined) throw new Error('no windows');
  for (const { page } of [hanne, mentor]) {
    await page.goto(about('/coordinator'));
    await page.getByRole('button', { name: 'Udpeg' }).click();
  }
  expect(await hanne.page.getByRole('status').textContent()).toContain('Borgerkonsulenten er udpeget');
  expect(await mentor.page.getByRole('alert').textContent()).toContain('Kun en enhed med en plan');
  await inspect(hanne, about('/coordinator'), 'coordinator');
  const english = await visit(browser, municipality.url, 'caseworker-employment', 'en');
  await inspect(english, about('/coordinator'), 'coordinator-en');
  await Promise.all([hanne, mentor, english].map(({ context }) => context.close()));
}, 90_000);

it('what the citizen has said to a meeting is written down with where it was said', async () => {
  const { page, context } = await visit(browser, municipality.url, 'caseworker-employment');
  await page.goto(about('/meetings/new'));
  await page.locator('#name-2').fill('Trine Krogh');
  await page.locator('#who-2').selectOption('unit:social');
  await page.getByRole('button', { name: 'Indkald' }).click();
  expect(await page.locator('main').textContent()).toContain('Borgeren er spurgt om: Trine Krogh');
  await page.getByLabel('Ja til mødet').check();
  await page.getByLabel('Hvor står borgerens ja?').fill('Samtale 2026-4711');
  await page.getByRole('button', { name: 'Skriv svaret ned' }).click();
  expect(await page.locator('main').textContent()).toContain('Ja fra borgeren');
  const { page: theirs, context: window } = await visit(browser, municipality.url, 'caseworker-social');
  await theirs.goto(about('/meetings'));
  expect(await theirs.getByRole('link', { name: 'Netværksmøde', exact: true }).count()).toBe(1);
  await Promise.all([context.close(), window.close()]);
}, 60_000);

it.each(['da', 'en'] as const)(
  'a form that is not whole comes back with what is wrong, and what was written (%s)',
  async (language) => {
    const { page, context } = await visit(browser, municipality.url, 'caseworker-employment', language);
    for (const tail of ['/ask', '/meetings/new', '/requests', '/coordinator', '../enrol']) {
      await page.goto(tail === '../enrol' ? `${municipality.url}/citizens/enrol` : about(tail));
      await page
        .locator('main form:has(.button-primary)')
        .first()
        .evaluate((form) => {
          for (const field of (form as HTMLFormElement).querySelectorAll('input:not([type=hidden])'))
            if ((field as HTMLInputElement).type === 'text') (field as HTMLInputElement).value = '';
          (form as HTMLFormElement).noValidate = true;
        });
      const answer = page.waitForResponse((one) => one.request().method() === 'POST');
      await page.locator('main form .button-primary').first().click();
      expect([tail, (await answer).status()]).toEqual([tail, 422]);
      await page.locator('[role=alert]').waitFor();
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        expect([tail, width, await axeOn(page)]).toEqual([tail, width, []]);
      }
      await picture(page, `fault${tail.replaceAll(/[/.]+/g, '-')}-${language}`);
    }
    await context.close();
  },
  90_000,
);

it('somebody of the citizen’s own sees the same page by the citizen’s word', async () => {
  const at = await visit(browser, municipality.url, 'network-person');
  await inspect(at, about(), 'network-person');
  expect(await at.page.locator('.tabs a').allTextContents()).not.toContain('Bed om samtykke');
  await at.context.close();
}, 60_000);

it('the plan fits on paper, all of it, without buttons', async () => {
  const at = await visit(browser, municipality.url, 'caseworker-employment');
  await at.page.goto(about());
  await at.page.emulateMedia({ media: 'print' });
  await picture(at.page, 'plan-print');
  expect(await at.page.locator('.site-header').isVisible()).toBe(false);
  expect(await at.page.locator('.tabs').isVisible()).toBe(false);
  expect((await at.page.pdf({ format: 'A4' })).length).toBeGreaterThan(20_000);
  await at.context.close();
}, 60_000);
