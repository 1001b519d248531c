// How long a session lasts, and what ends it: its time, nobody being there, signing out, a token that cannot be renewed.
// Hub and provider share one clock, which the tests move.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { pruneSessions } from '../../src/store/sessions.ts';
import { useDatabase } from '../postgres.ts';
import { personaPeople } from '../sandbox/sign-in-people.ts';
import { type Browser, choose, locationOf, openBrowser, signInWith } from './browser-session.ts';
import { type SignInHub, startSignInHub } from './sign-in-hub.ts';

vi.mock('../../src/dashboard/routes.ts', async () => ({
  registerDashboard: (await import('./probe-pages.ts')).registerProbes,
}));

const minute = 60_000;
const database = useDatabase();
let people = personaPeople();
let hub: SignInHub;
beforeAll(async () => {
  hub = await startSignInHub(database.pool(), { people: () => people, lifetimeSeconds: 600 });
});
afterAll(() => hub.close());
beforeEach(async () => {
  people = personaPeople();
  await database.pool().query('delete from web_session');
});

const signedIn = async (person = 'administrator'): Promise<Browser> => {
  const browser = openBrowser(hub.url);
  await signInWith(browser, person);
  return browser;
};
const isIn = async (browser: Browser): Promise<boolean> => (await browser.get('/probe/signed-in')).status === 200;
const count = async (): Promise<number> => (await database.pool().query('select 1 from web_session')).rows.length;
const csrfOf = async (browser: Browser): Promise<string> =>
  ((await (await browser.get('/probe/anybody')).json()) as { csrf: string }).csrf;

describe('a session ends', () => {
  it('when nobody was there for half an hour', async () => {
    const browser = await signedIn();
    hub.ahead += 29 * minute;
    expect(await isIn(browser)).toBe(true);
    hub.ahead += 29 * minute;
    expect(await isIn(browser)).toBe(true);
    hub.ahead += 31 * minute;
    expect(await isIn(browser)).toBe(false);
  });

  it('also when a page goes on asking by itself', async () => {
    const browser = await signedIn();
    for (let asked = 0; asked < 4; asked += 1) {
      hub.ahead += 9 * minute;
      expect((await browser.get('/probe/background')).status).toBe(asked < 3 ? 200 : 302);
    }
  });

  it('eight hours after the log-in, however busy', async () => {
    const browser = await signedIn();
    for (let asked = 0; asked < 23; asked += 1) {
      hub.ahead += 20 * minute;
      expect(await isIn(browser)).toBe(true);
    }
    hub.ahead += 21 * minute;
    expect(await isIn(browser)).toBe(false);
  });

  it('with signing out: here at once, then at the provider', async () => {
    const browser = await signedIn();
    const stolen = browser.cookieHeader();
    const left = await browser.post('/sign-out', { _csrf: await csrfOf(browser) });
    const there = new URL(locationOf(left));
    expect([left.status, there.origin + there.pathname]).toEqual([303, `${hub.provider.url}/end-session`]);
    expect(there.searchParams.get('id_token_hint')).toMatch(/^eyJ/);
    expect(there.searchParams.get('post_logout_redirect_uri')).toBe(`${hub.url}/`);
    expect(browser.cookies.has('samspil')).toBe(false);
    expect(await count()).toBe(0);
    expect(
      (await fetch(`${hub.url}/probe/signed-in`, { redirect: 'manual', headers: { cookie: stolen } })).status,
    ).toBe(302);
    expect(locationOf(await fetch(there, { redirect: 'manual' }))).toBe(`${hub.url}/`);
  });

  it('and is forgotten when it is over', async () => {
    await signedIn();
    const now = new Date(Date.now() + hub.ahead + 31 * minute);
    await hub.app.ready();
    expect(await pruneSessions(database.pool(), { now, idleMs: 30 * minute })).toBe(1);
    expect(await count()).toBe(0);
  });
});

describe('a token', () => {
  const accessOf = async (browser: Browser): Promise<Response> => browser.get('/probe/ask?path=/v1/sources');
  const [administrator] = personaPeople().filter(({ id }) => id === 'administrator');
  if (administrator === undefined) throw new Error('there is no administrator');

  it('is renewed before it ends, and once when many pages are opened at the same moment', async () => {
    const browser = await signedIn('nurse-health');
    hub.ahead += 9.5 * minute;
    const answers = await Promise.all(Array.from({ length: 8 }, () => browser.get('/probe/signed-in')));
    // A second use of a refresh token is a refusal, and would end the session.
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    hub.ahead += 9 * minute;
    expect((await accessOf(browser)).status).toBe(200);
  });

  it('that the provider renews no more ends the session', async () => {
    const browser = await signedIn();
    hub.provider.revoke();
    expect(await isIn(browser)).toBe(true);
    hub.ahead += 9.5 * minute;
    expect(await isIn(browser)).toBe(false);
    expect(await count()).toBe(0);
  });

  it('that lets less than before ends what goes on for long', async () => {
    const browser = await signedIn();
    const { probe } = await import('./probe-pages.ts');
    const { promise, resolve } = Promise.withResolvers<void>();
    probe.until = promise;
    const asked = browser.get('/probe/stands');
    await vi.waitFor(() => expect(probe.waiting).toBe(true));
    hub.provider.become({ ...administrator, persona: { ...administrator.persona, scopes: ['plan.read'] } });
    hub.ahead += 9.5 * minute;
    resolve();
    expect(await (await asked).json()).toEqual({ stands: false });
    expect(await isIn(browser)).toBe(true);
  });

  it('that becomes somebody else’s ends the session', async () => {
    const browser = await signedIn();
    hub.provider.become({ ...administrator, persona: { ...administrator.persona, person: 'egevang-other' } });
    hub.ahead += 9.5 * minute;
    expect(await isIn(browser)).toBe(false);
    expect(await count()).toBe(0);
  });

  it('that says less when it is renewed allows less', async () => {
    const browser = await signedIn();
    expect((await browser.get('/probe/operate')).status).toBe(200);
    hub.provider.become({ ...administrator, persona: { ...administrator.persona, scopes: ['admin.read'] } });
    hub.ahead += 9.5 * minute;
    expect((await browser.get('/probe/view')).status).toBe(200);
    expect((await browser.get('/probe/operate')).status).toBe(403);
  });
});

describe('a purpose', () => {
  it('is the first of the hub’s that the token is for, and no other can be chosen', async () => {
    const browser = await signedIn('nurse-health');
    const csrf = await csrfOf(browser);
    const shown = async (): Promise<string> =>
      ((await (await browser.get('/probe/signed-in')).json()) as { viewer: { purpose: string } }).viewer.purpose;
    expect(await shown()).toBe('coordinated-plan');
    const other = await browser.post('/sign-in/purpose', { _csrf: csrf, purpose: 'follow-up', to: '/probe/view' });
    expect(other.status).toBe(400);
    const same = await browser.post('/sign-in/purpose', {
      _csrf: csrf,
      purpose: 'coordinated-plan',
      to: '//x.example',
    });
    expect([same.status, locationOf(same)]).toEqual([303, '/']);
  });

  it('can be chosen where the token leaves it open', async () => {
    people = personaPeople().map((person) => ({
      ...person,
      claims: async () => ({ purposes: ['coordinated-plan', 'follow-up'] }),
    }));
    const browser = openBrowser(hub.url);
    const begun = locationOf(await browser.get('/sign-in'));
    const back = new URL(await choose(begun, 'nurse-health'));
    await browser.get(back.pathname + back.search);
    await browser.post('/sign-in/purpose', { _csrf: await csrfOf(browser), purpose: 'follow-up' });
    const { viewer } = (await (await browser.get('/probe/signed-in')).json()) as { viewer: { purpose: string } };
    expect(viewer.purpose).toBe('follow-up');
  });
});
