// Signing in, over real HTTP against the sandbox's provider: what the cookie is like, that an answer counts only in the
// browser that asked, once, and that nobody is led anywhere but to our own pages.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { choose, locationOf, openBrowser, signIn, signInWith } from './browser-session.ts';
import { type SignInHub, startSignInHub } from './sign-in-hub.ts';

vi.mock('../../src/dashboard/routes.ts', async () => ({
  registerDashboard: (await import('./probe-pages.ts')).registerProbes,
}));

const database = useDatabase();
let hub: SignInHub;
beforeAll(async () => {
  hub = await startSignInHub(database.pool());
});
afterAll(() => hub.close());

const begin = async () => {
  const browser = openBrowser(hub.url);
  const authorize = locationOf(await browser.get('/sign-in?to=/probe/view'));
  return { browser, authorize };
};
const pathOf = (address: string): string => new URL(address).pathname + new URL(address).search;
const sessions = async (): Promise<number> =>
  (await database.pool().query<{ n: number }>('select count(*)::int as n from web_session')).rows[0]?.n ?? 0;

describe('the way in', () => {
  it('asks with state, nonce and an S256 challenge, and comes back signed in to the page that was wanted', async () => {
    const { browser, authorize } = await begin();
    const asked = new URL(authorize).searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)?.length).toBeGreaterThan(20);
    const done = await browser.get(pathOf(await choose(authorize, 'administrator')));
    expect([done.status, locationOf(done)]).toEqual([303, '/probe/view']);
    const { viewer } = (await (await browser.get('/probe/view')).json()) as { viewer: Record<string, unknown> };
    expect(viewer).toMatchObject({
      name: 'Jens Dalgaard',
      rights: { view: true, operate: true, dpo: false },
      purpose: 'coordinated-plan',
      actor: { kind: 'administrator', person: 'egevang-jedal' },
    });
  });

  it('leaves a cookie no script and no other site can use, and nothing of the attempt', async () => {
    const browser = openBrowser(hub.url);
    await signInWith(browser, 'dpo');
    expect([...browser.cookies.keys()]).toEqual(['samspil']);
    const cookie = browser.cookies.get('samspil');
    expect(cookie?.attributes).toBe('Path=/; HttpOnly; SameSite=Lax');
    expect(cookie?.value).toMatch(/^[\w-]{43}$/);
  });

  it('keeps neither the cookie’s secret nor a token in the clear', async () => {
    const browser = openBrowser(hub.url);
    await signInWith(browser, 'nurse-health');
    const { rows } = await database
      .pool()
      .query<{ text: string }>(`select encode(id_hash, 'escape') || encode(tokens, 'escape') as text from web_session`);
    for (const { text } of rows)
      for (const secret of [browser.cookies.get('samspil')?.value ?? '', 'eyJ', 'egevang-bewi', 'Bente'])
        expect(text).not.toContain(secret);
  });

  it('is closed to systems, which are not offered, and to anybody the provider is told nothing of', async () => {
    const { browser, authorize } = await begin();
    const refused = await browser.get(pathOf(await choose(authorize, 'consumer-system')));
    expect(refused.status).toBe(401);
    expect(browser.cookies.has('samspil')).toBe(false);
  });
});

describe('an answer of the provider counts', () => {
  const answerIn = async (change: (answer: URL) => void): Promise<number> => {
    const { browser, authorize } = await begin();
    const answer = new URL(await choose(authorize, 'administrator'));
    change(answer);
    const { status } = await browser.get(answer.pathname + answer.search);
    expect(browser.cookies.has('samspil')).toBe(false);
    return status;
  };

  it('only with the state it was asked with', async () => {
    expect(await answerIn((answer) => answer.searchParams.set('state', 'x'.repeat(43)))).toBe(401);
    expect(await answerIn((answer) => answer.searchParams.delete('state'))).toBe(401);
    // Same cookie, other state: the first characters name the cookie, all of them count.
    expect(
      await answerIn((answer) =>
        answer.searchParams.set('state', `${answer.searchParams.get('state')?.slice(0, 20)}${'A'.repeat(23)}`),
      ),
    ).toBe(401);
  });

  it('only in the browser that asked', async () => {
    const { authorize } = await begin();
    const answer = await choose(authorize, 'administrator');
    const other = openBrowser(hub.url);
    expect((await other.get(pathOf(answer))).status).toBe(401);
    expect(other.cookies.size).toBe(0);
  });

  it('only once', async () => {
    const { browser, authorize } = await begin();
    const answer = pathOf(await choose(authorize, 'administrator'));
    const { cookies } = browser;
    const kept = new Map(cookies);
    expect((await browser.get(answer)).status).toBe(303);
    cookies.clear();
    for (const [name, cookie] of kept) cookies.set(name, cookie);
    expect((await browser.get(answer)).status).toBe(401);
  });

  it('only with the code of its own attempt: challenge and nonce belong together', async () => {
    const [mine, other] = [await begin(), await begin()];
    const answer = new URL(await choose(mine.authorize, 'administrator'));
    answer.searchParams.set('code', new URL(await choose(other.authorize, 'dpo')).searchParams.get('code') ?? '');
    expect((await mine.browser.get(answer.pathname + answer.search)).status).toBe(401);
  });

  it('only with the nonce of its own attempt', async () => {
    const { browser, authorize } = await begin();
    const altered = new URL(authorize);
    altered.searchParams.set('nonce', 'another-nonce-altogether');
    expect((await browser.get(pathOf(await choose(altered.href, 'administrator')))).status).toBe(401);
    expect(browser.cookies.has('samspil')).toBe(false);
  });

  it('only within ten minutes', async () => {
    const { browser, authorize } = await begin();
    hub.ahead = 11 * 60_000;
    const { status } = await browser.get(pathOf(await choose(authorize, 'administrator')));
    hub.ahead = 0;
    expect(status).toBe(401);
  });

  it('when it is a no: nobody is signed in', async () => {
    const { browser, authorize } = await begin();
    expect((await browser.get(pathOf(await choose(authorize, '')))).status).toBe(401);
    expect(browser.cookies.has('samspil')).toBe(false);
  });
});

describe('a session is this log-in’s own', () => {
  it('a secret put into the browser before is worth nothing after', async () => {
    const attacker = openBrowser(hub.url);
    await signInWith(attacker, 'citizen');
    const planted = attacker.cookies.get('samspil');
    const victim = openBrowser(hub.url);
    if (planted !== undefined) victim.cookies.set('samspil', planted);
    await signInWith(victim, 'administrator');
    expect(victim.cookies.get('samspil')?.value).not.toBe(planted?.value);
    expect((await attacker.get('/probe/signed-in')).status).toBe(302);
    expect((await victim.get('/probe/operate')).status).toBe(200);
  });

  it('two browsers have two', async () => {
    const before = await sessions();
    const [one, two] = [await signIn(hub.url, 'dpo'), await signIn(hub.url, 'dpo')];
    expect(one).not.toBe(two);
    expect(await sessions()).toBe(before + 2);
  });
});

describe('after signing in one is led to our own pages', () => {
  it.each([
    ['https://elsewhere.example/', '/'],
    ['//elsewhere.example/x', '/'],
    ['/\\elsewhere.example', '/'],
    ['/%5C%5Celsewhere.example', '/%5C%5Celsewhere.example'],
    ['/.//elsewhere.example', '/'],
    ['\t//elsewhere.example', '/'],
    ['/\t/elsewhere.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/sign-in?to=/x', '/'],
    ['/sign-in/callback', '/'],
    ['/admin?state=late&x=1', '/admin?state=late&x=1'],
  ])('%s → %s', async (wanted, expected) => {
    expect(await signInWith(openBrowser(hub.url), 'dpo', wanted)).toBe(expected);
  });

  it('and the provider is told our own address only', async () => {
    const answer = await fetch(`${hub.url}/sign-in`, { redirect: 'manual', headers: { host: 'elsewhere.example' } });
    // fetch sets Host itself; what a foreign Host gets is asked below the socket.
    expect(new URL(locationOf(answer)).searchParams.get('redirect_uri')).toBe(`${hub.url}/sign-in/callback`);
    const foreign = await hub.app.inject({ url: '/sign-in', headers: { host: 'elsewhere.example' } });
    expect(foreign.statusCode).toBe(403);
  });
});
