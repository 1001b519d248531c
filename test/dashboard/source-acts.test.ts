// What is done to sources and runs in a real browser, with a worker behind them: every act, and a source that fails and recovers
// on the overview without anybody reloading it.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listActs } from '../../src/store/acts.ts';
import { listRuns } from '../../src/store/runs.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, picture, type Visit, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;
let url: string;
beforeAll(async () => {
  // Never due by itself while the test runs.
  const options = { work: true, schedule: '0 0 1 1 *' };
  [municipality, browser] = await Promise.all([startMunicipality(database, options), openBrowser()]);
  url = municipality.url;
}, 120_000);
afterAll(async () => {
  await browser.close();
  await municipality.close();
});

const open: Visit[] = [];
afterEach(async () => {
  for (const { context } of open.splice(0)) await context.close();
});
const as = async (person: string, language: 'da' | 'en' = 'da'): Promise<Visit> => {
  const at = await visit(browser, url, person, language);
  open.push(at);
  return at;
};
const momentum = '/admin/sources/employment';
const latest = async (source: string, kind?: string) =>
  (await listRuns(database.pool(), { source, ...(kind === undefined ? {} : { kind }), limit: 1 }))[0];
const acts = (what: string) => listActs(database.pool(), { what, limit: 10 });
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

describe('an operator', () => {
  it('fetches a kind now, and the run comes by itself', async () => {
    const { page, faults } = await as('administrator');
    const before = (await latest('employment'))?.id;
    await page.goto(`${url}${momentum}`);
    await press(page, 'Hent nu');
    await page.getByText('Hentningen er sat i gang').waitFor();
    await page.locator('table.runs').getByText('Administrator').first().waitFor();
    expect((await latest('employment'))?.id).not.toBe(before);
    expect(await acts('source.sync')).toHaveLength(1);
    expect(faults).toEqual([]);
  }, 30_000);

  it('pauses with a reason and resumes; without one is told so', async () => {
    const { page, faults } = await as('administrator');
    await page.goto(`${url}${momentum}/pause`);
    await press(page, 'Sæt på pause');
    await page.getByText('Der er ikke sket noget endnu').waitFor();
    await picture(page, 'source-pause-missing');
    expect(await page.locator('#why').getAttribute('aria-invalid')).toBe('true');
    expect(await acts('source.pause')).toEqual([]);
    await page.getByLabel('Hvorfor?').fill('Leverandøren flytter servere');
    await press(page, 'Sæt på pause');
    await page.getByText('Kilden er på pause').waitFor();
    const told = page.locator('#now .alert-warning');
    expect(await told.textContent()).toMatch(/egevang-jedal satte kilden på pause.*Leverandøren flytter servere/s);
    expect(await acts('source.pause')).toMatchObject([{ why: 'Leverandøren flytter servere', source: 'employment' }]);
    await page.getByRole('link', { name: 'Genoptag' }).click();
    await page.getByLabel('Hvorfor?').fill('De er flyttet');
    await press(page, 'Genoptag');
    await page.getByText('Kilden bliver hentet igen efter planen').waitFor();
    expect(await page.getByRole('button', { name: 'Hent nu' }).isVisible()).toBe(true);
    expect(faults.filter((fault) => !fault.includes('422'))).toEqual([]);
  }, 30_000);

  it('sees how long a reload takes before asking for it', async () => {
    const { page } = await as('administrator');
    await page.goto(`${url}${momentum}/reload`);
    await page.getByText('At hente alt igen tager omkring').waitFor();
    await page.locator('#kind').selectOption('plan');
    await page.getByLabel('Hvorfor?').fill('Prøve');
    await press(page, 'Hent alt igen');
    await page.getByText('Alt bliver hentet igen').waitFor();
    await expect.poll(async () => (await latest('employment', 'plan'))?.state, { timeout: 60_000 }).toBe('done');
    expect(await latest('employment', 'plan')).toMatchObject({ mode: 'load', trigger: 'dashboard' });
    expect(await acts('source.reload')).toMatchObject([{ subject: 'employment/plan', outcome: 'begun' }]);
  }, 30_000);

  it('rebuilds only who types the source’s name', async () => {
    const { page } = await as('administrator');
    await page.goto(`${url}${momentum}/rebuild`);
    await page.getByLabel('Hvorfor?').fill('Mapningen var forkert');
    await page.getByLabel('Skriv kildens navn').fill('social');
    await press(page, 'Byg op igen');
    await page.getByText('Det er ikke kildens navn').first().waitFor();
    await picture(page, 'source-rebuild-wrong');
    expect(await page.getByLabel('Hvorfor?').inputValue()).toBe('Mapningen var forkert');
    expect(await acts('source.rebuild')).toEqual([]);
    await page.locator('#kind').selectOption('plan');
    await page.getByLabel('Skriv kildens navn').fill('employment');
    await press(page, 'Byg op igen');
    await page.getByText('Kilden bliver bygget op igen').waitFor();
    await expect.poll(async () => (await acts('source.rebuild')).length).toBe(1);
    await expect.poll(async () => (await latest('employment', 'plan'))?.state, { timeout: 60_000 }).toBe('done');
  }, 30_000);

  it('tries the connection, and is told what is wrong and what to do', async () => {
    const { page } = await as('administrator');
    await page.goto(`${url}${momentum}`);
    await press(page, 'Prøv forbindelsen');
    await page.getByText('Kilden svarer').waitFor();
    await picture(page, 'probe-up');
    municipality.momentum.faults.set({ mode: 'forbidden' });
    await press(page, 'Prøv igen');
    await page.getByText('Kilden kender os, men giver os ikke lov').waitFor();
    await picture(page, 'probe-down');
    municipality.momentum.faults.set({ mode: 'none' });
    expect((await acts('source.probe')).map(({ outcome }) => outcome)).toEqual(['source/forbidden', 'up']);
  }, 30_000);

  it('who tries the connection of a source that is left alone, and gets an answer, has it fetched at once', async () => {
    await database.pool().query(
      `insert into breaker (source, state, failures, error_code, opened_at, probe_at)
         values ('employment', 'open', 6, 'source/unreachable', now(), now() + interval '1 hour')
         on conflict (source) do update set state = 'open', probe_at = excluded.probe_at, failures = 6`,
    );
    const { page } = await as('administrator');
    const before = (await latest('employment'))?.id;
    await page.goto(`${url}${momentum}`);
    await page.getByText('Svarer ikke').first().waitFor();
    await press(page, 'Prøv forbindelsen');
    await page.getByText('Kilden svarer').waitFor();
    await press(page, 'Hent nu');
    await page.getByText('Hentningen er sat i gang').waitFor();
    await expect
      .poll(async () => [(await latest('employment'))?.id !== before, (await latest('employment'))?.state], {
        timeout: 60_000,
      })
      .toEqual([true, 'done']);
  }, 30_000);

  it('has a run’s kind fetched again', async () => {
    const { page } = await as('administrator');
    const run = await latest('employment', 'plan');
    await page.goto(`${url}/admin/runs/${run?.id}`);
    await press(page, 'Hent igen');
    await page.getByText('Den står øverst om lidt').waitFor();
    const fetched = async () => {
      const now = await latest('employment', 'plan');
      return now?.id !== run?.id && now?.state === 'done';
    };
    await expect.poll(fetched, { timeout: 60_000 }).toBe(true);
  }, 30_000);
});

it('who only looks sees no button and is refused the act', async () => {
  const { page } = await as('administrator-view');
  await page.goto(`${url}${momentum}`);
  expect(await page.getByRole('button', { name: 'Hent nu' }).count()).toBe(0);
  expect((await page.goto(`${url}${momentum}/pause`))?.status()).toBe(403);
  expect((await page.goto(`${url}/admin/sources/no-such`))?.status()).toBe(404);
});

it('a source fails and recovers on the overview without a reload', async () => {
  const [overview, source] = [await as('administrator'), await as('administrator')];
  await overview.page.goto(`${url}/admin`);
  await overview.page.evaluate(() => Object.assign(globalThis, { same: true }));
  const badge = overview.page.locator('#source-employment .badge');
  await expect.poll(() => badge.textContent(), { timeout: 60_000 }).toBe('I orden');
  municipality.momentum.faults.set({ mode: 'forbidden' });
  await source.page.goto(`${url}${momentum}/kinds/plan`);
  await press(source.page, 'Hent slagsen nu');
  await expect.poll(async () => (await latest('employment', 'plan'))?.state, { timeout: 60_000 }).toBe('failed');
  await expect.poll(() => badge.textContent(), { timeout: 60_000 }).toBe('Fejler');
  await overview.page.getByText('Kilden kender os, men giver os ikke lov').waitFor();
  await overview.page.getByText('Sidst hentet uden fejl').waitFor();
  await picture(overview.page, 'overview-failing');
  // Which address, which access, and where it stands; never what it is.
  await source.page.goto(`${url}${momentum}`);
  for (const said of [process.env['SANDBOX_MOMENTUM_URL'] ?? '–', 'SANDBOX_MOMENTUM_CLIENT_SECRET', 'samspil.yaml'])
    await source.page.locator('.setup').getByText(said).first().waitFor();
  expect(await source.page.content()).not.toContain(process.env['SANDBOX_MOMENTUM_CLIENT_SECRET']);
  await press(source.page, 'Prøv forbindelsen');
  await source.page.locator('.setup').getByText('SANDBOX_MOMENTUM_API_KEY').waitFor();
  await inspect(source, `${url}${momentum}`, 'source-failing');
  await inspect(source, `${url}/admin/runs`, 'runs-failing');
  await inspect(source, `${url}/admin/runs/${(await latest('employment', 'plan'))?.id}`, 'run-failed');
  municipality.momentum.faults.set({ mode: 'none' });
  await source.page.goto(`${url}${momentum}`);
  await press(source.page, 'Prøv forbindelsen');
  await source.page.getByText('Kilden svarer').waitFor();
  await press(source.page, 'Hent nu');
  await expect.poll(() => badge.textContent(), { timeout: 60_000 }).toBe('I orden');
  await source.page.goto(`${url}${momentum}`);
  expect(await source.page.locator('.setup').count()).toBe(0);
  expect(await overview.page.evaluate(() => 'same' in globalThis)).toBe(true);
  expect(overview.faults).toEqual([]);
}, 90_000);

it('a run under way is followed on its page, and stopped by whoever wishes it', async () => {
  const { page, faults } = await as('administrator');
  municipality.momentum.faults.set({ mode: 'timeout' });
  await page.goto(`${url}${momentum}/kinds/plan`);
  await press(page, 'Hent slagsen nu');
  await expect.poll(async () => (await latest('employment', 'plan'))?.state, { timeout: 60_000 }).toBe('running');
  const run = await latest('employment', 'plan');
  const at = await as('administrator', 'en');
  await inspect(at, `${url}/admin/runs/${run?.id}`, 'run-going');
  await page.goto(`${url}/admin/runs/${run?.id}`);
  await press(page, 'Stop kørslen');
  await page.getByText('Kørslen stopper efter den side').waitFor();
  expect(await acts('run.stop')).toMatchObject([{ subject: run?.id, source: 'employment', outcome: 'begun' }]);
  municipality.momentum.faults.set({ mode: 'none' });
  expect(faults).toEqual([]);
}, 60_000);
