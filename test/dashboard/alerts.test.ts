// Alerts in a real browser: what is open and what to press, somebody says that they see to it, a pause and its end, what
// was, the rules as configured, and a trial message that is followed until it has arrived.
import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendAlertNotice } from '../../src/jobs/alert-send.ts';
import { listActs } from '../../src/store/acts.ts';
import { oneRound, openEpisode } from '../../src/store/alert-episodes.ts';
import { putNotice } from '../../src/store/alert-notices.ts';
import { openAlerts } from '../../src/store/alerts.ts';
import { alertDepsOf } from '../../src/work.ts';
import { configure, reachable, startPlaces } from '../alerts/bench.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, picture, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;
let places: Awaited<ReturnType<typeof startPlaces>>;
const minute = 60_000;
const ago = (ms: number): Date => new Date(Date.now() - ms);

const begin = (rule: string, subject: string, said: object, more: object = {}) =>
  oneRound(database.pool(), (tx) =>
    openEpisode(tx, {
      rule,
      subject,
      source: undefined,
      severity: 'warning',
      step: 1,
      said: said as Record<string, string>,
      since: ago(70 * minute),
      openedAt: ago(68 * minute),
      ...more,
    }),
  );

beforeAll(async () => {
  places = await startPlaces();
  [municipality, browser] = await Promise.all([
    startMunicipality(database, {
      citizens: 20,
      enrolled: 2,
      pulled: false,
      configure: (config) => ({
        ...config,
        alerts: configure({
          ...reachable(places.mail, places.receiver),
          digest: { at: '07:15', to: ['drift'] },
          quiet: ['22:00-05:00'],
          rules: { 'key-age': { on: 'no' }, 'quarantine-large': { threshold: '500', to: ['dpo'] } },
        }),
      }),
    }),
    openBrowser(),
  ]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await municipality.close();
  await places.close();
});

it.each(['da', 'en'] as const)(
  'says that all is well, what was, how it is set up and who is told (%s)',
  async (language) => {
    const at = await visit(browser, municipality.url, 'administrator', language);
    const { url } = municipality;
    await inspect(at, `${url}/admin/alerts`, `alerts-none-${language}`);
    await inspect(at, `${url}/admin/alerts/history`, `alerts-history-none-${language}`);
    await inspect(at, `${url}/admin/alerts/rules`, `alerts-rules-${language}`);
    const rules = (await at.page.locator('main').textContent()) ?? '';
    for (const said of [
      ...(language === 'da' ? ['07.15', '22.00–05.00'] : ['07:15', '22:00–05:00']),
      '500',
      'dpo',
      'source-late',
    ])
      expect(rules).toContain(said);
    await inspect(at, `${url}/admin/alerts/contacts`, `alerts-contacts-${language}`);
    const contacts = (await at.page.locator('main').textContent()) ?? '';
    expect(contacts).toContain(`127.0.0.1:${places.receiver.port}`);
    expect(contacts).not.toContain('@');
    await at.context.close();
  },
  60_000,
);

it('what is open is seen to, paused and woken, each with a reason, and can be found again', async () => {
  const { url, hub } = municipality;
  const consumer = 'borgerportal';
  await begin(
    'source-late',
    'employment',
    { source: 'Jobcentret (Momentum)', syncedAt: ago(95 * minute).toISOString() },
    { source: 'employment' },
  );
  await begin(
    'log-unsealed',
    'log',
    { since: ago(4 * minute).toISOString() },
    { severity: 'critical', openedAt: ago(3 * minute), since: ago(4 * minute) },
  );
  await begin('webhook-disabled', randomUUID(), {
    consumer,
    host: 'plan.egevang.example',
    reason: 'failing',
    since: ago(3 * 60 * minute).toISOString(),
  });
  await begin(
    'quarantine-large',
    'health/observation',
    { source: 'Sundhed og Omsorg (FHIR)', kind: 'observation', records: 4210 },
    { source: 'health' },
  );
  await begin('emergency-access', '2026-11-22', { day: '2026-11-22', count: 2 });
  for (const language of ['da', 'en'] as const) {
    const at = await visit(browser, url, 'administrator', language);
    await inspect(at, `${url}/admin/alerts`, `alerts-${language}`);
    await at.context.close();
  }
  const late = (await openAlerts(database.pool(), new Date())).find(({ rule }) => rule === 'source-late');
  const place = hub.config.alerts.contacts['drift'] === undefined ? '' : 'webhook';
  await putNotice(
    database.pool(),
    { alert: late?.id ?? '', event: 'opened', step: 1, contact: 'drift', place, said: {} },
    new Date(),
  );

  const at = await visit(browser, url, 'administrator');
  const { page } = at;
  await page.goto(`${url}/admin/alerts`);
  expect(await page.locator('.alert-item strong a').first().textContent()).toBe('Adgangsloggen bliver ikke forseglet');
  // The page is for an administrator: the access log is not theirs to open.
  expect(await page.locator('a[href^="/admin/log"]').count()).toBe(0);
  const officer = await visit(browser, url, 'dpo');
  await officer.page.goto(`${url}/admin/alerts`);
  await officer.page.locator('a[href="/admin/log?emergency=true"]').click();
  await officer.page.waitForURL(/emergency=true/);
  expect(officer.faults).toEqual([]);
  await officer.context.close();
  expect(await page.locator('a[href="/admin/sources/employment"]').count()).toBe(1);
  await inspect(at, `${url}/admin/alerts/${late?.id}`, 'alert-da');
  await page.setViewportSize({ width: 1280, height: 900 });

  // Without a reason nothing is done, and the field says so.
  await page.locator('#know-why').evaluate((field) => field.removeAttribute('required'));
  await page.getByRole('button', { name: 'Sig, at du ser på det' }).click();
  await page.locator('#know-why[aria-invalid=true]').waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('know-why');
  await picture(page, 'alert-fault');
  await page.fill('#know-why', 'Ringer til leverandøren');
  await page.getByRole('button', { name: 'Sig, at du ser på det' }).click();
  await page.getByRole('status').waitFor();
  expect(await page.locator('main').textContent()).toContain('Ringer til leverandøren');

  await page.selectOption('#for', '1d');
  await page.fill('#snooze-why', 'Leverandøren flytter systemet i nat');
  await page.getByRole('button', { name: 'Sæt på pause' }).click();
  await page.getByRole('status').waitFor();
  await picture(page, 'alert-snoozed');
  const [paused] = (await openAlerts(database.pool(), new Date())).filter(({ snoozed }) => snoozed !== null);
  expect((paused?.snoozed?.until.getTime() ?? 0) - Date.now()).toBeGreaterThan(23 * 60 * minute);
  await page.goto(`${url}/admin/alerts`);
  await picture(page, 'alerts-snoozed');
  expect(await page.getByRole('heading', { name: 'På pause' }).count()).toBe(1);
  await page.goto(`${url}/admin/alerts/${late?.id}`);
  await page.fill('#snooze-why', 'Det er flyttet');
  await page.getByRole('button', { name: 'Slut pausen nu' }).click();
  await page.getByRole('status').waitFor();
  expect((await openAlerts(database.pool(), new Date())).every(({ snoozed }) => snoozed === null)).toBe(true);

  const acts = await listActs(database.pool(), { what: 'alert', limit: 10 });
  expect(acts.map(({ what, why, subject, source }) => [what, why, subject, source])).toEqual([
    ['alert.snooze', 'Det er flyttet', 'source-late employment', 'employment'],
    ['alert.snooze', 'Leverandøren flytter systemet i nat', 'source-late employment', 'employment'],
    ['alert.acknowledge', 'Ringer til leverandøren', 'source-late employment', 'employment'],
  ]);
  // What the page got for the form without a reason is the one fault there may be.
  expect(at.faults.filter((fault) => !fault.includes('422'))).toEqual([]);
  await at.context.close();
}, 90_000);

it('what was is found by rule, source and day, page by page; somebody who only looks is given no buttons', async () => {
  const { url } = municipality;
  await oneRound(database.pool(), async (tx) => {
    for (let n = 0; n < 55; n += 1) {
      const openedAt = ago((n + 2) * 24 * 60 * minute);
      const resolved = { rule: 'source-failing', subject: `social/${n}` };
      await openEpisode(tx, {
        ...resolved,
        source: 'social',
        severity: 'warning',
        step: 1,
        said: {
          source: 'Socialforvaltningen (Sensum)',
          kind: 'sag',
          code: 'source/unreachable',
          since: openedAt.toISOString(),
        },
        since: openedAt,
        openedAt,
      });
    }
    await tx.query(
      `update alert set resolved_at = opened_at + interval '40 minutes', told_end = true where rule = 'source-failing'`,
    );
  });
  const at = await visit(browser, url, 'administrator-view');
  await inspect(at, `${url}/admin/alerts/history`, 'alerts-history-da');
  const { page } = at;
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.selectOption('#rule', 'source-failing');
  await page.getByRole('button', { name: 'Filtrer' }).click();
  expect(await page.locator('tbody tr').count()).toBe(50);
  await page.getByRole('link', { name: 'Næste side' }).click();
  await page.waitForURL(/after=/);
  expect(page.url()).toContain('rule=source-failing');
  expect(await page.locator('tbody tr').count()).toBe(5);
  await page.goto(`${url}/admin/alerts/history?source=employment`);
  expect(await page.locator('tbody tr').count()).toBe(1);
  await page.locator('tbody th a').click();
  await page.waitForURL(/alerts\/[0-9a-f-]{36}$/);
  expect(await page.locator('main form').count()).toBe(0);
  await page.goto(`${url}/admin/alerts/contacts`);
  expect(await page.locator('main form').count()).toBe(0);
  expect(at.faults).toEqual([]);
  await at.context.close();
}, 60_000);

it('a trial goes to each of a contact’s places, and the page follows it until it has arrived', async () => {
  const { url, hub } = municipality;
  const at = await visit(browser, url, 'administrator');
  const { page } = at;
  await page.goto(`${url}/admin/alerts/contacts`);
  await page.getByRole('button', { name: /Send prøve.*drift/ }).click();
  await page.getByRole('status').waitFor();
  const states = () => page.locator('#sent tbody tr', { hasText: 'Prøve' }).locator('.badge').allInnerTexts();
  expect(await states()).toEqual(['Venter', 'Venter', 'Venter']);
  const deps = alertDepsOf(hub);
  while ((await sendAlertNotice(deps)) !== undefined);
  await page.locator('#sent .badge-success').nth(2).waitFor({ timeout: 10_000 });
  expect(await states()).toEqual(['Leveret', 'Leveret', 'Leveret']);
  await picture(page, 'alerts-trial');
  expect(places.mail.got.map(({ to }) => to).sort()).toEqual(['leder@kommune.example', 'vagt@kommune.example']);
  const [act] = await listActs(database.pool(), { what: 'alert.test', limit: 1 });
  expect(act).toMatchObject({ subject: 'drift', detail: { places: 3 } });
  expect(at.faults).toEqual([]);
  await at.context.close();
}, 60_000);
