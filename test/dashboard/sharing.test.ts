// Who may see what, in a real browser: the matrix, a yes with what it shows told first, a no, a withdrawal that empties the
// professional's page at its next load, and what is asked of the citizen.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../browser/chromium.ts';
import { inspect, picture, visit } from '../browser/session.ts';
import { useDatabase } from '../postgres.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
let browser: Browser;
const at = (path: string): string => `${municipality.url}${path}`;
const hanne = 'person:egevang-hato';

beforeAll(async () => {
  [municipality, browser] = await Promise.all([startMunicipality(database), openBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await municipality.close();
});

it.each(['da', 'en'] as const)(
  'the matrix and what is behind a cell (%s)',
  async (language) => {
    const citizen = await visit(browser, municipality.url, 'citizen', language);
    const cell = `/my/sharing/cell?who=${encodeURIComponent(hanne)}&area=social`;
    await inspect(citizen, at('/my/sharing'), `sharing-${language}`);
    await inspect(citizen, at(cell), `sharing-cell-${language}`);
    await inspect(citizen, at('/my/sharing/cell?who=all&area=health'), `sharing-everybody-${language}`);
    for (const [name, query] of [
      ['grant', `who=${encodeURIComponent(hanne)}&area=health&decision=grant&upTo=sensitive`],
      ['refuse', `who=${encodeURIComponent(hanne)}&area=social&decision=refuse`],
      ['nothing', 'who=unit%3Asocial&area=social&decision=refuse'],
    ] as const)
      await inspect(citizen, at(`/my/sharing/preview?${query}`), `sharing-${name}-${language}`);
    await citizen.context.close();
  },
  120_000,
);

it('a withdrawal by the citizen empties the professional’s page at its next load; a new yes fills it again', async () => {
  const citizen = await visit(browser, municipality.url, 'citizen');
  const staff = await visit(browser, municipality.url, 'network-person');
  const plan = at(`/citizens/${municipality.showcase}`);
  const mother = 'person:citizen-kirsten-lund';
  expect((await staff.page.goto(plan))?.status()).toBe(200);

  await citizen.page.goto(at(`/my/sharing/cell?who=${encodeURIComponent(mother)}&area=employment`));
  await citizen.page.getByRole('link', { name: /^Træk tilbage/ }).click();
  expect(await citizen.page.locator('.change').innerText()).toMatch(
    /Kan ikke mere se \d+ oplysninger om beskæftigelse/,
  );
  await citizen.page.getByRole('button', { name: 'Træk det tilbage' }).click();
  await citizen.page.getByText('Det er trukket tilbage.').waitFor();
  expect((await staff.page.reload())?.status()).toBe(404);

  await citizen.page.goto(at(`/my/sharing/cell?who=${encodeURIComponent(mother)}&area=employment`));
  await citizen.page.getByLabel('Mål', { exact: true }).check();
  await citizen.page.getByRole('button', { name: 'Se, hvad der sker' }).click();
  const change = await citizen.page.locator('.change').innerText();
  expect(change).toMatch(/Kommer til at se \d+ oplysninger om beskæftigelse: \d+ mål\./);
  await picture(citizen.page, 'sharing-goals');
  await citizen.page.getByRole('button', { name: 'Ja, gem det' }).click();
  await citizen.page.getByText('Dit ja er gemt.').waitFor();
  expect(await citizen.page.getByRole('link', { name: 'Se din kvittering' }).count()).toBe(1);
  expect((await staff.page.goto(plan))?.status()).toBe(200);
  const [promised] = /\d+ mål/.exec(change) ?? [];
  const shown = await citizen.page.locator('.mark-word, .font-lead').first().innerText();
  expect([promised, shown]).toEqual([expect.any(String), expect.stringContaining('Ja')]);
  expect(citizen.faults).toEqual([]);
  await Promise.all([citizen.context.close(), staff.context.close()]);
}, 60_000);

it('a no wins over a yes, and what cannot be read is told beside the field', async () => {
  const citizen = await visit(browser, municipality.url, 'citizen');
  const cell = at(`/my/sharing/cell?who=${encodeURIComponent(hanne)}&area=social`);
  await citizen.page.goto(cell);
  await citizen.page.getByRole('link', { name: 'Nej, de må ikke' }).click();
  await citizen.page.getByRole('button', { name: 'Sig nej' }).click();
  await citizen.page.getByText('Dit nej er gemt.').waitFor();
  await citizen.page.goto(at('/my/sharing'));
  const mark = citizen.page.locator(`a.mark[href*="egevang-hato"][href*="area=social"]`);
  expect(await mark.innerText()).toContain('Nej');
  await citizen.page.goto(at(`/my/sharing/preview?who=${encodeURIComponent(hanne)}&area=social&decision=grant`));
  expect(await citizen.page.locator('.empty').innerText()).toContain('nej vinder over ja');
  await citizen.page.goto(`${cell}`);
  await citizen.page.getByRole('link', { name: /^Træk tilbage\s*: Du har sagt nej/ }).click();
  expect(await citizen.page.locator('.change').innerText()).toContain('Kommer til at se');
  await citizen.page.getByRole('button', { name: 'Træk det tilbage' }).click();
  await citizen.page.getByText('Det er trukket tilbage.').waitFor();
  expect(citizen.faults).toEqual([]);

  const past = await citizen.page.goto(
    at(`/my/sharing/preview?who=${encodeURIComponent(hanne)}&area=social&decision=grant&to=2020-01-01`),
  );
  expect(past?.status()).toBe(422);
  expect(await citizen.page.locator('#to').getAttribute('aria-invalid')).toBe('true');
  await citizen.context.close();
}, 60_000);
