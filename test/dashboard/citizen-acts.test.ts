// What one does on the pages about a citizen, end to end in a real browser: commenting, the secret calendar address, the
// rating, and taking everything home; a form that was wrong keeps what was typed and says what is missing.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { enrolledSubject, saveSaid } from '../../src/store/born.ts';
import { transaction } from '../../src/store/db.ts';
import { claimRating } from '../../src/store/ratings.ts';
import { axeOn } from '../browser/axe.ts';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, picture, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;
beforeAll(async () => {
  [municipality, browser] = await Promise.all([startMunicipality(database), openBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await municipality.close();
});

const my = (path = ''): string => `${municipality.url}/my${path}`;
const theirs = (path = ''): string => `${municipality.url}/citizens/${municipality.showcase}${path}`;
const done = (page: Page): Promise<string> => page.locator('.alert-success[role=status]').innerText();

it('the citizen comments on a goal, the caseworker answers, the citizen edits and takes it back', async () => {
  const citizen = await visit(browser, municipality.url, 'citizen');
  const { page } = citizen;
  await page.goto(my());
  const goal = page.locator('.goal', { hasText: 'Fleksjob som kontorassistent' }).first();
  await goal.locator('summary').click();
  await goal.getByRole('link', { name: 'Kommentér' }).click();
  expect(await page.getByLabel('Hvad handler det om?').inputValue()).toMatch(/^[0-9a-f-]{36}$/);
  await page.getByLabel('Din tekst').fill('Kan vi tale om timerne?');
  await page.getByRole('button', { name: 'Send' }).click();
  expect(await done(page)).toBe('Din kommentar er sendt.');
  expect(await page.locator('section', { hasText: 'Fleksjob som kontorassistent' }).last().innerText()).toContain(
    'Kan vi tale om timerne?',
  );

  const staff = await visit(browser, municipality.url, 'caseworker-employment');
  await staff.page.goto(theirs('/comments'));
  expect(await staff.page.locator('.comment').innerText()).toMatch(/^Borgeren[\s\S]*Kan vi tale om timerne\?/);
  expect(await staff.page.getByRole('link', { name: 'Tag tilbage' }).count()).toBe(0);
  await staff.page.getByRole('link', { name: /^Svar/ }).click();
  await staff.page.getByLabel('Din tekst').fill('Ja, på mødet på fredag.');
  await staff.page.getByRole('button', { name: 'Send' }).click();
  await inspect(staff, theirs('/comments'), 'staff-comments-thread');
  await staff.context.close();

  await page.goto(my());
  expect(await goal.textContent()).toContain('2 kommentarer');
  await page.goto(my('/comments'));
  expect(await page.locator('.comment.is-answer').innerText()).toContain('Ja, på mødet på fredag.');
  await page.getByRole('link', { name: /^Ret/ }).click();
  await page.getByLabel('Din tekst').fill('Kan vi tale om timerne og om frokosten?');
  await page.getByRole('button', { name: 'Gem' }).click();
  expect(await done(page)).toBe('Din kommentar er rettet.');
  expect(await page.locator('.comment').first().innerText()).toMatch(/^Dig[\s\S]*\(rettet\)[\s\S]*frokosten/);
  await inspect(citizen, my('/comments'), 'own-comments-thread');
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByRole('link', { name: /^Tag tilbage/ }).click();
  expect(await axeOn(page)).toEqual([]);
  await picture(page, 'own-comment-withdraw');
  await page.getByRole('button', { name: 'Tag tilbage' }).click();
  expect(await done(page)).toBe('Din kommentar er taget tilbage.');
  expect(await page.getByText('frokosten').count()).toBe(0);
  await citizen.context.close();
}, 90_000);

it('a comment sent twice by the same form is one; one without words is told so and keeps what it is about', async () => {
  const { page, context } = await visit(browser, municipality.url, 'citizen');
  await page.goto(my('/comments'));
  await page.getByLabel('Hvad handler det om?').selectOption({ index: 1 });
  const form = await page.locator('section.panel form').evaluate((one) => {
    const fields = new FormData(one as HTMLFormElement);
    return Object.fromEntries([...fields].map(([name, value]) => [name, String(value)]));
  });
  const headers = { origin: municipality.url, 'sec-fetch-site': 'same-origin' };
  const send = (text: string) =>
    page.request.post(my('/comments'), { form: { ...form, text }, headers, maxRedirects: 0 });
  expect([(await send('Én gang')).status(), (await send('Én gang')).status()]).toEqual([303, 303]);
  await page.goto(my('/comments'));
  expect(await page.getByText('Én gang', { exact: true }).count()).toBe(1);
  const bare = await send('   ');
  expect(bare.status()).toBe(422);
  const text = await bare.text();
  expect(text).toContain('Det er ikke sendt');
  expect(text).toContain(`value="${form['about']}" selected`);
  expect(text).toContain('aria-invalid="true"');
  await context.close();
}, 60_000);

it('a secret calendar address is shown once, works without signing in, and is closed', async () => {
  const { page, context } = await visit(browser, municipality.url, 'citizen');
  await page.goto(my('/calendar'));
  await page.getByRole('button', { name: 'Lav en hemmelig adresse' }).click();
  const address = await page.getByLabel('Din adresse').inputValue();
  expect(address).toMatch(new RegExp(`^${municipality.url}/v1/calendar-feeds/[\\w-]{43}$`));
  expect(page.url()).not.toContain(address.slice(-43));
  expect(await axeOn(page)).toEqual([]);
  await picture(page, 'own-calendar-made');
  const read = await fetch(address);
  expect([read.status, (await read.text()).startsWith('BEGIN:VCALENDAR')]).toEqual([200, true]);
  await page.goto(my('/calendar'));
  expect(await page.content()).not.toContain(address.slice(-43));
  await page.getByRole('button', { name: 'Luk adressen' }).click();
  expect(await done(page)).toBe('Adressen er lukket. Den virker ikke mere.');
  expect((await fetch(address)).status).toBe(404);
  const file = await page.request.get(my('/calendar.ics'));
  expect([file.headers()['content-type'], (await file.text()).split('\r\n')[0]]).toEqual([
    'text/calendar; charset=utf-8',
    'BEGIN:VCALENDAR',
  ]);
  await page.goto(my('/calendar?month=2026-12'));
  await context.close();
}, 60_000);

it('the citizen says how it goes; what is missing is told; the answer is theirs to delete', async () => {
  const citizen = await visit(browser, municipality.url, 'citizen');
  const { page } = citizen;
  await page.goto(my('/rating'));
  await page.locator('form[action$="/rating"]').evaluate((form) => form.setAttribute('novalidate', ''));
  await page.getByRole('group', { name: 'Det går den rigtige vej' }).getByLabel('4: Meget').check();
  await page.getByRole('button', { name: 'Send svar' }).click();
  expect(await page.getByRole('alert').innerText()).toContain('Du mangler at svare');
  expect(await page.getByRole('alert').getByRole('link').allInnerTexts()).toEqual([
    'Jeg har indflydelse på min plan',
    'De fagfolk, jeg møder, arbejder sammen',
  ]);
  expect(await page.getByRole('group', { name: 'Det går den rigtige vej' }).getByLabel('4: Meget').isChecked()).toBe(
    true,
  );
  expect(await axeOn(page)).toEqual([]);
  await picture(page, 'own-rating-missing');
  citizen.faults.length = 0;
  await page.getByRole('group', { name: 'Jeg har indflydelse' }).getByLabel('2: Lidt').check();
  await page.getByRole('group', { name: 'De fagfolk' }).getByLabel('5: Helt').check();
  await page.getByLabel('Vil du sige mere?').fill('De ringer til hinanden nu.');
  await page.getByRole('button', { name: 'Send svar' }).click();
  expect(await done(page)).toBe('Tak for dit svar.');
  expect(await page.locator('.scores').innerText()).toMatch(/2 af 5: Lidt[\s\S]*5 af 5: Helt[\s\S]*4 af 5: Meget/);
  await inspect(citizen, my('/rating'), 'own-rating-given');
  const staff = await visit(browser, municipality.url, 'caseworker-employment');
  await staff.page.goto(theirs());
  expect(await staff.page.content()).not.toContain('De ringer til hinanden nu.');
  await staff.context.close();
  await page.getByRole('link', { name: /^Slet svaret/ }).click();
  await page.getByRole('button', { name: 'Slet svaret' }).click();
  expect(await done(page)).toBe('Svaret er slettet.');
  expect(await page.locator('.scores').count()).toBe(0);
  await citizen.context.close();
}, 90_000);

/** Answers of earlier months, as the citizen gave them then. */
const ratedBefore = async (daysAgo: readonly number[]): Promise<void> => {
  const { pool, keys } = municipality.hub;
  for (const days of daysAgo)
    await transaction(pool, async (tx) => {
      const subject = await enrolledSubject(tx, municipality.showcase);
      if (subject === undefined) throw new Error('the showcase citizen is enrolled');
      const now = new Date(Date.now() - days * 86_400_000);
      const person = `citizen-${municipality.showcase}`;
      const { id, version } = await claimRating(tx, subject, { kind: 'citizen', person }, 'confidential', now);
      const score = (days % 5) + 1;
      const fields = {
        influence: score,
        cooperation: 3,
        direction: 6 - score,
        author: 'Borgeren',
        at: now.toISOString(),
        version,
      };
      const place = { domain: 'shared', sensitivity: 'confidential', ownerUnit: undefined, named: [] } as const;
      await saveSaid(
        tx,
        keys,
        { ...place, subject, withheld: false, thirdPartyProtected: false },
        { id, kind: 'rating', version, fields, links: [], by: person, now },
      );
    });
};

it('answers over time are a picture, with the same figures in words', async () => {
  await ratedBefore([270, 181, 92]);
  const citizen = await visit(browser, municipality.url, 'citizen');
  let scripts = 0;
  citizen.page.on('response', async (answer) => {
    if (new URL(answer.url()).pathname.endsWith('.js')) scripts += (await answer.body()).length;
  });
  await inspect(citizen, my('/rating'), 'own-rating-chart');
  expect(await citizen.page.locator('.chart canvas').count()).toBe(1);
  expect(await citizen.page.locator('.scores').count()).toBe(3);
  // Twice at most: once for each width.
  expect(scripts).toBeLessThanOrEqual(2 * 100 * 1024);
  await citizen.context.close();
}, 60_000);

it('everything can be taken home, part by part or in one file', async () => {
  const { page, context } = await visit(browser, municipality.url, 'citizen');
  await page.goto(my('/download'));
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Hent alt i én fil' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('samspil-everything.json');
  const links = await page
    .locator('main a[download]')
    .evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
  expect(links.length).toBe(11);
  for (const link of links) {
    const answer = await page.request.get(municipality.url + link);
    expect([link, answer.status()]).toEqual([link, 200]);
    expect(answer.headers()['content-disposition']).toMatch(/^attachment; filename="samspil/);
  }
  const all = (await (await page.request.get(my('/download/everything.json'))).json()) as Record<
    string,
    Record<string, unknown[]>
  >;
  expect(Object.keys(all)).toEqual(['plan', 'consents', 'receipts', 'log', 'ratings', 'comments', 'calendar', 'fhir']);
  expect(all['receipts']?.['receipts']?.length).toBe(all['consents']?.['consents']?.length);
  expect(all['log']?.['entries']?.length).toBeGreaterThan(0);
  const found = (all['fhir']?.['entry'] ?? []) as readonly { readonly resource: { readonly resourceType: string } }[];
  expect(found.map(({ resource }) => resource.resourceType)).toContain('CarePlan');
  await context.close();
}, 60_000);
