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
