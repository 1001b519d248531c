// The pages about a citizen as others see them, in a real browser against the sandbox municipality: a caseworker, a mentor,
// the citizen's mother, a parent of a child. Each sees what they were granted, whose page it is, and no more.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { declareConsent } from '../../src/consent/consents.ts';
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

const theirs = (path = ''): string => `${municipality.url}/citizens/${municipality.showcase}${path}`;

it('a caseworker’s pages about the citizen say whose they are', async () => {
  const at = await visit(browser, municipality.url, 'caseworker-employment');
  for (const path of ['', '/comments', '/calendar', '/timeline', '/contacts']) {
    await inspect(at, theirs(path), `staff-${path.slice(1) || 'plan'}`);
    expect(await at.page.locator('.whose').innerText()).toContain('Maja Sandkasse');
    expect(await at.page.title()).not.toContain('Maja');
  }
  await at.context.close();
}, 120_000);

it('professionals are shown what does not fit together; the citizen is not alarmed by it', async () => {
  const staff = await visit(browser, municipality.url, 'caseworker-employment');
  await staff.page.goto(theirs());
  expect(await staff.page.locator('#overlaps ~ ul').innerText()).toContain('Den samme hjælp to gange');
  expect(await staff.page.locator('main').innerText()).toContain('Der kan være mere, som du ikke kan se');
  await staff.context.close();
  const citizen = await visit(browser, municipality.url, 'citizen');
  await citizen.page.goto(`${municipality.url}/my`);
  expect(await citizen.page.locator('#overlaps').count()).toBe(0);
  await citizen.context.close();
});

it('each sees what the citizen has granted and no more', async () => {
  const mother = await visit(browser, municipality.url, 'network-person');
  await inspect(mother, theirs(), 'network-plan');
  expect(await mother.page.locator('.wishes li').count()).toBeGreaterThan(0);
  expect(await mother.page.getByText('Den hjælp, du får').count()).toBe(0);
  expect(await mother.page.getByText('Hjælp og støtte').count()).toBe(0);
  expect(await mother.page.getByRole('link', { name: /Kommentér|Skriv en kommentar/ }).count()).toBe(0);
  await mother.context.close();
  const mentor = await visit(browser, municipality.url, 'private-provider');
  await inspect(mentor, theirs(), 'provider-plan');
  expect(await mentor.page.locator('#wishes').count()).toBe(0);
  await mentor.context.close();
}, 60_000);

it('the citizen’s own parts are nobody else’s; who is not a citizen has no own pages', async () => {
  const { page, context } = await visit(browser, municipality.url, 'caseworker-employment');
  for (const path of ['/rating', '/download', '/download/everything.json'])
    expect([path, (await page.request.get(theirs(path))).status()]).toEqual([path, 404]);
  expect((await page.request.get(`${municipality.url}/my`)).status()).toBe(404);
  const nobody = theirs().replace(municipality.showcase, '00000000-0000-4000-8000-000000000000');
  expect((await page.request.get(nobody)).status()).toBe(404);
  await context.close();
});

it('who speaks for a child has the child’s parts as tabs, in words for somebody who speaks for another', async () => {
  const parent = await visit(browser, municipality.url, 'representative');
  await parent.page.goto(`${municipality.url}/citizens`);
  const child = await parent.page.locator('main a[href^="/citizens/"]').first().getAttribute('href');
  for (const path of ['', '/rating', '/download'])
    await inspect(parent, `${municipality.url}${child}${path}`, `parent-${path.slice(1) || 'plan'}`);
  await parent.page.goto(`${municipality.url}${child}/rating`);
  expect(await parent.page.locator('main').innerText()).toContain('Du svarer for borgeren.');
  await parent.context.close();
}, 60_000);

it('what the citizen says counts at the next load: busy time is time alone, and a no empties the page', async () => {
  const { pool, keys } = municipality.hub;
  const citizen = {
    kind: 'citizen',
    person: `citizen-${municipality.showcase}`,
    role: 'citizen',
    sector: 'private',
    citizen: municipality.showcase,
    purpose: 'coordinated-plan',
    scopes: ['consents.write'],
  } as const;
  const say = (input: Parameters<typeof declareConsent>[3]) =>
    declareConsent(pool, citizen, municipality.showcase, input, { keys });
  const nurse = await visit(browser, municipality.url, 'nurse-health');
  const december = theirs('/calendar?month=2026-12');
  await nurse.page.goto(december);
  expect(await nurse.page.locator('.is-busy').count()).toBe(0);
  await say({ decision: 'grant', recipient: 'person:egevang-bewi', kinds: ['appointment'], show: 'busy' });
  await inspect(nurse, december, 'nurse-calendar-busy');
  expect((await nurse.page.locator('.is-busy').first().innerText()).trim()).toMatch(/^\d\d\.\d\d–\d\d\.\d\d Optaget$/);
  await nurse.context.close();
  const mother = await visit(browser, municipality.url, 'network-person');
  expect((await mother.page.goto(theirs()))?.status()).toBe(200);
  await say({ decision: 'refuse', recipient: 'person:citizen-kirsten-lund' });
  expect((await mother.page.goto(theirs()))?.status()).toBe(404);
  expect(await mother.page.locator('main').innerText()).not.toContain('Maja');
  await mother.context.close();
}, 60_000);
