// What the component may never do, in a real browser over the real feed: run data as markup, show or store the token, keep on
// the screen what may no longer be seen, answer another page's origin, or go on asking after it was taken away.
import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { axeOn } from './axe.ts';
import { openBrowser } from './chromium.ts';
import { type Host, openHost, openTool, type Shown } from './component-host.ts';

const database = useDatabase();
let browser: Browser;
let host: Host;
let full: Person;
let bad: Person;
const scope = 'plan.read calendar.read';
const pages: Page[] = [];
const evil = '<img src=x onerror="window.stolen=1"><script>window.stolen=1</script>';
type Component = HTMLElement & { token: string; getToken: unknown; refresh(): Promise<void> };

beforeAll(async () => {
  browser = await openBrowser();
  host = await openHost(database.pool());
  const { world } = host.hub;
  await world.unit('jobcenter', null);
  full = await world.person('0102703333');
  bad = await world.person('0202703333');
  const long = 'Et meget langt mål, som nogen har skrevet uden at tænke på, at det skal læses. '.repeat(6);
  for (let n = 0; n < 60; n += 1) {
    const common = { citizens: [full], ownerUnit: 'jobcenter' };
    await world.record({ ...common, kind: 'goal', fields: { text: `${n} ${long}` } });
    await world.record({ ...common, kind: 'contact', fields: { name: `Fagperson ${'abcdefghij'.repeat(8)}${n}` } });
  }
  await world.record({
    kind: 'citizen',
    citizens: [bad],
    fields: { name: evil, protection: { name: false, address: false } },
  });
  const common = { citizens: [bad], ownerUnit: 'jobcenter' };
  await world.record({ ...common, kind: 'goal', fields: { text: evil, journalUrl: 'javascript:window.stolen=1' } });
  await world.record({
    ...common,
    kind: 'contact',
    fields: { name: evil, phone: evil, email: `"><svg onload=stolen=1>` },
  });
}, 60_000);
afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.close()));
});
afterAll(async () => {
  await browser?.close();
  await host?.close();
});

const token = (claims: Record<string, unknown> = { scope }) => host.hub.token('caseworker-employment', { claims });
const open = async (shown: Partial<Shown> = {}): Promise<Page> => {
  const page = await openTool(browser, host, { citizen: full.id, token: await token(), ...shown });
  pages.push(page);
  return page;
};
const plan = (page: Page) => page.locator('samspil-plan');
const shadowText = (page: Page) => plan(page).evaluate((one) => one.shadowRoot?.textContent ?? '');
const refresh = (page: Page) => page.evaluate(() => (document.querySelector('samspil-plan') as Component).refresh());

it('data is text: no element comes of it, and no link but to the web', async () => {
  const page = await open({ citizen: bad.id, attributes: { view: 'all' } });
  await plan(page).getByRole('heading', { name: 'Mål' }).first().waitFor();
  const made = await plan(page).evaluate((one) => ({
    strange: one.shadowRoot?.querySelectorAll('img, script, svg, iframe, style').length,
    links: [...(one.shadowRoot?.querySelectorAll('a') ?? [])].map((link) => link.protocol),
    text: one.shadowRoot?.textContent?.includes('<img src=x onerror='),
  }));
  expect(made).toEqual({ strange: 0, links: ['tel:', 'mailto:'], text: true });
  expect(await page.evaluate('window.stolen')).toBeUndefined();
  expect(await axeOn(page)).toEqual([]);
});

it('the token is in the header and nowhere else', async () => {
  const seen: string[] = [];
  const secret = await token();
  const page = await browser.newPage();
  pages.push(page);
  page.on('console', (message) => seen.push(message.text()));
  page.on('request', (request) => seen.push(request.url(), request.headers()['referer'] ?? ''));
  await page.goto(`${host.origin}/`);
  await page.evaluate(
    ([hub, citizen, given]) => {
      const component = document.querySelector('samspil-plan') as Component;
      component.setAttribute('hub', hub ?? '');
      component.setAttribute('citizen', citizen ?? '');
      component.setAttribute('purpose', 'coordinated-plan');
      component.token = given ?? '';
    },
    [host.hubUrl, full.id, secret],
  );
  await plan(page).getByRole('heading', { name: 'Mål' }).first().waitFor();
  const inside = await page.evaluate(() => {
    const component = document.querySelector('samspil-plan') as Component;
    const stored = JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]);
    return [
      document.documentElement.outerHTML,
      component.shadowRoot?.innerHTML,
      String(component.token),
      stored,
    ].join();
  });
  expect(seen.length).toBeGreaterThan(3);
  expect([inside, ...seen].join()).not.toContain(secret.slice(-20));
});

it('renews the token once after a 401, for all questions at once, and says when that did not help', async () => {
  const old = await host.hub.token('caseworker-employment', { lifetimeSeconds: -600 });
  const page = await open({ citizen: '' });
  const ask = async (given: readonly string[]) =>
    page.evaluate(
      async ([citizen, tokens]) => {
        const component = document.querySelector('samspil-plan') as Component;
        const left = [...(tokens as string[])];
        let asked = 0;
        const ended = new Promise((resolve) => {
          for (const type of ['samspil-loaded', 'samspil-error'])
            component.addEventListener(type, (event) => resolve([type, (event as CustomEvent).detail.kind]), {
              once: true,
            });
        });
        component.setAttribute('citizen', citizen as string);
        component.getToken = async () => {
          asked += 1;
          return left.shift();
        };
        return [await ended, asked];
      },
      [full.id, given] as const,
    );
  expect(await ask([old, await token()])).toEqual([['samspil-loaded', undefined], 2]);
  expect(await ask([old, old])).toEqual([['samspil-error', 'expired'], 2]);
  expect(await shadowText(page)).not.toContain('Et meget langt mål');
});

it('keeps what it shows while the hub is away, and nothing once access has ended', async () => {
  const page = await open();
  await plan(page).getByRole('heading', { name: 'Mål' }).first().waitFor();
  await page.route('**/v1/**', (route) => route.abort());
  await refresh(page);
  expect(await shadowText(page)).toContain('Kunne ikke opdatere.');
  expect(await shadowText(page)).toContain('Et meget langt mål');
  expect(await axeOn(page)).toEqual([]);
  await page.unroute('**/v1/**');
  await page.route('**/v1/**', (route) =>
    route.fulfill({ status: 404, headers: { 'access-control-allow-origin': host.origin }, json: {} }),
  );
  await refresh(page);
  expect(await shadowText(page)).toContain('Ingen plan at vise');
  expect(await shadowText(page)).not.toContain('Et meget langt mål');
});

it('a very full plan is short until asked for, and the focus goes where the new begins', async () => {
  for (const width of [1280, 320]) {
    const page = await open({ width });
    const more = plan(page).getByRole('button', { name: 'Vis alle 60' }).first();
    await more.waitFor();
    const folder = process.env['SAMSPIL_PICTURES'];
    if (folder !== undefined) {
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: `${folder}/full-${width}.png`, fullPage: true });
    }
    expect(await plan(page).getByRole('listitem').count()).toBeLessThan(25);
    const fits = () =>
      page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
    expect(await fits()).toBe(true);
    await more.press('Enter');
    const focused = await plan(page).evaluate((one) => one.shadowRoot?.activeElement?.textContent ?? '');
    expect(focused).toContain('Et meget langt mål');
    expect(await plan(page).getByRole('button', { name: 'Vis færre' }).getAttribute('aria-expanded')).toBe('true');
    expect(await axeOn(page)).toEqual([]);
  }
});

it('a page of another origin gets nothing', async () => {
  const page = await browser.newPage();
  pages.push(page);
  await page.route('http://other.example/', (route) => route.fulfill({ contentType: 'text/html', body: '<p>x</p>' }));
  await page.goto('http://other.example/');
  const failed = await page.evaluate(
    async ([url, given]) => {
      const headers = { authorization: `Bearer ${given}`, 'x-purpose': 'coordinated-plan' };
      return fetch(url ?? '', { headers }).then(
        () => 'answered',
        () => 'refused',
      );
    },
    [`${host.hubUrl}/v1/citizens/${full.id}/plan`, await token()],
  );
  expect(failed).toBe('refused');
});

it('stops asking when it is taken out of the page, and begins anew when it is put back', async () => {
  const page = await open();
  await plan(page).getByRole('heading', { name: 'Mål' }).first().waitFor();
  await page.route('**/v1/**', () => {});
  const failed = page.waitForEvent('requestfailed');
  await page.evaluate(() => {
    const component = document.querySelector('samspil-plan') as Component;
    void component.refresh();
    setTimeout(() => component.remove(), 100);
    Object.assign(globalThis, { component });
  });
  expect((await failed).failure()?.errorText).toContain('ABORTED');
  await page.unroute('**/v1/**');
  await page.evaluate(() =>
    document.querySelector('main')?.append((globalThis as { component?: Component }).component ?? ''),
  );
  await plan(page).getByRole('heading', { name: 'Mål' }).first().waitFor();
});
