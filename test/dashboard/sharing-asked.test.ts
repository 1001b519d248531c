// What is asked of the citizen, in a real browser: a professional's question and a meeting's, each answered with what a yes
// would show beside it; and who acts for somebody else does the same for them.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
}, 120_000);
afterAll(async () => {
  await browser.close();
  await municipality.close();
});

it('what a professional asks for is answered with what it would show beside it, and is one of those who see', async () => {
  const citizen = await visit(browser, municipality.url, 'citizen');
  const staff = await visit(browser, municipality.url, 'caseworker-social');
  await staff.page.goto(at(`/citizens/${municipality.showcase}/ask`));
  await staff.page.locator('input[name="for"][value="person"]').check();
  await staff.page.locator('input[name="domains"][value="health"]').check();
  await staff.page.locator('select[name="upTo"]').selectOption('sensitive');
  await staff.page.locator('textarea[name="why"]').fill('Vi skal tale om din medicin og dit job');
  await staff.page.locator('main form button[type="submit"]').first().click();
  await staff.page.getByText('Vi skal tale om din medicin').first().waitFor();
  await inspect(citizen, at('/my/sharing'), 'sharing-asks-da');
  await citizen.page.getByRole('link', { name: /^Se og svar/ }).click();
  await inspect(citizen, citizen.page.url(), 'sharing-asked-da');
  expect(await citizen.page.locator('.change').innerText()).toMatch(
    /Trine Krogh[\s\S]*Kommer til at se \d+ oplysninger/,
  );
  await citizen.page.getByRole('button', { name: 'Ja', exact: true }).click();
  await citizen.page.getByText('Dit ja er gemt.').waitFor();
  expect(await citizen.page.locator('table.matrix').innerText()).toContain('Trine Krogh');
  expect([citizen.faults, staff.faults]).toEqual([[], []]);
  await Promise.all([citizen.context.close(), staff.context.close()]);
}, 60_000);

it('a meeting asks once for all who take part, and a no after a yes takes it back', async () => {
  const citizen = await visit(browser, municipality.url, 'citizen');
  const staff = await visit(browser, municipality.url, 'caseworker-employment');
  await staff.page.goto(at(`/citizens/${municipality.showcase}/meetings/new`));
  await staff.page.getByLabel('Hvad handler mødet om?').fill('Netværksmøde om praktik');
  await staff.page.locator('input[name=point]').first().check();
  await staff.page.locator('#name-2').fill('Bente Winther');
  await staff.page.locator('#person-2').fill('egevang-bewi');
  await staff.page.getByRole('button', { name: 'Indkald' }).click();
  await staff.page.getByText('Mødet er indkaldt').waitFor();

  await citizen.page.goto(at('/my/sharing'));
  await citizen.page.getByRole('link', { name: /^Se og svar.*Netværksmøde/ }).click();
  const asked = citizen.page.url();
  await inspect(citizen, asked, 'sharing-meeting-da');
  expect(await citizen.page.locator('.change').innerText()).toMatch(/Bente Winther[\s\S]*Kommer til at se/);
  await citizen.page.getByRole('button', { name: 'Ja', exact: true }).click();
  await citizen.page.getByText('Du har sagt ja til mødet.').waitFor();
  expect(await citizen.page.locator('table.matrix').innerText()).toContain('Bente Winther');
  await citizen.page.goto(asked);
  await citizen.page.getByRole('button', { name: 'Nej', exact: true }).click();
  await citizen.page.getByText('Du har sagt nej til mødet.').waitFor();
  expect(await citizen.page.locator('table.matrix').innerText()).not.toContain('Bente Winther');
  expect([citizen.faults, staff.faults]).toEqual([[], []]);
  await Promise.all([citizen.context.close(), staff.context.close()]);
}, 90_000);

it('who acts for a child has the same pages of the child, and nobody else has', async () => {
  const parent = await visit(browser, municipality.url, 'representative');
  await parent.page.goto(at('/citizens'));
  const child = await parent.page.locator('main a[href^="/citizens/"]').first().getAttribute('href');
  for (const part of ['sharing', 'looked', 'receipts'])
    await inspect(parent, at(`${child}/${part}`), `represented-${part}`);
  await parent.context.close();
  const staff = await visit(browser, municipality.url, 'caseworker-employment');
  expect((await staff.page.goto(at(`/citizens/${municipality.showcase}/sharing`)))?.status()).toBe(404);
  await staff.context.close();
}, 90_000);
