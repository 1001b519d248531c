// The data-protection officer's other pages in a real browser: a citizen's consents and their history, emergency accesses
// and what was seen under them, and what waits for a journal, released in two steps.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listConsents, withdrawConsent } from '../../src/consent/consents.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { showcaseCpr } from '../sandbox/world/showcase.ts';
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

it('tells a citizen’s consents with their versions, and what the law shares', async () => {
  const { hub, url, showcase } = municipality;
  const citizen = {
    kind: 'citizen',
    person: `citizen-${showcase}`,
    sector: 'private',
    citizen: showcase,
    purpose: 'coordinated-plan',
    scopes: ['consents.write'],
  } as const;
  const all = await listConsents(hub.pool, hub.keys, citizen, showcase);
  const [ended] = all.filter(({ recipient }) => recipient === 'person:broen-stbr');
  await withdrawConsent(hub.pool, citizen, ended?.id ?? '', { keys: hub.keys });
  const at = await visit(browser, url, 'dpo');
  const { page } = at;
  await page.goto(`${url}/admin/consents`);
  await page.getByLabel('Borgerens CPR-nummer').fill(showcaseCpr);
  await page.getByRole('button', { name: 'Find borgeren' }).click();
  await page.waitForURL('**/admin/consents?citizen=*');
  const said = page.locator('ul.said > li');
  expect(await said.count()).toBe(new Set(all.map(({ id }) => id)).size);
  expect(await said.last().innerText()).toMatch(/Trukket tilbage[\s\S]*Version 2[\s\S]*1 tidligere version/);
  expect(await page.locator('section[aria-labelledby=statutes]').innerText()).toContain('rollen rehabiliteringsteam');
  expect(at.faults).toEqual([]);
  await inspect(at, `${url}/admin/consents`, 'consents-whom-da');
  await inspect(at, `${url}/admin/consents?citizen=${showcase}`, 'consents-da');
  await at.context.close();
  const english = await visit(browser, url, 'dpo', 'en');
  await inspect(english, `${url}/admin/consents?citizen=${showcase}`, 'consents-en');
  await english.context.close();
}, 120_000);

it('tells of emergency accesses: nobody’s, then whose and why, and leads to what was seen', async () => {
  const { url } = municipality;
  const at = await visit(browser, url, 'dpo');
  await inspect(at, `${url}/admin/emergency`, 'emergency-none-da');
  const nurse = await visit(browser, url, 'nurse-health');
  await nurse.page.goto(`${url}/citizens`);
  await nurse.page.locator('#emergency-cpr').fill(showcaseCpr);
  await nurse.page.locator('#emergency-reason').fill('Faldet hjemme og kan ikke svare');
  await nurse.page.getByRole('button', { name: 'Tag akut adgang' }).click();
  await nurse.page.goto(`${url}/citizens/${municipality.showcase}`);
  await nurse.context.close();
  await inspect(at, `${url}/admin/emergency`, 'emergency-da');
  const row = at.page.locator('tbody tr');
  expect(await row.innerText()).toMatch(/egevang-bewi[\s\S]*Faldet hjemme og kan ikke svare[\s\S]*I gang/);
  await at.page.getByRole('link', { name: /Se i loggen/ }).click();
  await at.page.waitForURL('**/admin/log?*emergency=true*');
  expect(await at.page.locator('section[aria-labelledby=entries]').innerText()).toMatch(/Planen/);
  await at.page.goto(`${url}/admin/emergency`);
  await at.page.locator('tbody td a code').click();
  await at.page.waitForURL('**/admin/emergency?citizen=*');
  expect(await row.count()).toBe(1);
  await at.context.close();
  const english = await visit(browser, url, 'dpo', 'en');
  await inspect(english, `${url}/admin/emergency`, 'emergency-en');
  await english.context.close();
}, 120_000);

it('what waits for a journal is released in two steps, with a reason', async () => {
  const { hub, url } = municipality;
  const at = await visit(browser, url, 'dpo');
  const { page } = at;
  await inspect(at, `${url}/admin/journalising`, 'journalising-none-da');
  const citizen = await visit(browser, url, 'citizen');
  for (const said of ['Kan vi tale om timerne?', 'Og om frokosten?']) {
    await citizen.page.goto(`${url}/my`);
    const goal = citizen.page.locator('.goal', { hasText: 'Fleksjob som kontorassistent' }).first();
    await goal.locator('summary').click();
    await goal
      .getByRole('link', { name: /Kommentér|kommentar/ })
      .first()
      .click();
    await citizen.page.getByLabel('Din tekst').fill(said);
    await citizen.page.getByRole('button', { name: 'Send' }).click();
    await citizen.page.locator('[role=status]').waitFor();
  }
  await citizen.context.close();
  await inspect(at, `${url}/admin/journalising`, 'journalising-da');
  expect(await page.locator('tbody tr').count()).toBe(2);
  expect(await page.locator('main').innerText()).not.toContain('timerne');
  const href = await page
    .locator('tbody tr')
    .first()
    .getByRole('link', { name: /Frigiv/ })
    .getAttribute('href');
  await inspect(at, url + href, 'journalising-release-da');
  await page.locator('#why').evaluate((field) => field.removeAttribute('required'));
  const release = page.getByRole('button', { name: 'Frigiv' });
  await release.click();
  expect(await page.locator('[role=alert]').innerText()).toContain('Udfyld feltet.');
  await page.getByLabel('Hvorfor?').fill('Journaliseret i forvejen');
  await release.click();
  await page.waitForURL('**/admin/journalising?done=journalising.released');
  expect(await page.locator('tbody tr').count()).toBe(1);
  const { rows } = await hub.pool.query(
    `select settled, settled_by, content from journal_item where settled is not null`,
  );
  expect(rows).toMatchObject([{ settled: 'released', settled_by: 'egevang-majuh' }]);
  await page.goto(url + href);
  expect(page.url()).toContain('done=journalising.gone');
  await at.context.close();
  const english = await visit(browser, url, 'dpo', 'en');
  await inspect(english, `${url}/admin/journalising`, 'journalising-en');
  await english.context.close();
}, 120_000);

it('is nobody’s but the officer’s, and the officer operates nothing', async () => {
  const { url } = municipality;
  const paths = ['/admin/consents', '/admin/emergency', '/admin/journalising'];
  for (const person of ['administrator', 'administrator-view', 'caseworker-social']) {
    const at = await visit(browser, url, person);
    for (const path of paths)
      expect([person, path, (await at.page.goto(url + path))?.status()]).toEqual([person, path, 403]);
    await at.context.close();
  }
  const officer = await visit(browser, url, 'dpo');
  expect((await officer.page.goto(`${url}/admin/quarantine/discard`))?.status()).toBe(403);
  await officer.context.close();
}, 60_000);
