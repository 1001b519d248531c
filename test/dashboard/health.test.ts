// How the hub fares, in a real browser: database, workers, queues, log, keys; a queue that does not answer is not called
// empty.
import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HubConfig } from '../../src/config/hub.ts';
import type { DashboardContext } from '../../src/dashboard/context.ts';
import { queueNamed, readQueues } from '../../src/dashboard/pages/queue-list.ts';
import { seeWorker } from '../../src/store/workers.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, visit } from '../browser/session.ts';
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
beforeAll(async () => {
  [municipality, browser] = await Promise.all([
    startMunicipality(database, { pulled: false, configure: withEnds }),
    openBrowser(),
  ]);
}, 120_000);
afterAll(async () => {
  await browser.close();
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

it('a queue that does not answer is unknown, and holds up no other', async () => {
  const depth = { waiting: 1, active: 0, delayed: 0, failed: 0 };
  const context = {
    sources: [
      { name: 'a', title: 'A' },
      { name: 'b', title: 'B' },
    ],
    queues: {
      queue: (name: string) => ({ depth: () => (name === 'a' ? Promise.reject(new Error('gone')) : depth) }),
      webhooks: {
        queue: () => ({ depth: () => new Promise(() => undefined), job: () => new Promise(() => undefined) }),
      },
    },
  } as unknown as DashboardContext;
  expect((await readQueues(context)).map((queue) => queue.depth)).toEqual([undefined, depth, undefined]);
  await expect(queueNamed(context, '_webhooks')?.look.job('one')).rejects.toMatchObject({ code: 'store/unavailable' });
});
