// Who could see what, in a real browser: a reason first, a known reader, anybody of a unit, two readers and two moments side
// by side; a citizen's consents and statutes as the officer reads them.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;

beforeAll(async () => {
  [municipality, browser] = await Promise.all([startMunicipality(database), openBrowser()]);
  const { hub, showcase } = municipality;
  const read = (person: string, unit: string) => ({
    actor: { kind: 'professional', person, role: 'caseworker', organisation: 'egevang', unit },
    purpose: 'coordinated-plan',
    endpoint: 'GET /v1/citizens/:id/plan',
    citizen: showcase,
    records: [],
    decision: 'partly' as const,
    bases: [],
    correlation: person,
  });
  await createAccessLog(hub.pool, hub.keys).write([read('egevang-hato', 'jobcenter'), read('egevang-trkr', 'social')]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await municipality.close();
});

const why = 'Klage fra borgeren over adgang';

it('asks why first, writes it in the citizen’s log, and then shows what a reader sees by which rule', async () => {
  const { url, showcase, hub } = municipality;
  const at = await visit(browser, url, 'dpo');
  const { page } = at;
  await inspect(at, `${url}/admin/explain`, 'explain-whom-da');
  await inspect(at, `${url}/admin/explain?citizen=${showcase}`, 'explain-reason-da');
  expect(await page.locator('select[name=reader]').count()).toBe(0);
  await page.getByLabel('Hvorfor?').fill(why);
  await page.getByRole('button', { name: 'Gå videre' }).click();
  await page.waitForURL('**/admin/explain?citizen=*');
  const { rows } = await hub.pool.query<{ bases: string[]; citizen_id: string; person: string }>(
    `select bases, citizen_id, person from access_log where endpoint = 'GET /admin/explain'`,
  );
  expect(rows).toEqual([{ bases: [`reason: ${why}`], citizen_id: showcase, person: 'egevang-majuh' }]);
  await page.getByLabel('Læser', { exact: true }).selectOption('egevang-hato');
  await page.getByRole('button', { name: 'Vis', exact: true }).click();
  await page.waitForURL('**reader=egevang-hato*');
  const told = await page.locator('main').innerText();
  expect(told).toMatch(/egevang-hato ser \d+ af \d+/);
  expect(told).toMatch(/Egen journal/);
  expect(told).toMatch(/Ingen regel viser det/);
  await page.getByText(/Alle \d+ oplysninger hver for sig/).click();
  expect(await page.getByRole('link', { name: 'Samtykke, version 1' }).first().getAttribute('href')).toContain(
    '/admin/consents?citizen=',
  );
  expect(at.faults).toEqual([]);
  await at.context.close();
}, 90_000);

it.each(['da', 'en'] as const)(
  'is readable alone, beside another reader, and beside another moment (%s)',
  async (language) => {
    const { url, showcase } = municipality;
    const at = await visit(browser, url, 'dpo', language);
    const here = `${url}/admin/explain?citizen=${showcase}`;
    await inspect(at, `${here}&reader=egevang-hato`, `explain-one-${language}`);
    if (language === 'en') return at.context.close();
    await inspect(at, here, `explain-nobody-${language}`);
    await inspect(at, `${here}&reader=egevang-hato&reader2=egevang-trkr`, `explain-two-${language}`);
    expect(await at.page.locator('section[aria-labelledby=differences] > table tbody tr').count()).toBeGreaterThan(3);
    await inspect(
      at,
      `${here}&unit=sundhed&organisation=egevang&role=nurse&at2=2020-01-01T12:00`,
      `explain-then-${language}`,
    );
    expect(await at.page.locator('#second-side').innerText()).toMatch(/ 0 (af|of) 0$/);
    await at.context.close();
  },
  120_000,
);

it('a reason is the officer’s own: without one nothing is shown, and an empty one is told', async () => {
  const { url, hub } = municipality;
  const { rows } = await hub.pool.query<{ id: string }>('select id from citizen where id <> $1 limit 1', [
    municipality.showcase,
  ]);
  const at = await visit(browser, url, 'dpo');
  const { page } = at;
  await page.goto(`${url}/admin/explain?citizen=${rows[0]?.id}&reader=egevang-hato`);
  expect(await page.locator('table').count()).toBe(0);
  await page.locator('#why').evaluate((field) => field.removeAttribute('required'));
  await page.getByRole('button', { name: 'Gå videre' }).click();
  await page.locator('[role=alert]').waitFor();
  expect(await page.locator('#why').getAttribute('aria-invalid')).toBe('true');
  await at.context.close();
  const other = await visit(browser, url, 'administrator');
  expect((await other.page.goto(`${url}/admin/explain?citizen=${municipality.showcase}`))?.status()).toBe(403);
  await other.context.close();
}, 60_000);
