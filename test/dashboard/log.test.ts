// The data-protection officer's log in a real browser: who read a citizen's plan last Tuesday in three steps, an entry from
// close by, the file, and a check of the whole chain that finds what was altered.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copenhagenInstant } from '../../src/clock.ts';
import { quickPeriods } from '../../src/dashboard/pages/proof/periods.ts';
import { createAccessLog } from '../../src/store/access-log.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, picture, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { showcaseCpr } from '../sandbox/world/showcase.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;
/** Four days ago, as the page's own buttons count. */
const day = quickPeriods(new Date())[4]?.from ?? '';

beforeAll(async () => {
  [municipality, browser] = await Promise.all([startMunicipality(database), openBrowser()]);
  const { hub, showcase } = municipality;
  const { rows } = await hub.pool.query<{ record_id: string }>(
    `select record_id from record_version where citizen_id = $1 and valid_to = 'infinity' order by kind limit 30`,
    [showcase],
  );
  const records = rows.map((row) => row.record_id);
  const log = createAccessLog(hub.pool, hub.keys);
  const read = (person: string, at: string, shown: readonly string[], rest: object = {}) => ({
    at: new Date(copenhagenInstant(day).getTime() + Number(at) * 3_600_000),
    actor: { kind: 'professional', person, role: 'caseworker', organisation: 'egevang', unit: 'jobcenter' },
    purpose: 'coordinated-plan',
    endpoint: 'GET /v1/citizens/:id/plan',
    citizen: showcase,
    records: shown,
    decision: 'partly' as const,
    bases: ['2 GDPR art. 6(1)(e)', '6 statute:lab-40-3'],
    correlation: `of-${person}`,
    ...rest,
  });
  await log.write([
    read('egevang-hato', '9', records.slice(0, 7)),
    read('egevang-hato', '13', records.slice(0, 9)),
    read('egevang-bewi', '14', records.slice(3, 8), { emergency: true }),
    read('broen-stbr', '15', [], { decision: 'denied', bases: [] }),
    // The day after: not to be seen there.
    read('egevang-trkr', '30', records.slice(0, 2)),
  ]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await municipality.close();
});

it('says who read a citizen’s plan that day: number, day, and there they are', async () => {
  const at = await visit(browser, municipality.url, 'dpo');
  const { page } = at;
  await page.goto(`${municipality.url}/admin/log`);
  await page.getByLabel('Borgerens CPR-nummer').fill(showcaseCpr);
  await page.getByRole('button', { name: 'Find borgeren' }).click();
  await page.waitForURL('**/admin/log?citizen=*');
  expect(page.url()).not.toContain(showcaseCpr.slice(0, 6));
  await page.locator('.periods a').nth(4).click();
  await page.waitForURL(`**/*from=${day}*`);
  const readers = page.locator('section[aria-labelledby="readers"] > table tbody tr');
  expect(await readers.count()).toBe(2);
  expect(await readers.nth(0).innerText()).toMatch(/egevang-bewi.*Jobcenter[\s\S]*Akut/);
  expect(await readers.nth(1).innerText()).toMatch(/egevang-hato[\s\S]*2\s+2/);
  expect(await page.locator('main').innerText()).not.toContain('egevang-trkr');
  expect(await page.locator('section[aria-labelledby="entries"] tbody tr').count()).toBe(4);
  expect(at.faults).toEqual([]);
  await at.context.close();
}, 60_000);

it.each(['da', 'en'] as const)(
  'search, entry and check are pages one can read (%s)',
  async (language) => {
    const { url, showcase } = municipality;
    const at = await visit(browser, url, 'dpo', language);
    await inspect(at, `${url}/admin/log`, `log-${language}`);
    await inspect(at, `${url}/admin/log?citizen=${showcase}&from=${day}&to=${day}`, `log-citizen-${language}`);
    await inspect(at, `${url}/admin/log?citizen=${showcase}&what=plan&decision=denied`, `log-filtered-${language}`);
    await inspect(at, `${url}/admin/log?from=2020-01-01&to=2020-01-02`, `log-none-${language}`);
    await at.page.goto(`${url}/admin/log?citizen=${showcase}&person=egevang-hato&from=${day}&to=${day}`);
    const entry = await at.page.locator('section[aria-labelledby="entries"] tbody th a').first().getAttribute('href');
    await inspect(at, url + entry, `log-entry-${language}`);
    expect(await at.page.locator('table tbody tr').count()).toBe(9);
    await inspect(at, `${url}/admin/log/check`, `log-check-${language}`);
    await at.context.close();
  },
  120_000,
);

it('finds everything of one answer, and gives the log about a citizen as a file', async () => {
  const { url, showcase } = municipality;
  const at = await visit(browser, url, 'dpo');
  await at.page.goto(`${url}/admin/log?correlation=of-egevang-bewi`);
  expect(await at.page.locator('section[aria-labelledby="entries"] tbody tr').count()).toBe(1);
  await at.page.goto(`${url}/admin/log?citizen=${showcase}`);
  const [download] = await Promise.all([
    at.page.waitForEvent('download'),
    at.page.getByRole('link', { name: /som CSV/ }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('access-log.csv');
  await at.context.close();
}, 60_000);

it('a number that is none, and one nobody has, are told beside the field and kept nowhere', async () => {
  const at = await visit(browser, municipality.url, 'dpo');
  const { page } = at;
  for (const [cpr, status, told] of [
    ['ikke et nr.', 422, 'Det er ikke et CPR-nummer.'],
    ['0909703333', 404, 'aldrig haft en borger'],
  ] as const) {
    await page.goto(`${municipality.url}/admin/log`);
    await page.getByLabel('Borgerens CPR-nummer').fill(cpr);
    const [answer] = await Promise.all([
      page.waitForResponse('**/admin/find-citizen'),
      page.getByRole('button', { name: 'Find borgeren' }).click(),
    ]);
    expect(answer.status()).toBe(status);
    await page.waitForLoadState();
    expect(await page.locator('[role="alert"]').innerText()).toContain(told);
    expect(await page.getByLabel('Borgerens CPR-nummer').getAttribute('aria-invalid')).toBe('true');
    expect(await page.content()).not.toContain(cpr);
  }
  await picture(page, 'find-fault-1280');
  await at.context.close();
}, 60_000);

it('checks the whole log: whole, then not when an entry was altered', async () => {
  const { hub, url } = municipality;
  const at = await visit(browser, url, 'dpo');
  const { page } = at;
  const check = async (): Promise<string> => {
    await page.goto(`${url}/admin/log/check`);
    await page.getByRole('button', { name: 'Kontrollér hele loggen nu' }).click();
    await page.locator('#check progress').waitFor({ state: 'detached', timeout: 20_000 });
    await page.locator('#check .alert').waitFor();
    return page.locator('#check').innerText();
  };
  // Everything sealed first, so that the alteration is one of the chain.
  await expect
    .poll(async () => (await hub.pool.query('select from log_unsealed')).rowCount, { timeout: 10_000 })
    .toBe(0);
  expect(await check()).toContain('Loggen er hel.');
  await picture(page, 'log-check-whole-1280');
  await hub.pool.query(`alter table access_log disable trigger user;
    update access_log set person = 'somebody-else' where correlation = 'of-egevang-bewi';
    alter table access_log enable trigger user`);
  const found = await check();
  expect(found).toContain('Loggen er ikke hel.');
  expect(found).toMatch(/Rettet efter forseglingen: led \d/);
  await inspect(at, `${url}/admin/log/check`, 'log-check-broken-da');
  const { rows } = await hub.pool.query(`select outcome, role from act where what = 'log.verify' order by id`);
  expect(rows).toEqual([
    { outcome: 'whole', role: 'dpo' },
    { outcome: 'broken', role: 'dpo' },
  ]);
  await at.context.close();
}, 90_000);

it('is nobody’s but the officer’s', async () => {
  const { url } = municipality;
  for (const person of ['administrator', 'citizen', 'caseworker-social']) {
    const at = await visit(browser, url, person);
    for (const path of ['/admin/log', '/admin/log/check', '/admin/log/export?citizen=x&format=csv'])
      expect([person, path, (await at.page.goto(url + path))?.status()]).toEqual([person, path, 403]);
    await at.context.close();
  }
}, 60_000);
