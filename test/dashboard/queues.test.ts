// The queues in a real browser: what lies where, one job from close by, all or one given up tried again, a job run before
// its time, put away in two steps; each with a reason that is found again, and nothing for who only looks but looking.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { HubError } from '../../src/errors.ts';
import { jobError } from '../../src/jobs/outcome.ts';
import { openQueues, type Queues } from '../../src/jobs/queue.ts';
import { runIdOf } from '../../src/jobs/run-id.ts';
import { createRun } from '../../src/store/runs.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, picture, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;
let queues: Queues;
let source: string;
beforeAll(async () => {
  [municipality, browser] = await Promise.all([
    // Nothing of its own falls due meanwhile.
    startMunicipality(database, { pulled: false, schedule: '0 0 1 1 *' }),
    openBrowser(),
  ]);
  queues = openQueues({ databaseUrl: database.url() });
  source = [...municipality.hub.sources.keys()][0] ?? '';
}, 120_000);
afterAll(async () => {
  await browser.close();
  await queues.close();
  await municipality.close();
});

const hour = 3_600_000;
const add = (id: string, delayMs?: number, trigger = 'schedule') =>
  queues
    .queue(source)
    .add(
      `${source}.case.${id}`,
      { type: 'sync', source, kind: 'case', want: 'next', trigger },
      ...(delayMs === undefined ? [] : [{ delayMs }]),
    );
const failAll = async (count: number, fault: 'config' | 'transient' = 'config') => {
  const code = fault === 'config' ? 'source/forbidden' : 'source/timeout';
  const error = new HubError({ code, fault, message: 'The source said no.', retryAfterMs: hour });
  const failing = queues.work(
    source,
    1,
    () => Promise.reject(jobError(error)),
    () => undefined,
  );
  const queue = queues.queue(source);
  await vi.waitFor(async () => {
    const depth = await queue.depth();
    expect(fault === 'config' ? depth.failed : depth.delayed).toBe(count);
  }, 15_000);
  await failing.close();
};
const acts = async () =>
  (await database.pool().query(`select what, subject, source, why, outcome, detail from act order by id`)).rows;
const queueHref = (): string => `${municipality.url}/admin/health/queues/${source}`;

it.each(['da', 'en'] as const)(
  'empty queues are said to be, for everybody who may look (%s)',
  async (language) => {
    const at = await visit(browser, municipality.url, 'administrator-view', language);
    await inspect(at, `${municipality.url}/admin/health/queues`, `queues-${language}`);
    await inspect(at, `${municipality.url}/admin/health/queues/_webhooks`, `queue-empty-${language}`);
    expect(await at.page.locator('.empty').count()).toBe(1);
    await at.context.close();
  },
  60_000,
);

it('what was given up is tried again, all of it or one, or put away in two steps', async () => {
  for (const id of ['one', 'two', 'three']) await add(id);
  await failAll(3);
  const at = await visit(browser, municipality.url, 'administrator', 'da');
  const { page } = at;
  await page.goto(`${municipality.url}/admin/health`);
  await page.getByRole('link', { name: /3 opgaver er opgivet/ }).click();
  await page.waitForURL(/\/admin\/health\/queues$/);
  await page.getByRole('link', { name: /^3 Opgivet/ }).click();
  await page.waitForURL(/state=failed/);
  await inspect(at, queueHref(), 'queue-failed-da');
  await page.locator('tbody a').first().click();
  await page.waitForURL(/\/job\?id=/);
  await inspect(at, page.url(), 'job-failed-da');
  expect(await page.locator('main').textContent()).toContain('1 af 6');
  expect(await page.locator('main').getByText('source/forbidden').count()).toBe(1);
  await page.setViewportSize({ width: 1280, height: 900 });

  await page.locator('main form').evaluate((form) => form.setAttribute('novalidate', ''));
  await page.getByRole('button', { name: 'Prøv igen' }).click();
  await page.waitForSelector('[aria-invalid="true"]');
  expect(at.faults.splice(0)).toContain(`422 for /admin/health/queues/${source}/job/retry`);
  expect((await queues.queue(source).depth()).failed).toBe(3);
  await page.getByLabel('Hvorfor?').fill('Leverandøren har åbnet igen');
  await page.getByRole('button', { name: 'Prøv igen' }).click();
  await page.waitForURL(/done=queue.oneRetried/);

  await page.locator('tbody a').first().click();
  await page.getByRole('link', { name: /Læg opgaven væk/ }).click();
  await page.waitForURL(/\/remove\?id=/);
  expect((await queues.queue(source).depth()).failed).toBe(2);
  await inspect(at, page.url(), 'job-remove-da');
  await page.getByLabel('Hvorfor?').fill('Bedt om ved en fejl');
  await page.getByRole('button', { name: 'Læg opgaven væk' }).click();
  await page.waitForURL(/done=queue.oneRemoved/);

  await page.getByLabel('Hvorfor?').fill('Nu virker den');
  await page.getByRole('button', { name: 'Prøv alle igen' }).click();
  await page.waitForURL(/done=queue.retried/);
  await picture(page, 'queue-done-da');
  expect(await queues.queue(source).depth()).toMatchObject({ waiting: 2, failed: 0 });
  const done = { subject: source, source, outcome: 'done' };
  expect(await acts()).toMatchObject([
    { ...done, what: 'queue.retry', why: 'Leverandøren har åbnet igen', detail: { job: `${source}.case.three` } },
    { ...done, what: 'queue.remove', why: 'Bedt om ved en fejl', detail: { job: `${source}.case.two` } },
    { ...done, what: 'queue.retry', why: 'Nu virker den', detail: { jobs: 1 } },
  ]);
  await at.context.close();
}, 90_000);

it('all given up are put away in two steps', async () => {
  await failAll(2);
  const at = await visit(browser, municipality.url, 'administrator', 'en');
  const { page } = at;
  await page.goto(queueHref());
  await page.getByRole('link', { name: /Put all away/ }).click();
  await page.waitForURL(/\/remove$/);
  await inspect(at, page.url(), 'queue-remove-en');
  await page.getByLabel('Why?').fill('Asked for by mistake');
  await page.getByRole('button', { name: 'Put all away' }).click();
  await page.waitForURL(/done=queue.removed/);
  expect(await queues.queue(source).depth()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
  expect((await acts()).at(-1)).toMatchObject({ what: 'queue.remove', detail: { jobs: 2 } });
  await at.context.close();
}, 60_000);

it('a job whose time has not come says when it comes, and is run before; it follows what becomes of it', async () => {
  await add('later', 2 * hour, 'dashboard');
  await add('tried');
  await failAll(2, 'transient');
  const at = await visit(browser, municipality.url, 'administrator', 'en');
  const { page } = at;
  await inspect(at, `${queueHref()}?state=delayed`, 'queue-delayed-en');
  await page.locator('tbody tr', { hasText: 'The schedule' }).getByRole('link').click();
  await page.waitForURL(/\/job\?id=/);
  await inspect(at, page.url(), 'job-delayed-en');
  await page.getByLabel('Why?').fill('It answers again');
  await page.getByRole('button', { name: 'Run now' }).click();
  await page.waitForURL(/done=queue.promoted/);
  expect(await queues.queue(source).depth()).toMatchObject({ waiting: 1, delayed: 1 });
  await page.getByRole('link', { name: /^Waiting/ }).click();
  await page.locator('tbody a').first().click();
  await page.waitForURL(/\/job\?id=/);
  await inspect(at, page.url(), 'job-waiting-en');
  await queues.queue(source).remove(`${source}.case.tried`);
  await page.getByRole('heading', { name: 'The job is not in the queue any more' }).waitFor({ timeout: 15_000 });
  await picture(page, 'job-gone-en');
  const ended = `${source}.case.ended`;
  const run = { id: runIdOf(ended), source, kind: 'case', mode: 'incremental', trigger: 'test' } as const;
  await createRun(database.pool(), run);
  await page.goto(`${queueHref()}/job?id=${ended}`);
  await page.getByRole('main').getByRole('link', { name: 'Waiting' }).click();
  await page.waitForURL(`${municipality.url}/admin/runs/${run.id}`);
  await at.context.close();
}, 90_000);

it('many are shown page by page', async () => {
  for (let n = 0; n < 61; n += 1) await add(`many-${n}`);
  const at = await visit(browser, municipality.url, 'administrator', 'da');
  await inspect(at, `${queueHref()}?state=waiting`, 'queue-many-da');
  expect(await at.page.locator('tbody tr').count()).toBe(50);
  await at.page.getByRole('link', { name: 'Næste side' }).click();
  await at.page.waitForURL(/page=2/);
  expect(await at.page.locator('tbody tr').count()).toBe(11);
  await picture(at.page, 'queue-many-2-da');
  await at.context.close();
}, 60_000);

it('who only looks is given no buttons and may not act; others see nothing', async () => {
  const looks = await visit(browser, municipality.url, 'administrator-view', 'da');
  const [job] = await queues.queue(source).jobs('waiting', 0, 1);
  await looks.page.goto(`${queueHref()}/job?id=${encodeURIComponent(job?.id ?? '')}`);
  expect(await looks.page.locator('main form, main .buttons').count()).toBe(0);
  await picture(looks.page, 'job-view-da');
  expect((await looks.page.goto(`${queueHref()}/remove`))?.status()).toBe(403);
  for (const path of ['/admin/health/queues/nobody', `/admin/health/queues/${source}/job?id=nobody`])
    expect((await looks.page.goto(municipality.url + path))?.status()).toBe(404);
  await picture(looks.page, 'job-absent-da');
  await looks.context.close();
  const nurse = await visit(browser, municipality.url, 'nurse-health');
  for (const path of ['', `/${source}`, `/${source}/job?id=x`])
    expect((await nurse.page.goto(`${municipality.url}/admin/health/queues${path}`))?.status()).toBe(403);
  await nurse.context.close();
}, 60_000);
