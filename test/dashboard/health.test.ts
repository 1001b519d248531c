// How the hub fares, in a real browser: database, workers, queues, log, keys; jobs that were given up are tried again with
// a reason, and it is written down; a queue that does not answer is not called empty.
import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { HubConfig } from '../../src/config/hub.ts';
import type { DashboardContext } from '../../src/dashboard/context.ts';
import { readQueues } from '../../src/dashboard/pages/queue-list.ts';
import { openQueues, type Queues } from '../../src/jobs/queue.ts';
import { seeWorker } from '../../src/store/workers.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, picture, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const dayMs = 86_400_000;
/** The first source's secret ends in five days. */
const withEnds = (config: HubConfig): HubConfig => {
  const [[name, source] = ['', undefined]] = Object.entries(config.sources);
  if (source === undefined) throw new Error('no source');
  const day = new Date(Date.now() + 5 * dayMs).toISOString().slice(0, 10);
  const expires = { clientSecret: day, signingKey: '2031-03-01' };
  return { ...config, sources: { ...config.sources, [name]: { ...source, expires } } };
};

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;
let queues: Queues;
beforeAll(async () => {
  [municipality, browser] = await Promise.all([
    startMunicipality(database, { pulled: false, configure: withEnds }),
    openBrowser(),
  ]);
  queues = openQueues({ databaseUrl: database.url() });
}, 120_000);
afterAll(async () => {
  await browser.close();
  await queues.close();
  await municipality.close();
});

const tileOf = (part: string): string => `.tile:has(a[href="#${part}"])`;

it('says that nobody works, and then that somebody does', async () => {
  const at = await visit(browser, municipality.url, 'administrator', 'en');
  await at.page.goto(`${municipality.url}/admin/health`);
  expect(await at.page.locator(tileOf('work')).getAttribute('class')).toContain('is-bad');
  const startedAt = new Date();
  await seeWorker(database.pool(), { id: randomUUID(), version: '0.0.9', startedAt });
  await at.page.reload();
  expect(await at.page.locator(tileOf('work')).textContent()).toContain('Have a look');
  expect(await at.page.getByText('another version').count()).toBe(1);
  await at.context.close();
});

it.each(['da', 'en'] as const)(
  'every part is there, fit for everybody (%s)',
  async (language) => {
    const at = await visit(browser, municipality.url, 'administrator', language);
    await inspect(at, `${municipality.url}/admin/health`, `health-${language}`);
    expect(await at.page.locator(tileOf('database')).getAttribute('class')).toContain('is-good');
    expect(await at.page.locator(tileOf('expiries')).getAttribute('class')).toContain('is-bad');
    expect(await at.page.locator('table[aria-labelledby="expiries"] .bad').textContent()).toMatch(/^[45] da/);
    expect(await at.page.locator('.empty').count()).toBe(0);
    await inspect(at, `${municipality.url}/admin/health?keys=use`, `health-keys-${language}`);
    await at.page.goto(`${municipality.url}/admin/health`);
    await at.page.locator('#key-use a').click();
    await at.page.waitForSelector('#key-use table');
    expect(await at.page.locator('#key-use th[scope="row"]').textContent()).toBe('k1');
    await at.context.close();
  },
  60_000,
);

it('jobs that were given up are seen with their reason, tried again with one, and found among the acts', async () => {
  const source = [...municipality.hub.sources.keys()][0] ?? '';
  const failing = queues.work(
    source,
    1,
    async () => {
      const failed = new Error('source/forbidden: The source says 403.');
      failed.name = 'UnrecoverableError';
      failed.stack = failed.message;
      throw failed;
    },
    () => undefined,
  );
  const data = { type: 'sync', source, kind: 'case', want: 'next', trigger: 'test' } as const;
  await queues.queue(source).add('one', data);
  await queues.queue(source).add('two', data);
  await vi.waitFor(async () => expect((await queues.queue(source).depth()).failed).toBe(2), 10_000);
  await failing.close();

  const at = await visit(browser, municipality.url, 'administrator', 'da');
  const { page } = at;
  await page.goto(`${municipality.url}/admin/health`);
  await page.getByRole('link', { name: /2 opgaver er opgivet/ }).click();
  await page.waitForURL(/\/admin\/health\/queues/);
  await inspect(at, `${municipality.url}/admin/health/queues?queue=${source}`, 'queues-da');
  expect(await page.getByText('source/forbidden').count()).toBe(2);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.locator('form[action^="/admin/health/queues"]').evaluate((form) => form.setAttribute('novalidate', ''));
  await page.getByRole('button', { name: 'Prøv alle igen' }).click();
  await page.waitForSelector('[aria-invalid="true"]');
  expect((await queues.queue(source).depth()).failed).toBe(2);
  await page.getByLabel('Hvorfor?').fill('Leverandøren har åbnet igen');
  await page.getByRole('button', { name: 'Prøv alle igen' }).click();
  await page.waitForURL(/done=queue.retried/);
  await picture(page, 'queues-done-da');
  expect(await page.getByText('Ingen opgaver er opgivet').count()).toBe(1);
  expect(await queues.queue(source).depth()).toMatchObject({ waiting: 2, failed: 0 });
  const { rows } = await database.pool().query(`select what, subject, source, why, detail from act`);
  expect(rows).toEqual([
    { what: 'queue.retry', subject: source, source, why: 'Leverandøren har åbnet igen', detail: { jobs: 2 } },
  ]);
  await at.context.close();
}, 60_000);

it('an empty queue is said to be, a reason is asked for, and others may not', async () => {
  const at = await visit(browser, municipality.url, 'administrator', 'en');
  await inspect(at, `${municipality.url}/admin/health/queues?queue=_webhooks`, 'queues-en');
  await at.context.close();
  const nurse = await visit(browser, municipality.url, 'nurse-health');
  for (const path of ['/admin/health', '/admin/health/queues'])
    expect((await nurse.page.goto(municipality.url + path))?.status()).toBe(403);
  await nurse.context.close();
}, 60_000);

it('bull-board shows the jobs under the pages’ own policy, and has no way to touch them', async () => {
  const at = await visit(browser, municipality.url, 'administrator', 'da');
  const { page } = at;
  const answer = await page.goto(`${municipality.url}/admin/queues`);
  expect(await answer?.headerValue('content-security-policy')).not.toContain('unsafe');
  const first = [...municipality.hub.sources.keys()][0];
  await page
    .getByRole('link', { name: `samspil-${first}` })
    .first()
    .click();
  await page.getByText('trigger').first().waitFor();
  await picture(page, 'board');
  // Its own hint of what to load soon may come too early; everything else must not come.
  expect(at.faults.filter((fault) => !fault.includes('preloaded using link preload'))).toEqual([]);
  const refused = await page.evaluate(
    async (paths) => Promise.all(paths.map(async (path) => (await fetch(path, { method: 'PUT' })).status)),
    [`/admin/queues/api/queues/samspil-${first}/pause`, `/admin/queues/api/queues/samspil-${first}/obliterate`],
  );
  expect(refused).toEqual([404, 404]);
  await at.context.close();
  const nurse = await visit(browser, municipality.url, 'nurse-health');
  for (const path of ['/admin/queues', '/admin/queues/api/queues'])
    expect((await nurse.page.goto(municipality.url + path))?.status()).toBe(403);
  await nurse.context.close();
}, 60_000);

it('a queue that does not answer is unknown, and holds up no other', async () => {
  const depth = { waiting: 1, active: 0, delayed: 0, failed: 0 };
  const context = {
    sources: [
      { name: 'a', title: 'A' },
      { name: 'b', title: 'B' },
    ],
    queues: {
      queue: (name: string) => ({ depth: () => (name === 'a' ? Promise.reject(new Error('gone')) : depth) }),
      webhooks: { queue: () => ({ depth: () => new Promise(() => undefined) }) },
    },
  } as unknown as DashboardContext;
  expect((await readQueues(context)).map((queue) => queue.depth)).toEqual([undefined, depth, undefined]);
});
