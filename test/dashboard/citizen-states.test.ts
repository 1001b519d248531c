// The citizen's pages when there is nothing, when nothing is known yet, and when there is very much: drawn on purpose, and
// none told as empty that is not.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
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

it('who may see what, with thirty people: the first are shown, the rest are a press away', async () => {
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
  for (let n = 10; n < 40; n += 1)
    await declareConsent(
      pool,
      citizen,
      municipality.showcase,
      { decision: 'grant', recipient: `person:egevang-nr${n}`, domains: ['social'], kinds: ['goal'] },
      { keys },
    );
  const at = await visit(browser, municipality.url, 'citizen');
  await inspect(at, `${municipality.url}/my/sharing`, 'sharing-many');
  const rows = at.page.locator('table.matrix tbody tr');
  expect(await rows.count()).toBe(15);
  await at.page.getByRole('link', { name: /^Vis \d+ mere$/ }).click();
  await at.page.waitForURL(/all=yes/);
  expect(await rows.count()).toBeGreaterThan(30);
  expect(await at.page.getByText('En person. Vi kender ikke navnet.').count()).toBeGreaterThanOrEqual(30);
  await at.context.close();
}, 120_000);

it('a plan with nothing in it says so; with sources unfetched it says that instead', async () => {
  const { pool } = municipality.hub;
  await pool.query('update record_version set valid_to = now() where citizen_id <> $1', [municipality.showcase]);
  const at = await visit(browser, municipality.url, 'citizen-1');
  await inspect(at, `${municipality.url}/my`, 'own-plan-empty');
  const lead = at.page.locator('main .font-lead');
  expect(await lead.innerText()).toBe('Der er ikke noget i din plan endnu.');
  expect(await at.page.locator('nav.jump, .areas, #goals, #people').count()).toBe(0);
  await pool.query(`update sync_state set last_complete_at = null where source = 'social'`);
  // How fresh the sources are is remembered for a moment.
  await vi.waitFor(
    async () => {
      await at.page.goto(`${municipality.url}/my`);
      expect(await lead.innerText()).toBe('Vi fandt ikke noget. Men ikke alle kilder er hentet.');
    },
    { timeout: 30_000, interval: 250 },
  );
  await inspect(at, `${municipality.url}/my`, 'own-plan-empty-unknown');
  await at.context.close();
}, 120_000);
