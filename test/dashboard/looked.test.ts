// Who has looked, and receipts, in a real browser: a professional's reading is there at the next load, by name of place and
// not of person; a receipt is shown, downloaded and verifies; a power of attorney is ended in two steps.
import { compactVerify, createLocalJWKSet } from 'jose';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appoint } from '../../src/consent/representations.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;
const at = (path: string): string => `${municipality.url}${path}`;

beforeAll(async () => {
  [municipality, browser] = await Promise.all([startMunicipality(database), openBrowser()]);
  const { hub, showcase } = municipality;
  const citizen = { kind: 'citizen', person: 'citizen-maja', sector: 'private', citizen: showcase } as const;
  await appoint(
    hub.pool,
    { ...citizen, purpose: 'coordinated-plan', scopes: ['consents.write'] },
    showcase,
    { type: 'powerOfAttorney', cpr: '0302503333', name: 'Min søster' },
    { keys: hub.keys, clock: hub.clock, custodyUntil: 15 },
  );
  const staff = await visit(browser, municipality.url, 'caseworker-employment');
  await staff.page.goto(at(`/citizens/${showcase}`));
  await staff.context.close();
}, 120_000);
afterAll(async () => {
  await browser.close();
  await municipality.close();
});

it.each(['da', 'en'] as const)(
  'who has looked, and receipts (%s)',
  async (language) => {
    const citizen = await visit(browser, municipality.url, 'citizen', language);
    await inspect(citizen, at('/my/looked'), `looked-${language}`);
    await inspect(citizen, at('/my/looked?own=true&organisation=egevang&from=2026-01-01'), `looked-only-${language}`);
    await inspect(citizen, at('/my/looked?to=2020-01-01'), `looked-none-${language}`);
    await inspect(citizen, at('/my/receipts'), `receipts-${language}`);
    const [receipt, end] = [
      citizen.page.locator('main a[href*="/receipts/"]').first(),
      citizen.page.locator('#represented + ul a').first(),
    ];
    const [one, representation] = [await receipt.getAttribute('href'), await end.getAttribute('href')];
    await inspect(citizen, at(one ?? ''), `receipt-${language}`);
    await inspect(citizen, at(representation ?? ''), `representation-${language}`);
    await citizen.context.close();
  },
  120_000,
);

it('a reading is there at the next load, by the place and not the person; the file holds all of it', async () => {
  const { page, context, faults } = await visit(browser, municipality.url, 'citizen');
  await page.goto(at('/my/looked'));
  const first = page.locator('.item').first();
  expect(await first.innerText()).toMatch(/sagsbehandler, Jobcenter Egevang\s+Så \d+ oplysninger om dig\. Grundlag/);
  // One look is one line; what it was made of can be opened, and nothing of it is lost.
  expect(await page.locator('.item', { hasText: 'Jobcenter' }).count()).toBe(1);
  const parts = first.locator('details', { hasText: 'opslag på én gang' });
  await parts.locator('summary').click();
  const told = await first.locator('details').last().locator('li').count();
  expect(await parts.locator('summary').innerText()).toContain(`I alt ${told} opslag`);
  expect(told).toBeGreaterThan(2);
  expect(await first.innerText()).not.toMatch(/caseworker|coordinated-plan/);
  expect(await page.content()).not.toContain('egevang-hato');
  // Among what was seen the citizen's contacts may stand by name; who looked never does.
  expect((await page.locator('.item > :not(details)').allInnerTexts()).join()).not.toContain('Hanne Toft');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Hent til regneark' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('samspil-log.csv');
  expect(faults).toEqual([]);
  await context.close();
});

it('a receipt can be kept, and verifies with the open keys', async () => {
  const { page, context } = await visit(browser, municipality.url, 'citizen');
  await page.goto(at('/my/receipts'));
  await page.locator('main a[href*="/receipts/"]').first().click();
  await page.getByText('Vis den låste tekst').click();
  const receipt = await page.locator('details code').innerText();
  const keys = await (await fetch((await page.locator('#verify ~ p a').getAttribute('href')) ?? '')).json();
  const { payload } = await compactVerify(receipt, createLocalJWKSet(keys));
  expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({ sub: municipality.showcase });
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Hent kvitteringen' }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^kvittering-.*\.jws$/);
  await context.close();
});

it('a power of attorney is ended in two steps', async () => {
  const { page, context, faults } = await visit(browser, municipality.url, 'citizen');
  await page.goto(at('/my/receipts'));
  await page.getByRole('link', { name: /^Stop fuldmagten/ }).click();
  await page.getByRole('button', { name: 'Ja, stop den' }).click();
  await page.getByText('Fuldmagten er slut.').waitFor();
  expect(await page.getByText('Ingen må handle for dig.').count()).toBe(1);
  expect(faults).toEqual([]);
  await context.close();
});
