// The figures without persons in a real browser: what is left out is said to be, months can be chosen, that somebody looked
// is in the log, and before anything was counted the page says so.
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
  [municipality, browser] = await Promise.all([startMunicipality(database, { pulled: false }), openBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await municipality.close();
});

/** Standing cells of a month: name, cell, persons. */
const standing: readonly (readonly [string, string, number])[] = [
  ['plans', '0', 12],
  ['plans', '1', 170],
  ['plans', '2', 141],
  ['plans', '3', 88],
  ['plans', '4+', 3],
  ['contacts', '0', 6],
  ['contacts', '1-2', 49],
  ['contacts', '3-5', 133],
  ['contacts', '6-9', 187],
  ['contacts', '10+', 39],
  ['professionals', '1-2', 102],
  ['professionals', '3-5', 240],
  ['professionals', '6-9', 72],
  ['double-booked', 'no', 371],
  ['double-booked', 'yes', 43],
  ['interventions-by-domain', 'employment', 288],
  ['interventions-by-domain', 'social', 190],
  ['interventions-by-domain', 'health', 97],
  ['interventions-by-paragraph', 'SEL § 85', 120],
  ['interventions-by-paragraph', 'LAB § 57', 81],
  ['interventions-by-paragraph', 'Sundhedsloven § 119, efter aftale med den kommunale forebyggelse', 4],
];

const count = async (): Promise<void> => {
  const pool = database.pool();
  const months = Array.from({ length: 13 }, (_, n) => new Date(Date.UTC(2025, 10 + n, 1)).toISOString().slice(0, 10));
  for (const [n, month] of months.entries()) {
    const taken = n > 10;
    await pool.query('insert into figure_month (month, citizens) values ($1, $2)', [month, taken ? 414 : null]);
    const happened = [
      ['goals-met', 'employment', 8 + ((n * 7) % 19)],
      ['goals-met', 'education', n % 4 === 1 ? 3 : 9 + (n % 5)],
      ['network-meetings', 'held', 14 + ((n * 5) % 11)],
      ['enrolments', 'begun', 20 + ((n * 11) % 30)],
    ] as const;
    for (const [name, cell, persons] of [...(n < 12 ? happened : []), ...(taken ? standing : [])])
      await pool.query('insert into figure (month, name, cell, persons, amount) values ($1, $2, $3, $4, $5)', [
        month,
        name,
        cell,
        persons,
        persons * 2,
      ]);
  }
};

it('says that nothing was counted yet', async () => {
  const at = await visit(browser, municipality.url, 'administrator', 'en');
  await inspect(at, `${municipality.url}/admin/figures`, 'figures-none-en');
  expect(await at.page.locator('.empty').textContent()).toContain('at least 20 citizens');
  await at.context.close();
}, 60_000);

it.each(['da', 'en'] as const)(
  'shows a month and the course, and leaves small numbers out (%s)',
  async (language) => {
    if (language === 'da') await count();
    const at = await visit(browser, municipality.url, 'administrator', language);
    await inspect(at, `${municipality.url}/admin/figures`, `figures-${language}`);
    const { page } = at;
    const plans = page.locator('table[aria-labelledby="plans"]');
    // Three have four or more: neither they nor those beside them whose number would tell it.
    expect(await plans.getByText(language === 'da' ? 'vises ikke' : 'not shown').count()).toBe(2);
    expect(await plans.locator('tfoot .number').textContent()).toContain('415');
    expect(await page.getByText('forebyggelse').count()).toBe(0);
    expect(await page.locator('.chart canvas').count()).toBe(3);
    await page.getByRole('combobox').selectOption('2026-10');
    await page.getByRole('button', { name: language === 'da' ? 'Vis' : 'Show', exact: true }).click();
    await page.waitForURL(/month=2026-10/);
    expect(await page.locator('#standing').textContent()).toContain(language === 'da' ? 'oktober' : 'October');
    await at.context.close();
  },
  60_000,
);

it('is for who looks at the running of the hub, and that they looked is in the log', async () => {
  const { rows } = await database
    .pool()
    .query(`select distinct person, decision from access_log where endpoint = 'GET /admin/figures'`);
  expect(rows).toEqual([{ person: expect.stringMatching(/./), decision: 'allowed' }]);
  const at = await visit(browser, municipality.url, 'nurse-health');
  expect((await at.page.goto(`${municipality.url}/admin/figures`))?.status()).toBe(403);
  await at.context.close();
});
