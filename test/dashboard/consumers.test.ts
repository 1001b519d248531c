// Consumers and their webhooks in a real browser: who is behind and who owes, use by day and scope, what was sent and sent
// again, a secret changed and shown once, a webhook stopped and started; every act with who and why.
import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWebhookNews } from '../../src/feed/webhook-news.ts';
import { feedSettings } from '../../src/http/settings.ts';
import { type SendDeps, sendDelivery } from '../../src/jobs/webhook-send.ts';
import { listActs } from '../../src/store/acts.ts';
import { dueDeliveries } from '../../src/store/webhook-outbox.ts';
import { readWebhook, secretsOf } from '../../src/store/webhooks.ts';
import { createSender } from '../../src/webhook/send.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, picture, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { type Receiver, startReceiver } from '../webhooks/receiver.ts';
import { day, fillConsumers, threeConsumers } from './consumer-data.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;
let receiver: Receiver;
let webhook = '';
beforeAll(async () => {
  receiver = await startReceiver();
  [municipality, browser] = await Promise.all([
    startMunicipality(database, {
      citizens: 20,
      enrolled: 2,
      pulled: false,
      configure: (config) => ({
        ...config,
        consumers: threeConsumers,
      }),
    }),
    openBrowser(),
  ]);
  webhook = await fillConsumers(municipality.hub, receiver.url);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await municipality.close();
  await receiver.close();
});

/** What the worker sends when it is due. */
const sendDue = async (): Promise<void> => {
  const { hub } = municipality;
  const settings = feedSettings(hub.config, {});
  const news = createWebhookNews({ ...hub, settings });
  const deps: SendDeps = { ...hub, news, send: createSender(settings.webhooks.addresses) };
  for (const { id } of await dueDeliveries(hub.pool, new Date(), new Date(), 100)) await sendDelivery(deps, id);
};

it.each(['da', 'en'] as const)(
  'shows who is behind, who owes and whose webhook is silent, and each in full (%s)',
  async (language) => {
    const { url } = municipality;
    const at = await visit(browser, url, 'administrator', language);
    await inspect(at, `${url}/admin/consumers`, `consumers-${language}`);
    expect(await at.page.locator('tbody th a').allTextContents()).toEqual([
      'borgerportal',
      'fagsystem',
      'statistik',
      'gammelt-system',
    ]);
    await inspect(at, `${url}/admin/consumers/borgerportal`, `consumer-${language}`);
    expect(await at.page.locator('.uplot').count()).toBe(1);
    const full = (await at.page.locator('main').textContent()) ?? '';
    for (const said of ['drift@borgerportal.example', 'calendar.read', '5.000', '412'])
      expect(full).toContain(language === 'en' ? said.replace('5.000', '5,000') : said);
    await inspect(at, `${url}/admin/consumers/fagsystem`, `consumer-owing-${language}`);
    // Told apart by what the acts call them too, and never by their paths.
    expect(await at.page.locator('#webhooks ~ table tbody th').first().innerText()).toMatch(/[0-9a-f]{8} · /);
    await inspect(at, `${url}/admin/consumers/borgerportal/webhooks/${webhook}`, `webhook-${language}`);
    expect(await at.page.locator('h1').innerText()).toContain(webhook.slice(0, 8));
    expect(await at.page.content()).not.toContain('very-secret');
    await at.context.close();
  },
  90_000,
);

it('a page of deletions at a time, a former system, and what is not there', async () => {
  const { url } = municipality;
  const at = await visit(browser, url, 'administrator-view');
  const { page } = at;
  await page.goto(`${url}/admin/consumers/fagsystem`);
  expect(await page.locator('#purges ~ table').first().locator('tbody tr').count()).toBe(15);
  await page.getByRole('link', { name: 'Næste side' }).click();
  await page.waitForURL(/after=/);
  expect(await page.locator('#purges ~ table').first().locator('tbody tr').count()).toBe(15);
  await inspect(at, `${url}/admin/consumers/gammelt-system`, 'consumer-former-da');
  await inspect(at, `${url}/admin/consumers/statistik`, 'consumer-unused-da');
  await page.goto(`${url}/admin/consumers/borgerportal/webhooks/${webhook}`);
  // Who only looks is given nothing to press and nothing to choose.
  expect(await page.locator('main .button-primary').allTextContents()).toEqual(['Filtrer']);
  expect(await page.locator('input[type=checkbox]').count()).toBe(0);
  expect(at.faults).toEqual([]);
  for (const path of ['nobody', `fagsystem/webhooks/${webhook}`, `borgerportal/webhooks/${randomUUID()}`]) {
    const answer = await page.goto(`${url}/admin/consumers/${path}`);
    expect([path, answer?.status()]).toEqual([path, 404]);
  }
  for (const act of ['rotate', 'resend', 'disable', 'enable'])
    expect((await page.goto(`${url}/admin/consumers/borgerportal/webhooks/${webhook}/${act}`))?.status()).toBe(403);
  await at.context.close();
}, 60_000);

it('messages are found, and sent again by choice or since a day', async () => {
  const { url } = municipality;
  const at = await visit(browser, url, 'administrator');
  const { page } = at;
  const here = `${url}/admin/consumers/borgerportal/webhooks/${webhook}`;
  await page.goto(here);
  expect(await page.locator('tbody tr').count()).toBe(25);
  await page.selectOption('#state', 'failed');
  await page.getByRole('button', { name: 'Filtrer' }).click();
  await page.waitForURL(/state=failed/);
  expect(await page.locator('tbody tr').count()).toBe(6);
  await picture(page, 'webhook-failed');
  await page.locator('tbody tr').nth(0).locator('input').check();
  await page.locator('tbody tr').nth(1).locator('input').check();
  await page.getByRole('button', { name: 'Send de valgte igen' }).click();
  await page.waitForURL(/resend\?/);
  expect(await page.locator('main').textContent()).toContain('2 beskeder til borgerportal');
  await picture(page, 'webhook-resend');
  await page.fill('#why', 'Modtageren er oppe igen');
  await page.getByRole('button', { name: 'Send igen' }).click();
  await page.getByRole('status').waitFor();
  await sendDue();
  expect(receiver.hints()).toHaveLength(2);

  await page.fill('#since', day(10));
  await page.getByRole('button', { name: 'Send det igen' }).click();
  await page.waitForURL(/since=/);
  expect(await page.locator('main').textContent()).toContain('4 beskeder');
  await inspect(at, page.url(), 'webhook-resend-da');
  await page.fill('#why', 'Resten med');
  await page.getByRole('button', { name: 'Send igen' }).click();
  await page.getByRole('status').waitFor();
  await sendDue();
  expect(receiver.hints()).toHaveLength(6);
  await page.goto(`${here}/resend?since=${day(10)}`);
  expect(await page.locator('main').textContent()).toContain('Der er ingen beskeder at sende');
  await page.goto(`${here}/resend`);
  expect(await page.locator('main').textContent()).toContain('Der er ingen beskeder at sende');
  const acts = await listActs(database.pool(), { subject: webhook, limit: 9 });
  expect(acts.map(({ what, why, detail }) => [what, why, detail['resent']])).toEqual([
    ['webhook.resend', 'Resten med', 4],
    ['webhook.resend', 'Modtageren er oppe igen', 2],
  ]);
  expect(at.faults).toEqual([]);
  await at.context.close();
}, 60_000);

it('a secret is changed in two steps and shown once; a page opened before changes nothing more', async () => {
  const { url, hub } = municipality;
  const at = await visit(browser, url, 'administrator');
  const { page } = at;
  const here = `${url}/admin/consumers/borgerportal/webhooks/${webhook}`;
  const held = async () => (await secretsOf(hub.pool, hub.keys, webhook, new Date())).map(({ secret }) => secret);
  const [before] = await held();
  await page.goto(here);
  await page.getByRole('link', { name: 'Skift hemmelighed' }).click();
  await inspect(at, `${here}/rotate`, 'webhook-rotate-da');
  await page.setViewportSize({ width: 1280, height: 900 });
  const stale = await at.context.newPage();
  await stale.goto(`${here}/rotate`);

  await page.fill('#why', 'Den gamle stod i en mail');
  await page.getByRole('button', { name: 'Lav en ny hemmelighed' }).click();
  const shown = await page.inputValue('#secret');
  await picture(page, 'webhook-rotated-1280');
  await page.setViewportSize({ width: 390, height: 900 });
  await picture(page, 'webhook-rotated-390');
  expect(shown).toMatch(/^whsec_/);
  expect(await held()).toEqual([shown, before]);
  await page.getByRole('link', { name: 'Jeg har givet den videre' }).click();
  expect(await page.content()).not.toContain(shown);
  expect(await page.locator('main').textContent()).toContain('Den forrige gælder også til');

  await stale.fill('#why', 'Klikkede igen');
  await stale.getByRole('button', { name: 'Lav en ny hemmelighed' }).click();
  await stale.getByRole('status').waitFor();
  expect(await stale.getByRole('status').textContent()).toContain('allerede skiftet');
  expect(await held()).toEqual([shown, before]);
  const acts = await listActs(database.pool(), { subject: webhook, what: 'webhook.rotate', limit: 9 });
  expect(acts.map(({ why }) => why)).toEqual(['Den gamle stod i en mail']);
  expect(JSON.stringify(acts)).not.toContain(shown);
  expect(at.faults).toEqual([]);
  await at.context.close();
}, 60_000);

it('is stopped and started again, by somebody and for a reason', async () => {
  const { url, hub } = municipality;
  const at = await visit(browser, url, 'administrator');
  const { page } = at;
  const here = `${url}/admin/consumers/borgerportal/webhooks/${webhook}`;
  const state = async () => (await readWebhook(hub.pool, hub.keys, webhook))?.state;
  await page.goto(here);
  await page.getByRole('link', { name: 'Slå fra', exact: true }).click();
  await page.waitForURL(/disable/);
  await inspect(at, page.url(), 'webhook-disable-da');
  await page.fill('#why', 'Modtageren flytter');
  await page.getByRole('button', { name: 'Slå webhooken fra' }).click();
  await page.getByRole('status').waitFor();
  expect(await state()).toBe('disabled');
  await inspect(at, here, 'webhook-stopped-da');
  expect(await page.locator('input[type=checkbox]').count()).toBe(0);
  await page.getByRole('link', { name: 'Spørg adressen igen' }).click();
  await page.waitForURL(/enable/);
  await inspect(at, page.url(), 'webhook-enable-da');
  await page.fill('#why', 'Den er flyttet');
  await page.getByRole('button', { name: 'Spørg adressen' }).click();
  await page.getByRole('status').waitFor();
  expect(await state()).toBe('disabled');
  await sendDue();
  expect(await state()).toBe('active');
  await inspect(at, `${url}/admin/acts?subject=${webhook}`, 'webhook-acts-da');
  expect(await page.locator('tbody tr').count()).toBe(5);
  const acts = await listActs(database.pool(), { subject: webhook, limit: 2 });
  expect(acts.map(({ what, why, person }) => [what, why, person])).toEqual([
    ['webhook.enable', 'Den er flyttet', expect.any(String)],
    ['webhook.disable', 'Modtageren flytter', expect.any(String)],
  ]);
  expect(at.faults).toEqual([]);
  await at.context.close();
}, 60_000);
