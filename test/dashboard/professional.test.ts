// A professional beside the citizen, in a real browser, with the citizen in another window: consent asked for, given and
// withdrawn; a meeting convened, answered and written down; a request sent and answered.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, picture, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;
beforeAll(async () => {
  [municipality, browser] = await Promise.all([startMunicipality(database), openBrowser()]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await municipality?.close();
});
const about = (tail = ''): string => `${municipality.url}/citizens/${municipality.showcase}${tail}`;

it.each(['da', 'en'] as const)(
  'the pages hold (%s)',
  async (language) => {
    const at = await visit(browser, municipality.url, 'caseworker-employment', language);
    for (const page of ['ask', 'enrolment', 'meetings', 'meetings/new'])
      await inspect(at, about(`/${page}`), `${page.replace('/', '-')}-${language}`);
    await at.context.close();
  },
  90_000,
);

it('consent is asked for, given and withdrawn, and each is so at the next load', async () => {
  const [nurse, citizen] = [
    await visit(browser, municipality.url, 'nurse-health'),
    await visit(browser, municipality.url, 'citizen'),
  ];
  const areas = async (): Promise<readonly string[]> => {
    await nurse.page.goto(about());
    return nurse.page.locator('main section.area h2').evaluateAll((found) => found.map(({ id }) => id));
  };
  expect(await areas()).not.toContain('employment');
  await nurse.page.goto(about('/ask'));
  await nurse.page.getByLabel('Beskæftigelse').check();
  await nurse.page.getByLabel('Hvorfor har du brug for det?').fill('For at planlægge efter din praktik');
  await nurse.page.getByRole('button', { name: 'Spørg borgeren' }).click();
  // A second one, by mistake: taken back before it is answered, and the citizen can see that it was.
  await nurse.page.getByLabel('Familie').check();
  await nurse.page.getByLabel('Hvorfor har du brug for det?').fill('Spurgt ved en fejl');
  await nurse.page.getByRole('button', { name: 'Spørg borgeren' }).click();
  await nurse.page.getByRole('button', { name: /Tag spørgsmålet tilbage.*Spurgt ved en fejl/ }).click();
  expect(await nurse.page.getByText('Taget tilbage af dig').count()).toBe(1);
  await nurse.page.goto(about('/ask?done=consent.asked'));
  expect(await nurse.page.getByRole('status').textContent()).toContain('Borgeren er spurgt');
  expect(await nurse.page.getByText('Venter på svar').count()).toBe(1);
  expect(await areas()).not.toContain('employment');

  await citizen.page.goto(`${municipality.url}/my/sharing`);
  expect(await citizen.page.locator('section[aria-labelledby=took-back]').textContent()).toContain(
    'Spurgt ved en fejl',
  );
  await citizen.page.locator('.asks a.button').first().click();
  expect(await citizen.page.locator('main').textContent()).toContain('For at planlægge efter din praktik');
  await citizen.page.getByRole('button', { name: 'Ja', exact: true }).click();
  expect(await areas()).toContain('employment');

  await nurse.page.goto(about('/ask'));
  expect(await nurse.page.getByText('Givet', { exact: true }).count()).toBe(1);
  const given = await nurse.page.locator('section[aria-labelledby=given] li').textContent();
  expect(given).toMatch(/Beskæftigelse.*Kun dig/s);
  // Withdrawn as any consent is: by its own address, with the citizen's own session.
  await citizen.page.goto(`${municipality.url}/my/sharing`);
  await citizen.page.locator('a[href*="/sharing/withdraw"]').first().click();
  await citizen.page.locator('main form button[type=submit]').first().click();
  expect(await areas()).not.toContain('employment');
  await nurse.page.goto(about('/ask'));
  expect(await nurse.page.getByText('Givet, men slut eller trukket tilbage').count()).toBe(1);
  await Promise.all([nurse.context.close(), citizen.context.close()]);
}, 90_000);

it('a meeting is convened, the citizen says yes, and what is agreed is in the plan', async () => {
  const [hanne, citizen, nurse] = await Promise.all(
    ['caseworker-employment', 'citizen', 'nurse-health'].map((who) => visit(browser, municipality.url, who)),
  );
  if (hanne === undefined || citizen === undefined || nurse === undefined) throw new Error('no windows');
  await hanne.page.goto(about('/meetings/new'));
  await hanne.page.getByLabel('Hvad handler mødet om?').fill('Netværksmøde om praktik');
  await hanne.page.locator('input[name=point]').first().check();
  await hanne.page.getByLabel('Egne punkter').fill('Eventuelt');
  await hanne.page.locator('#name-2').fill('Bente Winther');
  await hanne.page.locator('#person-2').fill('egevang-bewi');
  await hanne.page.getByRole('button', { name: 'Indkald' }).click();
  expect(await hanne.page.getByRole('status').textContent()).toContain('Mødet er indkaldt');
  const address = new URL(hanne.page.url()).pathname;
  expect(await hanne.page.locator('ol.agenda li').count()).toBe(2);
  const seenByNurse = async () => {
    await nurse.page.goto(about('/meetings'));
    return nurse.page.getByRole('link', { name: 'Netværksmøde om praktik' }).count();
  };
  expect(await seenByNurse()).toBe(0);

  // A line and a person more, by the form that shows what is there already.
  await inspect(hanne, `${municipality.url}${address}/change`, 'meeting-change-form');
  await hanne.page.getByLabel('Egne punkter').fill('Eventuelt\nTransport');
  await hanne.page.locator('#name-3').fill('Trine Krogh');
  await hanne.page.locator('#who-3').selectOption('unit:social');
  await hanne.page.getByRole('button', { name: 'Gem', exact: true }).click();
  expect(await hanne.page.locator('ol.agenda li').allTextContents()).toEqual([
    expect.any(String),
    'Eventuelt',
    'Transport',
  ]);
  expect(await hanne.page.locator('main').textContent()).toContain('Borgeren er spurgt om: Bente Winther, Trine Krogh');

  const hers = await visit(browser, municipality.url, 'citizen', 'en');
  await inspect(hers, `${municipality.url}/my/meetings`, 'my-meetings-en');
  await hers.context.close();
  await inspect(citizen, `${municipality.url}/my/meetings`, 'my-meetings');
  await citizen.page.getByRole('link', { name: /^Sig ja eller nej/ }).click();
  await citizen.page.getByRole('button', { name: 'Ja', exact: true }).click();
  expect(await seenByNurse()).toBe(1);

  await inspect(hanne, `${municipality.url}${address}`, 'meeting');
  await hanne.page.getByLabel('Hvad er aftalt?').fill('Virksomhedsbesøg aftales med mentor');
  await hanne.page.getByLabel('Hvem gør det?').fill('Hanne Toft');
  await hanne.page.getByLabel('Hvor vigtigt?').selectOption('high');
  await hanne.page.getByRole('button', { name: 'Gem aftalen' }).click();
  expect(await hanne.page.locator('main').textContent()).toContain('Virksomhedsbesøg aftales med mentor');
  await hanne.page.emulateMedia({ media: 'print' });
  await picture(hanne.page, 'minutes-print');
  await citizen.page.goto(`${municipality.url}/my`);
  expect(await citizen.page.locator('main').textContent()).toContain('Virksomhedsbesøg aftales med mentor');

  await hanne.page.emulateMedia({ media: 'screen' });
  await inspect(hanne, `${municipality.url}${address}/move`, 'meeting-move');
  const english = await visit(browser, municipality.url, 'caseworker-employment', 'en');
  for (const tail of ['', '/move', '/cancel'])
    await inspect(english, `${municipality.url}${address}${tail}`, `meeting${tail.replace('/', '-')}-en`);
  await english.context.close();
  await hanne.page.goto(`${municipality.url}${address}/move`);
  await hanne.page.getByLabel('Fra kl.').fill('13:30');
  await hanne.page.getByLabel('Til kl.').fill('14:30');
  await hanne.page.getByRole('button', { name: 'Flyt mødet' }).click();
  expect(await hanne.page.locator('main').textContent()).toContain('13.30');
  await inspect(hanne, `${municipality.url}${address}/cancel`, 'meeting-cancel');
  await hanne.page.getByRole('button', { name: 'Aflys mødet' }).click();
  expect(await hanne.page.locator('main').textContent()).toContain('Aflyst');
  await Promise.all([hanne, citizen, nurse].map(({ context }) => context.close()));
}, 120_000);
