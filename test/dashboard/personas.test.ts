// The sandbox's sign-in page as somebody meets it: everybody on it can sign in and is who the hub knows them as; the page
// itself is in the reader's language, without a script, and can be left.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSession, sessionHash } from '../../src/store/sessions.ts';
import { useDatabase } from '../postgres.ts';
import { choose, locationOf, openBrowser, signInWith } from './browser-session.ts';
import { startMunicipality, type TestMunicipality } from './municipality.ts';

const database = useDatabase();
let municipality: TestMunicipality;
beforeAll(async () => {
  municipality = await startMunicipality(database, { pulled: false });
}, 60_000);
afterAll(() => municipality.close());

const chooser = async (headers: Readonly<Record<string, string>> = {}) => {
  const browser = openBrowser(municipality.url);
  const authorize = locationOf(await browser.get('/sign-in'));
  return { browser, authorize, page: await (await fetch(authorize, { headers })).text() };
};

describe('the page', () => {
  it('is Danish, or English for whoever reads that, with one step to the other', async () => {
    const danish = (await chooser()).page;
    expect(danish).toContain('<html lang="da">');
    expect(danish).toContain('Vælg, hvem du vil være');
    const english = (await chooser({ 'accept-language': 'en-GB,en' })).page;
    expect(english).toContain('Choose who to be');
    const other = /href="([^"]+)"/.exec(danish)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const { authorize } = await chooser();
    expect(await (await fetch(new URL(other, authorize))).text()).toContain('Choose who to be');
  });

  it('has no script, and a way back that signs nobody in', async () => {
    const { browser, authorize, page } = await chooser();
    expect(page).not.toMatch(/<script|javascript:| on\w+=/);
    const back = new URL(await choose(authorize, ''));
    expect((await browser.get(back.pathname + back.search)).status).toBe(401);
  });
});

it('everybody on it can sign in, and comes to their own page', async () => {
  const { page } = await chooser();
  const ids = [...page.matchAll(/name="person" value="([^"]+)"/g)].map(([, id]) => id ?? '');
  expect(ids).toEqual(
    expect.arrayContaining(['citizen', 'network-person', 'representative', 'administrator-view', 'dpo']),
  );
  expect(ids.filter((id) => /^citizen-\d+$/.test(id))).toHaveLength(5);
  const homes: Record<string, string> = {};
  for (const id of ids) {
    const browser = openBrowser(municipality.url);
    await signInWith(browser, id);
    homes[id] = locationOf(await browser.get('/'));
  }
  for (const id of ids)
    expect([id, homes[id]]).toEqual([
      id,
      /^administrator|^dpo/.test(id) ? '/admin' : /^citizen/.test(id) ? '/my' : '/citizens',
    ]);
});

it('a citizen is called the same by the sign-in as by the consents they gave', async () => {
  const browser = openBrowser(municipality.url);
  await signInWith(browser, 'citizen');
  const { pool, keys } = municipality.hub;
  const session = await findSession(pool, keys, sessionHash(keys, browser.cookies.get('samspil')?.value ?? ''), {
    now: new Date(),
    idleMs: 60_000,
  });
  expect(session?.tokens.subject).toBe(`citizen citizen-${municipality.showcase}`);
  const { rows } = await pool.query<{ recorded_by: string }>(
    "select distinct recorded_by from consent where recorded_as = 'citizen'",
  );
  expect(rows).toEqual([{ recorded_by: `citizen-${municipality.showcase}` }]);
});
