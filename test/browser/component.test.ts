// <samspil-plan> in a foreign page over the real feed: what it shows, what it says when it cannot, that data stays data, and
// that the token is nowhere but in the header.
import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { axeOn } from './axe.ts';
import { openBrowser } from './chromium.ts';
import { fillPlan, type Host, openHost, openTool, type Shown } from './component-host.ts';
import { keyboardTour } from './keyboard.ts';

const database = useDatabase();
let browser: Browser;
let host: Host;
let anna: Person;
let bo: Person;
const scope = 'plan.read calendar.read';
const pictures = process.env['SAMSPIL_PICTURES'];
const pages: Page[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  host = await openHost(database.pool());
  for (const unit of ['jobcenter', 'social']) await host.hub.world.unit(unit, null);
  anna = await host.hub.world.person('0102703333');
  bo = await host.hub.world.person('0202703333');
  await fillPlan(host, anna);
  await host.hub.world.record({ kind: 'plan', citizens: [bo], ownerUnit: 'jobcenter' });
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
  const page = await openTool(browser, host, { citizen: anna.id, token: await token(), ...shown });
  pages.push(page);
  return page;
};
const plan = (page: Page) => page.locator('samspil-plan');
const heading = (page: Page, name: string) => plan(page).getByRole('heading', { name });
const picture = async (page: Page, name: string): Promise<void> => {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
};
const noOverflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

describe('the plan', () => {
  for (const [lang, goals] of [
    ['da', 'Mål 2'],
    ['en', 'Goals 2'],
  ] as const)
    for (const width of [1280, 390, 320])
      it(`${lang} at ${width}: everything is there, axe finds nothing, the keyboard reaches all`, async () => {
        const page = await open({ width, attributes: { lang, view: 'all' } });
        await heading(page, goals).waitFor();
        await picture(page, `plan-${lang}-${width}`);
        expect(await axeOn(page)).toEqual([]);
        expect(await noOverflow(page)).toBe(true);
        const tour = await keyboardTour(page);
        expect(tour).toMatchObject({ unreachable: [], noVisibleFocus: [], nameless: [] });
        expect(tour.stops.length).toBeGreaterThan(4);
      });

  it('says who does what, when in Danish time, how old it is, and that more may be hidden', async () => {
    const page = await open();
    await heading(page, 'Mål').waitFor();
    const text = await plan(page).evaluate((one) => one.shadowRoot?.textContent ?? '');
    for (const said of [
      'Anna Lindegaard, 56 år',
      'Hovedmål',
      'Karin Holm, Jobcenter Egevang',
      'Anna har været på besøg i kantinen. (12. november 2026)',
      'Fonden Broen',
      '1. februar 2026 – 31. januar 2027',
      '2,5 timer om ugen',
      'kl. 10.00–11.00',
      'Sensum er forsinket',
      'KMD Nexus er ikke hentet endnu. Der kan mangle oplysninger.',
      'Samme indsats',
      'Der kan være oplysninger, du ikke kan se.',
    ])
      expect(text).toContain(said);
    expect(await plan(page).getByRole('status').textContent()).toBe('Planen er hentet: 2 mål, 2 indsatser.');
  });

  it('opens the journal where the host says, and tells it first', async () => {
    const page = await open({ attributes: { target: 'sagen' } });
    const link = plan(page).getByRole('link', { name: 'Åbn i Momentum' }).first();
    await link.waitFor();
    expect(await link.getAttribute('target')).toBe('sagen');
    const told = await page.evaluate(async () => {
      const component = document.querySelector('samspil-plan');
      const seen = new Promise((resolve) =>
        component?.addEventListener('samspil-open-journal', (event) => {
          event.preventDefault();
          resolve((event as CustomEvent).detail);
        }),
      );
      component?.shadowRoot?.querySelector<HTMLElement>('a[part=link][href*=momentum]')?.click();
      return seen;
    });
    expect(told).toMatchObject({ url: 'https://momentum.egevang.example/sag/114', source: 'momentum' });
    expect(page.context().pages()).toHaveLength(1);
  });

  it('on paper all of it is there, and on the screen afterwards as before', async () => {
    for (let n = 0; n < 7; n += 1)
      await host.hub.world.record({
        kind: 'contact',
        citizens: [anna],
        ownerUnit: 'jobcenter',
        fields: { role: { code: 'caseworker', display: 'Sagsbehandler' }, professional: true, name: `Kontakt ${n}` },
      });
    const page = await open();
    await heading(page, 'Kontakter').waitFor();
    const cards = plan(page)
      .locator('section', { has: page.getByRole('heading', { name: /^Kontakter/ }) })
      .locator('[part=card]');
    expect(await cards.count()).toBe(5);
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    expect(await cards.count()).toBe(8);
    await page.emulateMedia({ media: 'print' });
    expect(await plan(page).getByRole('button').count()).toBe(0);
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
    expect(await cards.count()).toBe(5);
  });

  it('asks again with the tag, and stays as it is on a 304', async () => {
    const page = await open();
    await heading(page, 'Mål').waitFor();
    const answer = page.waitForResponse((one) => one.url().includes('/plan?') && one.request().method() === 'GET');
    await page.evaluate(() =>
      (document.querySelector('samspil-plan') as HTMLElement & { refresh(): Promise<void> }).refresh(),
    );
    expect((await answer).status()).toBe(304);
    expect(await heading(page, 'Mål').count()).toBe(1);
  });
});

describe('what it says when there is no plan', () => {
  const failure = async (shown: Partial<Shown>, title: string): Promise<Page> => {
    const page = await open(shown);
    await plan(page).getByText(title).waitFor();
    expect(await axeOn(page)).toEqual([]);
    return page;
  };
  it('waits for its settings', async () => {
    const page = await failure({ citizen: '' }, 'Venter på adgang');
    await picture(page, 'waiting');
  });
  it('hidden and unknown are one', async () => {
    const other = '0b8f5a1e-2a56-4f2c-8f5e-6a3b9d7c1e20';
    await picture(await failure({ citizen: other }, 'Ingen plan at vise'), 'hidden');
  });
  it('a number never leaves the page', async () => {
    const before = host.log.entries.length;
    await failure({ citizen: '0102703333' }, 'Opslaget kan ikke forstås');
    expect(host.log.entries.length).toBe(before);
  });
  it('a token that ended, with the host told', async () => {
    const page = await failure(
      { token: await host.hub.token('caseworker-employment', { lifetimeSeconds: -600 }) },
      'Adgangen er udløbet',
    );
    await picture(page, 'expired');
    expect(await plan(page).getByRole('button', { name: 'Prøv igen' }).count()).toBe(1);
  });
  it('a token without the scope', async () => {
    await failure({ token: await token({ scope: 'changes.read' }) }, 'Ingen adgang');
  });
  it('an empty plan is not a plan that was not fetched', async () => {
    const page = await open({ citizen: bo.id, attributes: { view: 'all' } });
    await plan(page).getByText('Intet fundet, men KMD Nexus er ikke hentet endnu.').first().waitFor();
    await picture(page, 'empty');
  });
});
